from __future__ import annotations

from pathlib import Path

import pytest

from relayburn.ledger import query as walk
from relayburn.ledger.archive import archive_status, build_archive, read_tool_result_events, read_turns, read_user_turns
from relayburn.ledger.archive.groups import spending
from relayburn.ledger.archive.reading import record_of_line
from relayburn.ledger.archive.snapshot import Snapshot, ask
from relayburn.ledger.home import Home
from relayburn.ledger.query import LedgerQuery
from relayburn.ledger.tables import COMPACTIONS, Wire
from relayburn.pricing.rate import price_steps
from relayburn.records import to_wire
from relayburn.semantics import CURRENT, TS_1_10
from tests.archive.ledgers import append, ledger, line, made_up_lines, new_home
from tests.ledger.copied import CLAUDE, copy_of, long_id, sessions_and_forks
from tests.ledger.records import turn

SMALL = 2000


def lines_of(seed: int) -> list[bytes]:
    return [line(kind, record) for kind, record in sessions_and_forks(seed)]


def compactions(home: Home) -> list[Wire]:
    def question(snapshot: Snapshot) -> list[Wire]:
        rows = snapshot.rows(f"SELECT line FROM {snapshot.newest_rows(COMPACTIONS)} ORDER BY first")
        return [record_of_line(each)["record"] for (each,) in rows]

    return ask(home, question, semantics=CURRENT)


def assert_archive_is_the_walk(home: Home) -> None:
    turns = [{**each, "enrichment": {}} for each in map(to_wire, read_turns(home))]
    assert sorted(map(_text, turns)) == sorted(map(_text, walk.query_turns(home)))
    assert [to_wire(each) for each in read_user_turns(home)] == walk.query_user_turns(home)
    assert [to_wire(each) for each in read_tool_result_events(home)] == walk.query_tool_result_events(home)
    assert compactions(home) == walk.query_compactions(home)


def _text(turn: Wire) -> str:
    return repr(sorted(turn.items()))


@pytest.mark.parametrize("seed", range(8))
def test_the_archive_counts_what_the_walk_counts(tmp_path: Path, seed: int) -> None:
    home = new_home(tmp_path)
    lines = lines_of(seed)
    for start in range(0, len(lines), 11):
        append(home, *lines[start : start + 11])
        build_archive(home, range_bytes=SMALL)

    assert_archive_is_the_walk(home)
    piecewise = read_turns(home)
    build_archive(home, full=True, range_bytes=SMALL)
    assert read_turns(home) == piecewise


def test_odd_lines_are_copies_too(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    first = turn(long_id(CLAUDE, 1), "a")
    ledger(home, line("turn", first), line("turn", copy_of(first, "b")).replace(b'":', b'" :'))

    build_archive(home)

    assert [each.session_id for each in read_turns(home)] == ["a"]
    assert len(walk.query_turns(home)) == 1


@pytest.mark.parametrize("seed", range(3))
def test_of_odd_lines_the_archive_counts_as_many_as_the_walk(tmp_path: Path, seed: int) -> None:
    home = new_home(tmp_path)
    ledger(home, *made_up_lines(seed, 300))

    build_archive(home)

    assert len(read_turns(home)) == len(walk.query_turns(home))
    assert len(read_user_turns(home)) == len(walk.query_user_turns(home))
    assert len(read_tool_result_events(home)) == len(walk.query_tool_result_events(home))


def test_a_fork_that_comes_later_is_found_in_what_was_there_before(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    first = turn(long_id(CLAUDE, 1), "b")
    ledger(home, line("turn", first), line("turn", turn(long_id(CLAUDE, 2), "b")))
    build_archive(home)
    append(home, line("turn", copy_of(first, "a") | {"ts": "2026-11-09T10:00:00.000Z"}))
    build_archive(home)

    assert [(each.session_id, each.message_id) for each in read_turns(home)] == [
        ("a", long_id(CLAUDE, 1)),
        ("b", long_id(CLAUDE, 2)),
    ]


def test_counts_and_groups_leave_copies_out(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    first = turn(long_id(CLAUDE, 1), "a", toolCalls=[{"id": "t1", "name": "Bash", "argsHash": "0"}])
    ledger(home, line("turn", first), line("turn", copy_of(first, "b")))
    build_archive(home)
    build_archive(home, semantics=TS_1_10)

    status = archive_status(home).row_counts
    assert (status.sessions, status.turns, status.tool_calls) == (1, 1, 1)
    assert archive_status(home, semantics=TS_1_10).row_counts.turns == 2
    (group,) = spending(home, LedgerQuery(), lambda _: price_steps("", {}, semantics=CURRENT))
    assert (group.turns, group.usage.output) == (1, 20)


def test_without_copies_nothing_is_decided(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    ledger(home, line("turn", turn(long_id(CLAUDE, 1), "a")), line("turn", turn(long_id(CLAUDE, 2), "b")))

    build_archive(home)

    assert not ask(home, lambda snapshot: snapshot.manifest.copied, semantics=CURRENT)
