"""JSON read and written as JavaScript does (records.md 8, user-turns.md 4)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.jsjson import as_doubles, compact, loads, loads_slowly, property_order, stable_stringify, truthy
from relayburn.jsnum import normalize
from relayburn.text import code_unit_key
from tests.json_values import JSON_VALUES, PLAIN_VALUES, shuffled

# Reading


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "NaN",
        "Infinity",
        "-Infinity",
        "[NaN]",
        "{'a':1}",
        "[1,]",
        '{"a":1,}',
        "[1] x",
        "[1][2]",
        "01",
        "+1",
        "1.",
        ".5",
        "1e",
        "0x1",
        "--1",
        "\ufeff{}",
        "\u00a0[]",
        "\f[]",
        '"\t"',
        '"\n"',
        '"\x00"',
        '"\\x41"',
        '"\\u12"',
        '"\\u+123"',
        '"\\',
        "tru",
        "nulll",
        "// x\n1",
        "١",
    ],
)
def test_what_is_not_strict_json_is_refused_on_both_roads(text):
    for read in (loads, loads_slowly):
        with pytest.raises(ValueError):
            read(text)
        with pytest.raises(ValueError):
            read(text.encode())


@pytest.mark.parametrize("data", [b"\xff", b'"\xff"', b'"\xed\xa0\x80"', b"\xef\xbb\xbf{}", b'{"a":1}\x00'])
def test_bytes_that_are_no_utf8_text_of_json_are_refused(data):
    for read in (loads, loads_slowly):
        with pytest.raises(ValueError):
            read(data)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"\\ud800"', "\ud800"),
        ('"\\uDC00\\ud83d"', "\udc00\ud83d"),
        ('"\\ud83d\\ude00"', "😀"),
        ('"\\u0000\\/"', "\x00/"),
        ("1e400", float("inf")),
        ("-1e400", float("-inf")),
        ("1" * 5000, float("inf")),
        ("18446744073709551616", 18446744073709551616.0),
        (" \t\r\n[ ] ", []),
        ('{"a":1,"b":2,"a":3}', {"a": 3, "b": 2}),
        ('"\x7f\u2028"', "\x7f\u2028"),
    ],
)
def test_strict_json_is_read_whatever_it_holds(text, value):
    assert loads(text) == loads(text.encode()) == loads_slowly(text) == value


def test_a_repeated_key_keeps_its_first_place_and_its_last_value():
    for read in (loads, loads_slowly):
        assert list(read('{"a":1,"b":2,"a":3}').items()) == [("a", 3), ("b", 2)]


@pytest.mark.parametrize("depth", [200, 500])
def test_two_hundred_levels_and_more_are_read(depth):
    text = "[" * depth + '{"a":"\\ud800"}' + "]" * depth

    assert compact(loads(text)) == text


def test_a_nesting_beyond_all_reason_is_refused_or_read_but_never_crashes():
    text = "[" * 200_000 + "]" * 200_000
    with pytest.raises(ValueError):
        loads(text)
    with pytest.raises(ValueError):
        loads('{"a":' * 200_000)


# Truth


@pytest.mark.parametrize("value", [None, False, "", 0, 0.0, -0.0, float("nan")])
def test_what_javascript_finds_false(value):
    assert truthy(value) is False


@pytest.mark.parametrize("value", [True, "0", " ", 1, -1, 0.5, float("inf"), [], {}, [0]])
def test_what_javascript_finds_true(value):
    assert truthy(value) is True


# Writing


def test_strings_escape_only_what_they_must():
    text = '"\\/\b\f\n\r\t\x00\x1f\x7f é\u2028\u2029\ufeff😀\ud800\udc00x'

    assert compact(text) == '"\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\x7f é\u2028\u2029\ufeff😀\\ud800\\udc00x"'


def test_array_indices_come_first_at_every_level():
    value = {"zeta": {"b": 1, "1": 2}, "10": "t", "01": 0, "9": "n", "4294967294": 1, "4294967295": 2, "-1": 3, "0": 4}

    assert compact(value) == (
        '{"0":4,"9":"n","10":"t","4294967294":1,"zeta":{"1":2,"b":1},"01":0,"4294967295":2,"-1":3}'
    )


def test_an_index_in_other_digits_is_a_plain_key():
    assert list(property_order({"a": 1, "\u0661": 2, "1\u0661": 3, "1": 4})) == ["1", "a", "\u0661", "1\u0661"]


def test_stable_keys_sort_by_code_units_and_indices_like_others():
    value = {"\ue000": 1, "😀": 2, "b": {"9": 1, "10": 2}, "B": 3}

    assert stable_stringify(value) == '{"B":3,"b":{"10":2,"9":1},"😀":2,"\ue000":1}'


@pytest.mark.parametrize(
    ("value", "text"),
    [([], "[]"), ({}, "{}"), ([[], {}], "[[],{}]"), ((1, 2), "[1,2]"), ([None, True, False], "[null,true,false]")],
)
def test_small_containers(value, text):
    assert compact(value) == stable_stringify(value) == text


def test_no_depth_is_too_much_to_write():
    value: Any = 1
    for _ in range(100_000):
        value = [{"a": value}]

    assert compact(value) == stable_stringify(value) == '[{"a":' * 100_000 + "1" + "}]" * 100_000


# Laws


def normal(value: Any) -> Any:
    """`value` as a reader of its JSON text finds it: numbers as doubles, joined surrogate pairs."""
    match value:
        case bool() | None:
            return value
        case int() | float():
            return float(normalize(value))
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        case list():
            return [normal(item) for item in value]
        case _:
            return {normal(key): normal(item) for key, item in value.items()}


@pytest.mark.properties
@given(JSON_VALUES)
def test_what_is_written_reads_back_the_same_up_to_numbers(value):
    assert normal(loads(compact(value))) == normal(value)
    assert normal(loads(stable_stringify(value))) == normal(value)


@pytest.mark.properties
@given(JSON_VALUES)
def test_stable_text_is_stable(value):
    text = stable_stringify(value)

    assert stable_stringify(loads(text)) == text


@pytest.mark.properties
@given(JSON_VALUES, st.randoms())
def test_stable_text_does_not_depend_on_the_order_of_keys(value, random):
    assert stable_stringify(shuffled(value, random)) == stable_stringify(value)


@pytest.mark.properties
@given(PLAIN_VALUES)
def test_the_quick_writer_writes_what_the_general_one_does(value):
    # A fraction anywhere sends the whole value down the general road.
    assert compact([value, 0.5]) == f"[{compact(value)},0.5]"
    assert stable_stringify([value, 0.5]) == f"[{stable_stringify(value)},0.5]"


@pytest.mark.properties
@given(JSON_VALUES)
def test_both_canonical_texts_have_the_same_size(value):
    assert len(compact(value)) == len(stable_stringify(value))


@pytest.mark.properties
@given(st.dictionaries(st.text(st.characters()), st.just(0)))
def test_sorted_keys_are_in_the_order_of_their_code_units(value):
    keys = list(loads(stable_stringify(value)))

    assert keys == sorted(keys, key=code_unit_key)


@pytest.mark.properties
@given(JSON_VALUES)
def test_doubling_numbers_does_not_change_the_text(value):
    text = compact(value)

    assert compact(as_doubles(value)) == text


MARKS = [
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    '"',
    "\\",
    "-",
    "0",
    "1",
    ".",
    "e",
    "E+",
    " ",
    "\t",
    "\n",
    "\x00",
    "\x1f",
    "\u00a0",
    "\ufeff",
]
WORDS = [
    "\\u",
    "d800",
    '"a"',
    "true",
    "null",
    "NaN",
    "Infinity",
    "é",
    "1e400",
    "9" * 30,
    '{"a":',
    '"\\ud83d\\ude00"',
    '"\\ud800"',
]
PIECES = st.sampled_from(MARKS + WORDS)
SOURCES = st.lists(PIECES, max_size=12).map("".join) | JSON_VALUES.map(compact) | st.text(st.characters())


def _strictly(source: str | bytes) -> Any:
    """The standard library's reading, made strict: what `loads` must agree with."""

    def refuse(constant: str) -> Any:
        raise ValueError(constant)

    if isinstance(source, bytes):
        source = source.decode()
    return json.JSONDecoder(parse_constant=refuse).decode(source)


@pytest.mark.properties
@given(SOURCES)
def test_both_roads_read_a_text_as_strict_json_does(source):
    assert_same_reading(source)


@pytest.mark.properties
@given(SOURCES.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary())
def test_both_roads_read_bytes_as_strict_json_does(source):
    assert_same_reading(source)


def assert_same_reading(source: str | bytes) -> None:
    try:
        expected = normal(_strictly(source))
    except ValueError:
        for read in (loads, loads_slowly):
            with pytest.raises(ValueError):
                read(source)
    else:
        assert normal(loads(source)) == normal(loads_slowly(source)) == expected
