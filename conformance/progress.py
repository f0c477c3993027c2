"""How far a run is, on stderr, where somebody watches.

In: outcomes as they come. Out: a bar; nothing where stderr is no terminal.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager

from conformance.run import Watcher
from conformance.session import Outcome

_EVERY = 50


@contextmanager
def watching() -> Generator[Watcher]:
    """What to tell of every outcome."""
    if not sys.stderr.isatty():
        yield lambda outcome, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = BarColumn(), MofNCompleteColumn(), TextColumn("exchanges"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("replay", total=None)
        seen = 0

        def watch(_outcome: Outcome, total: int) -> None:
            nonlocal seen
            seen += 1
            if seen % _EVERY == 0:
                progress.update(task, completed=seen, total=total)

        yield watch
