from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from relayburn.errors import RecordRefused, UnsupportedStorage
from relayburn.ledger.archive import archive_status, build_archive, query_all, vacuum_archive
from relayburn.ledger.archive.build import BuildReport
from relayburn.ledger.archive.folder import archive_folder
from relayburn.ledger.archive.manifest import load_manifest
from relayburn.ledger.home import Home
from relayburn.ledger.reclassify import reclassify
from relayburn.semantics import CURRENT, TS_1_10
from tests.archive.ledgers import append, archived, ledger, line, made_up_lines, new_home, stamp
from tests.ledger.records import home_at, turn

SMALL = 4096
"""So few bytes that a short ledger has many ranges."""


def messages(home: Home, semantics=CURRENT) -> list[str]:
    return [found["messageId"] for found in query_all(home, semantics=semantics)]


def files(home: Home) -> set[str]:
    return {path.name for path in home.archive.glob("*.parquet")}


@pytest.mark.parametrize("seed", range(4))
def test_an_archive_grown_in_steps_is_that_built_from_nothing(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    grown, at_once = home_at(tmp_path / "grown"), home_at(tmp_path / "at-once")
    lines = made_up_lines(seed, 300)
    rest = lines
    while rest:
        step = chance.randrange(1, 60)
        append(grown, *rest[:step])
        rest = rest[step:]
        build_archive(grown, range_bytes=SMALL)
    ledger(at_once, *lines)

    build_archive(at_once, range_bytes=SMALL)

    assert archived(grown) == archived(at_once)
    assert query_all(grown) == query_all(at_once)
    manifest, other = load_manifest(grown.archive), load_manifest(at_once.archive)
    assert manifest is not None
    assert other is not None
    closed = [segment for segment in other.segments if segment.end < other.offset]
    assert manifest.segments[: len(closed)] == closed
    assert (manifest.offset, manifest.repeats > 0) == (other.offset, other.repeats > 0)


def test_every_line_is_accounted_for(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    lines = made_up_lines(3, 400)
    ledger(home, *lines)

    build_archive(home, range_bytes=SMALL)

    status = archive_status(home)
    assert status.lines.total == len(lines)
    assert status.lines.blank == sum(not each for each in lines)
    assert status.lines.malformed == sum(each == b"{broken" or b"NaN" in each for each in lines)
    assert status.lines.odd > 0
    rows = sum(len(found) for found in archived(home).values())
    foreign = sum(b'{"v":2' in each for each in lines)
    assert rows == len(lines) - status.lines.blank - status.lines.malformed - foreign


def test_nothing_new_changes_no_file_and_takes_no_lock(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    ledger(home, line("turn", turn()))
    build_archive(home)
    before = {path: path.stat().st_mtime_ns for path in home.archive.iterdir()}
    home.lock_file("archive").touch()

    report = build_archive(home)

    assert report == BuildReport()
    assert {path: path.stat().st_mtime_ns for path in home.archive.iterdir()} == before


def test_the_parts_of_an_open_range_stay_few(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    for number in range(40):
        append(home, line("turn", turn(f"m-{number}")))
        build_archive(home)

    manifest = load_manifest(home.archive)
    assert manifest is not None
    assert len(manifest.segments) <= 4
    assert messages(home) == [f"m-{number}" for number in range(40)]


def test_files_of_older_archives_are_given_back(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    for number in range(5):
        append(home, line("turn", turn(f"m-{number}")))
        build_archive(home)
    manifest = load_manifest(home.archive)
    assert manifest is not None
    assert files(home) > manifest.files()

    report = vacuum_archive(home)

    assert files(home) == manifest.files()
    assert report.reclaimed_bytes == report.before_bytes - report.after_bytes > 0


class TestALedgerThatWasRewritten:
    def test_by_reclassify_is_read_anew(self, tmp_path: Path) -> None:
        home = new_home(tmp_path)
        ledger(home, line("turn", turn(toolCalls=[{"id": "t", "name": "Edit", "argsHash": "h"}])))
        build_archive(home)

        reclassify(home)
        build_archive(home)

        assert [found["activity"] for found in query_all(home)] == ["coding"]

    def test_keeps_the_ranges_that_are_as_they_were(self, tmp_path: Path) -> None:
        home = new_home(tmp_path)
        lines = [line("turn", turn(f"m-{number}")) for number in range(60)]
        ledger(home, *lines)
        build_archive(home, range_bytes=SMALL)
        before = load_manifest(home.archive)
        assert before is not None
        written = {path.name: path.stat().st_mtime_ns for path in home.archive.glob("*.parquet")}
        lines[-1] = line("turn", turn("other"))
        replaced = home.ledger.with_name("new")
        replaced.write_bytes(b"".join(each + b"\n" for each in lines))
        replaced.replace(home.ledger)

        build_archive(home, range_bytes=SMALL)

        after = load_manifest(home.archive)
        assert after is not None
        assert after.segments[:-1] == before.segments[:-1]
        assert messages(home)[-1] == "other"
        kept = {name for segment in after.segments[:-1] for name in (each.file for each in segment.tables.values())}
        assert all((home.archive / name).stat().st_mtime_ns == written[name] for name in kept)

    def test_in_place_with_the_same_size_is_noticed(self, tmp_path: Path) -> None:
        home = new_home(tmp_path)
        ledger(home, line("turn", turn("aaa")), line("turn", turn("bbb")))
        build_archive(home)
        text = home.ledger.read_bytes().replace(b'"aaa"', b'"ccc"')
        with home.ledger.open("r+b") as file:
            file.write(text)
        os.utime(home.ledger, ns=(1, 1))

        build_archive(home)

        assert messages(home) == ["ccc", "bbb"]

    def test_and_shortened_loses_what_it_lost(self, tmp_path: Path) -> None:
        home = new_home(tmp_path)
        lines = [line("turn", turn(f"m-{number}")) for number in range(30)]
        ledger(home, *lines)
        build_archive(home, range_bytes=SMALL)

        ledger(home, *lines[:3])
        build_archive(home, range_bytes=SMALL)

        assert messages(home) == ["m-0", "m-1", "m-2"]

    def test_or_removed_leaves_an_empty_archive(self, tmp_path: Path) -> None:
        home = new_home(tmp_path)
        ledger(home, line("turn", turn()))
        build_archive(home)

        home.ledger.unlink()
        build_archive(home)

        assert messages(home) == []
        assert archive_status(home).up_to_date

    def test_under_ts_1_10_only_a_shorter_one_is_noticed(self, tmp_path: Path) -> None:
        home = new_home(tmp_path)
        ledger(home, line("turn", turn("aaa")))
        build_archive(home, semantics=TS_1_10)

        ledger(home, line("turn", turn("bbb")))
        build_archive(home, semantics=TS_1_10)
        assert messages(home, TS_1_10) == ["aaa"]

        ledger(home, line("turn", turn("c")))
        build_archive(home, semantics=TS_1_10)
        assert messages(home, TS_1_10) == ["c"]


class TestWhatIsBroken:
    def test_a_manifest_that_cannot_be_read_counts_as_none(self, tmp_path: Path) -> None:
        home = new_home(tmp_path)
        ledger(home, line("turn", turn()))
        build_archive(home)

        (home.archive / "manifest.json").write_text("{")
        build_archive(home)

        assert messages(home) == ["m-1"]

    def test_a_file_that_is_gone_is_made_again(self, tmp_path: Path) -> None:
        home = new_home(tmp_path)
        ledger(home, line("turn", turn()))
        build_archive(home)

        for path in home.archive.glob("turns-*.parquet"):
            path.unlink()
        build_archive(home)

        assert messages(home) == ["m-1"]

    def test_what_a_killed_build_left_is_removed(self, tmp_path: Path) -> None:
        home = new_home(tmp_path)
        ledger(home, line("turn", turn()))
        (home.archive / "building" / "0").mkdir(parents=True)
        (home.archive / "turns-0-1-abc.parquet.tmp").touch()
        (home.archive / "turns-0-1-abc.parquet").touch()

        build_archive(home)

        manifest = load_manifest(home.archive)
        assert manifest is not None
        assert {path.name for path in home.archive.iterdir()} == manifest.files() | {"manifest.json"}

    def test_an_unfinished_last_line_waits_for_its_end(self, tmp_path: Path) -> None:
        home = new_home(tmp_path)
        whole = line("turn", turn())
        home.path.mkdir()
        home.ledger.write_bytes(whole[:50])
        build_archive(home)
        assert messages(home) == []

        home.ledger.write_bytes(whole + b"\n")
        build_archive(home)
        assert messages(home) == ["m-1"]

    def test_lines_of_any_length_are_read(self, tmp_path: Path) -> None:
        home = new_home(tmp_path)
        long, longer = "x" * (3 << 20), "y" * (5 << 20)
        ledger(home, line("turn", turn("a", sessionPath=long)), line("turn", turn("b", project=longer)))

        build_archive(home, range_bytes=SMALL)

        assert [(found["messageId"], len(found.get("project", ""))) for found in query_all(home)] == [
            ("a", 0),
            ("b", len(longer)),
        ]

    def test_a_home_with_signs_of_patterns_in_its_path_is_as_good(self, tmp_path: Path) -> None:
        home = home_at(tmp_path / "it's [a-z]* home?")
        ledger(home, line("turn", turn()), b"{odd}", line("turn", turn("odd", extra=1)))

        build_archive(home)
        append(home, line("turn", turn("m-2")))
        build_archive(home)

        assert messages(home) == ["m-1", "odd", "m-2"]

    def test_other_storage_has_no_archive(self, tmp_path: Path) -> None:
        home = home_at(tmp_path / "home", RELAYBURN_STORAGE="sqlite")

        with pytest.raises(
            UnsupportedStorage, match=r"archive operations require RELAYBURN_STORAGE=file \(got sqlite\)"
        ):
            build_archive(home)


def test_an_old_archive_file_is_left_alone(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    ledger(home, line("turn", turn()))
    old = home.path / "archive.sqlite"
    old.write_bytes(b"whatever it is")

    build_archive(home)
    build_archive(home, full=True)

    assert old.read_bytes() == b"whatever it is"
    assert messages(home) == ["m-1"]


def test_both_semantics_have_archives_of_their_own(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    ledger(home, line("turn", turn(extra="kept")))

    build_archive(home, semantics=TS_1_10)
    build_archive(home)

    assert archive_folder(home, TS_1_10) != archive_folder(home, CURRENT)
    assert [found.get("extra") for found in query_all(home, semantics=TS_1_10)] == [None]
    assert [found.get("extra") for found in query_all(home)] == ["kept"]


class TestRecordsThatTheReferenceRefuses:
    def test_fail_its_build_and_leave_the_archive_as_it_was(self, tmp_path: Path) -> None:
        home = new_home(tmp_path)
        ledger(home, line("turn", turn("good")))
        build_archive(home, semantics=TS_1_10)
        bad = turn("bad")
        del bad["model"]
        append(home, line("turn", turn("after")), line("turn", bad))

        with pytest.raises(RecordRefused, match=r"^Provided value cannot be bound to SQLite parameter 6\.$"):
            build_archive(home, semantics=TS_1_10)

        assert messages(home, TS_1_10) == ["good"]

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"source": None}, "NOT NULL constraint failed: turns.source"),
            ({"turnIndex": True}, "Provided value cannot be bound to SQLite parameter 4."),
            ({"usage": {}}, "Provided value cannot be bound to SQLite parameter 19."),
            ({"project": ["x"]}, "Provided value cannot be bound to SQLite parameter 7."),
            ({"toolCalls": [{"id": "t"}]}, "Provided value cannot be bound to SQLite parameter 6."),
            ({"toolCalls": None}, "record.toolCalls is not iterable"),
        ],
    )
    def test_are_refused_in_the_words_of_sqlite(self, tmp_path: Path, change: dict, said: str) -> None:
        home = new_home(tmp_path)
        ledger(home, line("turn", turn() | change))

        with pytest.raises(RecordRefused) as refused:
            build_archive(home, semantics=TS_1_10)

        assert str(refused.value) == said

    def test_are_kept_under_current(self, tmp_path: Path) -> None:
        home = new_home(tmp_path)
        bad = turn("bad")
        del bad["model"]
        ledger(home, line("turn", bad), line("turn", turn("good")))

        build_archive(home)

        assert messages(home) == ["bad", "good"]


def test_the_report_counts_what_was_new(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    ledger(home, line("turn", turn("a", "s-1")), line("turn", turn("b", "s-2")))
    build_archive(home)
    late = (
        stamp({"sessionId": "unknown"}, {"a": "1"}),
        stamp({"messageId": "b"}, {"a": "1"}),
        stamp({"range": {"toTs": "2026-11-10T10:00:00.000Z"}}, {"a": "1"}),
    )
    append(home, *late)

    report = build_archive(home)

    assert report == BuildReport(
        scanned_bytes=sum(len(each) + 1 for each in late), stamps_applied=3, sessions_touched=3
    )
