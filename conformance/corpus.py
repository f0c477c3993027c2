"""The corpus: recordings, and the fixtures they were made on.

In: a folder that holds `fixtures/` and `recordings/`. Out: its recording files, and the exchanges of any of them,
each with the names a report calls it by. A file that cannot be read to its end gives the exchanges before
the bad line, and then a `RecordingError`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.errors import CorpusUnusable
from relayburn.recording import RecordedExchange, ReplayReader

PROJECT_ROOT = Path(__file__).resolve().parent.parent
RECORDING_SUFFIXES = (".jsonl", ".jsonl.zst")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One recorded exchange, and where it stands.

    `file` is the recording as a report and a command line name it, `line` counts from 1; `area` is the folder of the
    recording, `case` what `meta.case` says, else the recording's own name.
    """

    file: str
    line: int
    area: str
    case: str
    recorded: RecordedExchange

    @property
    def protocol(self) -> str:
        """Which stage answers."""
        return self.recorded.protocol

    @property
    def config(self) -> dict[str, Any]:
        """The request's options and surroundings."""
        config = self.recorded.request.get("config")
        return config if isinstance(config, dict) else {}

    @property
    def is_carried(self) -> bool:
        """Whether it continues where the line before it in the file ended, on the same files."""
        return self.config.get("state") == "carried"


class Corpus:
    """The corpus at `root`. Raises `CorpusUnusable` where there are neither recordings nor fixtures."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.fixtures = self.root / "fixtures"
        self.recordings = self.root / "recordings"
        if not self.recordings.is_dir() and not self.fixtures.is_dir():
            raise CorpusUnusable(f"no corpus: {self.root} holds neither recordings nor fixtures")

    def files(self) -> list[Path]:
        """Every recording of the corpus, in order of area and name."""
        return recordings_below(self.recordings)

    def name_of(self, path: Path) -> str:
        """How a report names the recording at `path`: from the corpus root, or in full where it lies elsewhere."""
        # Not resolved: a recording that is a link is called by the name it was given.
        full = Path(os.path.normpath(Path.cwd() / path))
        return str(full.relative_to(self.root)) if full.is_relative_to(self.root) else str(full)

    def path_of(self, name: str) -> Path:
        """The file that `name_of` named."""
        return self.root / name

    def canonical(self, path: Path) -> Path:
        """The one path of a recording that may be named in several ways."""
        return self.path_of(self.name_of(path))

    def exchanges(self, path: Path) -> Iterator[Exchange]:
        """The exchanges of a recording, in file order. Raises `RecordingError` at what cannot be read."""
        name, area, stem = self.name_of(path), area_of(path), path.name.removesuffix(".zst").removesuffix(".jsonl")
        for number, recorded in enumerate(ReplayReader(path), 1):
            case = (recorded.meta or {}).get("case")
            line = recorded.line or number
            yield Exchange(name, line, area, case if isinstance(case, str) else stem, recorded)


def area_of(recording: Path) -> str:
    """The area of a recording: the folder it lies in."""
    return recording.absolute().parent.name


def recordings_below(folder: Path) -> list[Path]:
    """Every recording in a folder and those below it, in order of their names."""
    found = (path for path in folder.rglob("*") if path.name.endswith(RECORDING_SUFFIXES) and path.is_file())
    return sorted(found, key=lambda path: path.relative_to(folder).parts)
