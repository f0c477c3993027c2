"""JSON values for tests: what a log can hold, with the keys, texts and numbers that trip canonical forms."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import strategies as st

KEYS = st.sampled_from(
    ["", "a", "b", "10", "9", "01", "-1", "1.5", "4294967294", "4294967295", "\ue000", "😀", "\ud83d", "é"]
) | st.text(st.characters())
NUMBERS = (
    st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([2**53 + 1, 2**64, 1e21, -0.0])
)
TEXTS = st.text(st.characters()) | st.sampled_from(
    ['"\\/\b\f\n\r\t', "\x00\x1f\x7f", "\u2028\u2029", "\ud800", "\udc00\ud800"]
)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
JSON_VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=12
)
PLAIN_VALUES = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers(-(2**53) - 1, 2**53 + 1),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('ab_Z09 "\\', max_size=3), inner, max_size=5),
)
"""What most tools take: texts, flags and whole numbers under plain names."""


def shuffled(value: Any, random: Random) -> Any:
    """`value` with the keys of every object in another order."""
    match value:
        case list():
            return [shuffled(item, random) for item in value]
        case dict():
            keys = list(value)
            random.shuffle(keys)
            return {key: shuffled(value[key], random) for key in keys}
        case _:
            return value
