"""Content sidecars: what is stored, found and pruned (ledger.md 7)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from relayburn.errors import UnsafeSessionId
from relayburn.ledger.config import FOREVER
from relayburn.ledger.content import (
    append_content,
    content_file,
    is_safe_session_id,
    list_content,
    prune_content,
    read_content,
)
from relayburn.ledger.home import Home
from relayburn.ledger.prune import is_prune_forced, prune_older_than
from relayburn.ledger.store_protocol import PruneReport
from relayburn.semantics import CURRENT, TS_1_10
from tests.ledger.records import NOW_MS, home_at, no_warning, said

DAY_MS = 86_400_000


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_at(tmp_path / "burn")


def written_at(home: Home, session: str, ms: float) -> None:
    append_content(home, [said(session=session)], no_warning)
    os.utime(content_file(home, session), ns=(int(ms * 1e6), int(ms * 1e6)))


class TestAppend:
    def test_records_lie_beside_each_other_by_session(self, home: Home) -> None:
        append_content(home, [said("a"), said("b", "s-2"), said("c")], no_warning)

        assert read_content(home, "s-1") == [said("a"), said("c")]
        assert read_content(home, "s-2") == [said("b", "s-2")]

    def test_an_equal_line_is_stored_once(self, home: Home) -> None:
        append_content(home, [said("naïve 🙂"), said("naïve 🙂")], no_warning)
        before = content_file(home, "s-1").stat().st_mtime_ns
        append_content(home, [said("naïve 🙂")], no_warning)

        assert read_content(home, "s-1") == [said("naïve 🙂")]
        assert content_file(home, "s-1").stat().st_mtime_ns == before

    def test_an_equal_line_is_stored_once_across_a_line_of_another_session(self, home: Home) -> None:
        append_content(home, [said("a"), said("b", "s-2"), said("a")], no_warning)

        assert read_content(home, "s-1") == [said("a")]

    def test_another_order_of_keys_is_another_line(self, home: Home) -> None:
        append_content(home, [said(), dict(reversed(said().items()))], no_warning)

        assert len(read_content(home, "s-1")) == 2

    def test_unsafe_sessions_are_warned_of_and_nameless_ones_dropped(self, home: Home) -> None:
        warnings: list[str] = []

        append_content(home, [said(session='../é"'), said(session='../é"'), said(session="")], warnings.append)

        assert warnings == ['[burn] skipping content record with unsafe sessionId: "../é\\""'] * 2
        assert not home.path.exists()

    def test_a_line_that_was_torn_off_swallows_nothing(self, home: Home) -> None:
        append_content(home, [said("a"), said("b")], no_warning)
        path = content_file(home, "s-1")
        path.write_bytes(path.read_bytes()[:-9])

        append_content(home, [said("a"), said("b")], no_warning, semantics=CURRENT)

        assert read_content(home, "s-1") == [said("a"), said("b")]

    def test_the_reference_appends_to_what_is_there(self, home: Home) -> None:
        append_content(home, [said("a")], no_warning)
        path = content_file(home, "s-1")
        path.write_bytes(path.read_bytes()[:-1])

        append_content(home, [said("b")], no_warning, semantics=TS_1_10)

        assert read_content(home, "s-1") == []


class TestRead:
    def test_odd_lines_are_skipped(self, home: Home) -> None:
        append_content(home, [said("a"), said("b", message="m-2")], no_warning)
        with content_file(home, "s-1").open("a") as file:
            file.write('{bad\n\n7\nnull\n[]\n\u3000{"messageId":"m-9"}\u00a0\n{"a":1}\r{"b":2}\n{"last":1}')

        assert read_content(home, "s-1")[2:] == [{"messageId": "m-9"}, {"last": 1}]
        assert read_content(home, "s-1", "m-9") == [{"messageId": "m-9"}]

    def test_a_session_without_content_has_none(self, home: Home) -> None:
        assert read_content(home, "s-404") == []

    def test_empty_and_misnamed_files_are_not_listed(self, home: Home) -> None:
        append_content(home, [said(session="b"), said(session="a")], no_warning)
        for name in ("empty.jsonl", ".hidden.jsonl", "notes.txt", "a b.jsonl"):
            (home.content / name).write_text("" if name == "empty.jsonl" else "x\n")

        assert list_content(home) == ["a", "b"]

    @pytest.mark.parametrize("session", ["a", "A-b_c.9", "a..b", "9", "x" * 128])
    def test_these_can_name_a_file(self, home: Home, session: str) -> None:
        assert content_file(home, session) == home.content / f"{session}.jsonl"

    @pytest.mark.parametrize(
        "session", ["", ".", "..", ".hidden", "-x", "_x", "a/b", "a b", "ü", "x" * 129, "a\n", "a\\b", "../x"]
    )
    def test_these_cannot(self, home: Home, session: str) -> None:
        assert not is_safe_session_id(session)
        with pytest.raises(UnsafeSessionId, match="invalid sessionId for content path: "):
            read_content(home, session)


class TestPrune:
    def test_what_is_exactly_old_enough_goes(self, home: Home) -> None:
        written_at(home, "edge", NOW_MS - 90 * DAY_MS)
        written_at(home, "young", NOW_MS - 90 * DAY_MS + 1)
        size = content_file(home, "edge").stat().st_size

        assert prune_content(home, 90 * DAY_MS) == PruneReport(1, size, 0)
        assert list_content(home) == ["young"]

    def test_what_can_be_read_again_is_kept(self, home: Home) -> None:
        written_at(home, "a", 0)
        written_at(home, "b", 0)

        assert prune_older_than(home, 0, {"a"}).skipped_recoverable == 1
        assert list_content(home) == ["a"]

    def test_a_predicate_that_raises_protects_nothing(self, home: Home) -> None:
        written_at(home, "a", 0)

        assert prune_content(home, 0, lambda _: 1 / 0 > 0).files_deleted == 1

    def test_for_ever_is_for_ever(self, home: Home) -> None:
        written_at(home, "a", 0)

        assert prune_older_than(home, FOREVER, ()) == PruneReport()

    def test_what_is_no_sidecar_stays(self, home: Home) -> None:
        written_at(home, "a", 0)
        odd = home.content / "odd name.jsonl"
        odd.write_text("x")
        (home.content / "folder.jsonl").mkdir()
        for path in home.content.iterdir():
            os.utime(path, (0, 0))

        assert prune_content(home, 0).files_deleted == 1
        assert odd.exists()

    @pytest.mark.parametrize(
        ("value", "forced"), [(" Yes ", True), ("1", True), ("on", True), ("0", False), ("", False)]
    )
    def test_the_environment_can_force_it(self, tmp_path: Path, value: str, forced: bool) -> None:
        assert is_prune_forced(home_at(tmp_path, RELAYBURN_PRUNE_FORCE=value)) is forced
