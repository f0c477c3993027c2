"""The findings of the detectors that a caller asked for (sdk.md 9.2).

In: turns and the names of detectors. Out: findings, those of patterns first, as the reference lists them. What else a
detector looks at is read here, and only when it is asked for. Compactions and tool result events are not handed to the
pattern detectors.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property

from relayburn.analyze.claude_settings import (
    ClaudeSettings,
    load_claude_settings,
    project_claude_settings_path,
    user_claude_settings_path,
)
from relayburn.analyze.findings import WasteFinding
from relayburn.analyze.ghost_surface.candidates import SurfacePlaces
from relayburn.analyze.ghost_surface.detect import detect_ghost_surface
from relayburn.analyze.ghost_surface.finding import archive_folder, ghost_finding
from relayburn.analyze.ghost_surface.use import stored_user_texts, surface_use
from relayburn.analyze.patterns.detect import findings_from_patterns
from relayburn.analyze.patterns.evidence import Evidence
from relayburn.analyze.patterns.table import PATTERN_DETECTORS
from relayburn.analyze.sessions import by_session
from relayburn.analyze.tool_call_patterns import detect_tool_call_patterns, tool_call_pattern_finding
from relayburn.analyze.tool_output_bloat import detect_tool_output_bloat, tool_output_bloat_finding
from relayburn.analyze.unpriced_usage import mark_unpriced, unpriced_usage_finding
from relayburn.ledger.query import LedgerQuery
from relayburn.records import TurnRecord, UserTurnRecord
from relayburn.sdk.reading import Reading


def wanted_findings(
    reading: Reading, turns: Sequence[TurnRecord], query: LedgerQuery, patterns: Collection[str], folder: str
) -> list[WasteFinding]:
    """The findings of `patterns` in `turns`; names that no detector has are passed over.

    `folder` is the project whose settings and surface are looked at. Raises `SurfaceUnreadable`, `UnsafeSessionId`.
    """
    waste = _Waste(reading, turns, query, folder)
    found = waste.patterns(patterns)
    for name, detect in _OTHERS.items():
        if name in patterns:
            found += detect(waste)
    return mark_unpriced(found, waste.evidence.unpriced_usage)


class _Waste:
    """What detectors look at, read when it is asked for."""

    def __init__(self, reading: Reading, turns: Sequence[TurnRecord], query: LedgerQuery, folder: str) -> None:
        self._reading = reading
        self._turns = turns
        # Neither user turns nor events know of a project.
        self._beside = LedgerQuery(since=query.since, session_id=query.session_id)
        self._folder = folder

    @cached_property
    def evidence(self) -> Evidence:
        """The turns with prices and user turns."""
        return Evidence(
            turns=self._turns,
            table=self._reading.prices(),
            semantics=self._reading.semantics,
            user_turns_by_session=by_session(self._user_turns),
        )

    def patterns(self, wanted: Collection[str]) -> list[WasteFinding]:
        """The findings of the wanted pattern detectors, ranked."""
        rows = [row for row in PATTERN_DETECTORS if row.kind in wanted]
        return findings_from_patterns({row.kind: row.detect(self.evidence) for row in rows}) if rows else []

    def bloat(self) -> list[WasteFinding]:
        """Too large tool outputs."""
        found = detect_tool_output_bloat(
            settings=self._settings(),
            events=self._reading.tool_result_events(self._beside),
            user_turns=self._user_turns,
            turns=self._turns,
            table=self.evidence.table,
        )
        return [tool_output_bloat_finding(bloat) for bloat in found]

    def ghosts(self) -> list[WasteFinding]:
        """What is installed and never used."""
        home = self._reading.home
        user_home = str(home.user_home)
        use = surface_use(self._turns, self.evidence.table, lambda session: stored_user_texts(home.content, session))
        archive = archive_folder(user_home)
        ghosts = detect_ghost_surface(use, SurfacePlaces.of_user(user_home, self._folder))
        return [ghost_finding(ghost, archive) for ghost in ghosts]

    def call_patterns(self) -> list[WasteFinding]:
        """Sequences of calls that one better tool would replace."""
        sessions = [session.turns for session in self.evidence.sessions]
        return [tool_call_pattern_finding(found) for found in detect_tool_call_patterns(sessions, self.evidence.table)]

    def unpriced(self) -> list[WasteFinding]:
        """Usage that no price is known for."""
        return [unpriced_usage_finding(session, usage) for session, usage in self.evidence.unpriced_usage.items()]

    @cached_property
    def _user_turns(self) -> list[UserTurnRecord]:
        return self._reading.user_turns(self._beside)

    def _settings(self) -> list[ClaudeSettings]:
        paths = (
            user_claude_settings_path(str(self._reading.home.user_home)),
            project_claude_settings_path(self._folder),
        )
        return [loaded for path in paths if (loaded := load_claude_settings(path)) is not None]


_OTHERS: Mapping[str, Callable[[_Waste], list[WasteFinding]]] = {
    "tool-output-bloat": _Waste.bloat,
    "ghost-surface": _Waste.ghosts,
    "tool-call-pattern": _Waste.call_patterns,
    "unpriced-usage": _Waste.unpriced,
}
"""The detectors that are no patterns of sessions, in the order in which their findings are listed."""

DETECTORS = (*(row.kind for row in PATTERN_DETECTORS), *_OTHERS)
"""The names of all detectors."""
