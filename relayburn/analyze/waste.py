"""The table of all waste detectors, and the one pass that runs them.

In: the evidence and the kinds that are wanted. Out: findings of all kinds, ranked (findings.md 5 and 6). A new detector
is one new module and one row: here, or in the table of patterns where it looks at turns alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter

from relayburn.analyze.findings import WasteFinding, sort_findings
from relayburn.analyze.ghost_surface.detect import detect_ghost_surface
from relayburn.analyze.ghost_surface.finding import ghost_finding
from relayburn.analyze.patterns.evidence import Evidence
from relayburn.analyze.patterns.table import PATTERN_DETECTORS, PatternDetector
from relayburn.analyze.tool_call_patterns import detect_tool_call_patterns, tool_call_pattern_finding
from relayburn.analyze.tool_output_bloat import detect_tool_output_bloat, tool_output_bloat_finding
from relayburn.analyze.unpriced_usage import mark_unpriced, unpriced_usage_finding


@dataclass(frozen=True, slots=True)
class WasteDetector:
    """One row: the name it is asked for by, the fields of `Evidence` it reads besides turns and prices, what it does."""

    name: str
    inputs: tuple[str, ...]
    find: Callable[[Evidence], list[WasteFinding]]


def _pattern(row: PatternDetector) -> WasteDetector:
    return WasteDetector(row.kind, row.inputs, lambda evidence: [row.finding(found) for found in row.detect(evidence)])


def _ghosts(evidence: Evidence) -> list[WasteFinding]:
    surface = evidence.surface
    if surface is None:
        return []
    return [ghost_finding(ghost, surface.archive) for ghost in detect_ghost_surface(surface.use, surface.places)]


def _bloat(evidence: Evidence) -> list[WasteFinding]:
    found = detect_tool_output_bloat(
        settings=evidence.settings,
        events=evidence.tool_result_events,
        user_turns=list(chain.from_iterable(evidence.user_turns_by_session.values())),
        turns=evidence.turns,
        table=evidence.table,
    )
    return [tool_output_bloat_finding(bloat) for bloat in found]


def _tool_call_patterns(evidence: Evidence) -> list[WasteFinding]:
    sessions = [session.turns for session in evidence.sessions]
    return [tool_call_pattern_finding(found) for found in detect_tool_call_patterns(sessions, evidence.table)]


def _unpriced_usage(evidence: Evidence) -> list[WasteFinding]:
    return [unpriced_usage_finding(session, usage) for session, usage in evidence.unpriced_usage.items()]


WASTE_DETECTORS = (
    *map(_pattern, sorted(PATTERN_DETECTORS, key=attrgetter("finding_place"))),
    WasteDetector("ghost-surface", ("surface",), _ghosts),
    WasteDetector("tool-output-bloat", ("settings", "tool_result_events", "user_turns_by_session"), _bloat),
    WasteDetector("tool-call-pattern", (), _tool_call_patterns),
    WasteDetector("unpriced-usage", (), _unpriced_usage),
)
"""All detectors, in the order of their findings before these are ranked."""

WASTE_KINDS = tuple(row.name for row in WASTE_DETECTORS)


def find_waste(evidence: Evidence, kinds: Collection[str] = WASTE_KINDS) -> list[WasteFinding]:
    """The findings of the detectors named in `kinds`, ranked; names that no detector has are passed over."""
    found = [finding for row in WASTE_DETECTORS if row.name in kinds for finding in row.find(evidence)]
    return sort_findings(mark_unpriced(found, evidence.unpriced_usage))
