"""What V8 says of texts that are no JSON. The messages below are its own."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn import jsjson
from relayburn.jscomplaint import complaint


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Unexpected end of JSON input"),
        ("  ", "Unexpected end of JSON input"),
        ("tru", "Unexpected end of JSON input"),
        ("[", "Unexpected end of JSON input"),
        ('"a\\', "Unexpected end of JSON input"),
        ("{,}", "Expected property name or '}' in JSON at position 1 (line 1 column 2)"),
        ('{"a":1,}', "Expected double-quoted property name in JSON at position 7 (line 1 column 8)"),
        ('{"a" 1}', "Expected ':' after property name in JSON at position 5 (line 1 column 6)"),
        ("[1 2]", "Expected ',' or ']' after array element in JSON at position 3 (line 1 column 4)"),
        ('{"a":1', "Expected ',' or '}' after property value in JSON at position 6 (line 1 column 7)"),
        ('"abc', "Unterminated string in JSON at position 4 (line 1 column 5)"),
        ('"a\nb"', "Bad control character in string literal in JSON at position 2 (line 1 column 3)"),
        ('"\\x"', "Bad escaped character in JSON at position 2 (line 1 column 3)"),
        ('"\\u12g"', "Bad Unicode escape in JSON at position 5 (line 1 column 6)"),
        ("-", "No number after minus sign in JSON at position 1 (line 1 column 2)"),
        ("1.", "Unterminated fractional number in JSON at position 2 (line 1 column 3)"),
        ("1e+", "Exponent part is missing a number in JSON at position 3 (line 1 column 4)"),
        ("01", "Unexpected number in JSON at position 1 (line 1 column 2)"),
        ('n"', "Unexpected string in JSON at position 1 (line 1 column 2)"),
        ("1 2", "Unexpected non-whitespace character after JSON at position 2 (line 1 column 3)"),
        ("0\u0663", "Unexpected non-whitespace character after JSON at position 1 (line 1 column 2)"),
        ("\r\n\n\r[] x", "Unexpected non-whitespace character after JSON at position 7 (line 4 column 4)"),
        ('["😀" 1]', "Expected ',' or ']' after array element in JSON at position 6 (line 1 column 7)"),
        ("NaN", '"NaN" is not valid JSON'),
        ("[object Object]", '"[object Object]" is not valid JSON'),
        ("nope", "Unexpected token 'o', \"nope\" is not valid JSON"),
        ('{"a":1,"b"x}', 'Unexpected token \'x\', "{"a":1,"b"x}" is not valid JSON'),
        ('"\\😀"', 'Unexpected token \'\ud83d\', ""\\😀"" is not valid JSON'),
        ("[x, 1, 2, 3, 4, 5, 6, 7]", "Unexpected token 'x', \"[x, 1, 2, 3\"... is not valid JSON"),
        ("[1,2,3,4,5,6,7,8,9,x,1,2,3,4,5]", "Unexpected token 'x', ...\"5,6,7,8,9,x,1,2,3,4,\"... is not valid JSON"),
        ("[1, 2, 3, 4, 5, 6, 7, 8, x]", "Unexpected token 'x', ...\" 6, 7, 8, x]\" is not valid JSON"),
    ],
)
def test_it_says_what_is_wrong_first(text: str, says: str) -> None:
    assert complaint(text) == says


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda values: st.lists(values) | st.dictionaries(st.text(), values),
)


@given(_VALUES, st.sampled_from([None, 2]), st.booleans())
def test_there_is_nothing_to_say_of_json(value: object, indent: int | None, ascii_only: bool) -> None:
    assert complaint(json.dumps(value, indent=indent, ensure_ascii=ascii_only)) is None


@given(_VALUES, st.data())
def test_it_says_something_of_what_cannot_be_read_and_of_nothing_else(value: object, data: st.DataObject) -> None:
    text = json.dumps(value)
    at = data.draw(st.integers(0, len(text)))
    changed = (
        text[:at] + data.draw(st.text('{}[]",:\\ntfe-+.019', max_size=3)) + text[at + data.draw(st.integers(0, 3)) :]
    )
    try:
        jsjson.loads(changed)
    except ValueError:
        assert complaint(changed)
    else:
        assert complaint(changed) is None
