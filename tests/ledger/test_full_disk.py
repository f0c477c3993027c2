"""A disk that is full, at whatever moment: a clear error, nothing lost, and with room again all goes on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from relayburn.errors import ArchiveUnusable, HomeUnwritable
from relayburn.ledger.home import Home
from relayburn.ledger.query import query_turns
from relayburn.sdk import summary
from tests.ingest.test_contention_kills import GrowingUser
from tests.ingest.work_to_kill import build, ingest, ingest_and_build
from tests.ledger.hostile_disks import all_of, in_a_world_with_own_mounts, with_files_of_at_most


@pytest.fixture
def someone(tmp_path: Path) -> GrowingUser:
    """A home that is up to date but for the last exchanges of each session."""
    someone = GrowingUser(tmp_path)
    someone.go_on()
    someone.go_on()
    ingest_and_build(someone.home)
    for _ in range(3):
        someone.go_on()
    return someone


def whole(home: Home) -> list[str]:
    return sorted(map(repr, query_turns(home)))


def test_a_disk_with_any_room_left_loses_nothing(someone: GrowingUser) -> None:
    mount = someone.folder / "mount"
    mount.mkdir()

    ran = in_a_world_with_own_mounts("tests.ledger.small_disk", mount, someone.home.path, someone.user_home)

    if ran is None:
        # The next best: files of which none can grow.
        assert isinstance(with_files_of_at_most(0, ingest, someone.home), HomeUnwritable)
        return
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) > 10


@pytest.mark.parametrize("part", (0.0, 0.3, 0.6, 0.9))
def test_a_file_that_cannot_grow_on_stays_as_it_was(someone: GrowingUser, part: float) -> None:
    undisturbed = someone.home_of_one_pass()
    before = someone.home.ledger.read_bytes()
    cursors = someone.home.cursors.read_bytes()
    limit = len(before) + int(part * (undisturbed.ledger.stat().st_size - len(before)))

    error = with_files_of_at_most(limit, ingest, someone.home)

    assert isinstance(error, HomeUnwritable)
    assert str(error) == f"cannot write {error.path}: File too large"
    after = someone.home.ledger.read_bytes()
    assert after.startswith(before)
    assert after.endswith(b"\n")
    assert someone.home.cursors.read_bytes() == cursors
    assert summary(someone.home).turn_count == len(query_turns(someone.home))
    ingest(someone.home)
    assert {turn["messageId"] for turn in query_turns(someone.home)} == {
        turn["messageId"] for turn in query_turns(undisturbed)
    }


def test_a_full_disk_changes_nothing(someone: GrowingUser) -> None:
    before = all_of(someone.home.path)

    error = with_files_of_at_most(0, ingest, someone.home)

    assert isinstance(error, HomeUnwritable)
    changed = {path for path, was in all_of(someone.home.path).items() if before.get(path) != was}
    assert {Path(path).name for path in changed} <= {"archive", "content"}, changed


def test_an_archive_that_finds_no_room_leaves_the_old_one_and_questions_are_answered(someone: GrowingUser) -> None:
    ingest(someone.home)
    turns = len(query_turns(someone.home))
    manifest = (someone.home.archive / "manifest.json").read_bytes()

    error = with_files_of_at_most(100, build, someone.home)
    asked = with_files_of_at_most(100, _asked, someone.home)

    assert isinstance(error, ArchiveUnusable | HomeUnwritable)
    assert str(someone.home.archive) in str(error)
    assert (someone.home.archive / "manifest.json").read_bytes() == manifest
    assert asked[0] == turns
    assert asked[1][0].startswith("archive query failed, falling back to ledger walk: cannot ")
    assert summary(someone.home, on_log=pytest.fail).turn_count == turns


def _asked(home: Home) -> tuple[int, list[str]]:
    heard: list[str] = []
    return summary(home, on_log=heard.append).turn_count, heard


def test_a_home_that_could_never_be_made_leaves_nothing_behind(someone: GrowingUser) -> None:
    shutil.rmtree(someone.home.path)

    error = with_files_of_at_most(0, ingest, someone.home)

    assert isinstance(error, HomeUnwritable)
    assert not [path for path in someone.home.path.rglob("*") if path.is_file() and path.stat().st_size]
    ingest(someone.home)
    assert whole(someone.home) == whole(someone.home_of_one_pass())
