"""The reference's lenient reading of a command's words (cli.md 2).

In: the words after the command. Out: a `Scan` of flags, tags, words and what is passed through. Nothing is refused: an
unknown flag is one that nobody asks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Flag = str | Literal[True]
"""A flag's value, True where it has none."""


@dataclass(slots=True)
class Scan:
    """`flags` by name without dashes, `tags` from `--tag k=v`, other `words`, and what stands after `--`."""

    flags: dict[str, Flag] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    passed_through: list[str] = field(default_factory=list)

    def is_set(self, name: str) -> bool:
        """Whether the flag stands there without a value."""
        return self.flags.get(name) is True

    def value(self, name: str) -> str | None:
        """The flag's value; None where it is missing or has none."""
        value = self.flags.get(name)
        return None if value is True else value

    def word(self, index: int = 0) -> str | None:
        """A word by its place, None beyond the last."""
        return self.words[index] if index < len(self.words) else None

    def asks_for_help(self) -> bool:
        """Whether `--help` is set, or the first word is `help`."""
        return self.is_set("help") or self.word() == "help"


def scan(tokens: Sequence[str]) -> Scan:
    """Read `tokens` from left to right; of a repeated flag or tag, the last counts."""
    found = Scan()
    at = 0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        if token == "--":
            found.passed_through = [later for later in tokens[at:] if later != "--"]
            break
        if not token.startswith("--"):
            found.words.append(token)
            continue
        equals = token.find("=")
        if equals > 2:
            _give(found, token[2:equals], token[equals + 1 :])
        elif at < len(tokens) and (token == "--tag" or not tokens[at].startswith("-")):
            _give(found, token[2:], tokens[at])
            at += 1
        else:
            found.flags[token[2:]] = True
    return found


def _give(found: Scan, name: str, value: str) -> None:
    if name != "tag":
        found.flags[name] = value
        return
    key, equals, rest = value.partition("=")
    if key and equals:
        found.tags[key] = rest
