"""The table of all waste detectors, and the one pass that runs them.

In: the evidence and the kinds that are wanted. Out: findings of all kinds, ranked (findings.md 5 and 6). A new detector
is one new module and one row: here, or in the table of patterns where it looks at turns alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from typing import Any

from relayburn.analyze.coverage import TOOL_CALLS
from relayburn.analyze.findings import WasteFinding, sort_findings
from relayburn.analyze.ghost_surface.detect import Ghost, detect_ghost_surface
from relayburn.analyze.ghost_surface.finding import ghost_finding
from relayburn.analyze.patterns.evidence import Evidence
from relayburn.analyze.patterns.table import PATTERN_DETECTORS, PatternDetector
from relayburn.analyze.tool_call_patterns import (
    ToolCallPattern,
    detect_tool_call_patterns,
    tool_call_pattern_finding,
)
from relayburn.analyze.tool_output_bloat import ToolOutputBloat, detect_tool_output_bloat, tool_output_bloat_finding
from relayburn.analyze.unpriced_usage import (
    SessionUnpriced,
    mark_unpriced,
    unpriced_sessions,
    unpriced_usage_finding,
)


@dataclass(frozen=True, slots=True)
class WasteDetector:
    """One row.

    `name` is what it is asked for by, `results` the wire key of its list, `coverage` the flags that a turn's source must
    have, `inputs` the fields of `Evidence` it reads besides turns and prices. `detect` gives results, `finding` tells of
    one, in the light of the evidence.
    """

    name: str
    results: str
    coverage: tuple[str, ...]
    inputs: tuple[str, ...]
    detect: Callable[[Evidence], list[Any]]
    finding: Callable[[Any, Evidence], WasteFinding]


def _pattern(row: PatternDetector) -> WasteDetector:
    finding = row.finding
    return WasteDetector(row.kind, row.results, row.coverage, row.inputs, row.detect, lambda found, _: finding(found))


def _ghosts(evidence: Evidence) -> list[Ghost]:
    surface = evidence.surface
    return [] if surface is None else detect_ghost_surface(surface.use, surface.places)


def _ghost_finding(ghost: Ghost, evidence: Evidence) -> WasteFinding:
    return ghost_finding(ghost, "" if evidence.surface is None else evidence.surface.archive)


def _bloat(evidence: Evidence) -> list[ToolOutputBloat]:
    return detect_tool_output_bloat(
        settings=evidence.settings,
        events=evidence.tool_result_events,
        user_turns=list(chain.from_iterable(evidence.user_turns_by_session.values())),
        turns=evidence.turns,
        table=evidence.table,
    )


def _tool_call_patterns(evidence: Evidence) -> list[ToolCallPattern]:
    return detect_tool_call_patterns([session.turns for session in evidence.sessions], evidence.table)


def _unpriced_usage(evidence: Evidence) -> list[SessionUnpriced]:
    return unpriced_sessions(evidence.unpriced_usage)


WASTE_DETECTORS = (
    *map(_pattern, sorted(PATTERN_DETECTORS, key=attrgetter("finding_place"))),
    WasteDetector("ghost-surface", "ghostSurface", (), ("surface",), _ghosts, _ghost_finding),
    WasteDetector(
        "tool-output-bloat",
        "toolOutputBloats",
        (),
        ("settings", "tool_result_events", "user_turns_by_session"),
        _bloat,
        lambda bloat, _: tool_output_bloat_finding(bloat),
    ),
    WasteDetector(
        "tool-call-pattern",
        "toolCallPatterns",
        (TOOL_CALLS,),
        (),
        _tool_call_patterns,
        lambda pattern, _: tool_call_pattern_finding(pattern),
    ),
    WasteDetector(
        "unpriced-usage",
        "unpricedUsage",
        (),
        (),
        _unpriced_usage,
        lambda session, _: unpriced_usage_finding(session.session_id, session.usage),
    ),
)
"""All detectors, in the order of their findings before these are ranked."""

WASTE_KINDS = tuple(row.name for row in WASTE_DETECTORS)


def find_waste(evidence: Evidence, kinds: Collection[str] = WASTE_KINDS) -> list[WasteFinding]:
    """The findings of the detectors named in `kinds`, ranked; names that no detector has are passed over."""
    return waste_findings({row.name: row.detect(evidence) for row in WASTE_DETECTORS if row.name in kinds}, evidence)


def waste_findings(results: Mapping[str, Iterable[Any]], evidence: Evidence) -> list[WasteFinding]:
    """The findings of `results`, which go by kind (kinds may be left out), ranked."""
    found = [row.finding(result, evidence) for row in WASTE_DETECTORS for result in results.get(row.name, ())]
    return sort_findings(mark_unpriced(found, evidence.unpriced_usage))
