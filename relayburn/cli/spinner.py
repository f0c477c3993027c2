"""Progress on a terminal: a line that turns while a task is at work, a bar where it is known how much there is to do.

In: a shell whose stderr is a terminal. Out: a `Progress` that draws with rich and leaves nothing behind. What is written
meanwhile stands above it.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich import progress as drawn
from rich.console import Console

from relayburn.cli.progress_lines import Progress, Write
from relayburn.cli.shell import Shell
from relayburn.ingest.metering import Meter, Metered
from relayburn.ingest.readers import Readers

_TURNING = (drawn.SpinnerColumn(), drawn.TextColumn("{task.description}", markup=False))
_FILLING = (
    *_TURNING,
    drawn.BarColumn(bar_width=24),
    drawn.TextColumn("{task.fields[files]}", markup=False),
    drawn.DownloadColumn(),
    drawn.TransferSpeedColumn(),
    drawn.TimeRemainingColumn(compact=True),
)


@dataclass(frozen=True, slots=True)
class Spinner(Progress):
    """Draws the tasks at work below what `shell` writes, the innermost last."""

    shell: Shell
    bars: list[drawn.Progress] = field(default_factory=list)

    @contextmanager
    def task(self, text: str) -> Generator[Write]:
        """A task at work, which vanishes when it is done."""
        if self.shell.screen.hide is not None:
            self.update(text)
            yield self.update
            return
        console = Console(file=self.shell.stderr, force_terminal=True, _environ=self.shell.environ)
        bar = drawn.Progress(*_TURNING, console=console, transient=True)
        self.bars.append(bar)
        screen = self.shell.screen
        try:
            bar.add_task(text, total=None, files="")
            bar.start()
            screen.hide, screen.show = bar.stop, bar.start
            yield self.update
        finally:
            screen.hide = screen.show = None
            bar.stop()
            self.bars.pop()

    def note(self, text: str) -> None:
        """What happens besides is drawn as long as a task is at work."""
        self.update(text)

    def warn(self, text: str) -> None:
        """Write a warning, which stays."""
        self.shell.tell(f"⚠ {text}")

    def update(self, text: str) -> None:
        """Which part of the task is at work now."""
        for bar in self.bars:
            bar.update(bar.task_ids[0], description=text)

    def watched(self, readers: Readers) -> Readers:
        """`readers` of a pass, drawn as a bar of files and bytes, with rate and time left."""
        return Metered(readers, self._fill)

    def _fill(self, meter: Meter) -> None:
        for bar in self.bars:
            bar.columns = _FILLING if meter.bytes else _TURNING
            task = bar.task_ids[0]
            if not meter.files_done:
                bar.reset(task, total=meter.bytes or None)
            bar.update(task, completed=meter.bytes_done, files=f"{meter.files_done}/{meter.files} files")
