from __future__ import annotations

import json
from pathlib import Path

import pytest

from relayburn.ledger import query as walk
from relayburn.ledger.archive import (
    build_archive,
    query_all,
    query_turns,
    read_tool_result_events,
    read_turns,
    read_user_turns,
)
from relayburn.ledger.archive.reading import over_user_turns
from relayburn.ledger.query import LedgerQuery
from relayburn.records import UNSET, Fidelity, TurnRecord, from_wire, to_wire
from relayburn.semantics import TS_1_10
from tests.archive.ledgers import ledger, line, made_up_lines, new_home, stamp
from tests.ledger.records import event, turn, user_turn

COVERAGE = {
    "hasInputTokens": True,
    "hasOutputTokens": True,
    "hasReasoningTokens": False,
    "hasCacheReadTokens": False,
    "hasCacheCreateTokens": True,
    "hasToolCalls": True,
    "hasToolResultEvents": False,
    "hasSessionRelationships": True,
    "hasRawContent": False,
}


def fidelity(name: str, granularity: str = "per-turn", **coverage: bool) -> dict:
    return {"granularity": granularity, "coverage": COVERAGE | coverage, "class": name}


QUERIES = (
    LedgerQuery(),
    LedgerQuery(since="2026-11-15T10:00:00.500Z"),
    LedgerQuery(until="2026-11-15"),
    LedgerQuery(since="2026-11-12", until="2026-11-20T10:00:00.000Z", session_id="s-3"),
    LedgerQuery(project="/p"),
    LedgerQuery(source="codex"),
    LedgerQuery(enrichment={"workflowId": "w-1"}),
    LedgerQuery(since="", project="", session_id="", enrichment={}),
)


@pytest.mark.parametrize("seed", range(3))
def test_the_archive_gives_what_the_walk_gives_in_order_of_time(tmp_path: Path, seed: int) -> None:
    home = new_home(tmp_path)
    ledger(home, *made_up_lines(seed, 400))

    build_archive(home, range_bytes=10_000)

    for query in QUERIES:
        walked = walk.query_turns(home, query)
        walked.sort(key=lambda found: (found["ts"], found["turnIndex"]))
        assert query_all(home, query) == walked
        assert query_turns(home, query) == walked
        plain = [{key: value for key, value in found.items() if key != "enrichment"} for found in walked]
        assert read_turns(home, query) == [from_wire(TurnRecord, found) for found in plain]


def test_side_records_come_as_the_walk_gives_them(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    ledger(
        home,
        *(line("user_turn", user_turn(f"u-{number}", ts=f"2026-11-1{number}")) for number in range(4)),
        line("user_turn", user_turn("u-1", ts="2026-11-18", sessionId="s-2")),
        line("user_turn", user_turn("u-1", ts="2026-11-19")),
        line("tool_result_event", event(1, ts="2026-11-12")),
        line("tool_result_event", event(2)),
        line("tool_result_event", event(1, ts="2026-11-14", status="errored")),
    )

    build_archive(home)

    for query in (LedgerQuery(), LedgerQuery(since="2026-11-13"), LedgerQuery(session_id="s-2")):
        assert [to_wire(found) for found in read_user_turns(home, query)] == walk.query_user_turns(home, query)
        found = [to_wire(found) for found in read_tool_result_events(home, query)]
        assert found == walk.query_tool_result_events(home, query)


def test_turns_share_what_they_have_in_common(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    ledger(home, *(line("turn", turn(name, fidelity=fidelity("full"))) for name in ("a", "b")))

    build_archive(home)

    one, other = read_turns(home)
    assert one.session_id is other.session_id
    assert one.fidelity is other.fidelity


def test_user_turns_are_gone_through_while_they_are_read(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    ledger(home, *(line("user_turn", user_turn(f"u-{number}")) for number in range(3)))

    build_archive(home)

    assert over_user_turns(home, LedgerQuery(), list) == read_user_turns(home)
    assert over_user_turns(home, LedgerQuery(), lambda found: next(found).user_uuid) == "u-0"


class TestTheNewestRecordOfAnIdentity:
    def test_replaces_the_older_one_in_its_place(self, tmp_path: Path) -> None:
        home = new_home(tmp_path)
        ledger(
            home,
            line("turn", turn("a", output=1)),
            line("turn", turn("b", output=2)),
            line("turn", turn("a", output=3)),
        )

        build_archive(home)

        assert [(found.message_id, found.usage.output) for found in read_turns(home)] == [("a", 3), ("b", 2)]

    def test_is_found_across_builds_and_ranges(self, tmp_path: Path) -> None:
        home = new_home(tmp_path)
        lines = [line("turn", turn("a", output=1)), *(line("turn", turn(f"m-{n}")) for n in range(30))]
        for end in (1, 10, 31):
            ledger(home, *lines[:end])
            build_archive(home, range_bytes=2000)
        ledger(home, *lines, line("turn", turn("a", output=9)))

        build_archive(home, range_bytes=2000)

        assert [found.usage.output for found in read_turns(home) if found.message_id == "a"] == [9]
        assert read_turns(home)[0].message_id == "a"

    def test_of_another_session_is_another(self, tmp_path: Path) -> None:
        home = new_home(tmp_path)
        ledger(home, line("turn", turn("a", "s-1")), line("turn", turn("a", "s-2", output=9)))

        build_archive(home)

        assert len(read_turns(home)) == 2


class TestUnderTheReferencesRules:
    def test_only_what_the_old_archive_kept_comes_back(self, tmp_path: Path) -> None:
        home = new_home(tmp_path)
        call = {"id": "t", "name": "Edit", "argsHash": "h", "editPreHash": "1", "editPostHash": "2", "skillName": "s"}
        odd_call = {"name": "x", "replacedTools": ["", "Read", 5], "collapsedCalls": 0, "isError": None}
        recorded = turn(toolCalls=[call, odd_call], sessionPath="/log", filesTouched=["/a"], unknown=1)
        ledger(home, line("turn", recorded))

        build_archive(home, semantics=TS_1_10)

        assert query_all(home, semantics=TS_1_10) == [
            turn(
                toolCalls=[
                    {"id": "t", "name": "Edit", "argsHash": "h"},
                    {"id": "", "name": "x", "argsHash": "", "replacedTools": ["Read"], "isError": False},
                ],
                enrichment={},
            )
        ]

    @pytest.mark.parametrize(
        ("stored", "covered", "granularity"),
        [
            (fidelity("full"), set(COVERAGE), "per-turn"),
            (
                fidelity("usage-only"),
                {"hasInputTokens", "hasOutputTokens", "hasCacheReadTokens", "hasCacheCreateTokens"},
                "per-turn",
            ),
            (fidelity("usage-only", hasInputTokens=False, hasOutputTokens=False), set(), "per-turn"),
            (fidelity("partial"), {"hasInputTokens", "hasOutputTokens"}, "per-turn"),
            (fidelity("aggregate-only", "per-session-aggregate"), set(), "per-turn"),
            (fidelity("cost-only", "cost-only"), set(), "cost-only"),
            (fidelity("new"), set(), "per-turn"),
        ],
    )
    def test_a_fidelity_is_made_up_from_its_class(
        self, tmp_path: Path, stored: dict, covered: set[str], granularity: str
    ) -> None:
        home = new_home(tmp_path)
        ledger(home, line("turn", turn(fidelity=stored)))

        build_archive(home, semantics=TS_1_10)

        (found,) = query_all(home, semantics=TS_1_10)
        coverage = {name: name in covered for name in COVERAGE}
        assert found["fidelity"] == {"class": stored["class"], "granularity": granularity, "coverage": coverage}
        assert "fidelity" not in query_turns(home, semantics=TS_1_10)[0]

    def test_numbers_and_texts_change_places_as_in_sqlite(self, tmp_path: Path) -> None:
        home = new_home(tmp_path)
        odd = turn(retries="7", activity=5, usage=turn()["usage"] | {"input": " 12 ", "output": 1.5, "reasoning": "x"})
        ledger(home, line("turn", odd))

        build_archive(home, semantics=TS_1_10)

        (found,) = query_all(home, semantics=TS_1_10)
        usage = {key: found["usage"][key] for key in ("input", "output", "reasoning")}
        assert (found["retries"], found["activity"], usage) == (
            7,
            "5.0",
            {"input": 12, "output": 1.5, "reasoning": "x"},
        )

    def test_a_key_with_a_dot_is_a_path_that_leads_nowhere(self, tmp_path: Path) -> None:
        home = new_home(tmp_path)
        ledger(home, line("turn", turn()), stamp({"sessionId": "s-1"}, {"a.b": "1", "c": "2"}))
        build_archive(home, semantics=TS_1_10)
        build_archive(home)

        asked = LedgerQuery(enrichment={"a.b": "1"})

        assert query_all(home, asked, semantics=TS_1_10) == []
        assert len(query_all(home, asked)) == 1
        assert len(query_all(home, LedgerQuery(enrichment={"c": "2"}), semantics=TS_1_10)) == 1

    def test_bytes_that_are_no_utf8_make_the_count_of_bytes_drift(self, tmp_path: Path) -> None:
        home = new_home(tmp_path)
        bad = line("turn", turn("a")).replace(b"sonnet", b"\xff\xff")
        ledger(home, bad, *(line("turn", turn(f"m-{n}")) for n in range(20)))

        report = build_archive(home, semantics=TS_1_10, range_bytes=1000)

        assert report.scanned_bytes == home.ledger.stat().st_size + 4
        assert len(query_all(home, semantics=TS_1_10)) == 21


def test_an_archive_that_was_never_built_is_empty(tmp_path: Path) -> None:
    assert query_all(new_home(tmp_path)) == []


def test_what_javascript_reads_otherwise_is_read_as_javascript_does(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    plain = line("turn", turn("a", retries=0))
    ledger(
        home,
        plain.replace(b'"retries":0', b'"retries":9007199254740993'),
        plain.replace(b'"messageId":"a"', b'"messageId":"x","messageId":"b"'),
        plain.replace(b'"messageId":"a"', b'"messageId":"c"').replace(b"claude-", b"\\ud800"),
        b"\xef\xbb\xbf" + plain.replace(b'"messageId":"a"', b'"messageId":"d"') + b"\xc2\xa0",
        plain.replace(b'"messageId":"a"', b'"messageId":"e"')
        + b"\r"
        + plain.replace(b'"messageId":"a"', b'"messageId":"f"'),
    )

    build_archive(home)

    found = {turn.message_id: turn for turn in read_turns(home)}
    assert list(found) == ["a", "b", "c", "d", "e", "f"]
    assert found["a"].retries == 9007199254740992
    assert found["c"].model == "\ud800sonnet-4-6"
    assert [turn["messageId"] for turn in query_all(home, LedgerQuery(session_id="s-1"))] == list(found)


def test_a_turn_with_nothing_but_ids_is_given_back_whole(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    ledger(home, json.dumps({"v": 1, "kind": "turn", "record": {"sessionId": "s", "ts": 5}}).encode())

    build_archive(home)

    (found,) = read_turns(home)
    assert (found.session_id, found.ts, found.model, found.fidelity) == ("s", 5, UNSET, UNSET)
    assert not isinstance(found.fidelity, Fidelity)
