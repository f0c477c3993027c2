"""Stamps that wait for the session of a launch."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from relayburn.errors import HomeUnreadable, InvalidInput
from relayburn.ingest.pending_records import read_record
from relayburn.ingest.pending_stamps import (
    TTL_MS,
    Candidate,
    resolve_pending_stamps,
    sweep_pending_stamps,
    write_pending_stamp,
)
from relayburn.ledger.home import Home
from relayburn.ledger.stamps import read_stamps
from tests.ingest.users import CODEX_SESSION, User
from tests.ledger.records import NOW_MS
from tests.reader.codex_lines import complete, log, meta, started

RECORD = {
    "v": 1,
    "harness": "codex",
    "spawnerPid": 7,
    "spawnStartTs": "2026-11-20T12:00:00.000Z",
    "cwd": "/work",
    "enrichment": {"k": "v"},
}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return User(tmp_path).home


def pending(home: Home, **enrichment: str) -> Path:
    return write_pending_stamp(home, harness="codex", cwd="/work", enrichment=enrichment)[0]


def candidate(**said: Any) -> Candidate:
    return Candidate(**{"harness": "codex", "session_id": "s1", "cwd": "/work", "mtime_ms": NOW_MS, **said})


def names(home: Home) -> list[str]:
    return sorted(path.name for path in home.pending_stamps.iterdir())


def test_a_record_is_whole_and_private(home: Home) -> None:
    file, stamp = write_pending_stamp(home, harness="codex", cwd="/work/a/../b/", enrichment={"k": "é"})

    assert re.fullmatch(rf"codex-{os.getpid()}-{NOW_MS:.0f}-[0-9a-f-]{{36}}\.json", file.name)
    assert file.read_text() == json.dumps(stamp.to_wire(), indent=2, ensure_ascii=False) + "\n"
    assert stamp.cwd == "/work/b"
    assert file.stat().st_mode & 0o077 == 0
    assert names(home) == [file.name]


@pytest.mark.parametrize(
    "damage",
    [
        *({"v": 2}, {"v": True}, {"harness": "claude"}, {"spawnerPid": "7"}, {"spawnStartTs": "soon"}, {"cwd": ""}),
        *({"enrichment": []}, {"enrichment": {"n": 1}}, {"sessionDirHint": None}, {"spawnStartTs": 5}),
    ],
)
def test_a_damaged_record_is_none(damage: dict[str, Any]) -> None:
    assert read_record(json.dumps(RECORD).encode()) is not None
    assert read_record(json.dumps(RECORD | damage).encode()) is None


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"\xff", b'"x"'])
def test_what_is_no_object_is_no_record(data: bytes) -> None:
    assert read_record(data) is None


def test_a_stamp_is_forgotten_only_after_its_time(home: Home) -> None:
    file = pending(home)

    assert sweep_pending_stamps(home, now_ms=NOW_MS + TTL_MS).deleted == 0
    assert sweep_pending_stamps(home, now_ms=NOW_MS + TTL_MS + 1).deleted == 1
    assert not file.exists()


def test_other_files_age_by_their_own_time(home: Home) -> None:
    pending(home)
    other = home.pending_stamps / "codex-1.json.claimed-9-x"
    other.write_text("{}")
    os.utime(other, (NOW_MS / 1000 - 100_000, NOW_MS / 1000 - 100_000))

    assert (sweep_pending_stamps(home).scanned, other.exists()) == (2, False)


def test_a_session_takes_the_oldest_stamp_and_only_that(home: Home) -> None:
    for age, name in ((1, "young"), (3, "old"), (2, "middle")):
        pending(replace(home, clock=lambda age=age: NOW_MS - age * 1000), name=name)

    first = resolve_pending_stamps(home, candidate())
    second = resolve_pending_stamps(home, candidate(session_id="s2"))

    assert (first.applied, dict(first.enrichment), dict(second.enrichment)) == (1, {"name": "old"}, {"name": "middle"})
    assert [dict(stamp.selector) for stamp in read_stamps(home)] == [{"sessionId": "s1"}, {"sessionId": "s2"}]
    assert len(names(home)) == 1


@pytest.mark.parametrize(
    "other",
    [
        *({"harness": "opencode"}, {"cwd": "/elsewhere"}, {"mtime_ms": NOW_MS - 2}, {"cwd": None, "mtime_ms": None}),
        {"session_id": ""},
    ],
)
def test_a_session_that_does_not_fit_takes_nothing(home: Home, other: dict[str, Any]) -> None:
    pending(home)

    assert resolve_pending_stamps(home, candidate(**other)).applied == 0
    assert len(names(home)) == 1


@pytest.mark.parametrize(
    "fit", [{"cwd": "/work/x/.."}, {"mtime_ms": NOW_MS - 1}, {"cwd": None}, {"mtime_ms": None}, {"cwd": "//work"}]
)
def test_a_session_that_fits_takes_it(home: Home, fit: dict[str, Any]) -> None:
    pending(home)

    assert resolve_pending_stamps(home, candidate(**fit)).applied == 1


@pytest.mark.parametrize(
    ("path", "applied"), [("/logs/a/b.jsonl", 1), ("/logs", 1), ("/other/b.jsonl", 0), ("/logs/../b", 0)]
)
def test_a_folder_hint_is_obeyed(home: Home, path: str, applied: int) -> None:
    write_pending_stamp(home, harness="codex", cwd="/work", enrichment={}, session_dir_hint="/logs")

    assert resolve_pending_stamps(home, candidate(session_path=path)).applied == applied


def test_a_claim_is_given_back_when_stamping_fails(home: Home) -> None:
    file = pending(home)
    home.ledger.mkdir()

    with pytest.raises(HomeUnreadable):
        resolve_pending_stamps(home, candidate())
    assert names(home) == [file.name]


@pytest.mark.parametrize("wrong", [{"harness": "claude"}, {"spawn_start_ts": "soon"}])
def test_a_stamp_that_could_never_be_claimed_is_refused(home: Home, wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        write_pending_stamp(home, **{"harness": "codex", "cwd": "/work", "enrichment": {}, **wrong})


def test_a_pass_gives_the_stamp_to_the_session_it_reads(tmp_path: Path) -> None:
    someone = User(tmp_path)
    path = someone.codex(meta(CODEX_SESSION, cwd="/work"), started("t1"), complete("t1"))
    os.utime(path, (NOW_MS / 1000, NOW_MS / 1000))
    pending(someone.home, workflowId="w1")
    report = someone.ingest()

    assert report.applied_pending_stamps == 1
    assert [turn["enrichment"] for turn in someone.turns()] == [{"workflowId": "w1"}]
    assert names(someone.home) == []


def test_a_session_that_gives_no_turn_claims_no_stamp(tmp_path: Path) -> None:
    someone = User(tmp_path)
    path = someone.codex(meta(CODEX_SESSION, cwd="/work"), started("t1"))
    os.utime(path, (NOW_MS / 1000, NOW_MS / 1000))
    pending(someone.home)

    assert someone.ingest().applied_pending_stamps == 0
    path.write_bytes(log(meta(CODEX_SESSION, cwd="/work"), started("t1"), complete("t1")))
    os.utime(path, (NOW_MS / 1000 + 1, NOW_MS / 1000 + 1))
    assert someone.ingest().applied_pending_stamps == 1
