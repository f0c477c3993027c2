"""Counting tokens of a text under cl100k_base (user-turns.md 3).

In: a text. Out: its number of tokens, or `SpecialToken` where the reference refuses the text. The tokenizer
tables cost some tenths of a second and many megabytes, so they are loaded by the first text that is counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from relayburn.errors import SpecialToken
from relayburn.text import well_formed

SPECIAL_TOKENS = ("<|endoftext|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|endofprompt|>")
"""What the reference's tokenizer refuses to read in a text. Other `<|...|>` are plain text."""

_SPECIAL = re.compile("|".join(map(re.escape, SPECIAL_TOKENS)))


def count_cl100k(text: str) -> int:
    """The number of cl100k_base tokens of `text`, special tokens counted as the plain text they are."""
    count = _cl100k()
    try:
        return count(text)
    except TypeError:
        # Only a lone surrogate is refused; the reference encodes it as U+FFFD.
        return count(well_formed(text))


def count_cl100k_strictly(text: str) -> int:
    """`count_cl100k`, but raises `SpecialToken` naming the first special token in `text`."""
    if "<|" in text and (special := _SPECIAL.search(text)):
        raise SpecialToken(special[0])
    return count_cl100k(text)


@cache
def _cl100k() -> Callable[[str], int]:
    import quicktok

    return quicktok.get_encoding("cl100k_base").count
