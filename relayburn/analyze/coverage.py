"""Which turns an analysis can look at, and why the others are left out.

In: turns, and the names of the coverage flags that the analysis depends on. Out: the turns whose source tells all of it, in
order, and by source how many do not and what they lack (cli.md 8.1 and 8.2). A turn without fidelity is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from relayburn.analyze.sessions import hashable
from relayburn.jsjson import truthy
from relayburn.records import Coverage, Record, TurnRecord
from relayburn.text import code_unit_key

TOOL_CALLS = "hasToolCalls"
TOOL_RESULT_EVENTS = "hasToolResultEvents"
RAW_CONTENT = "hasRawContent"

_FIELD_OF = dict(zip(Coverage.__struct_encode_fields__, Coverage.__struct_fields__, strict=True))


class Exclusion(Record, kw_only=True):
    """The turns of one source that are left out: how many, how fine they are, which flags they lack."""

    source: str
    count: int
    granularities: list[str]
    missing_coverage: list[str]


@dataclass(frozen=True, slots=True)
class CoveredTurns:
    """`turns` that have all of `required`; `excluded` tells of the others, sources as first seen."""

    required: tuple[str, ...]
    turns: list[TurnRecord]
    excluded: list[Exclusion]

    @property
    def excluded_count(self) -> int:
        """How many turns are left out."""
        return sum(exclusion.count for exclusion in self.excluded)

    @property
    def refused(self) -> bool:
        """Whether there are turns, but none that can be looked at."""
        return bool(self.excluded) and not self.turns


@dataclass(slots=True)
class _LeftOut:
    source: Any
    count: int = 0
    granularities: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)


def covered_turns(turns: Iterable[TurnRecord], required: Sequence[str]) -> CoveredTurns:
    """`turns` by whether their source has the flags named in `required`."""
    eligible: list[TurnRecord] = []
    left_out: dict[Any, _LeftOut] = {}
    # Turns that were read together share what their source told of them; it is kept, so that no other gets its id.
    known: dict[int, tuple[Any, list[str]]] = {}
    for turn in turns:
        fidelity = turn.fidelity
        if id(fidelity) not in known:
            known[id(fidelity)] = fidelity, _missing(fidelity, required)
        missing = known[id(fidelity)][1]
        if not missing:
            eligible.append(turn)
            continue
        row = left_out.setdefault(hashable(turn.source), _LeftOut(turn.source))
        row.count += 1
        row.missing.update(missing)
        granularity = getattr(fidelity, "granularity", None)
        if isinstance(granularity, str):
            row.granularities.add(granularity)
    excluded = [
        Exclusion(
            source=row.source,
            count=row.count,
            granularities=sorted(row.granularities, key=code_unit_key),
            missing_coverage=[name for name in required if name in row.missing],
        )
        for row in left_out.values()
    ]
    return CoveredTurns(tuple(required), eligible, excluded)


def _missing(fidelity: Any, required: Sequence[str]) -> list[str]:
    if not truthy(fidelity):
        return []
    coverage = getattr(fidelity, "coverage", None)
    return [name for name in required if not truthy(getattr(coverage, _FIELD_OF[name], None))]
