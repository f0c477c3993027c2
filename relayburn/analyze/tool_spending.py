"""What each tool's results cost to read.

In: turns, the user turns between them with the sizes of what went back to the model, and the price table. Out: per tool its
calls and US dollars (cli.md 7.2): what a turn paid for its prompt is put on the calls of the turn before, by the bytes of
their results, or evenly where no size is known. Linear in turns; nothing is put on a tool that was not paid.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from relayburn.analyze.sessions import by_session, turns_by_session
from relayburn.jsjson import truthy
from relayburn.pricing.cost import cost_for_turn
from relayburn.pricing.ids import id_text
from relayburn.pricing.numbers import add_up, number
from relayburn.pricing.table import PriceTable
from relayburn.records import Record, ToolCall, TurnRecord, UserTurnRecord
from relayburn.semantics import Semantics

SIZED = "sized"
EVEN_SPLIT = "even-split"
UNATTRIBUTED = "unattributed"

TOOL_RESULT = "tool_result"


class ToolShare(Record, kw_only=True):
    """One tool: its calls, the US dollars put on it, and how most of them were found."""

    tool: str
    calls: int
    attributed_cost: float
    attribution_method: str


class ToolSpending(Record, kw_only=True):
    """The tools, dearest first, and the US dollars that no tool caused."""

    tools: list[ToolShare]
    unattributed: float


def spending_by_tool(
    turns: Iterable[TurnRecord],
    user_turns: Iterable[UserTurnRecord],
    table: PriceTable,
    *,
    semantics: Semantics,
) -> ToolSpending:
    """Put on tools what the turns after their calls paid for prompts; the calls of unpriced turns are not counted."""
    tally = _Tally()
    results = by_session(user_turns)
    for session, of_session in turns_by_session(turns).items():
        sizes = _sizes(results.get(session, ()))
        before: TurnRecord | None = None
        for turn in of_session:
            cost = cost_for_turn(turn, table, semantics=semantics)
            if cost is not None:
                tally.count(turn.tool_calls)
                tally.attribute(cost.input + cost.cache_read + cost.cache_create, before, turn, sizes)
            before = turn
    rows = [row.share(tool) for tool, row in tally.tools.items()]
    return ToolSpending(tools=sorted(rows, key=lambda row: -row.attributed_cost), unattributed=tally.unattributed)


class _Sizes(Struct):
    """What went back to the model between two turns: bytes in all, and of each call's results."""

    total: float
    of_calls: dict[str, float]


Between = tuple[str, str]
"""The message ids of two turns."""


def _sizes(user_turns: Sequence[UserTurnRecord]) -> Mapping[Hashable, _Sizes]:
    found: dict[Hashable, _Sizes] = {}
    for user_turn in user_turns:
        if not (truthy(user_turn.preceding_message_id) and truthy(user_turn.following_message_id)):
            continue
        between = (id_text(user_turn.preceding_message_id), id_text(user_turn.following_message_id))
        sizes = found.setdefault(between, _Sizes(0, {}))
        for block in user_turn.blocks:
            size = _bytes(block.byte_len)
            sizes.total += size
            if block.kind == TOOL_RESULT and truthy(block.tool_use_id):
                call = id_text(block.tool_use_id)
                sizes.of_calls[call] = sizes.of_calls.get(call, 0) + size
    return found


def _bytes(size: Any) -> float:
    size = size if type(size) is int else number(size)
    return 0 if size < 0 else size


class _Tool(Struct):
    calls: int = 0
    sized: float = 0
    even: float = 0

    def share(self, tool: str) -> ToolShare:
        if self.sized == 0 and self.even == 0:
            method = UNATTRIBUTED
        else:
            method = SIZED if self.sized >= self.even else EVEN_SPLIT
        return ToolShare(tool=tool, calls=self.calls, attributed_cost=self.sized + self.even, attribution_method=method)


class _Tally:
    def __init__(self) -> None:
        self.tools: dict[str, _Tool] = {}
        self.unattributed: float = 0

    def count(self, calls: Iterable[ToolCall]) -> None:
        for call in calls:
            self._tool(call).calls += 1

    def attribute(
        self, paid: float, before: TurnRecord | None, turn: TurnRecord, sizes: Mapping[Hashable, _Sizes]
    ) -> None:
        """Put what `turn` paid for its prompt on the calls of the turn before it."""
        if before is None or not before.tool_calls:
            self.unattributed += paid
            return
        calls = before.tool_calls
        found = sizes.get((id_text(before.message_id), id_text(turn.message_id)))
        bytes_of = [found.of_calls.get(id_text(call.id), 0) for call in calls] if found else []
        sized = add_up(bytes_of)
        if found is None or not sized > 0:
            for call in calls:
                self._tool(call).even += paid / len(calls)
            return
        allocatable = paid * min(1, sized / found.total)
        self.unattributed += paid - allocatable
        shares = [size / sized * allocatable for size in bytes_of]
        # The doubles of the shares may add up to a little more than there is to share.
        too_much = add_up(shares)
        if too_much > allocatable:
            shares = [share * (allocatable / too_much) for share in shares]
        for call, size, share in zip(calls, bytes_of, shares, strict=True):
            if size > 0:
                self._tool(call).sized += share

    def _tool(self, call: ToolCall) -> _Tool:
        return self.tools.setdefault(id_text(call.name), _Tool())
