"""Numbers as JavaScript writes and reads them (records.md 8.1, user-turns.md 4, reader-codex.md 9.4).

The tables were printed by a JavaScript engine.
"""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.jsjson import loads
from relayburn.jsnum import is_number, normalize, number_text, shortest, to_double, to_number

NUMBERS = st.integers() | st.floats() | st.integers(-(2**54), 2**54)

WRITTEN = [
    ("0", "0"),
    ("-0", "0"),
    ("-0.0", "0"),
    ("1.0", "1"),
    ("-1.25", "-1.25"),
    ("1e5", "100000"),
    ("1E5", "100000"),
    ("0.1e1", "1"),
    ("123456.789", "123456.789"),
    ("4.35", "4.35"),
    ("0.30000000000000004", "0.30000000000000004"),
    ("9007199254740991", "9007199254740991"),
    ("9007199254740992", "9007199254740992"),
    ("9007199254740993", "9007199254740992"),
    ("-9007199254740993", "-9007199254740992"),
    ("33333333333333333", "33333333333333332"),
    ("18446744073709551615", "18446744073709552000"),
    ("18446744073709551616", "18446744073709552000"),
    ("-9223372036854775809", "-9223372036854776000"),
    ("1.2345e17", "123450000000000000"),
    ("1e20", "100000000000000000000"),
    ("100000000000000000001", "100000000000000000000"),
    ("999999999999999868928", "999999999999999900000"),
    ("999999999999999999999", "1e+21"),
    ("1e21", "1e+21"),
    ("-1.5e21", "-1.5e+21"),
    ("1e23", "1e+23"),
    ("123456789012345678901234567890", "1.2345678901234568e+29"),
    ("1.7976931348623157e308", "1.7976931348623157e+308"),
    ("1e-5", "0.00001"),
    ("1e-6", "0.000001"),
    ("0.00000123", "0.00000123"),
    ("1e-7", "1e-7"),
    ("-1.5e-7", "-1.5e-7"),
    ("123e-9", "1.23e-7"),
    ("2.2250738585072014e-308", "2.2250738585072014e-308"),
    ("5e-324", "5e-324"),
    ("1e-400", "0"),
    ("1e400", "null"),
    ("-1e400", "null"),
    ("1" + "0" * 5000, "null"),
]


@pytest.mark.parametrize(("source", "text"), WRITTEN, ids=[source[:40] for source, _ in WRITTEN])
def test_a_number_is_written_as_javascript_writes_it(source, text):
    assert number_text(loads(source)) == text


def test_nan_and_infinities_are_written_as_null():
    assert [number_text(value) for value in (math.nan, math.inf, -math.inf, 10**400)] == ["null"] * 4


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (None, 0),
        (True, 1),
        (False, 0),
        ("", 0),
        (" \ufeff", 0),
        ("\ufeff1\u00a0", 1),
        ("+1", 1),
        ("-.5", -0.5),
        ("1.", 1),
        ("1E-2", 0.01),
        ("0x1F", 31),
        ("0b101", 5),
        ("0o17", 15),
        ("00012", 12),
        ("Infinity", math.inf),
        ("+Infinity", math.inf),
        ("-Infinity", -math.inf),
        ("1e400", math.inf),
        ("9007199254740993", 9007199254740992),
        ([], 0),
        ([None], 0),
        ([""], 0),
        ([5], 5),
        ([" 7 "], 7),
        ([[["0x10"]]], 16),
    ],
)
def test_a_value_is_read_as_a_number(value, number):
    assert to_number(value) == number


NO_NUMBERS = [
    ".",
    "e5",
    "-0x1",
    "0x",
    "0b2",
    "infinity",
    "NaN",
    "1_0",
    "1,5",
    "１",
    "\u0661",
    "12px",
    "1n",
    "\u00851",
    "1\x1c",
]
NO_SCALARS = [{}, [True], [{}], ["5", "6"], [1, 2], ["x"]]


@pytest.mark.parametrize("value", NO_NUMBERS + NO_SCALARS)
def test_what_is_no_number_is_nan(value):
    assert math.isnan(to_number(value))


def test_a_truth_value_is_no_number():
    assert [is_number(value) for value in (1, 1.5, True, "1", None)] == [True, True, False, False, False]


def test_a_whole_double_is_given_as_an_int_where_that_is_short():
    assert type(normalize(5.0)) is int
    assert type(normalize(2**53 + 1)) is float
    assert type(normalize(1e300)) is float
    assert normalize(10**400) == math.inf


@pytest.mark.properties
@given(NUMBERS)
def test_the_text_of_a_number_reads_back_to_its_double(value):
    double = to_double(value)

    text = number_text(value)

    if math.isfinite(double):
        assert float(text) == double
        assert to_number(text) == double
    else:
        assert text == "null"


@pytest.mark.properties
@given(st.floats(allow_nan=False, allow_infinity=False).filter(bool))
def test_no_shorter_text_would_do(double):
    digits = shortest(double).lstrip("-").partition("e")[0].replace(".", "").strip("0")

    assert len(digits) == 1 or float(f"{double:.{len(digits) - 2}e}") != double


@pytest.mark.properties
@given(NUMBERS)
def test_normalising_changes_no_double(value):
    assert normalize(normalize(value)) == to_double(value) or math.isnan(to_double(value))
