"""Whether the fixtures are still the ones that a recording was made on.

In: `request.input` of exchanges, `[{path, sha256}]`; a null hash means that the path must not exist, and a
`manifest.sha256` among the inputs lists further files of its folder. Out: the files that differ. Every file is hashed
once a run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from conformance.errors import CannotAsk

MANIFEST = "manifest.sha256"
ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class StaleInput:
    """A fixture that is not the recorded one: the SHA-256 in hexadecimal, or `absent`."""

    path: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return f"{self.path}: recorded with {self.expected}, now {self.actual}"


class InputHashes:
    """The hashes of the files below `root`, remembered for a run."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._hashes: dict[str, str] = {}
        self._manifests: dict[str, tuple[tuple[str, str], ...]] = {}

    def stale(self, inputs: Any) -> tuple[StaleInput, ...]:
        """The inputs that are not as recorded. Raises `CannotAsk` where a recorded one is missing or malformed."""
        if not inputs:
            return ()
        return tuple(stale for path, sha256 in self._listed(inputs) if (stale := self._compare(path, sha256)))

    def _listed(self, inputs: Any) -> Iterator[tuple[str, str | None]]:
        for path, sha256 in parsed_inputs(inputs):
            yield path, sha256
            if sha256 is not None and PurePosixPath(path).name == MANIFEST:
                yield from self._in_manifest(path)

    def _compare(self, path: str, expected: str | None) -> StaleInput | None:
        actual = self._hash(path)
        if expected is None:
            return None if actual == ABSENT else StaleInput(path, ABSENT, actual)
        if actual == ABSENT:
            raise CannotAsk(f"fixture missing: {path}")
        return None if actual == expected else StaleInput(path, expected, actual)

    def _hash(self, path: str) -> str:
        known = self._hashes.get(path)
        if known is None:
            known = self._hashes[path] = _sha256(self._root / path)
        return known

    def _in_manifest(self, path: str) -> Iterable[tuple[str, str]]:
        """The `(path, sha256)` of a manifest's lines, as `sha256sum` writes them, relative to its folder."""
        known = self._manifests.get(path)
        if known is None:
            known = self._manifests[path] = tuple(self._read_manifest(path))
        return known

    def _read_manifest(self, path: str) -> Iterator[tuple[str, str]]:
        folder = PurePosixPath(path).parent
        try:
            text = (self._root / path).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise CannotAsk(f"fixture missing: {path} ({error})") from error
        for number, line in enumerate(text.split("\n"), 1):
            if not line:
                continue
            sha256, separator, name = line.partition("  ")
            if not separator or len(sha256) != 64:
                raise CannotAsk(f"{path}, line {number}: not a hash, two spaces and a path: {line!r}")
            yield inside_corpus(str(folder / name)), sha256


def parsed_inputs(inputs: Any) -> Iterator[tuple[str, str | None]]:
    """The `(path, sha256)` of `request.input`. Raises `CannotAsk` where it has another form."""
    if not isinstance(inputs, list):
        raise CannotAsk("request.input is no list")
    for item in inputs:
        path = item.get("path") if isinstance(item, dict) else None
        sha256 = item.get("sha256") if isinstance(item, dict) else None
        if not isinstance(path, str) or not (sha256 is None or isinstance(sha256, str)):
            raise CannotAsk(f"request.input holds {item!r} instead of a path and a sha256")
        yield inside_corpus(path), sha256


@lru_cache(maxsize=1 << 16)
def inside_corpus(path: str) -> str:
    """`path`, relative to the corpus root. Raises `CannotAsk` where it leads out of it."""
    parts = PurePosixPath(path).parts
    if not parts or parts[0] in ("/", "recordings") or ".." in parts or "\0" in path:
        raise CannotAsk(f"{path!r} is no path of a fixture, from the corpus root")
    return path


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return ABSENT
    except IsADirectoryError:
        return "a folder"
    except OSError as error:
        raise CannotAsk(f"fixture unreadable: {path} ({error.strerror})") from error
