"""One session as the detectors see it.

In: a session's turns in order, its events, content and user turns, and the prices. Out: its calls, how each ended, what
its turns cost. Everything is worked out once, when a detector first asks (patterns.md 1.4, 2, 3 and 4).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from relayburn.analyze.patterns.content import ContentIndex
from relayburn.analyze.patterns.outcomes import Outcome, outcomes_from_events, outcomes_from_flags
from relayburn.pricing.cost import cost_for_turn
from relayburn.pricing.numbers import number
from relayburn.pricing.rate import rate_for_turn
from relayburn.pricing.table import PriceTable
from relayburn.records import ContentRecord, ToolCall, ToolResultEventRecord, TurnRecord, UserTurnRecord
from relayburn.semantics import Semantics

CLAUDE_CODE = "claude-code"
CODEX = "codex"
OPENCODE = "opencode"


@dataclass(frozen=True, slots=True)
class Prices:
    """The price table and the rules it is read by."""

    table: PriceTable
    semantics: Semantics

    def cost(self, turn: TurnRecord) -> float:
        """The cost of a turn in USD; an unpriced turn adds 0."""
        cost = cost_for_turn(turn, self.table, semantics=self.semantics)
        return 0 if cost is None else cost.total

    def cache_read_rate(self, turn: TurnRecord) -> float:
        """What this turn paid for a million tokens read from cache, in USD; 0 where it is unpriced."""
        rate = rate_for_turn(turn, self.table, semantics=self.semantics)
        return 0 if rate is None else number(rate.cache_read)


class PlacedCall(NamedTuple):
    """A tool call and the position of its turn in the session."""

    position: int
    call: ToolCall


class Session:
    """The turns of one session, never none, sorted by turn index. A `position` counts them from 0."""

    def __init__(
        self,
        session_id: Any,
        turns: Sequence[TurnRecord],
        prices: Prices,
        *,
        events: Sequence[ToolResultEventRecord] = (),
        content: Sequence[ContentRecord] = (),
        user_turns: Sequence[UserTurnRecord] = (),
    ) -> None:
        self.session_id = session_id
        self.turns = turns
        self.user_turns = user_turns
        self._prices = prices
        self._events = events
        self._content = content
        self._costs: dict[int, float] = {}

    @property
    def source(self) -> str:
        """The harness, as its first turn names it."""
        return self.turns[0].source

    @cached_property
    def calls(self) -> list[PlacedCall]:
        """All tool calls, turn after turn, in call order."""
        return [PlacedCall(position, call) for position, turn in enumerate(self.turns) for call in turn.tool_calls]

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """How the calls ended: by the session's events, as soon as there is one, else by the calls' own error marks."""
        if self._events:
            return outcomes_from_events(self._events, self.turns)
        return outcomes_from_flags(self.turns)

    @cached_property
    def content(self) -> ContentIndex | None:
        """What is stored of the session's texts; None where nothing is."""
        return ContentIndex(self._content) if self._content else None

    def turn_index(self, position: int) -> int:
        """The turn index of the turn at `position`; several turns may share one."""
        return self.turns[position].turn_index

    def cost(self, position: int) -> float:
        """The cost of the turn at `position`, in USD."""
        cost = self._costs.get(position)
        if cost is None:
            cost = self._costs[position] = self._prices.cost(self.turns[position])
        return cost

    def cost_once(self, positions: Iterable[int]) -> float:
        """The cost of the turns at `positions`, in USD; of a message that occurs again only the first turn counts."""
        total = 0.0
        seen: set[Hashable] = set()
        for position in positions:
            message = self.turns[position].message_id
            if message not in seen:
                seen.add(message)
                total += self.cost(position)
        return total
