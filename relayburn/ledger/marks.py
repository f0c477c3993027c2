"""By whose rules the ledger's turns were written, and which models they name.

In: a ledger. Out: how many turn lines carry which semantics, and one turn of each source and model with the number of its kind;
found in one walk. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path

from relayburn.jsjson import compact
from relayburn.ledger.identity import Wire, identity_key
from relayburn.ledger.lines import walk_kind

_REFERENCE = "ts-1.10"


@dataclass(slots=True)
class ModelTurns:
    """Turns of one source and model: the newest of them, and how many there are."""

    example: Wire
    turns: int = 0


@dataclass(slots=True)
class LedgerMarks:
    """Turn lines by the semantics that they were written under, and turns by source and model."""

    lines_by_semantics: dict[str, int] = field(default_factory=dict)
    models: list[ModelTurns] = field(default_factory=list)


def ledger_marks(ledger: Path) -> LedgerMarks:
    """What the turns of `ledger` say of themselves. Raises `HomeUnreadable`."""
    marks = LedgerMarks()
    model_of: dict[Hashable, Hashable] = {}
    examples: dict[Hashable, ModelTurns] = {}
    for line in walk_kind(ledger, "turn"):
        semantics = line.get("semantics")
        name = semantics if type(semantics) is str else _REFERENCE
        marks.lines_by_semantics[name] = marks.lines_by_semantics.get(name, 0) + 1
        record = line["record"]
        key = compact([record.get("source"), record.get("model")])
        # A turn that was read again stands for the one that it replaces.
        model_of[identity_key("turn", record)] = key
        examples[key] = ModelTurns(record)
    for key in model_of.values():
        examples[key].turns += 1
    marks.models = [model for model in examples.values() if model.turns]
    return marks
