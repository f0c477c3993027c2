"""Claude Code logs that grow, shrink and are replaced between passes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relayburn.ingest.harvest import Outcome, Step
from relayburn.ingest.readers import ReadHere
from relayburn.ledger.query import query_relationships, query_tool_result_events, query_user_turns
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.ingest.users import SESSION, User, answer, append, prompt
from tests.reader.claude_lines import log, tool_result, tool_use, user

BOTH = pytest.mark.parametrize("semantics", [TS_1_10, CURRENT], ids=lambda semantics: semantics.name)


@BOTH
def test_what_is_appended_between_passes_is_read_once(tmp_path: Path, semantics: Semantics) -> None:
    someone = User(tmp_path, semantics=semantics)
    path = someone.claude(prompt("hi"), answer("m1", 20))
    first = someone.ingest()
    append(path, prompt("more", "u2"), answer("m2", 30, second=2))
    second = someone.ingest()
    third = someone.ingest()

    assert [report.appended_turns for report in (first, second, third)] == [1, 1, 0]
    assert someone.outputs() == {"m1": 20, "m2": 30}
    assert len(someone.lines()) == len({str(line) for line in someone.lines()})


@BOTH
def test_a_line_that_is_still_being_written_waits(tmp_path: Path, semantics: Semantics) -> None:
    someone = User(tmp_path, semantics=semantics)
    line = log(answer("m2", 30, second=2))
    path = someone.claude(prompt("hi"), answer("m1"))
    append(path, line[:50])
    someone.ingest()
    before = someone.outputs()
    append(path, line[50:])
    someone.ingest()

    assert before == {"m1": 20}
    assert someone.outputs() == {"m1": 20, "m2": 30}


def test_under_the_reference_a_message_without_a_stop_reason_waits(tmp_path: Path) -> None:
    someone = User(tmp_path, semantics=TS_1_10)
    path = someone.claude(prompt("hi"), answer("m1", 3, stop_reason=None))
    someone.ingest()
    assert not someone.home.ledger.exists() or someone.outputs() == {}

    append(path, answer("m1", 99, second=2))
    someone.ingest()

    assert someone.outputs() == {"m1": 3}


def test_under_current_an_unfinished_message_counts_and_its_last_usage_replaces_the_first(tmp_path: Path) -> None:
    someone = User(tmp_path)
    path = someone.claude(prompt("hi"), answer("m1", 3, stop_reason=None))
    someone.ingest()
    assert someone.outputs() == {"m1": 3}

    append(path, answer("m1", 99, second=2))
    someone.ingest()

    assert someone.outputs() == {"m1": 99}
    assert [line["semantics"] for line in someone.lines()] == ["current"] * len(someone.lines())


@BOTH
def test_a_file_that_shrank_is_read_from_its_start(tmp_path: Path, semantics: Semantics) -> None:
    someone = User(tmp_path, semantics=semantics)
    path = someone.claude(prompt("hi"), answer("m1"), prompt("b", "u2"), answer("m2", second=2))
    someone.ingest()
    path.write_bytes(log(prompt("new", "u9"), answer("m9", 90, second=9)))
    report = someone.ingest()

    assert report.appended_turns == 1
    assert someone.outputs() == {"m1": 20, "m2": 20, "m9": 90}
    assert someone.cursors()[path.name]["offsetBytes"] == path.stat().st_size


@BOTH
def test_a_file_that_was_replaced_is_read_from_its_start(tmp_path: Path, semantics: Semantics) -> None:
    someone = User(tmp_path, semantics=semantics)
    path = someone.claude(prompt("hi"), answer("m1"))
    someone.ingest()
    fresh = path.with_suffix(".fresh")
    fresh.write_bytes(log(prompt("hi"), answer("m1"), prompt("more", "u2"), answer("m2", 7, second=2)))
    fresh.replace(path)
    report = someone.ingest()

    assert report.appended_turns == 2
    assert someone.outputs() == {"m1": 20, "m2": 7}


@BOTH
def test_a_file_whose_time_went_back_is_read_again_and_adds_nothing(tmp_path: Path, semantics: Semantics) -> None:
    someone = User(tmp_path, semantics=semantics)
    path = someone.claude(prompt("hi"), answer("m1"))
    someone.ingest()
    size = someone.home.ledger.stat().st_size
    os.utime(path, (1, 1))
    report = someone.ingest()

    assert report.appended_turns == 1
    assert someone.home.ledger.stat().st_size == size


@BOTH
def test_a_file_that_ends_within_a_line_is_read_again_only_by_the_reference(
    tmp_path: Path, semantics: Semantics
) -> None:
    someone = User(tmp_path, semantics=semantics)
    path = someone.claude(prompt("hi"), answer("m1"))
    append(path, b'{"type": "assis')
    someone.ingest()
    before = someone.cursors()
    read: list[str] = []

    class Counting(ReadHere):
        def outcomes(self, steps: Iterable[Step]) -> Iterator[Outcome]:
            for step in steps:
                read.append(type(step).__name__)
                yield from super().outcomes((step,))

    someone.ingest(readers=Counting())

    assert read == ["ClaudeTask" if semantics is TS_1_10 else "Settled"]
    assert someone.cursors() == before


def test_a_touched_file_is_not_read_but_its_time_is_kept(tmp_path: Path) -> None:
    someone = User(tmp_path)
    path = someone.claude(prompt("hi"), answer("m1"))
    someone.ingest()
    os.utime(path, (2_000_000_000, 2_000_000_000))
    report = someone.ingest()

    assert report.appended_turns == 0
    assert someone.cursors()[path.name]["mtimeMs"] == 2_000_000_000_000


@pytest.mark.parametrize(
    "stored", ["{", '{"files": []}', '{"files": {"PATH": {"kind": "claude", "inode": "x"}}}', "[]"]
)
def test_a_damaged_cursor_means_that_the_file_is_read_from_its_start(tmp_path: Path, stored: str) -> None:
    someone = User(tmp_path)
    path = someone.claude(prompt("hi"), answer("m1"))
    someone.ingest()
    someone.home.cursors.write_text(stored.replace("PATH", str(path)))
    report = someone.ingest()

    assert report.appended_turns == 1
    assert someone.outputs() == {"m1": 20}
    assert someone.cursors()[path.name]["offsetBytes"] == path.stat().st_size


@BOTH
def test_sessions_that_go_on_from_each_other_are_linked(tmp_path: Path, semantics: Semantics) -> None:
    someone = User(tmp_path, semantics=semantics)
    someone.claude(prompt("hi", sessionId="first"), answer("m1", sessionId="first"), session="first")
    someone.claude(
        prompt("go on", "u2", sessionId="second", parentUuid="a-m1-1"),
        answer("m2", sessionId="second", second=2),
        session="second",
    )
    someone.ingest()
    rows = query_relationships(someone.home, semantics=semantics)

    assert [
        (row["sessionId"], row["relatedSessionId"]) for row in rows if row["relationshipType"] == "continuation"
    ] == [("second", "first")]


def test_an_error_that_comes_late_marks_the_call(tmp_path: Path) -> None:
    someone = User(tmp_path)
    call = answer("m1", content=[tool_use("t1", command="ls")], stop_reason="tool_use")
    path = someone.claude(prompt("hi"), call)
    someone.ingest()
    append(path, user([tool_result("t1", "no", is_error=True)], "u2"))
    someone.ingest()

    assert [turn["toolCalls"][0].get("isError") for turn in someone.turns()] == [True]
    assert [event["status"] for event in query_tool_result_events(someone.home)] == ["errored"]


LINES = [
    prompt("fix it"),
    answer("m1", 1, stop_reason=None, content=[tool_use("t1", command="ls")]),
    answer("m1", 40, second=2, stop_reason="tool_use", content=[tool_use("t2", command="pwd")]),
    user([tool_result("t1", "out")], "u2"),
    answer("m2", 5, second=3),
    prompt("thanks", "u3"),
    answer("m2", 50, second=4),
    answer("m3", 6, second=5, stop_reason=None),
    user([tool_result("t2", "bad", is_error=True)], "u4"),
]


@settings(max_examples=25)
@given(cuts=st.lists(st.integers(0, len(log(*LINES))), max_size=5))
def test_under_current_any_number_of_passes_bills_like_one(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    whole = User(tmp_path_factory.mktemp("whole"), RELAYBURN_CONTENT_STORE="off")
    whole.claude(*LINES)
    whole.ingest()
    parts = User(tmp_path_factory.mktemp("parts"), RELAYBURN_CONTENT_STORE="off")
    path = parts.claude()
    data = log(*LINES)
    for cut in [*sorted(cuts), len(data)]:
        path.write_bytes(data[:cut])
        parts.ingest()

    assert _told(parts) == _told(whole)


def _told(someone: User) -> object:
    """All that a home says, but for the path of its log."""
    turns = [{**turn, "sessionPath": ""} for turn in someone.turns()]
    others = [query(someone.home) for query in (query_user_turns, query_tool_result_events, query_relationships)]
    return sorted(map(repr, turns)), [sorted(map(repr, records)) for records in others]


def test_a_cursor_of_the_reference_is_gone_on_from(tmp_path: Path) -> None:
    someone = User(tmp_path, semantics=TS_1_10)
    path = someone.claude(prompt("hi"), answer("m1"))
    someone.ingest()
    append(path, prompt("more", "u2"), answer("m2", 7, second=2))
    someone.semantics = CURRENT
    report = someone.ingest()

    assert report.appended_turns == 1
    assert someone.outputs() == {"m1": 20, "m2": 7}
    assert someone.turns()[0]["sessionId"] == SESSION
