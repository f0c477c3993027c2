"""What is being judged: something that answers requests.

In: a `Request`. Out: one of three kinds of `Answer`. The harness knows two subjects, this project's own stages
(`inprocess`) and any program that speaks JSON lines (`external`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from conformance.entries import DeclaredEntry, PendingEntry
from conformance.stages.registry import Request


@dataclass(frozen=True, slots=True)
class Answered:
    """The subject answered: a JSON value, and what it said beside it (`stderr`, `onLog`), if anything."""

    output: Any
    side: Any = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The subject says that this request fails, by rule: a documented failure, not an accident."""

    name: str
    message: str
    side: Any = None


@dataclass(frozen=True, slots=True)
class Broken:
    """No answer: a crash, a hang, garbage. `kind` says which, in words; `message` tells the story."""

    kind: str
    message: str


Answer = Answered | Failed | Broken


@dataclass(frozen=True, slots=True)
class Admitted:
    """What a subject admits beforehand: its declared differences, and what is still to be written."""

    declared: tuple[DeclaredEntry, ...] = ()
    pending: tuple[PendingEntry, ...] = ()


NOTHING_ADMITTED = Admitted()


class Subject(Protocol):
    """Something that answers requests, one after the other."""

    @property
    def title(self) -> str:
        """Name and version, for the report."""
        ...

    @property
    def admitted(self) -> Admitted:
        """What it admits."""
        ...

    def offers(self, protocol: str) -> bool:
        """Whether it answers `protocol` at all; it is not asked otherwise."""
        ...

    def ask(self, request: Request) -> Answer:
        """The answer to `request`. Never raises: what goes wrong is an answer too."""
        ...

    def notes(self) -> list[str]:
        """What else there is to say about it after `close`, such as noise on stderr."""
        ...

    def close(self) -> None:
        """Let it go."""
        ...
