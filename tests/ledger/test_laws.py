"""Laws of the ledger on generated records."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from relayburn import jsjson
from relayburn.ledger.append import append_turns, append_user_turns, forget_index
from relayburn.ledger.home import Home
from relayburn.ledger.identity import RECORD_KINDS, fingerprint, identity_hash, identity_key
from relayburn.ledger.lines import json_bytes
from relayburn.ledger.query import query_turns, query_user_turns
from relayburn.ledger.stamps import Stamp, fold, in_order
from relayburn.semantics import CURRENT, TS_1_10
from tests.json_values import JSON_VALUES
from tests.ledger.records import home_at, ledger_records, turn, user_turn

BOTH = some.sampled_from([TS_1_10, CURRENT])
TURNS = some.lists(
    some.builds(
        lambda name, **said: turn(*name, **said),
        some.sampled_from([("a", "s-1"), ("b", "s-1"), ("c", "s-1"), ("d", "s|2"), ("e", "s|2"), ("f", "s|2")]),
        output=some.integers(0, 3),
        ts=some.sampled_from(["2026-11-10", "2026-11-11"]),
    ),
    max_size=12,
)
STAMPS = some.lists(
    some.builds(
        Stamp,
        some.sampled_from(["2026-11-10", "2026-11-11", "2026-11-12"]),
        some.sampled_from([{"sessionId": "s-1"}, {"messageId": "a"}, {"range": {}}]),
        some.dictionaries(some.sampled_from("kl"), some.text("xyz", max_size=2)),
    )
)


@contextmanager
def new_home() -> Generator[Home]:
    forget_index()
    with tempfile.TemporaryDirectory() as folder:
        yield home_at(Path(folder) / "burn")


@given(TURNS, BOTH)
@settings(max_examples=60)
def test_appending_twice_is_appending_once(turns: list[dict[str, Any]], semantics) -> None:
    with new_home() as home:
        append_turns(home, turns, semantics=semantics)
        once = home.ledger.read_bytes() if home.ledger.exists() else b""

        assert append_turns(home, turns, semantics=semantics) == 0
        forget_index()
        assert append_turns(home, turns, semantics=semantics) == 0
        assert (home.ledger.read_bytes() if home.ledger.exists() else b"") == once


@given(TURNS, some.integers(0, 12), some.booleans())
@settings(max_examples=60)
def test_under_current_batches_amount_to_the_whole(turns: list[dict[str, Any]], cut: int, restart: bool) -> None:
    with new_home() as home:
        append_turns(home, turns)
        whole = query_turns(home)
    with new_home() as home:
        append_turns(home, turns[:cut])
        if restart:
            forget_index()
        append_turns(home, turns[cut:])

        assert query_turns(home) == whole


@given(TURNS)
@settings(max_examples=60)
def test_under_current_nobody_is_lost(turns: list[dict[str, Any]]) -> None:
    with new_home() as home:
        append_turns(home, turns)

        found = query_turns(home)
        assert {(one["sessionId"], one["messageId"]) for one in found} == {
            (one["sessionId"], one["messageId"]) for one in turns
        }
        assert all(record in turns for record in ledger_records(home)) if turns else not home.ledger.exists()


@given(TURNS)
@settings(max_examples=40)
def test_under_the_reference_every_identity_is_written_at_most_once(turns: list[dict[str, Any]]) -> None:
    with new_home() as home:
        written = append_turns(home, turns, semantics=TS_1_10)

        assert written == len({identity_hash("turn", one) for one in turns})


@given(some.dictionaries(some.text(max_size=3), JSON_VALUES, max_size=5))
@settings(max_examples=60)
def test_a_record_passes_through_unchanged(extra: dict[str, Any]) -> None:
    record = user_turn() | extra | {"userUuid": "u"}
    with new_home() as home:
        append_user_turns(home, [record])

        (found,) = query_user_turns(home)
        assert jsjson.compact(found) == jsjson.compact(jsjson.as_doubles(json.loads(json_bytes(record))))


@given(JSON_VALUES)
def test_lines_are_written_as_javascript_does(value: Any) -> None:
    assert json_bytes(value).decode() == jsjson.compact(value)
    assert json_bytes({"a": value}).decode() == jsjson.compact({"a": value})


@given(
    some.dictionaries(some.sampled_from(["source", "sessionId", "ts", "usage", "toolCalls", "agentId"]), JSON_VALUES)
)
def test_every_object_has_an_identity(record: dict[str, Any]) -> None:
    for kind in RECORD_KINDS:
        assert len(identity_hash(kind, record)) == 16
        assert identity_key(kind, record) == identity_key(kind, dict(record))
        hash(identity_key(kind, record))
    assert len(fingerprint(record)) == 16


@given(STAMPS, some.randoms())
def test_folding_goes_by_time_and_not_by_place(stamps: list[Stamp], chance) -> None:
    distinct = list({stamp.ts: stamp for stamp in stamps}.values())
    shuffled = distinct.copy()
    chance.shuffle(shuffled)

    assert fold(in_order(shuffled), turn("a")) == fold(in_order(distinct), turn("a"))


@given(STAMPS)
def test_folding_is_what_the_last_matching_stamp_says(stamps: list[Stamp]) -> None:
    folded = fold(in_order(stamps), turn("a"))

    ordered = sorted(stamps, key=lambda stamp: stamp.ts)
    for key in folded:
        assert folded[key] == [stamp.enrichment[key] for stamp in ordered if key in stamp.enrichment][-1]
