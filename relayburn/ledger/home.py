"""Where a home lies, what its files are called, and the clock its verbs go by (ledger.md 1 and 2).

In: an environment, or a path. Out: a `Home`, handed to every verb; nothing below the command line looks at the
process's own environment or clock.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from relayburn.ledger.folders import home_folder, user_folder


def system_clock() -> float:
    """Milliseconds since the Unix epoch."""
    return time.time() * 1000


@dataclass(frozen=True, slots=True)
class Home:
    """A home and its surroundings.

    `path` is where it lies, `user_home` the folder that the harnesses' logs are looked for in, `environ` the variables
    that override settings, `clock` gives the current time in milliseconds since the Unix epoch.
    """

    path: Path
    user_home: Path
    environ: Mapping[str, str]
    clock: Callable[[], float] = system_clock

    @classmethod
    def of_environment(
        cls, environ: Mapping[str, str] | None = None, clock: Callable[[], float] = system_clock
    ) -> Home:
        """The home that `environ` (by default the process's) names. Raises `NoUserFolder`."""
        variables = os.environ if environ is None else environ
        return cls(Path(home_folder(variables)), Path(user_folder(variables)), variables, clock)

    @property
    def ledger(self) -> Path:
        """The ledger itself, one JSON object a line, append-only."""
        return self.path / "ledger.jsonl"

    @property
    def index(self) -> Path:
        """Identity hashes of ledger lines."""
        return self.path / "ledger.idx"

    @property
    def content_index(self) -> Path:
        """Content fingerprints of turns."""
        return self.path / "ledger.content.idx"

    @property
    def line_index(self) -> Path:
        """Which ledger lines are known, and up to which byte: the index of `current` semantics."""
        return self.path / "ledger.lines.idx"

    @property
    def sources(self) -> Path:
        """How often news of which session files were appended: what processes that ingest at once agree by."""
        return self.path / "sources.idx"

    @property
    def database(self) -> Path:
        """The SQLite store, where one is chosen: `RELAYBURN_SQLITE_PATH`, else `burn.sqlite` in the home."""
        override = self.environ.get("RELAYBURN_SQLITE_PATH")
        return Path(override) if override else self.path / "burn.sqlite"

    @property
    def cursors(self) -> Path:
        """How far each session file was read."""
        return self.path / "cursors.json"

    @property
    def high_water_marks(self) -> Path:
        """High-water marks, kept for older tools."""
        return self.path / "hwm.json"

    @property
    def kept_turns(self) -> Path:
        """How many turns of other semantics cannot be read again."""
        return self.path / "kept-turns.json"

    @property
    def config(self) -> Path:
        """The user's settings."""
        return self.path / "config.json"

    @property
    def price_override(self) -> Path:
        """The user's own prices, in the form of models.dev."""
        return self.path / "models.dev.json"

    @property
    def content(self) -> Path:
        """The folder of content sidecars."""
        return self.path / "content"

    @property
    def archive(self) -> Path:
        """The folder of the read model."""
        return self.path / "archive"

    @property
    def pending_stamps(self) -> Path:
        """The folder of stamps that wait for their session."""
        return self.path / "pending-stamps"

    def lock_file(self, name: str) -> Path:
        """The lock file that guards `name`."""
        return self.path / f"{name}.lock"
