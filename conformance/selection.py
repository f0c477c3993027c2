"""Which exchanges are replayed.

In: paths of recordings (`file`, `file:line` or a folder) and filters. Out: chains of exchanges in corpus order, and
the files that could not be read. A chain is what must be replayed together: an exchange, and those carried on from it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from conformance.corpus import Corpus, Exchange, area_of, recordings_below
from conformance.entries import matches
from conformance.errors import BadSelection
from relayburn.errors import RecordingError

_LINE_SUFFIX = re.compile(r"(?P<path>.+):(?P<line>[1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class Chain:
    """Exchanges of one file, in order, that share a working copy; only those in `wanted` are judged."""

    exchanges: tuple[Exchange, ...]
    wanted: frozenset[int]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A recording that could not be read to its end; what stands before the bad line is replayed."""

    file: str
    message: str


@dataclass(frozen=True, slots=True)
class Selection:
    """What was asked for. Empty filters let everything through; `paths` empty means the whole corpus."""

    paths: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()

    @property
    def is_everything(self) -> bool:
        """Whether nothing of the corpus is left out."""
        return not (self.paths or self.protocols or self.areas or self.cases)

    def wants(self, exchange: Exchange) -> bool:
        """Whether the filters let `exchange` through."""
        names = (self.protocols, exchange.protocol), (self.areas, exchange.area), (self.cases, exchange.case)
        return all(_any(patterns, name) for patterns, name in names)


EVERYTHING = Selection()


def _any(patterns: tuple[str, ...], name: str) -> bool:
    return not patterns or any(matches(pattern, name) for pattern in patterns)


def select(corpus: Corpus, selection: Selection) -> tuple[list[Chain], list[Unreadable]]:
    """The chains of a selection in corpus order, and what could not be read.

    Raises `BadSelection` where a path does not exist, is no recording, or has no such line.
    """
    chains: list[Chain] = []
    unreadable: list[Unreadable] = []
    for file, lines in _files(corpus, selection.paths).items():
        if not _any(selection.areas, area_of(file)):
            continue
        exchanges, failure = _read(corpus, file)
        if failure is not None:
            unreadable.append(Unreadable(corpus.name_of(file), str(failure)))
        missing = lines - {exchange.line for exchange in exchanges}
        if missing and failure is None:
            raise BadSelection(f"{corpus.name_of(file)} has no line {min(missing)}")
        for chain in _chained(exchanges):
            wanted = frozenset(
                item.line for item in chain if (not lines or item.line in lines) and selection.wants(item)
            )
            if wanted:
                chains.append(Chain(tuple(item for item in chain if item.line <= max(wanted)), wanted))
    return chains, unreadable


def _read(corpus: Corpus, file: Path) -> tuple[list[Exchange], RecordingError | None]:
    exchanges: list[Exchange] = []
    try:
        exchanges.extend(corpus.exchanges(file))
    except RecordingError as error:
        return exchanges, error
    return exchanges, None


def _chained(exchanges: Iterable[Exchange]) -> Iterator[list[Exchange]]:
    chain: list[Exchange] = []
    for exchange in exchanges:
        if chain and not exchange.is_carried:
            yield chain
            chain = []
        chain.append(exchange)
    if chain:
        yield chain


def _files(corpus: Corpus, paths: Collection[str]) -> dict[Path, set[int]]:
    """The recordings to read, each with the lines asked for; no lines means all of them."""
    files: dict[Path, set[int]] = {}
    for path in paths:
        file, line = _located(corpus, path)
        for recording in map(corpus.canonical, _below(file)):
            if line is None:
                files[recording] = set()
            elif files.get(recording) != set():
                files.setdefault(recording, set()).add(line)
    return files if paths else {file: set() for file in corpus.files()}


def _below(path: Path) -> list[Path]:
    return recordings_below(path) if path.is_dir() else [path]


def _located(corpus: Corpus, text: str) -> tuple[Path, int | None]:
    for root in (Path(), corpus.root):
        if (root / text).exists():
            return root / text, None
    numbered = _LINE_SUFFIX.fullmatch(text)
    if numbered:
        for root in (Path(), corpus.root):
            if (root / numbered["path"]).is_file():
                return root / numbered["path"], int(numbered["line"])
    raise BadSelection(f"no such recording: {text}")
