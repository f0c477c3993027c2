"""What JavaScript says of a text that is no JSON, in the words of V8, the engine of the reference.

In: a text. Out: the message of `JSON.parse`; places in it are counted in UTF-16 code units. The parser here finds the first
fault and nothing else; values are read by `jsjson`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_SPACE = re.compile(r"[ \t\n\r]*")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_DIGITS = re.compile(r"[0-9]*")
_HEX = frozenset("0123456789abcdefABCDEF")
_LITERALS = {"t": "true", "f": "false", "n": "null"}
_DIGIT = frozenset("0123456789")
_NUMBER_START = _DIGIT | {"-"}
_ODD_WORDS = frozenset(("NaN", "Infinity", "undefined", "[object Object]"))
"""Texts that are shown whole: values that somebody forgot to write as JSON."""

_LAST_OF_LATIN_1 = "\xff"
_CONTEXT = 10
"""How many characters are shown before and after the one that is wrong."""

_NO_NAME = "Expected property name or '}'"
_NO_NEXT_NAME = "Expected double-quoted property name"
_NO_COLON = "Expected ':' after property name"
_NO_COMMA = {"[": "Expected ',' or ']' after array element", "{": "Expected ',' or '}' after property value"}
_END_OF = {"[": "]", "{": "}"}


def complaint(text: str) -> str | None:
    """The message of `JSON.parse(text)`; None where it has nothing to say."""
    try:
        _Parser(_units(text)).parse()
    except _Fault as fault:
        return _joined(str(fault))
    return None


def _units(text: str) -> str:
    """`text` with each character beyond the first 65,536 as the pair of surrogates that it is in JavaScript."""
    if text.isascii():
        return text
    return "".join(map(chr, memoryview(text.encode("utf-16", "surrogatepass")).cast("H")[1:]))


def _joined(units: str) -> str:
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


class _Fault(Exception):
    """What is wrong."""


class _Parser:
    """Goes through a text up to the first fault, which it raises; `at` is where it stands."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def parse(self) -> None:
        """Read one value and nothing after it."""
        opened: list[str] = []
        while True:
            if not self._begins_container(opened):
                while opened and not self._goes_on(opened[-1]):
                    opened.pop()
                if not opened:
                    break
        if self._peek():
            raise self._told_with_place("Unexpected non-whitespace character after JSON")

    def _begins_container(self, opened: list[str]) -> bool:
        """Read a value up to its end, or up to where the first value in it stands: then it is added to those `opened`."""
        start = self._peek()
        if start in _END_OF:
            self._at += 1
            if self._peek() == _END_OF[start]:
                self._at += 1
                return False
            if start == "{":
                self._name(_NO_NAME, lambda: self._expected(_NO_COLON))
            opened.append(start)
            return True
        if start == '"':
            self._string()
        elif start in _LITERALS:
            self._literal(_LITERALS[start])
        elif start in _NUMBER_START:
            self._number()
        else:
            raise self._unexpected()
        return False

    def _goes_on(self, opened: str) -> bool:
        """Whether another value follows in the innermost container; else its end was read."""
        found = self._peek()
        if found not in (",", _END_OF[opened]):
            raise self._expected(_NO_COMMA[opened])
        self._at += 1
        if found == "," and opened == "{":
            # Only after the first name V8 says that it expected a colon.
            self._name(_NO_NEXT_NAME, self._unexpected)
        return found == ","

    def _name(self, no_name: str, no_colon: Callable[[], _Fault]) -> None:
        if self._peek() != '"':
            raise self._expected(no_name)
        self._string()
        if self._peek() != ":":
            raise no_colon()
        self._at += 1

    def _string(self) -> None:
        self._at += 1
        while True:
            self._skip(_PLAIN)
            match self._here():
                case "":
                    raise self._expected("Unterminated string")
                case '"':
                    self._at += 1
                    return
                case "\\":
                    self._at += 1
                    self._escape()
                case _:
                    raise self._expected("Bad control character in string literal")

    def _escape(self) -> None:
        kind = self._here()
        if not kind or kind > _LAST_OF_LATIN_1:
            raise self._unexpected()
        if kind not in '"\\/bfnrtu':
            raise self._expected("Bad escaped character")
        self._at += 1
        if kind == "u":
            for _ in range(4):
                if self._here() not in _HEX:
                    raise self._expected("Bad Unicode escape")
                self._at += 1

    def _literal(self, word: str) -> None:
        for letter in word:
            if self._here() != letter:
                raise self._unexpected()
            self._at += 1

    def _number(self) -> None:
        if self._here() == "-":
            self._at += 1
            self._require_digit("No number after minus sign")
        if self._here() == "0":
            self._at += 1
            if self._here() in _DIGIT:
                raise self._unexpected()
        self._skip(_DIGITS)
        if self._here() == ".":
            self._at += 1
            self._require_digit("Unterminated fractional number")
            self._skip(_DIGITS)
        if self._here() in ("e", "E"):
            self._at += 1
            self._at += self._here() in ("+", "-")
            self._require_digit("Exponent part is missing a number")
            self._skip(_DIGITS)

    def _require_digit(self, otherwise: str) -> None:
        if self._here() not in _DIGIT:
            raise self._expected(otherwise)

    def _here(self) -> str:
        """The character it stands at; an empty text at the end."""
        return self._text[self._at : self._at + 1]

    def _peek(self) -> str:
        """The next character that is no white space."""
        self._skip(_SPACE)
        return self._here()

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self._text, self._at)
        assert found is not None
        self._at = found.end()

    def _expected(self, what: str) -> _Fault:
        """A fault that is told by what should stand there."""
        return self._told_with_place(f"{what} in JSON")

    def _told_with_place(self, what: str) -> _Fault:
        before = self._text[: self._at].replace("\r\n", "\n").replace("\r", "\n")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return _Fault(f"{what} at position {self._at} (line {line} column {column})")

    def _unexpected(self) -> _Fault:
        """A fault that is told by what stands there."""
        text, at, found = self._text, self._at, self._here()
        if not found:
            return _Fault("Unexpected end of JSON input")
        if found in _NUMBER_START:
            return self._expected("Unexpected number")
        if found == '"':
            return self._expected("Unexpected string")
        if text in _ODD_WORDS:
            return _Fault(f'"{text}" is not valid JSON')
        if len(text) <= 2 * _CONTEXT:
            shown = f'"{text}"'
        elif at < _CONTEXT:
            shown = f'"{text[: at + _CONTEXT]}"...'
        elif at < len(text) - _CONTEXT:
            shown = f'..."{text[at - _CONTEXT : at + _CONTEXT]}"...'
        else:
            shown = f'..."{text[at - _CONTEXT :]}"'
        return _Fault(f"Unexpected token '{found}', {shown} is not valid JSON")
