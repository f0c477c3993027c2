"""Reading all logs again: what is replaced, what stays."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from relayburn.errors import HomeUnwritable, UnsupportedStorage
from relayburn.ingest import reingest as module
from relayburn.ingest.reingest import ReingestReport, reingest
from relayburn.ledger.append import append_relationships, append_tool_result_events, append_turns
from relayburn.ledger.archive import build_archive, read_turns
from relayburn.ledger.content import read_content
from relayburn.ledger.query import query_tool_result_events, query_user_turns, recorded
from relayburn.ledger.stamps import write_stamp
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.ingest import work_to_kill
from tests.ingest.killing import kill_at_step, kills, steps_of
from tests.ingest.users import SESSION, User, answer, append, prompt
from tests.ledger.records import event, relationship, turn

GONE = "c0ffee00-0000-4000-8000-00000000dead"
LONG = "msg_01reingestedreingested"


def again(someone: User, semantics: Semantics = CURRENT) -> ReingestReport:
    return reingest(someone.home, log=someone.said.append, semantics=semantics)


def semantics_of(someone: User) -> list[str]:
    return [line.get("semantics", "ts-1.10") for line in someone.lines() if line["kind"] == "turn"]


def test_what_was_read_by_other_rules_is_read_again(tmp_path: Path) -> None:
    reference = User(tmp_path, semantics=TS_1_10)
    reference.claude(prompt("hi"), answer("m1", 1), answer("m1", 412, second=2))
    reference.ingest()
    someone = User(tmp_path)
    before = someone.outputs()

    report = again(someone)

    assert (before, someone.outputs()) == ({"m1": 1}, {"m1": 412})
    assert semantics_of(someone) == ["current"]
    assert (report.scanned_sessions, report.ingested_sessions, report.read_turns, report.kept_turns) == (1, 1, 1, 0)
    assert someone.ingest().appended_turns == 0


def test_the_reference_can_be_gone_back_to(tmp_path: Path) -> None:
    someone = User(tmp_path)
    someone.claude(prompt("hi"), answer("m1", 1), answer("m1", 412, second=2))
    someone.ingest()

    again(someone, TS_1_10)

    assert semantics_of(someone) == ["ts-1.10"]
    assert someone.outputs() == {"m1": 1}


def test_what_no_log_tells_of_any_more_is_kept_and_named(tmp_path: Path) -> None:
    reference = User(tmp_path, semantics=TS_1_10)
    reference.claude(prompt("hi"), answer("m1", 20))
    log = reference.claude(prompt("hi", sessionId=GONE), answer("m2", 30, sessionId=GONE), session=GONE)
    reference.ingest()
    log.unlink()
    kept_lines = [line for line in reference.lines() if line["record"]["sessionId"] == GONE]
    someone = User(tmp_path)

    report = again(someone)

    assert someone.outputs() == {"m2": 30, "m1": 20}
    assert [(each.source, each.session_id, each.turns) for each in report.kept_sessions] == [("claude-code", GONE, 1)]
    assert [line for line in someone.lines() if line["record"]["sessionId"] == GONE] == kept_lines
    assert [record["text"] for record in read_content(someone.home, GONE)] == ["hi"]


def test_stamps_and_what_hooks_told_and_strange_lines_stay(tmp_path: Path) -> None:
    someone = User(tmp_path)
    someone.claude(prompt("hi"), answer("m1", 20))
    someone.ingest()
    write_stamp(someone.home, {"sessionId": SESSION}, {"workflowId": "w", "parentAgentId": "lead"})
    append_tool_result_events(someone.home, [event(sessionId=SESSION, toolUseId="hooked", status="running")])
    append_relationships(someone.home, [relationship("subagent", sessionId=SESSION, agentId="a-1")])
    with someone.home.ledger.open("ab") as ledger:
        ledger.write(b'{"v":1,"kind":"of tomorrow"}\n{"v":1,"ki')

    again(someone)

    (found,) = someone.turns()
    assert found["enrichment"] == {"workflowId": "w", "parentAgentId": "lead"}
    assert [each["toolUseId"] for each in query_tool_result_events(someone.home)] == ["hooked"]
    kinds = [each["relationshipType"] for each in recorded(someone.home, "relationship")]
    assert sorted(kinds) == ["root", "subagent", "subagent"]
    assert b'{"v":1,"kind":"of tomorrow"}\n{"v":1,"ki\n' in someone.home.ledger.read_bytes()


def test_turns_that_nobody_read_from_a_log_stay(tmp_path: Path) -> None:
    someone = User(tmp_path)
    someone.claude(prompt("hi"), answer("m1", 20))
    append_turns(someone.home, [turn("m1", "other"), turn("m9", SESSION, output=9)])

    report = again(someone)

    assert {(each["sessionId"], each["messageId"]) for each in someone.turns()} == {
        ("other", "m1"),
        (SESSION, "m9"),
        (SESSION, "m1"),
    }
    assert report.kept_turns == 2


def test_a_turn_that_is_now_known_to_be_a_forks_goes_to_the_fork(tmp_path: Path) -> None:
    someone = User(tmp_path)
    fork = GONE
    someone.claude(prompt("hi"), answer("m1", 20))
    someone.claude(prompt("hi", sessionId=fork), answer(LONG, 30, sessionId=fork), session=fork)
    append_turns(someone.home, [turn(LONG, SESSION, output=30)], semantics=TS_1_10)

    again(someone)

    assert {(each["sessionId"], each["messageId"]) for each in someone.turns()} == {(SESSION, "m1"), (fork, LONG)}
    assert semantics_of(someone) == ["current", "current"]


def test_twice_is_once(tmp_path: Path) -> None:
    reference = User(tmp_path, semantics=TS_1_10)
    log = reference.claude(prompt("hi"), answer("m1", 20))
    reference.ingest()
    append(log, prompt("more", "u2"), answer("m2", 30, second=2))
    someone = User(tmp_path)
    again(someone)
    once = someone.home.ledger.read_bytes()

    again(someone)

    assert someone.home.ledger.read_bytes() == once
    assert len(query_user_turns(someone.home)) == 2


def test_the_archive_notices(tmp_path: Path) -> None:
    reference = User(tmp_path, semantics=TS_1_10)
    reference.claude(prompt("hi"), answer("m1", 1), answer("m1", 412, second=2))
    reference.ingest()
    someone = User(tmp_path)
    build_archive(someone.home)

    again(someone)
    build_archive(someone.home)

    assert [each.usage.output for each in read_turns(someone.home)] == [412]


def test_the_next_pass_reads_on(tmp_path: Path) -> None:
    someone = User(tmp_path)
    log = someone.claude(prompt("hi"), answer("m1", 20))
    again(someone)
    append(log, prompt("more", "u2"), answer("m2", 30, second=2))

    assert someone.ingest().appended_turns == 1
    assert someone.outputs() == {"m1": 20, "m2": 30}


def test_settings_hold_while_reading_again(tmp_path: Path) -> None:
    someone = User(tmp_path)
    someone.home.path.mkdir()
    someone.home.config.write_text('{"content": {"store": "off"}}')
    someone.claude(prompt("hi"), answer("m1", 20))

    again(someone)

    assert not someone.home.content.exists()


def test_asked_to_stop_it_leaves_the_ledger_as_it_was(tmp_path: Path) -> None:
    reference = User(tmp_path, semantics=TS_1_10)
    reference.claude(prompt("hi"), answer("m1", 1), answer("m1", 412, second=2))
    reference.ingest()
    before = reference.home.ledger.read_bytes()
    someone = User(tmp_path)
    asked = iter([False, True])

    report = reingest(someone.home, log=someone.said.append, stop=lambda: next(asked, True))

    assert report.stopped
    assert someone.home.ledger.read_bytes() == before
    assert not (someone.home.path / module.FOLDER).exists()


def test_a_file_that_cannot_be_read_is_told_once_and_its_turns_stay(tmp_path: Path) -> None:
    reference = User(tmp_path, semantics=TS_1_10)
    log = reference.codex("{}", session=GONE)
    reference.claude(prompt("hi"), answer("m1", 20))
    reference.ingest()
    log.unlink()
    someone = User(tmp_path)
    append_turns(someone.home, [turn("t1", GONE, source="codex")], semantics=TS_1_10)

    report = again(someone)

    assert someone.said == []
    assert [each.session_id for each in report.kept_sessions] == [GONE]


def test_a_home_that_is_not_there_is_made(tmp_path: Path) -> None:
    someone = User(tmp_path)

    report = again(someone)

    assert (report.read_turns, report.kept_turns) == (0, 0)
    assert someone.lines() == []


def test_what_a_kill_left_is_removed(tmp_path: Path) -> None:
    someone = User(tmp_path)
    someone.claude(prompt("hi"), answer("m1", 20))
    left = someone.home.path / module.FOLDER
    left.mkdir(parents=True)
    (left / "ledger.jsonl").write_text(json.dumps({"v": 1, "kind": "turn", "record": turn("never")}) + "\n")

    again(someone)

    assert someone.outputs() == {"m1": 20}
    assert not left.exists()


def test_killed_before_any_step_on_the_disk_it_loses_nothing(tmp_path: Path) -> None:
    whole, killed = (_half_gone(tmp_path / name) for name in ("whole", "killed"))
    steps = steps_of(work_to_kill.read_again, whole.home)
    expected = whole.outputs()
    assert expected == {"m2": 30, "m1": 412}

    for step in range(1, steps + 1, max(1, steps // kills(8))):
        kill_at_step(step, work_to_kill.read_again, killed.home)

        killed.forget_process()
        assert killed.outputs() in ({"m1": 1, "m2": 30}, expected)
        killed.ingest()
        assert killed.outputs().keys() == expected.keys()
        shutil.rmtree(killed.folder)
        killed = _half_gone(tmp_path / "killed")
    again(killed)
    assert killed.outputs() == expected


def _half_gone(folder: Path) -> User:
    """Two sessions, read by the reference, of which one has no log any more."""
    reference = User(folder, semantics=TS_1_10)
    reference.claude(prompt("hi"), answer("m1", 1), answer("m1", 412, second=2))
    log = reference.claude(prompt("hi", sessionId=GONE), answer("m2", 30, sessionId=GONE), session=GONE)
    reference.ingest()
    log.unlink()
    return User(folder)


def test_the_other_store_is_refused(tmp_path: Path) -> None:
    someone = User(tmp_path, RELAYBURN_STORAGE="sqlite")

    with pytest.raises(UnsupportedStorage):
        again(someone)


def test_a_home_that_cannot_be_written_stays_as_it_was(tmp_path: Path) -> None:
    someone = User(tmp_path)
    someone.claude(prompt("hi"), answer("m1", 20))
    someone.ingest()
    before = someone.home.ledger.read_bytes()
    (someone.home.path / "ledger.jsonl.tmp").mkdir()

    with pytest.raises(HomeUnwritable):
        again(someone)

    assert someone.home.ledger.read_bytes() == before
