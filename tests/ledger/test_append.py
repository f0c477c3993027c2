"""Records are written once, and the first or the newest of an identity counts (ledger.md 3)."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from relayburn.errors import InvalidInput, UnsupportedStorage
from relayburn.ledger.append import (
    append_batches,
    append_compactions,
    append_relationships,
    append_tool_result_events,
    append_turns,
    append_user_turns,
    forget_index,
)
from relayburn.ledger.batch import prepare
from relayburn.ledger.home import Home
from relayburn.ledger.query import query_turns
from relayburn.ledger.rebuild import rebuild_index
from relayburn.semantics import CURRENT, TS_1_10
from tests.ledger.records import (
    compaction,
    event,
    home_at,
    ledger_lines,
    ledger_records,
    relationship,
    turn,
    user_turn,
)


class TestReference:
    def test_a_line_says_its_version_and_kind_before_the_record(self, home: Home) -> None:
        append_compactions(home, [compaction()], semantics=TS_1_10)

        assert home.ledger.read_text() == (
            '{"v":1,"kind":"compaction","record":{"v":1,"source":"claude-code","sessionId":"s-1",'
            '"ts":"2026-11-10T10:05:00.000Z"}}\n'
        )

    def test_numbers_and_keys_are_written_as_javascript_does(self, home: Home) -> None:
        append_compactions(home, [compaction(a=5.0, b=1e21, c=1e-7, **{"10": "t", "9": "n"})], semantics=TS_1_10)

        line = home.ledger.read_text()
        assert '"record":{"9":"n","10":"t","v":1,' in line
        assert line.endswith('"a":5,"b":1e+21,"c":1e-7}}\n')

    def test_nothing_is_made_for_nothing(self, home: Home) -> None:
        assert append_turns(home, [], semantics=TS_1_10) == 0
        assert not home.path.exists()

    def test_the_first_record_of_an_identity_stays(self, home: Home) -> None:
        assert append_turns(home, [turn(), turn(output=999)], semantics=TS_1_10) == 1
        assert append_turns(home, [turn(output=1)], semantics=TS_1_10) == 0

        assert ledger_records(home) == [turn()]

    def test_equal_content_is_dropped_in_a_later_batch_but_not_in_the_same(self, home: Home) -> None:
        assert append_turns(home, [turn("a"), turn("b")], semantics=TS_1_10) == 2
        assert append_turns(home, [turn("c")], semantics=TS_1_10) == 0

        assert len(home.content_index.read_text().splitlines()) == 2

    def test_an_index_that_was_lost_lets_a_new_process_append_again(self, home: Home) -> None:
        append_turns(home, [turn()], semantics=TS_1_10)
        home.index.unlink()
        home.content_index.unlink()
        assert append_turns(home, [turn()], semantics=TS_1_10) == 0

        forget_index()

        assert append_turns(home, [turn()], semantics=TS_1_10) == 1

    def test_another_home_is_another_memory(self, home: Home, tmp_path: Path) -> None:
        other = home_at(tmp_path / "other")
        append_turns(home, [turn()], semantics=TS_1_10)

        assert append_turns(other, [turn()], semantics=TS_1_10) == 1
        assert append_turns(home, [turn()], semantics=TS_1_10) == 0

    def test_only_the_last_ten_thousand_fingerprints_are_kept(self, home: Home) -> None:
        home.path.mkdir()
        home.content_index.write_text("".join(f"{number:016x}\n" for number in range(9_999)))

        append_turns(home, [turn("a", output=1), turn("b", output=2)], semantics=TS_1_10)

        kept = home.content_index.read_text().splitlines()
        assert (len(kept), kept[0]) == (10_000, f"{1:016x}")

    def test_the_index_is_made_anew_from_the_ledger(self, home: Home) -> None:
        append_turns(home, [turn("a"), turn("b", output=1)], semantics=TS_1_10)
        append_user_turns(home, [user_turn()], semantics=TS_1_10)
        before = home.index.read_text(), home.content_index.read_text()
        home.ledger.write_text(home.ledger.read_text() + "{broken\n" + home.ledger.read_text())
        home.index.unlink()

        report = rebuild_index(home, semantics=TS_1_10)

        assert (report.ids, report.content) == (3, 2)
        assert (home.index.read_text(), home.content_index.read_text()) == before

    def test_an_index_of_nothing_is_two_empty_files(self, home: Home) -> None:
        rebuild_index(home, semantics=TS_1_10)

        assert (home.index.read_bytes(), home.content_index.read_bytes()) == (b"", b"")
        assert not home.ledger.exists()


class TestCurrent:
    def test_a_line_says_that_it_is_of_current_semantics(self, home: Home) -> None:
        append_turns(home, [turn()])

        assert list(ledger_lines(home)[0]) == ["v", "kind", "semantics", "record"]
        assert ledger_lines(home)[0]["semantics"] == "current"

    def test_an_equal_record_is_written_once(self, home: Home) -> None:
        assert append_turns(home, [turn(), turn()]) == 1
        assert append_turns(home, [turn()]) == 0

    def test_a_newer_record_of_an_identity_is_appended_and_replaces_the_older(self, home: Home) -> None:
        append_turns(home, [turn("a"), turn("b")])
        append_turns(home, [turn("a", output=412)])

        assert [found["usage"]["output"] for found in query_turns(home)] == [412, 20]
        assert len(ledger_lines(home)) == 3

    def test_an_older_record_that_comes_again_does_not_win_back(self, home: Home) -> None:
        append_turns(home, [turn(output=1)])
        append_turns(home, [turn(output=2)])
        append_turns(home, [turn(output=1)])

        assert [found["usage"]["output"] for found in query_turns(home)] == [2]

    def test_turns_of_equal_content_are_all_kept(self, home: Home) -> None:
        append_turns(home, [turn("a")])

        assert append_turns(home, [turn("b")]) == 1

    def test_sessions_whose_names_run_together_are_kept_apart(self, home: Home) -> None:
        append_turns(home, [turn("c", "a|b"), turn("b|c", "a")])

        assert len(query_turns(home)) == 2

    def test_a_lost_index_is_made_good(self, home: Home) -> None:
        append_turns(home, [turn("a"), turn("b")])
        home.line_index.unlink()
        home.index.unlink()
        forget_index()

        assert append_turns(home, [turn("a"), turn("b"), turn("c")]) == 1

    def test_a_torn_index_is_made_good(self, home: Home) -> None:
        append_turns(home, [turn("a"), turn("b")])
        os.truncate(home.line_index, 21)
        forget_index()

        assert append_turns(home, [turn("a"), turn("b"), turn("c")]) == 1
        assert home.line_index.stat().st_size == 3 * 16

    def test_an_index_of_another_ledger_is_not_believed(self, home: Home) -> None:
        append_turns(home, [turn("a"), turn("b")])
        lines = home.ledger.read_bytes().splitlines(keepends=True)
        home.ledger.write_bytes(lines[1])
        forget_index()

        assert append_turns(home, [turn("a"), turn("b")]) == 1

    def test_a_ledger_that_was_reset_meanwhile_is_noticed(self, home: Home) -> None:
        append_turns(home, [turn("a"), turn("b")])
        home.ledger.unlink()

        assert append_turns(home, [turn("a"), turn("b")]) == 2

    def test_lines_that_others_wrote_are_known(self, home: Home) -> None:
        append_turns(home, [turn("a")])
        with home.ledger.open("a") as file:
            # As the reference writes it, and as nobody does.
            file.write('{"v":1,"kind":"turn","record":' + json.dumps(turn("b"), separators=(",", ":")) + "}\n")
            file.write(json.dumps({"kind": "turn", "record": turn("c"), "v": 1}) + "\r\n")

        assert append_turns(home, [turn("a"), turn("b"), turn("c"), turn("d")]) == 1
        forget_index()
        assert append_turns(home, [turn("a"), turn("b"), turn("c"), turn("d")]) == 0

    def test_a_line_that_was_torn_off_swallows_nothing(self, home: Home) -> None:
        append_turns(home, [turn("a"), turn("b")])
        whole = home.ledger.read_bytes()
        home.ledger.write_bytes(whole[:-30])
        forget_index()

        assert append_turns(home, [turn("a"), turn("b")]) == 1
        assert [found["messageId"] for found in query_turns(home)] == ["a", "b"]

    def test_a_whole_line_without_its_end_is_known(self, home: Home) -> None:
        append_turns(home, [turn("a"), turn("b")])
        home.ledger.write_bytes(home.ledger.read_bytes()[:-1])
        forget_index()

        assert append_turns(home, [turn("b"), turn("c")]) == 1
        assert [record["messageId"] for record in ledger_records(home)] == ["a", "b", "c"]

    def test_all_batches_are_one_write(self, home: Home) -> None:
        batches = [
            prepare("turn", [turn("a"), turn("b")]),
            prepare("user_turn", []),
            prepare("compaction", [compaction(), compaction()]),
        ]

        assert append_batches(home, batches) == [2, 0, 1]
        assert [line["kind"] for line in ledger_lines(home)] == ["turn", "turn", "compaction"]

    def test_a_batch_of_other_semantics_is_refused(self, home: Home) -> None:
        with pytest.raises(InvalidInput, match="under the semantics"):
            append_batches(home, [prepare("turn", [turn()], semantics=TS_1_10)])
        with pytest.raises(InvalidInput, match="under the semantics"):
            append_batches(home, [prepare("turn", [turn()])], semantics=TS_1_10)

    def test_the_reference_finds_its_index(self, home: Home) -> None:
        append_turns(home, [turn("a"), turn("a", output=2)])
        forget_index()

        assert append_turns(home, [turn("a", output=3)], semantics=TS_1_10) == 0

    def test_every_kind_has_its_verb(self, home: Home) -> None:
        appended = [
            append_turns(home, [turn()]),
            append_compactions(home, [compaction()]),
            append_relationships(home, [relationship()]),
            append_tool_result_events(home, [event()]),
            append_user_turns(home, [user_turn()]),
        ]

        assert appended == [1] * 5
        assert [line["kind"] for line in ledger_lines(home)] == [
            *("turn", "compaction", "relationship", "tool_result_event", "user_turn")
        ]


@pytest.mark.parametrize("semantics", [TS_1_10, CURRENT], ids=lambda semantics: semantics.name)
class TestHome:
    def test_what_we_make_is_for_the_owner_alone(self, home: Home, semantics) -> None:
        append_turns(home, [turn()], semantics=semantics)

        assert stat.S_IMODE(home.path.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in home.path.iterdir()} == {0o600}

    def test_what_was_there_keeps_its_mode(self, home: Home, semantics) -> None:
        home.path.mkdir(mode=0o755)
        home.ledger.touch(0o644)
        home.content_index.write_text("".join(f"{number:016x}\n" for number in range(10_000)))
        home.content_index.chmod(0o644)

        append_turns(home, [turn()], semantics=semantics)

        assert stat.S_IMODE(home.path.stat().st_mode) == 0o755
        assert stat.S_IMODE(home.ledger.stat().st_mode) == 0o644
        assert stat.S_IMODE(home.content_index.stat().st_mode) == 0o644

    def test_no_lock_is_left_behind(self, home: Home, semantics) -> None:
        append_turns(home, [turn()], semantics=semantics)

        assert not list(home.path.glob("*.lock"))

    def test_a_storage_that_does_not_exist_is_refused(self, home: Home, semantics) -> None:
        with pytest.raises(UnsupportedStorage, match="RELAYBURN_STORAGE=http is not supported in this build"):
            append_turns(home_at(home.path, RELAYBURN_STORAGE="http"), [turn()], semantics=semantics)
