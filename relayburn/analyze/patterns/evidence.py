"""All that detectors may look at.

In: records of many sessions, prices, and what was found installed. Out: the same, with the turns grouped into sessions
once for all detectors. A row of the detector table names the fields that it needs besides turns and prices, so that a
caller reads nothing in vain (patterns.md 2).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from relayburn.analyze.claude_settings import ClaudeSettings
from relayburn.analyze.ghost_surface.candidates import SurfacePlaces
from relayburn.analyze.ghost_surface.use import SurfaceUse
from relayburn.analyze.patterns.session import Prices, Session
from relayburn.analyze.sessions import by_session, turns_by_session
from relayburn.analyze.unpriced_usage import unpriced_by_session
from relayburn.pricing.table import PriceTable
from relayburn.pricing.unpriced import UnpricedUsage
from relayburn.records import CompactionEvent, ContentRecord, ToolResultEventRecord, TurnRecord, UserTurnRecord
from relayburn.semantics import Semantics


@dataclass(frozen=True, slots=True)
class Surface:
    """What is installed where, how it was used, and the folder that ghosts would be moved to."""

    use: SurfaceUse
    places: SurfacePlaces
    archive: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Records as they were read, in any order; maps go from session id to that session's records.

    A session with an entry in `content_by_session` is one whose content was asked for, even where the entry is empty.
    """

    turns: Sequence[TurnRecord]
    table: PriceTable
    semantics: Semantics
    compactions: Sequence[CompactionEvent] = ()
    user_turns_by_session: Mapping[Hashable, Sequence[UserTurnRecord]] = field(default_factory=dict)
    content_by_session: Mapping[Hashable, Sequence[ContentRecord]] = field(default_factory=dict)
    tool_result_events: Sequence[ToolResultEventRecord] = ()
    settings: Sequence[ClaudeSettings] = ()
    surface: Surface | None = None

    @cached_property
    def prices(self) -> Prices:
        """The price table with the rules it is read by."""
        return Prices(self.table, self.semantics)

    @cached_property
    def unpriced_usage(self) -> dict[Hashable, UnpricedUsage]:
        """What was used at no known price, by session; nothing where the rules do not ask for it."""
        return unpriced_by_session(self.turns, self.table, semantics=self.semantics)

    @cached_property
    def sessions(self) -> list[Session]:
        """The sessions in first-seen order. Events of sessions without turns are in none."""
        events = by_session(self.tool_result_events)
        return [
            Session(
                turns[0].session_id,
                turns,
                self.prices,
                events=events.get(key, ()),
                content=self.content_by_session.get(key, ()),
                user_turns=self.user_turns_by_session.get(key, ()),
            )
            for key, turns in turns_by_session(self.turns).items()
        ]
