from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from relayburn.ledger.append import (
    append_batches,
    append_compactions,
    append_tool_result_events,
    append_turns,
    append_user_turns,
)
from relayburn.ledger.batch import prepare
from relayburn.ledger.home import Home
from relayburn.ledger.query import (
    LedgerQuery,
    query_compactions,
    query_tool_result_events,
    query_turns,
    query_user_turns,
    recorded,
)
from relayburn.semantics import TS_1_10
from tests.ledger.copied import CLAUDE, CODEX, OPENCODE, Line, copy_of, long_id, sessions_and_forks
from tests.ledger.records import compaction, event, home_at, ledger_records, turn, user_turn

EARLY, LATE = "2026-11-10T10:00:00.000Z", "2026-11-11T10:00:00.000Z"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_at(tmp_path / "burn")


def sessions_of(home: Home, **asked: Any) -> list[tuple[str, str]]:
    return [(each["sessionId"], each["messageId"]) for each in query_turns(home, LedgerQuery(**asked))]


@pytest.mark.parametrize("source", [CLAUDE, CODEX, OPENCODE])
def test_a_fork_is_counted_once(home: Home, source: str) -> None:
    first = turn(long_id(source, 1), "b", source=source)
    append_turns(home, [first, copy_of(first, "c"), turn(long_id(source, 2), "c", source=source, ts=LATE)])

    assert sessions_of(home) == [("b", first["messageId"]), ("c", long_id(source, 2))]
    assert len(query_turns(home, semantics=TS_1_10)) == 3
    assert len(ledger_records(home)) == 3


def test_the_session_that_began_first_keeps_the_copy_whichever_was_read_first(home: Home) -> None:
    shared = long_id(CLAUDE, 1)
    append_turns(home, [turn(shared, "a", ts=LATE)])
    append_turns(home, [turn(shared, "z", ts=LATE), turn(long_id(CLAUDE, 2), "z", ts=EARLY)])

    assert sessions_of(home) == [("z", shared), ("z", long_id(CLAUDE, 2))]


def test_of_sessions_that_began_at_the_same_time_the_first_by_name_keeps_it(home: Home) -> None:
    append_turns(home, [turn(long_id(CLAUDE, 1), session) for session in ("c", "a", "b")])

    assert sessions_of(home) == [("a", long_id(CLAUDE, 1))]


def test_a_session_without_times_began_last(home: Home) -> None:
    append_turns(home, [turn(long_id(CLAUDE, 1), "a", ts=""), turn(long_id(CLAUDE, 1), "b", ts=LATE)])

    assert sessions_of(home) == [("b", long_id(CLAUDE, 1))]


def test_within_the_session_that_counts_the_newest_record_wins(home: Home) -> None:
    shared = long_id(CLAUDE, 1)
    append_turns(home, [turn(shared, "a", output=1)])
    append_turns(home, [turn(shared, "b", output=5, ts=LATE)])
    append_turns(home, [turn(shared, "a", output=7)])

    assert [(each["sessionId"], each["usage"]["output"]) for each in query_turns(home)] == [("a", 7)]


def test_asked_for_alone_a_fork_shows_what_it_added(home: Home) -> None:
    shared = turn(long_id(CLAUDE, 1), "a")
    append_turns(home, [shared, copy_of(shared, "b"), turn(long_id(CLAUDE, 2), "b", ts=LATE)])

    assert sessions_of(home, session_id="b") == [("b", long_id(CLAUDE, 2))]
    assert sessions_of(home, session_id="a") == [("a", long_id(CLAUDE, 1))]


def test_short_ids_make_a_copy_only_with_the_same_usage_and_calls(home: Home) -> None:
    append_turns(home, [turn("1", "a"), turn("1", "b", output=21), turn("1", "c", ts=LATE)])

    assert sessions_of(home) == [("a", "1"), ("b", "1")]


def test_short_ids_that_used_nothing_say_nothing(home: Home) -> None:
    nothing = dict.fromkeys(turn()["usage"], 0)
    append_turns(home, [turn("1", session, usage=nothing) for session in ("a", "b")])

    assert len(sessions_of(home)) == 2


def test_harnesses_do_not_copy_from_each_other(home: Home) -> None:
    append_turns(home, [turn(long_id(CLAUDE, 1), "a"), turn(long_id(CLAUDE, 1), "a", source=CODEX)])

    assert len(sessions_of(home)) == 2


def test_a_copied_opencode_message_has_another_id_and_the_same_time(home: Home) -> None:
    first = turn(long_id(OPENCODE, 1), "a", source=OPENCODE)
    append_turns(home, [first, copy_of(first, "b"), copy_of(first, "c") | {"ts": LATE}])

    assert [session for session, _ in sessions_of(home)] == ["a", "c"]


def test_what_stands_beside_a_copy_counts_no_more_than_the_copy(home: Home) -> None:
    shared = turn(long_id(CLAUDE, 1), "s-1", toolCalls=[{"id": "t1", "name": "Bash", "argsHash": "0"}])
    own = long_id(CLAUDE, 2)
    append_turns(home, [shared, copy_of(shared, "s-2"), turn(own, "s-2", ts=LATE)])
    for session in ("s-1", "s-2"):
        append_user_turns(home, [user_turn(sessionId=session, followingMessageId=shared["messageId"])])
        append_tool_result_events(home, [event(sessionId=session)])
        append_compactions(home, [compaction(sessionId=session, precedingMessageId=shared["messageId"])])
    append_user_turns(
        home, [user_turn("u-2", sessionId="s-2", precedingMessageId=shared["messageId"], followingMessageId=own)]
    )
    append_compactions(home, [compaction(LATE, sessionId="s-2", precedingMessageId=own)])

    assert [(each["sessionId"], each["userUuid"]) for each in query_user_turns(home)] == [
        ("s-1", "u-1"),
        ("s-2", "u-2"),
    ]
    assert [each["sessionId"] for each in query_tool_result_events(home)] == ["s-1"]
    assert [(each["sessionId"], each["ts"]) for each in query_compactions(home)] == [
        ("s-1", "2026-11-10T10:05:00.000Z"),
        ("s-2", LATE),
    ]
    assert len(list(recorded(home, "tool_result_event"))) == 2


def test_a_compaction_that_only_the_fork_made_counts(home: Home) -> None:
    shared = turn(long_id(CLAUDE, 1), "s-1")
    append_turns(home, [shared, copy_of(shared, "s-2")])
    append_compactions(home, [compaction(sessionId="s-2", precedingMessageId=shared["messageId"])])

    assert [each["sessionId"] for each in query_compactions(home)] == ["s-2"]


def append_lines(home: Home, lines: list[Line]) -> None:
    append_batches(home, [prepare(kind, [record]) for kind, record in lines])


@pytest.mark.parametrize("seed", range(40))
def test_the_order_of_ingest_does_not_matter(tmp_path: Path, seed: int) -> None:
    lines = sessions_and_forks(seed)
    shuffled = _sessions_shuffled(lines, seed)
    one, other = home_at(tmp_path / "one"), home_at(tmp_path / "other")
    append_lines(one, lines)
    append_lines(other, shuffled)

    for query in (query_turns, query_user_turns, query_tool_result_events, query_compactions):
        assert sorted(map(repr, query(one))) == sorted(map(repr, query(other)))


def _sessions_shuffled(lines: list[Line], seed: int) -> list[Line]:
    """The lines of all sessions in another order, those of each session in their own."""
    ids = sorted({record["sessionId"] for _, record in lines})
    random.Random(seed).shuffle(ids)
    return sorted(lines, key=lambda line: ids.index(line[1]["sessionId"]))


@pytest.mark.parametrize("seed", range(40))
def test_every_message_counts_exactly_once(tmp_path: Path, seed: int) -> None:
    home = home_at(tmp_path / "burn")
    lines = [(kind, record) for kind, record in sessions_and_forks(seed) if len(str(record.get("messageId"))) > 20]
    append_lines(home, lines)

    found = [_whose(each) for each in query_turns(home)]
    assert len(found) == len(set(found))
    assert set(found) == {_whose(record) for kind, record in lines if kind == "turn"}


def _whose(record: dict[str, Any]) -> tuple[str, str]:
    return record["source"], record["messageId"][: len(long_id(record["source"], 0))]
