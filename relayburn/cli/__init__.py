"""`burn`, the command. `--version` is answered from a constant before anything heavy is imported."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from relayburn import __version__

_LENIENT = "ts-1.10"
_CHOICE = "--semantics"


def main() -> None:
    """Entry point of the script `burn`."""
    words = sys.argv[1:]
    if _semantics(words) == _LENIENT and words[:1] != ["prices"]:
        from relayburn.cli.lenient import run
        from relayburn.cli.shell import Shell
        from relayburn.semantics import TS_1_10

        sys.exit(run(Shell.of_process(TS_1_10), _without_choice(words)))
    if words in (["--version"], ["-V"]):
        print(f"burn {__version__}")
        return
    from relayburn.cli.strict import burn

    burn(prog_name="burn")


def _semantics(words: Sequence[str]) -> str | None:
    """The semantics that the words choose before any `--`, else the environment."""
    chosen = os.environ.get("RELAYBURN_SEMANTICS")
    for at, word in enumerate(words):
        if word == "--":
            break
        if word.startswith(f"{_CHOICE}="):
            chosen = word.partition("=")[2]
        elif word == _CHOICE:
            chosen = next(iter(words[at + 1 :]), None)
    return chosen


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
