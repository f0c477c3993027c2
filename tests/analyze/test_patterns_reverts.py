"""Edit reverts: files brought back to an earlier state (patterns.md 8)."""

from __future__ import annotations

import pytest

from relayburn.analyze.patterns.detect import detect_patterns
from relayburn.records import UNSET
from tests.analyze.waste_records import edit, evidence, tool_input, turn, turns


def reverts(records, **values):
    return detect_patterns(evidence(records, **values)).results["edit-revert"]


def spans(*calls):
    return [(one.first_edit_turn_index, one.revert_turn_index) for one in reverts(turns(*calls))]


def test_an_edit_back_to_the_state_before_an_earlier_edit_is_a_revert():
    (revert,) = reverts(turns(edit("/a", "A", "B"), edit("/b", "X", "Y"), edit("/a", "B", "A")))
    assert (revert.file_path, revert.span_turns, revert.cost) == ("/a", 2, 2)


def test_a_revert_inside_one_turn_spans_no_turn_and_is_paid_once():
    (revert,) = reverts([turn(edit("/a", "A", "B"), edit("/a", "B", "A"))])
    assert (revert.span_turns, revert.cost) == (0, 1)


def test_the_first_edit_of_a_state_is_the_one_that_is_undone():
    assert spans(edit("/a", "A", "B"), edit("/a", "A", "C"), edit("/a", "C", "A")) == [(0, 2)]


def test_after_a_revert_the_history_starts_anew():
    forth, back = edit("/a", "A", "B"), edit("/a", "B", "A")
    assert spans(forth, back, forth, back) == [(0, 1), (2, 3)]
    assert spans(forth, back, back) == [(0, 1)]


def test_files_do_not_mix():
    assert spans(edit("/a", "A", "B"), edit("/b", "B", "A")) == []


@pytest.mark.parametrize("name", ["MultiEdit", "apply_patch", "edit", "write_file"])
def test_other_tools_and_other_harnesses_names_take_no_part(name):
    assert spans(edit("/a", "A", "B", name=name), edit("/a", "B", "A", name=name)) == []


@pytest.mark.parametrize("name", ["Edit", "Write", "NotebookEdit"])
def test_edits_writes_and_notebook_edits_do(name):
    assert spans(edit("/a", "A", "B", name=name), edit("/a", "B", "A", name=name)) == [(0, 1)]


def test_failed_edits_and_edits_of_no_file_take_no_part():
    assert spans(edit("/a", "A", "B", is_error=True), edit("/a", "B", "A")) == []
    assert spans(edit("", "A", "B"), edit("", "B", "A")) == []


def test_a_missing_hash_matches_nothing_and_no_edit_matches_itself():
    assert spans(edit("/a", None, "B"), edit("/a", "B", None)) == []
    assert spans(edit("/a", "A", "A")) == []


def test_a_preview_needs_both_texts():
    records = turns(edit("/a", "A", "B", tool_id="t0"), edit("/a", "B", "A", tool_id="t1"))
    first, second = tool_input("t0", {"old_string": "a", "new_string": "b"}), tool_input("t1", {"content": "a"})
    (revert,) = reverts(records, content_by_session={"s": [first, second]})
    assert revert.sample_preview is not UNSET
    assert (revert.sample_preview.first_edit.new, revert.sample_preview.revert.new) == ("b", "a")
    assert reverts(records, content_by_session={"s": [first]})[0].sample_preview is UNSET
