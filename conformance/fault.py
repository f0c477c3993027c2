"""What a fault is: one realistic bug, and where the gate is to look for it."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.mutation import Change, Rewrite


@dataclass(frozen=True, slots=True)
class Fault:
    """A bug in `module`, named by what goes wrong; `protocols`, `areas` and `cases` are patterns that limit the replay."""

    name: str
    module: str
    change: Change
    protocols: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()

    @property
    def is_mechanical(self) -> bool:
        """Whether it changes a constant, a table row or a comparison, rather than what a hand would write."""
        return not isinstance(self.change, Rewrite)
