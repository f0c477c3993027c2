"""JavaScript's idea of text where Python has another (records.md 8.3 and 8.4, classifier.md 1)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.text import code_unit_key, js_pattern, trim, utf8, utf8_length, utf16_length, utf16_slice, well_formed

SPACE = "\t\n\v\f\r \u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
NO_SPACE = "\x1c\x1d\x1e\x1f\u0085\u180e\u200b\u2060\u00ad"
TEXTS = st.text(st.characters())


@pytest.mark.parametrize("char", SPACE)
def test_white_space_of_javascript_is_trimmed(char):
    assert trim(f"{char}a{char}b{char}") == f"a{char}b"
    assert js_pattern(r"^\s$").search(char) and not js_pattern(r"\S").search(char)


@pytest.mark.parametrize("char", NO_SPACE)
def test_what_only_python_or_nobody_takes_for_white_space_stays(char):
    assert trim(f"{char}a{char}") == f"{char}a{char}"
    assert js_pattern(r"^\S$").search(char) and not js_pattern(r"\s").search(char)


@pytest.mark.parametrize(
    ("text", "utf16", "utf8_bytes"),
    [
        ("", 0, 0),
        ("abc", 3, 3),
        ("é", 1, 2),
        ("漢", 1, 3),
        ("😀", 2, 4),
        ("\ud83d", 1, 3),
        ("\ud83d\ude00", 2, 6),
        ("a\udc00b", 3, 5),
    ],
)
def test_lengths_count_code_units_and_replaced_bytes(text, utf16, utf8_bytes):
    assert utf16_length(text) == utf16
    assert utf8_length(text) == utf8_bytes


def test_lone_surrogates_become_replacement_characters():
    assert well_formed("a\ud800b\udfff") == "a\ufffdb\ufffd"
    assert utf8("\ud800é") == b"\xef\xbf\xbd\xc3\xa9"


def test_a_slice_may_cut_a_character_in_half():
    assert utf16_slice("a😀b", 0, 2) == "a\ud83d"
    assert utf16_slice("a😀b", 2, 9) == "\ude00b"
    assert utf16_slice("abc", 1, 2) == "b"


def test_keys_sort_by_code_units_not_by_code_points():
    assert sorted(["\ue000", "😀", "a", "\ud83d"], key=code_unit_key) == ["a", "\ud83d", "😀", "\ue000"]


@pytest.mark.parametrize("end", "\n\r\u2028\u2029")
def test_a_dot_stops_at_each_line_end_of_javascript(end):
    assert js_pattern("a.b").search(f"a{end}b") is None
    assert js_pattern("[.]").search(".") and js_pattern(r"a\.b").search("a.b")


@pytest.mark.parametrize("char", "\v\f\x1c\u0085")
def test_a_dot_takes_what_ends_a_line_only_in_python(char):
    assert js_pattern("a.b").search(f"a{char}b")


def test_a_dollar_is_the_very_end():
    assert js_pattern("a$").search("ba")
    assert js_pattern("a$").search("a\n") is None
    assert js_pattern(r"[$]\$").search("$$")


def test_white_space_inside_a_class_is_javascript_s_too():
    assert js_pattern(r"^[^:\s]+$").fullmatch("a\u0085b")
    assert js_pattern(r"^[^:\s]+$").fullmatch("a\ufeffb") is None


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("s", "\u017f"), ("k", "\u212a"), ("i", "\u0130"), ("i", "\u0131"), (r"\w", "é"), (r"\d", "\u0661")],
)
def test_only_ascii_letters_fold_and_make_words(pattern, text):
    assert js_pattern(pattern, re.IGNORECASE).search(text) is None


def test_a_letter_beyond_ascii_is_a_word_boundary():
    assert js_pattern(r"\bbug\b", re.IGNORECASE).search("éBUGè")
    assert js_pattern(r"\bbug\b").search("_bug") is None


@pytest.mark.properties
@given(TEXTS)
def test_lengths_agree_with_the_encodings_of_the_well_formed_text(text):
    assert utf8_length(text) == len(utf8(text)) == len(well_formed(text).encode())
    assert utf16_length(text) == len(well_formed(text).encode("utf-16-le")) // 2


@pytest.mark.properties
@given(TEXTS)
def test_trimming_twice_is_trimming_once(text):
    assert trim(trim(text)) == trim(text)
    assert trim(text) in text


@pytest.mark.properties
@given(TEXTS, st.integers(0, 20))
def test_two_slices_are_the_whole(text, cut):
    both = utf16_slice(text, 0, cut) + utf16_slice(text, cut, utf16_length(text))

    assert code_unit_key(both) == code_unit_key(text)
