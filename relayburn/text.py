"""Text as JavaScript has it: UTF-16 lengths, its white space, its trim, its pattern dialect.

Strings may hold lone surrogates, as JSON logs do. Rules: records.md 8.3 and 8.4, classifier.md 1.
"""

from __future__ import annotations

import re

WHITE_SPACE = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""What JavaScript's `trim` strips and its `\\s` matches. Python's own idea of it differs."""

WS = f"[{WHITE_SPACE}]"
NOT_WS = f"[^{WHITE_SPACE}]"
DOT = "[^\n\r\u2028\u2029]"

_SURROGATE = re.compile("[\ud800-\udfff]")


def trim(text: str) -> str:
    """`text` without JavaScript white space at both ends."""
    return text.strip(WHITE_SPACE)


def utf16_length(text: str) -> int:
    """The number of UTF-16 code units, which is JavaScript's `length`."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_slice(text: str, start: int, end: int) -> str:
    """The code units from `start` up to `end`, which is JavaScript's `slice`; a cut pair leaves a lone surrogate."""
    if text.isascii():
        return text[start:end]
    return text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")


def utf8_length(text: str) -> int:
    """The number of UTF-8 bytes; a lone surrogate counts 3, as the U+FFFD that replaces it."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-8", "surrogatepass"))


def well_formed(text: str) -> str:
    """`text` with each lone surrogate replaced by U+FFFD, as JavaScript's UTF-8 encoder does."""
    return _SURROGATE.sub("\ufffd", text)


def utf8(text: str) -> bytes:
    """The UTF-8 bytes of `text` with lone surrogates replaced by U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return well_formed(text).encode()


def code_unit_key(text: str) -> bytes:
    """A sort key that orders strings as JavaScript's `<` does: by UTF-16 code units."""
    return text.encode("utf-16-be", "surrogatepass")


def js_pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """Compile `source`, written in JavaScript's non-unicode dialect, with JavaScript's meaning.

    `\\s`, `\\S`, `.` and `$` are translated; `\\b`, `\\w`, `\\d` and case folding are ASCII (classifier.md 1).
    """
    return re.compile("".join(_translate(source)), flags | re.ASCII)


def _translate(source: str):
    in_class = False
    escaped = False
    for char in source:
        if escaped:
            escaped = False
            if char == "s":
                yield WHITE_SPACE if in_class else WS
            elif char == "S":
                yield NOT_WS
            else:
                yield "\\" + char
        elif char == "\\":
            escaped = True
        elif in_class:
            in_class = char != "]"
            yield char
        elif char == "[":
            in_class = True
            yield char
        elif char == ".":
            yield DOT
        elif char == "$":
            yield r"\Z"
        else:
            yield char
