"""The order in which people expect names: JavaScript's `localeCompare` (ICU's root collation, en-US).

In: a text. Out: a key that sorts like it: base letters first, then accents, then lower case before upper. For
ASCII the rule is a table (hotspots.md 6, patterns.md 1.2); other text is left to `pyuca`, imported when met.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from relayburn.text import well_formed

_ORDER = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
_RANKS = bytes(_ORDER.find(chr(code).lower()) & 0xFF for code in range(128)) + bytes(128)
_CASES = bytes(chr(code).isupper() for code in range(128)) + bytes(128)
_IGNORED = bytes(code for code in range(128) if chr(code).lower() not in _ORDER)


class CollationKey:
    """A sort key for one text: comparable with every other, equal where the order knows no difference."""

    __slots__ = ("_ascii", "_text", "_unicode")

    def __init__(self, text: str) -> None:
        self._text = text
        self._ascii = _ascii_key(text) if text.isascii() else None
        self._unicode: Any = None

    def __lt__(self, other: CollationKey) -> bool:
        if self._ascii is not None and other._ascii is not None:
            return self._ascii < other._ascii
        return self._full() < other._full()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CollationKey):
            return NotImplemented
        if self._ascii is not None and other._ascii is not None:
            return self._ascii == other._ascii
        return self._full() == other._full()

    __hash__ = None  # type: ignore[assignment]

    def _full(self) -> Any:
        if self._unicode is None:
            self._unicode = _collator().sort_key(well_formed(self._text))
        return self._unicode


def collation_key(text: str) -> CollationKey:
    """The sort key of `text`; texts that differ only in ignored control characters have equal keys."""
    return CollationKey(text)


def _ascii_key(text: str) -> tuple[bytes, bytes]:
    code = text.encode("ascii")
    return code.translate(_RANKS, _IGNORED), code.translate(_CASES, _IGNORED)


@cache
def _collator() -> Any:
    from pyuca import Collator

    return Collator()
