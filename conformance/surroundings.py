"""What surrounds a stage while it answers: time zone, environment, working directory.

In: the working copy's paths. Out: a context in which `TZ` is UTC, no variable of the caller's leads to real logs or
changes a rule, the working directory is the corpus root, and everything is as it was afterwards
(corpus notes, "Replaying" 2).
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack, redirect_stdout
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from conformance.pathmap import PathMap, opened_below

# Variables that lead to somebody's real logs, or that change what is answered.
_LEADING_ELSEWHERE = ("RELAYBURN_", "CLAUDE_CONFIG_DIR", "CODEX_HOME", "OPENCODE_", "XDG_CONFIG_HOME", "XDG_DATA_HOME")


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` for a program that answers requests: UTC, and nothing that leads to real logs."""
    kept = {name: value for name, value in environment.items() if not name.startswith(_LEADING_ELSEWHERE)}
    kept["TZ"] = "UTC"
    return kept


class Place(Protocol):
    """Where requests are answered: a working copy, and an empty folder that stands for the user's home."""

    @property
    def paths(self) -> PathMap:
        """How its root and the recorded one stand for each other."""
        ...

    @property
    def home(self) -> Path:
        """The empty folder."""
        ...


class Surroundings:
    """This process as a stage at `place` should find it; a context manager. what a stage changed can be restored."""

    def __init__(self, place: Place) -> None:
        self._paths = place.paths
        self._environment = clean_environment(os.environ) | {"HOME": str(place.home)}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.callback(_become, dict(os.environ))
            _become(self._environment)
            # The descriptor brings us back even where the folder's path is not known or changed.
            here = os.open(".", os.O_RDONLY)
            stack.callback(os.close, here)
            stack.callback(os.fchdir, here)
            os.chdir(self._paths.root)
            stack.enter_context(opened_below(self._paths))
            # What a stage prints is no part of a report.
            stack.enter_context(redirect_stdout(sys.stderr))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def restore_environment(self) -> None:
        """The environment as it was at the start."""
        if os.environ != self._environment:
            _become(self._environment)

    def restore_directory(self) -> None:
        """The working directory as it was at the start, even where it had to be made again."""
        os.chdir(self._paths.root)


def _become(environment: Mapping[str, str]) -> None:
    for name in os.environ.keys() - environment.keys():
        del os.environ[name]
    os.environ.update(environment)
    time.tzset()
