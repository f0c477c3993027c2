"""Codex rollouts that go on between passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from relayburn.ingest.codex_id import derive_codex_id
from relayburn.ingest.cursors import CodexCursor
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.ingest.users import CODEX_SESSION, User, append
from tests.reader.codex_lines import complete, context, log, meta, says, started, used

BOTH = pytest.mark.parametrize("semantics", [TS_1_10, CURRENT], ids=lambda semantics: semantics.name)


def task(turn: str, output: int) -> list[dict]:
    return [started(turn, f"2026-03-04T05:06:{output % 60:02}.000Z"), used(100, 0, output), complete(turn)]


@BOTH
def test_totals_are_carried_from_pass_to_pass(tmp_path: Path, semantics: Semantics) -> None:
    someone = User(tmp_path, semantics=semantics)
    path = someone.codex(meta(), context("t1", model="gpt-5.4"), *task("t1", 10))
    someone.ingest()
    append(path, *task("t2", 25))
    report = someone.ingest()

    assert report.appended_turns == 1
    assert someone.outputs() == {"t1": 10, "t2": 15}


@BOTH
def test_an_open_turn_waits_for_its_end(tmp_path: Path, semantics: Semantics) -> None:
    someone = User(tmp_path, semantics=semantics)
    path = someone.codex(meta(), *task("t1", 10), started("t2"), used(100, 0, 40))
    first = someone.ingest()
    append(path, complete("t2"))
    second = someone.ingest()

    assert (first.appended_turns, second.appended_turns) == (1, 1)
    assert someone.outputs() == {"t1": 10, "t2": 30}


@BOTH
def test_a_replaced_rollout_starts_from_nothing(tmp_path: Path, semantics: Semantics) -> None:
    someone = User(tmp_path, semantics=semantics)
    path = someone.codex(meta(), *task("t1", 10), *task("t2", 25))
    someone.ingest()
    path.write_bytes(log(meta(), *task("t3", 7)))
    someone.ingest()

    assert someone.outputs() == {"t1": 10, "t2": 15, "t3": 7}


def test_a_cursor_keeps_what_the_reader_needs_and_no_more(tmp_path: Path) -> None:
    someone = User(tmp_path)
    path = someone.codex(meta("s1", cwd="/w"), says("user", "hi"), *task("t1", 10))
    someone.ingest()
    stored = someone.cursors()[path.name]

    assert list(stored) == [
        *("kind", "inode", "offsetBytes", "mtimeMs", "cumulative", "sessionId", "turnContexts"),
        *("sessionCwd", "userTurnSlot", "rootSessionEmitted", "nextEventIndex", "lastCompletedTurn", "sizeBytes"),
    ]
    assert CodexCursor.of_wire(stored).to_wire() == stored


@pytest.mark.parametrize("damage", [{"sessionId": 7}, {"cumulative": "x"}, {"turnContexts": []}, {"kind": "claude"}])
def test_a_damaged_cursor_means_that_the_rollout_is_read_from_its_start(tmp_path: Path, damage: dict) -> None:
    wire = {"kind": "codex", "inode": 1, "offsetBytes": 5, "mtimeMs": 1, "cumulative": {}, "sessionId": "s"}

    assert CodexCursor.of_wire(wire | {"turnContexts": {}}) is not None
    assert CodexCursor.of_wire(wire | {"turnContexts": {}} | damage) is None


@pytest.mark.parametrize(
    ("name", "line", "expected"),
    [
        (f"rollout-x-{CODEX_SESSION}", meta("other"), CODEX_SESSION),
        (f"rollout-x-{CODEX_SESSION.upper()}", meta("other"), CODEX_SESSION.upper()),
        (f"{CODEX_SESSION}-x", meta("from-line"), "from-line"),
        ("named", meta(""), None),
        ("named", says("user", "hi"), None),
        ("named", "no json", None),
    ],
)
def test_a_session_without_an_id_is_named_by_its_file(
    tmp_path: Path, name: str, line: object, expected: object
) -> None:
    path = tmp_path / f"{name}.jsonl"
    path.write_bytes(log(line))

    assert derive_codex_id(str(path)) == expected
