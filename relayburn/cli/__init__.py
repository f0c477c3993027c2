"""`burn`, the command. `--version` and `statusline` are answered before anything heavy is imported.

In: the process's words. Out: its exit code. Whose rules hold decides who reads the words: `lenient` as the reference does,
or `strict`; what the reference does not know is always read strictly.
"""

from __future__ import annotations

import os
import sys

from relayburn import __version__
from relayburn.cli.ending import ended

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_LENIENT = "ts-1.10"
_CHOICE = "--semantics"
_OBJECTS_BETWEEN_LOOKS = 100_000
_COMPLETION = "_BURN_COMPLETE"
"""A shell that completes a word sets this variable."""


def main() -> int:
    """Entry point of the script `burn`; its exit code."""
    words = sys.argv[1:]
    return ended(lambda: _run(words), words)


def _run(words: Sequence[str]) -> int:
    if _COMPLETION not in os.environ:
        choice = _value_of(_CHOICE, words, os.environ.get("RELAYBURN_SEMANTICS"))
        if choice == _LENIENT:
            known = _without_choice(words)
            if not _is_beyond_reference(known[:1]):
                return _run_leniently(known)
        if words in (["--version"], ["-V"]):
            print(f"burn {__version__}")
            return 0
        if words == ["statusline"] and choice is None and None not in (sys.stdin, sys.stdout):
            from relayburn.cli.statusline import answer_at_once

            return answer_at_once(os.environ)
    import gc

    # A command makes many objects and few cycles; looking for those is a tenth of a short one.
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS)
    from relayburn.cli.strict import run_strictly

    return run_strictly(words)


def _run_leniently(words: Sequence[str]) -> int:
    from relayburn.cli.lenient import run_leniently
    from relayburn.cli.shell import Shell
    from relayburn.semantics import TS_1_10

    shell = Shell.of_process(TS_1_10)
    # The reference ignores this flag, but to write into another home than the one that is named would be worse.
    home = _value_of("--ledger-path", words, None)
    return run_leniently(shell if home is None else shell.with_home(home), words)


def _is_beyond_reference(first: Sequence[str]) -> bool:
    """Whether the first word is a command that the reference does not have."""
    from relayburn.cli.lenient import COMMANDS as REFERENCE

    if not first or first[0] in REFERENCE or first[0].startswith("-") or first[0] in ("help", "version"):
        return False
    from relayburn.cli.strict import COMMANDS

    return first[0] in COMMANDS


def _value_of(flag: str, words: Sequence[str], otherwise: str | None) -> str | None:
    """The value that is given to `flag` last, before any `--`."""
    value = otherwise
    for at, word in enumerate(words):
        if word == "--":
            break
        if word.startswith(f"{flag}="):
            value = word.partition("=")[2]
        elif word == flag:
            value = next(iter(words[at + 1 :]), None)
    return value


def _without_choice(words: Sequence[str]) -> list[str]:
    """The words without a choice of semantics, which the reference does not know."""
    kept: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            return [*kept, word, *rest]
        if word == _CHOICE:
            next(rest, None)
        elif not word.startswith(f"{_CHOICE}="):
            kept.append(word)
    return kept
