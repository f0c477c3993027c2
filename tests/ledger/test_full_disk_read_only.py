"""Homes that may not be written to, or not be read: a clear error, and all is as it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from relayburn.errors import HomeUnreadable, HomeUnwritable, RelayburnError
from relayburn.ingest.hook import ingest_claude_hook
from relayburn.ingest.pending_stamps import write_pending_stamp
from relayburn.ledger.archive import build_archive, vacuum_archive
from relayburn.ledger.content import prune_content
from relayburn.ledger.home import Home
from relayburn.ledger.query import query_turns
from relayburn.ledger.rebuild import rebuild_index
from relayburn.ledger.reclassify import reclassify
from relayburn.ledger.reset import reset
from relayburn.ledger.stamps import write_stamp
from relayburn.records import to_wire
from relayburn.sdk import compare, hotspots, session_cost, summary
from tests.ingest.test_contention_kills import GrowingUser
from tests.ingest.work_to_kill import ingest, ingest_and_build
from tests.ledger.hostile_disks import all_of, bound_by_permissions, read_only, writable


@pytest.fixture
def someone(tmp_path: Path) -> Iterator[GrowingUser]:
    someone = GrowingUser(tmp_path)
    someone.go_on()
    ingest_and_build(someone.home)
    yield someone
    writable(tmp_path)


WRITERS: dict[str, Callable[[Home], object]] = {
    "a pass": ingest,
    "a stamp": lambda home: write_stamp(home, {"sessionId": "s1"}, {"workflowId": "w"}),
    "a new archive": lambda home: build_archive(home, full=True),
    "a new index": rebuild_index,
    "a reset": reset,
    "a smaller archive": vacuum_archive,
    "a pending stamp": lambda home: write_pending_stamp(home, harness="codex", cwd="/w", enrichment={"a": "b"}),
    "pruning": lambda home: prune_content(home, -1.0),
    "reclassifying": lambda home: reclassify(home, force=True),
}


@pytest.mark.parametrize("what", WRITERS)
def test_what_cannot_be_written_is_named_and_nothing_changes(someone: GrowingUser, what: str) -> None:
    someone.go_on()
    read_only(someone.home.path)
    before = all_of(someone.home.path)

    error = bound_by_permissions(_write, what, someone.home)

    assert isinstance(error, HomeUnwritable), error
    assert str(error) == f"cannot write {error.path}: Permission denied"
    assert error.path.startswith(str(someone.home.path))
    assert all_of(someone.home.path) == before


def _write(what: str, home: Home) -> object:
    return WRITERS[what](home)


def test_a_hook_says_what_cannot_be_written_and_lets_the_session_go_on(someone: GrowingUser) -> None:
    someone.go_on()
    read_only(someone.home.path)

    code, lines = bound_by_permissions(_hook, someone.home)

    assert code == 0
    assert all(line.startswith(f"[burn] ingest: cannot write {someone.home.path}/") for line in lines)
    assert len(lines) == 2


def _hook(home: Home) -> tuple[int, list[str]]:
    lines: list[str] = []
    payload = {
        "session_id": "s0",
        "transcript_path": str(next(home.user_home.rglob("s0.jsonl"))),
        "hook_event_name": "PreToolUse",
        "tool_use_id": "t-9",
    }
    return ingest_claude_hook(home, json.dumps(payload), log=lines.append), lines


def test_a_pass_without_news_needs_no_right_to_write(someone: GrowingUser) -> None:
    read_only(someone.home.path)
    before = all_of(someone.home.path)

    assert bound_by_permissions(ingest, someone.home) is None

    assert all_of(someone.home.path) == before


def test_questions_are_answered_from_an_archive_that_is_current(someone: GrowingUser) -> None:
    expected = _answers(someone.home)
    read_only(someone.home.path)

    assert bound_by_permissions(_answers, someone.home) == expected
    assert expected[1] == []


def test_questions_are_answered_by_a_walk_where_the_archive_cannot_be_built(someone: GrowingUser) -> None:
    someone.go_on()
    ingest(someone.home)
    read_only(someone.home.path)
    before = all_of(someone.home.path)

    found, heard = bound_by_permissions(_answers, someone.home)

    assert all_of(someone.home.path) == before
    assert heard
    assert all(f"cannot write {someone.home.path}" in line and "falling back to ledger walk" in line for line in heard)
    writable(someone.home.path)
    again, _ = _answers(someone.home)
    assert [_unordered(each) for each in found] == [_unordered(each) for each in again]


def _answers(home: Home) -> tuple[list[Any], list[str]]:
    heard: list[str] = []
    found = [
        summary(home, on_log=heard.append),
        session_cost(home, session="s1", on_log=heard.append),
        hotspots(home, on_log=heard.append),
        compare(home, models=["claude-sonnet-4-6", "gpt-5"], min_fidelity="partial", on_log=heard.append),
    ]
    return [to_wire(each) for each in found], heard


def _unordered(answer: Any) -> Any:
    """An answer without the order of its rows and sums, which is that of the ledger in a walk."""
    if isinstance(answer, dict):
        return {key: _unordered(value) for key, value in answer.items()}
    if isinstance(answer, list):
        return sorted((_unordered(each) for each in answer), key=repr)
    return round(answer, 9) if isinstance(answer, float) else answer


def test_a_home_that_cannot_be_made_is_named(someone: GrowingUser) -> None:
    folder = someone.folder / "closed"
    folder.mkdir()
    read_only(folder)
    home = Home(folder / "burn" / "deep", someone.user_home, {})

    error = bound_by_permissions(ingest, home)

    assert str(error) == f"cannot write {home.path.parent}: Permission denied"
    assert bound_by_permissions(_answers, home)[0] == _answers(Home(someone.folder / "empty", someone.user_home, {}))[0]
    assert list(folder.iterdir()) == []


def test_a_home_that_may_not_be_read_is_named_by_every_question(someone: GrowingUser) -> None:
    someone.home.path.chmod(0)

    for question in (_answers, query_turns):
        error = bound_by_permissions(question, someone.home)
        assert isinstance(error, HomeUnreadable), error
        assert str(error) == f"cannot read {error.path}: Permission denied"
    assert isinstance(bound_by_permissions(ingest, someone.home), RelayburnError)


def test_a_ledger_that_may_not_be_read_is_no_empty_one(someone: GrowingUser) -> None:
    someone.home.ledger.chmod(0)

    error = bound_by_permissions(query_turns, someone.home)

    assert isinstance(error, HomeUnreadable)
    assert error.path == str(someone.home.ledger)
    someone.go_on()
    assert isinstance(bound_by_permissions(ingest, someone.home), HomeUnwritable | HomeUnreadable)
