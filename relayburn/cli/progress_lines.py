"""What is being done, told in lines (cli.md 5).

In: where lines go. Out: a `Progress`, which writes a line when a task starts and one when it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relayburn.ingest.readers import Readers

Write = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Progress:
    """Tells of tasks through `write`, which takes a line."""

    write: Write

    @contextmanager
    def task(self, text: str) -> Generator[Write]:
        """A task at work; what is given tells how it ended. An exception in it is told of and goes on."""
        self.note(text)
        try:
            yield self.note
        except BaseException:
            self.note(f"{text} failed")
            raise

    def note(self, text: str) -> None:
        """Tell something besides."""
        self.write(f"[burn] {text}")

    def warn(self, text: str) -> None:
        """Tell of something that is wrong; the task at work goes on."""
        self.write(f"⚠ {text}")

    def update(self, text: str) -> None:
        """Which part of the task is at work now: of no interest in lines."""

    def watched(self, readers: Readers) -> Readers:
        """`readers` of a pass, told of while they read."""
        return readers
