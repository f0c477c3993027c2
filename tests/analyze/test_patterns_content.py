"""Signatures and previews from stored content, measured as the reference measures texts (patterns.md 3 and 8)."""

from __future__ import annotations

import pytest

from relayburn.analyze.patterns.content import ContentIndex
from tests.analyze.waste_records import result, tool_input

EMOJI = "\U0001f600"


def signature(content):
    return ContentIndex([result("t", content)]).error_signature("t")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("x" * 240, "x" * 240),
        ("x" * 241, "x" * 239 + "…"),
        (EMOJI * 120, EMOJI * 120),
        (EMOJI * 119 + "abc", EMOJI * 119 + "a…"),
        (EMOJI * 120 + "x", EMOJI * 119 + "\ud83d…"),
        ("é" * 240, "é" * 240),
    ],
    ids=["240", "241", "120 emoji", "119 emoji abc", "a cut pair", "bytes do not count"],
)
def test_a_signature_has_at_most_240_utf_16_units(text, kept):
    assert signature(text) == kept


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("\n \t\n\u00a0first\ufeff\nsecond", "first"),
        ("\u0085x\x1c", "\u0085x\x1c"),
        ("one\r\ntwo", "one"),
        ("one\rtwo", "one\rtwo"),
        ([{"type": "text", "text": ""}, "plain"], "plain"),
        ([1, None, True, {"type": "text", "text": 5}], '{"type":"text","text":5}'),
        ([["nested"]], '["nested"]'),
        ({"b": 1.0, "10": 1e21, "9": "\ud800"}, '{"9":"\\ud800","10":1e+21,"b":1}'),
        (False, "false"),
        (1e-7, "1e-7"),
        (None, None),
        ("", None),
        (" \n ", None),
    ],
)
def test_a_signature_is_the_first_line_with_text(content, line):
    assert signature(content) == line


def test_the_first_record_of_an_id_holds():
    index = ContentIndex(
        [result("t", "first"), result("t", "second"), tool_input("t", {}), tool_input("t", {"content": "x"})]
    )
    assert index.error_signature("t") == "first"
    assert index.edit_text("t") is None
    assert index.error_signature("other") is None


@pytest.mark.parametrize(
    ("arguments", "old", "new"),
    [
        ({"old_string": "a", "new_string": "b", "content": "c"}, "a", "b"),
        ({"old_string": "a", "new_string": "", "content": "c"}, "a", "c"),
        ({"content": "c"}, "", "c"),
        ({"old_string": "a" * 200, "new_string": "b" * 201}, "a" * 200, "b" * 199 + "…"),
        ({"old_string": EMOJI * 100, "new_string": EMOJI * 100 + "b"}, EMOJI * 100, EMOJI * 99 + "\ud83d…"),
    ],
)
def test_a_preview_shows_what_was_replaced_by_what_in_200_units_each(arguments, old, new):
    shown = ContentIndex([tool_input("t", arguments)]).edit_text("t")
    assert shown is not None
    assert (shown.old, shown.new) == (old, new)


@pytest.mark.parametrize("arguments", [{}, {"old_string": 1, "new_string": None}, "text", None, ["a"]])
def test_an_input_without_texts_has_no_preview(arguments):
    assert ContentIndex([tool_input("t", arguments)]).edit_text("t") is None
