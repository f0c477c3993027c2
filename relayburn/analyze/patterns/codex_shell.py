"""Whether a shell command of Codex reads a file with `cat`, `head` or `tail` (patterns.md 11.1).

Codex has no tool of its own for reading, so its reads hide in shell commands. This reads them as roughly as the
reference does: a segment ends at an operator even inside quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from relayburn.analyze.sessions import text_of
from relayburn.records import ToolCall
from relayburn.text import js_pattern

SHELL_TOOLS = frozenset({"exec_command", "shell"})
READERS = frozenset({"cat", "head", "tail"})
COUNTING_READERS = frozenset({"head", "tail"})
VALUE_OPTIONS = frozenset({"-n", "-c", "--lines", "--bytes"})
"""Options of `head` and `tail` that take the next word as their value."""

OPERATORS = frozenset({"|", "&&", "||", ";"})

_SEGMENT_END = re.compile(r"&&|\|\||;|\n")
_TOKEN = js_pattern(r""""[^"]*"|'[^']*'|\S+""")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_REDIRECT = re.compile(r"[0-9]*>")
_REDIRECT_TO_NEXT = re.compile(r"[0-9]*>+")
_COUNT = re.compile(r"[+-]?[0-9]+")


def is_shell_file_read(call: ToolCall) -> bool:
    """True for a shell call, by its logged name, with a segment that reads a file."""
    return call.name in SHELL_TOOLS and any(map(_reads_file, _SEGMENT_END.split(text_of(call.target))))


def _reads_file(segment: str) -> bool:
    words = iter(_TOKEN.findall(segment))
    command = next((word for word in words if not _ASSIGNMENT.match(word)), "")
    reader = _unquoted(command).rpartition("/")[2]
    return reader in READERS and _names_file(map(_unquoted, words), reader in COUNTING_READERS)


def _names_file(words: Iterator[str], takes_count: bool) -> bool:
    """Whether one of the words after the command is a file, not an option, a redirection or an operator."""
    for word in words:
        if word in OPERATORS:
            return False
        if _REDIRECT.match(word):
            if _REDIRECT_TO_NEXT.fullmatch(word):
                next(words, None)
        elif takes_count and word in VALUE_OPTIONS:
            next(words, None)
        elif not (word.startswith(("<", "-")) or (takes_count and _COUNT.fullmatch(word))):
            return True
    return False


def _unquoted(word: str) -> str:
    """`word` without one pair of equal quotes around it."""
    return word[1:-1] if len(word) >= 2 and word[0] == word[-1] and word[0] in "\"'" else word
