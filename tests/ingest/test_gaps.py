"""When calls without results are warned of."""

from __future__ import annotations

from pathlib import Path

import pytest

from relayburn.ingest.gaps import GapWatch, count_tool_call_gaps
from tests.ingest.users import User, answer, append, prompt
from tests.reader.claude_lines import tool_result, tool_use, user


def test_a_session_is_warned_of_once() -> None:
    watch = GapWatch("codex")
    watch.record("s1", 2, 0)

    assert watch.warning() == (
        "codex: 1 session logged tool calls without any observed tool_result content (2 tool calls).\n"
        "  Likely cause: still running (result line not yet flushed) or killed mid-call.\n"
        "  Counts decay as later ingest passes pick up the result lines; sized hotspots\n"
        "  attribution falls back to user-turn block sizes (or even-split) until they heal."
    )
    assert watch.warning() is None


def test_another_session_is_warned_of_together_with_the_known_one() -> None:
    watch = GapWatch("claude")
    watch.record("s1", 1, 0)
    watch.warning()
    watch.record("s2", 1, 0)

    assert "2 sessions" in (watch.warning() or "")


def test_more_calls_of_a_known_session_are_no_news() -> None:
    watch = GapWatch("claude")
    watch.record("s1", 1, 0)
    watch.warning()
    watch.record("s1", 5, 0)

    assert watch.warning() is None
    assert watch.orphans == {"s1": 6}


def test_a_result_heals_a_session_for_good() -> None:
    watch = GapWatch("claude")
    watch.record("s1", 1, 0)
    watch.record("s1", 0, 1)
    watch.record("s1", 3, 0)

    assert watch.warning() is None


def test_when_all_are_healed_the_next_one_is_warned_of_again() -> None:
    watch = GapWatch("claude")
    watch.record("s1", 1, 0)
    watch.warning()
    watch.record("s1", 0, 1)
    watch.warning()
    watch.record("s2", 1, 0)

    assert watch.warning() is not None


def test_sessions_without_an_id_or_without_calls_are_not_noted() -> None:
    watch = GapWatch("claude")
    watch.record("", 1, 0)
    watch.record("s1", 0, 0)

    assert watch.warning() is None


@pytest.mark.parametrize(
    ("calls", "kinds", "expected"), [(0, [], (False, 0)), (2, ["text"], (True, 2)), (2, ["tool_result"], (False, 0))]
)
def test_gaps_of_records_are_counted(calls: int, kinds: list[str], expected: tuple[bool, int]) -> None:
    gaps = count_tool_call_gaps([{"toolCalls": [{}] * calls}], [{"kind": kind} for kind in kinds])

    assert (gaps.session_affected, gaps.orphan_tool_calls) == expected


def test_a_pass_warns_whoever_listens_else_on_stderr(tmp_path: Path) -> None:
    someone = User(tmp_path)
    path = someone.claude(prompt("hi"), answer("m1", content=[tool_use("t1")], stop_reason="tool_use"))
    someone.ingest()
    told: list[str] = []
    append(path, user([tool_result("t1")], "u2"))
    someone.ingest(on_warn=told.append)

    assert [line[:22] for line in someone.said] == ["⚠ claude: 1 session lo"]
    assert told == []


def test_without_contents_nothing_is_known_of_gaps(tmp_path: Path) -> None:
    someone = User(tmp_path, RELAYBURN_CONTENT_STORE="off")
    someone.claude(prompt("hi"), answer("m1", content=[tool_use("t1")], stop_reason="tool_use"))
    someone.ingest()

    assert someone.said == []
