"""Numbers as JavaScript has them: every number is an IEEE double.

In: numbers and other values as JSON gives them to Python. Out: their double, their text as
`JSON.stringify` writes it (records.md 8.1), and `ToNumber` of any JSON value (reader-codex.md 9.4).
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from relayburn.text import trim

MAX_SAFE_INTEGER = 2**53
_TO_FIXED_LIMIT = 1e21
_THOUSANDTH = Decimal("0.001")
_LOCALE_DIGITS = Context(prec=320, rounding=ROUND_HALF_UP)

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_RADIX = re.compile(r"0(?:[xX](?P<x>[0-9a-fA-F]+)|[oO](?P<o>[0-7]+)|[bB](?P<b>[01]+))")


def is_number(value: object) -> bool:
    """True for a JSON number; `True` and `False` are not numbers."""
    kind = type(value)
    return kind is int or kind is float


def to_double(value: int | float) -> float:
    """The double nearest to `value`; integers beyond its range become an infinity."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def normalize(value: int | float) -> int | float:
    """`value` as a double, given as an `int` where that is exact and short (5.0 and 5 are one number)."""
    if type(value) is int:
        if -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER:
            return value
        return to_double(value)
    if -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def number_text(value: int | float) -> str:
    """The text `JSON.stringify` writes for a number; infinities and NaN are `null`."""
    if type(value) is int and -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER:
        return str(value)
    double = to_double(value)
    if not math.isfinite(double):
        return "null"
    return shortest(double)


def shortest(double: float) -> str:
    """ECMAScript's Number::toString for a finite double: the shortest digits that read back to it."""
    if double == 0:
        return "0"
    sign = "-" if double < 0 else ""
    mantissa, _, exponent = repr(abs(double)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    # The value is 0.d1d2... x 10^point; leading zeros of a fraction move the point left.
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    power = point - 1
    tail = f".{digits[1:]}" if count > 1 else ""
    return f"{sign}{digits[0]}{tail}e{'+' if power > 0 else '-'}{abs(power)}"


def to_fixed(value: int | float, digits: int) -> str:
    """`value.toFixed(digits)`: rounded half away from zero on the exact binary value, without separators.

    From 1e21 on it is the shortest text instead, and `Infinity` and `NaN` stand for themselves. A negative number that
    rounds to zero keeps its sign.
    """
    double = to_double(value)
    if math.isnan(double):
        return "NaN"
    sign = "-" if double < 0 else ""
    if math.isinf(double):
        return f"{sign}Infinity"
    if abs(double) >= _TO_FIXED_LIMIT:
        return shortest(double)
    numerator, denominator = abs(double).as_integer_ratio()
    scaled = (2 * numerator * 10**digits + denominator) // (2 * denominator)
    whole, fraction = divmod(scaled, 10**digits)
    return f"{sign}{whole}.{fraction:0{digits}}" if digits else f"{sign}{whole}"


def locale_text(value: int | float) -> str:
    """`value.toLocaleString("en-US")`: thousands separated by commas, at most three decimals.

    The shortest decimal digits of the double are rounded here, not its exact value: 1.0005 gives `1.001`.
    """
    double = to_double(value)
    if math.isnan(double):
        return "NaN"
    if math.isinf(double):
        return "∞" if double > 0 else "-∞"
    rounded = _LOCALE_DIGITS.quantize(Decimal(repr(double)), _THOUSANDTH)
    return f"{rounded:,f}".rstrip("0").removesuffix(".")


def to_number(value: Any) -> int | float:
    """JavaScript's `Number(value)` of a JSON value; what cannot be read is NaN."""
    if is_number(value):
        return normalize(value)
    while isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
        value = value[0]
    match value:
        case None | False:
            return 0
        case True:
            return 1
        case str():
            return _text_to_number(value)
        case []:
            return 0
        case [None]:
            return 0
        case [int() | float() | str() as only] if not isinstance(only, bool):
            return to_number(only)
        case _:
            return math.nan


def _text_to_number(text: str) -> int | float:
    text = trim(text)
    if not text:
        return 0
    if _DECIMAL.fullmatch(text):
        return normalize(float(text))
    if radix := _RADIX.fullmatch(text):
        base = {"x": 16, "o": 8, "b": 2}[radix.lastgroup or "x"]
        return normalize(int(radix[radix.lastgroup or "x"], base))
    if text in ("Infinity", "+Infinity"):
        return math.inf
    if text == "-Infinity":
        return -math.inf
    return math.nan
