"""Rounding to fixed digits, as JavaScript's `toFixed` does."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.jsnum import to_fixed


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.03125, 4, "0.0313"),
        (6.25, 1, "6.3"),
        (-6.25, 1, "-6.3"),
        (0.5, 0, "1"),
        (2.5, 0, "3"),
        (1.0005, 3, "1.000"),
        (7, 2, "7.00"),
        (-0.00001, 4, "-0.0000"),
        (-0.0, 2, "0.00"),
        (999999999999999868928, 2, "999999999999999868928.00"),
        (1e21, 4, "1e+21"),
        (-1.5e300, 2, "-1.5e+300"),
        (math.inf, 2, "Infinity"),
        (-math.inf, 2, "-Infinity"),
        (math.nan, 2, "NaN"),
        (10**400, 2, "Infinity"),
    ],
)
def test_a_number_is_rounded_half_away_from_zero_on_its_exact_value(value: float, digits: int, text: str):
    assert to_fixed(value, digits) == text


@pytest.mark.properties
@given(st.floats(-1e20, 1e20), st.integers(0, 20))
def test_decimal_arithmetic_agrees(value: float, digits: int):
    exact = Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, Context(prec=60))
    assert Decimal(to_fixed(value, digits)) == exact
    assert to_fixed(value, digits).partition(".")[2].isdigit() or digits == 0
