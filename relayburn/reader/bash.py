"""The verb that a shell command is about: `git push`, `npm build`, `pytest`.

In: a command as an agent ran it. Out: its leading verb, used to roll commands up (classifier.md 9). This is no shell:
it reads quotes, escapes, parentheses and a few wrappers (`cd x &&`, `env`, `bash -c`), and answers `(shell)` for
what it does not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from relayburn.text import WHITE_SPACE, WS, js_pattern, trim

MAX_DEPTH = 5
"""How many wrappers are taken off before a command counts as `(shell)`."""

MULTIWORD = frozenset(
    {
        "git",
        "gh",
        "npm",
        "pnpm",
        "yarn",
        "bun",
        "pip",
        "pip3",
        "uv",
        "poetry",
        "cargo",
        "make",
        "docker",
        "kubectl",
        "helm",
        "terraform",
        "brew",
        "apt",
        "apt-get",
        "gem",
        "bundle",
        "go",
    }
)
"""Programs whose next word is part of the verb."""

TWO_PART_SUBCOMMANDS = {
    "docker": {"compose"},
    "gh": {"pr", "run", "issue", "repo", "workflow", "release"},
    "go": {"mod"},
    "uv": {"pip"},
}
"""Subcommands that are nothing without the word after them."""

SCRIPT_RUNNERS = {"npm", "pnpm", "yarn", "bun"}
SHELLS = {"bash", "sh", "zsh"}
PYTHONS = {"python", "python3"}

VALUE_OPTIONS = frozenset(
    {
        "-C",
        "-c",
        "-F",
        "--config",
        "--filter",
        "--git-dir",
        "--namespace",
        "--prefix",
        "--repo",
        "--repository",
        "--work-tree",
    }
)
"""Options that take the next word as their value."""

PYTHON_VALUE_OPTIONS = {"-W", "-X", "--check-hash-based-pycs"}

CD_SEPARATORS = {"&&", ";"}
OPERATORS = {"&&", "||", ";", "|", "\n"}

_QUOTED = r"""'(?:[^']*+')?|"(?:[^"\\]*+(?:\\[\s\S][^"\\]*+)*+")?"""
"""A quoted piece, or a quote that is never closed and stands alone."""

_SYNTAX = re.compile(rf"{_QUOTED}|\\[\s\S]?|\(|\)|&&|\|\|?|;|\n")
"""What is not just part of a word. Every branch begins with a plain character, so that `re` skips from one to the next."""

_PIECE = re.compile(rf"""{_QUOTED}|\\[\s\S]?|{WS}+|[^{WHITE_SPACE}\\'"]+""")
_ESCAPED = re.compile(r"\\([\s\S])")
_COMPOUND = js_pattern(r"<<-?\s*\S+|^(?:for|while|until|if|case|select|function)\b|^\{\s")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")


@dataclass(frozen=True, slots=True)
class BashVerb:
    """A program's base name and, where it has one, its subcommand (one or two words)."""

    binary: str
    subcommand: str | None = None

    @property
    def normalized(self) -> str:
        """Both as one text, the key of a roll-up."""
        return self.binary if self.subcommand is None else f"{self.binary} {self.subcommand}"


SHELL = BashVerb("(shell)")
"""A command that is too much of a program to have one verb."""


def parse_bash_command(command: str) -> BashVerb | None:
    """The leading verb of `command`, `SHELL` where it cannot be named, None where nothing is left to name."""
    return _parse(command, 0)


def _parse(command: str, depth: int) -> BashVerb | None:
    if depth > MAX_DEPTH:
        return SHELL
    command = trim(command)
    if not command:
        return None
    if _COMPOUND.search(command) or not _is_balanced(command):
        return SHELL
    inner = _unwrapped(command)
    if inner is not None:
        return _parse(inner, depth + 1)
    rest = _after_cd(command)
    if rest is not None:
        return _parse(rest, depth + 1)

    operator = _first_operator(command, OPERATORS)
    if operator:
        command = trim(command[: operator.start()])
        if not command:
            return None
        inner = _unwrapped(command)
        if inner is not None:
            return _parse(inner, depth + 1)
    words = _words(command)
    if words is None:
        return SHELL
    return _verb(words[_after_assignments(words) :], depth)


def _verb(words: list[str], depth: int) -> BashVerb | None:
    """The verb of a simple command, given as its words."""
    if not words:
        return None
    binary = _basename(words[0])
    if binary in SHELLS:
        script = _shell_script(words)
        return BashVerb(binary) if script is None else _parse(script, depth + 1)
    if binary == "env":
        rest = words[_after_env_options(words) :]
        return _parse(" ".join(rest), depth + 1) if rest else None
    if binary in PYTHONS and (module := _python_module(words)):
        return module
    if binary == "node" and "--test" in words[1:]:
        return BashVerb(binary, "--test")
    following = words[_after_options(words, 1) :]
    if not following or binary not in MULTIWORD:
        return BashVerb(binary)
    first, *more = following
    if more and first == "run" and binary in SCRIPT_RUNNERS:
        return BashVerb(binary, more[0])
    if more and first in TWO_PART_SUBCOMMANDS.get(binary, ()):
        return BashVerb(binary, f"{first} {more[0]}")
    return BashVerb(binary, first)


def _shell_script(words: list[str]) -> str | None:
    """The script of `bash -c script`, whatever letters stand beside the c."""
    for index, word in enumerate(words[1:], 1):
        if word.startswith("-") and not word.startswith("--") and "c" in word:
            return words[index + 1] if index + 1 < len(words) else None
    return None


def _python_module(words: list[str]) -> BashVerb | None:
    index = 1
    while index < len(words):
        word = words[index]
        if word == "-m":
            break
        if word in ("--", "-c", "-") or not word.startswith("-"):
            return None
        index += 2 if word in PYTHON_VALUE_OPTIONS else 1
    if index + 1 >= len(words):
        return None
    module = _basename(words[index + 1])
    if module in ("pip", "pip3"):
        subcommand = words[_after_options(words, index + 2) :]
        if subcommand:
            return BashVerb(module, subcommand[0])
    return BashVerb(module)


def _after_assignments(words: list[str]) -> int:
    index = 0
    while index < len(words) and _ASSIGNMENT.match(words[index]):
        index += 1
    return index


def _after_env_options(words: list[str]) -> int:
    index = 1
    while index < len(words) and (words[index].startswith("-") or _ASSIGNMENT.match(words[index])):
        index += 1
        if words[index - 1] == "--":
            break
    return index


def _after_options(words: list[str], index: int) -> int:
    while index < len(words):
        word = words[index]
        if word == "--":
            return index + 1
        if not word.startswith("-"):
            return index
        index += 2 if word in VALUE_OPTIONS else 1
    return index


def _basename(word: str) -> str:
    return next((part for part in reversed(word.split("/")) if part), word)


def _after_cd(command: str) -> str | None:
    """What follows `cd x &&` or `cd x;`, None where the command does not begin so."""
    operator = _first_operator(command, CD_SEPARATORS)
    if not operator:
        return None
    words = _words(command[: operator.start()])
    if words is None:
        return None
    name = words[_after_assignments(words) :][:1]
    return command[operator.end() :] if name == ["cd"] else None


def _is_balanced(command: str) -> bool:
    """True when every quote is closed and every parenthesis has its partner."""
    depth = 0
    for mark in _SYNTAX.finditer(command):
        match mark[0]:
            case "(":
                depth += 1
            case ")":
                depth -= 1
                if depth < 0:
                    return False
            case "'" | '"':  # never closed
                return False
    return depth == 0


def _unwrapped(command: str) -> str | None:
    """What stands inside the parentheses that enclose all of a balanced `command`, None where none do."""
    if command[0] != "(" or command[-1] != ")":
        return None
    depth = 0
    for mark in _SYNTAX.finditer(command):
        if mark[0] == "(":
            depth += 1
        elif mark[0] == ")":
            depth -= 1
            if depth == 0:
                return trim(command[1:-1]) if mark.end() == len(command) else None
    return None


def _first_operator(command: str, operators: set[str]) -> re.Match[str] | None:
    """The first of `operators` outside quotes and parentheses of a balanced `command`."""
    depth = 0
    for mark in _SYNTAX.finditer(command):
        if mark[0] == "(":
            depth += 1
        elif mark[0] == ")":
            depth -= 1
        elif depth == 0 and mark[0] in operators:
            return mark
    return None


def _words(text: str) -> list[str] | None:
    """The words of a simple command without their quotes; empty ones are dropped. None when a quote stays open."""
    words: list[str] = []
    pieces: list[str] = []
    for piece in _PIECE.findall(text):
        first = piece[0]
        if first in WHITE_SPACE:
            words.append("".join(pieces))
            pieces.clear()
        elif first == "\\":
            pieces.append(piece[1:] or piece)
        elif first not in "'\"":
            pieces.append(piece)
        elif len(piece) == 1:
            return None
        else:
            inside = piece[1:-1]
            pieces.append(inside if first == "'" else _ESCAPED.sub(r"\1", inside))
    words.append("".join(pieces))
    return [word for word in words if word]
