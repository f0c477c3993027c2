"""Counting tokens of a text under cl100k_base (user-turns.md 3).

In: a text. Out: its number of tokens, or `SpecialToken` where the reference refuses the text. The tokenizer
tables cost some tenths of a second and many megabytes, so they are loaded by the first text that is counted. A text that
comes again is not counted again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from hashlib import sha256

from relayburn.errors import SpecialToken
from relayburn.text import utf8, well_formed

SPECIAL_TOKENS = ("<|endoftext|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|endofprompt|>")
"""What the reference's tokenizer refuses to read in a text. Other `<|...|>` are plain text."""

_SPECIAL = re.compile("|".join(map(re.escape, SPECIAL_TOKENS)))

_LONG_S = "'\u017f"
_LONG_S_CONTRACTION = re.compile(
    rf"(?:\A|(?<=[^\W_])|(?<=[\t-\r\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000])){_LONG_S}"
)
"""A contraction spelt with a long s, where it begins a piece of text.

The split pattern ignores case as Unicode does, by which a long s is an s; quicktok knows only ASCII's case.
"""


_KNOWN: dict[bytes, int] = {}
"""The tokens of texts that were counted, by their hash: a resumed session's log holds what another one's does."""
_MOST_KNOWN = 1 << 16
_SHORT = 200
"""A text of so few characters is counted as fast as it is looked up."""


def count_cl100k(text: str) -> int:
    """The number of cl100k_base tokens of `text`, special tokens counted as the plain text they are."""
    if len(text) < _SHORT:
        return _count(text)
    digest = sha256(utf8(text)).digest()
    tokens = _KNOWN.get(digest)
    if tokens is None:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        tokens = _KNOWN[digest] = _count(text)
    return tokens


def count_cl100k_strictly(text: str) -> int:
    """`count_cl100k`, but raises `SpecialToken` naming the first special token in `text`."""
    if "<|" in text and (special := _SPECIAL.search(text)):
        raise SpecialToken(special[0])
    return count_cl100k(text)


def forget_counts() -> None:
    """Count every text anew, as a new process does."""
    _KNOWN.clear()


def _count(text: str) -> int:
    count = _cl100k()
    if _LONG_S in text:
        text, contractions = _LONG_S_CONTRACTION.subn("'s", text)
        return _count_replacing(count, text) + contractions * (count(_LONG_S) - count("'s"))
    return _count_replacing(count, text)


def _count_replacing(count: Callable[[str], int], text: str) -> int:
    try:
        return count(text)
    except TypeError:
        # Only a lone surrogate is refused; the reference encodes it as U+FFFD.
        return count(well_formed(text))


@cache
def _cl100k() -> Callable[[str], int]:
    import quicktok

    return quicktok.get_encoding("cl100k_base").count
