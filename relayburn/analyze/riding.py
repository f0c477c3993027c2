"""Tool results that ride in the cache, and what each later turn pays for them.

In: results as they enter the context, and each turn's cache read. Out: per result the tokens, dollars and turns
it rode for (hotspots.md 3, step 2). `CarriedInOrder` adds in the reference's order. A long session would cost it
turns times results, so `CarriedBySize` charges all results up to a size at once: same sums, in another order.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from relayburn.pricing.cost import MILLION
from relayburn.pricing.numbers import add_up
from relayburn.records import Record, UnsetType

MOST_PAIRS_IN_ORDER = 1 << 17
"""Up to so many pairs of a turn and a result are added one by one."""


class HotspotAttribution(Record, kw_only=True):
    """One tool call and what its result cost: tokens, US dollars, and the turns it was re-read on.

    `model`, `project` and the `emit` fields are those of the turn that made the call; other turns pay.
    """

    tool_use_id: str
    tool_name: str
    target: str | UnsetType
    args_hash: str
    session_id: str
    emit_turn_index: int
    emit_ts: str
    model: str
    project: str | UnsetType
    project_key: str | UnsetType
    subagent_type: str | UnsetType
    result_tokens: float
    result_bytes_estimated: bool
    initial_cost: float = 0
    initial_tokens: float = 0
    persistence_cost: float = 0
    persistence_tokens: float = 0
    riding_turns: int = 0
    total_cost: float = 0


class Riders(Protocol):
    """The results in the cache of one session, in the order they entered it."""

    def board(self, calls: Sequence[HotspotAttribution]) -> None:
        """From the next turn on, `calls` ride as well."""
        ...

    def charge(self, cache_read: float, price: float) -> None:
        """One turn read `cache_read` tokens at `price` (USD per million): every result that fits takes its share."""
        ...

    def settle(self) -> None:
        """Write onto the calls what they were charged."""
        ...


def riders_for(calls_by_turn: Sequence[Sequence[HotspotAttribution]]) -> Riders:
    """The riders of a session, given the calls that each of its turns makes."""
    if len(calls_by_turn) * sum(map(len, calls_by_turn)) <= MOST_PAIRS_IN_ORDER:
        return CarriedInOrder()
    return CarriedBySize(calls_by_turn)


class CarriedInOrder:
    """Every result takes its share of every turn, one by one."""

    def __init__(self) -> None:
        self._riding: list[HotspotAttribution] = []

    def board(self, calls: Sequence[HotspotAttribution]) -> None:
        self._riding.extend(call for call in calls if call.result_tokens > 0)

    def charge(self, cache_read: float, price: float) -> None:
        cached = [call for call in self._riding if cache_read >= call.result_tokens]
        active = add_up(call.result_tokens for call in cached)
        allocated = min(cache_read, active)
        for call in cached:
            tokens = call.result_tokens / active * allocated
            cost = tokens / MILLION * price
            call.persistence_tokens += tokens
            call.persistence_cost += cost
            call.total_cost += cost
            call.riding_turns += 1

    def settle(self) -> None:
        return


class CarriedBySize:
    """Results by the rank of their size, so that a turn charges the ranks up to its cache read.

    What a result owes is the sum of the shares of all later turns that reached its rank. These are added up from the
    last turn back to the first: when the turn is met after which a result boarded, nothing but later turns is in the sums.
    """

    def __init__(self, calls_by_turn: Sequence[Sequence[HotspotAttribution]]) -> None:
        calls = (call for made in calls_by_turn for call in made)
        self._sizes = sorted({call.result_tokens for call in calls if call.result_tokens > 0})
        self._ranks = {size: rank for rank, size in enumerate(self._sizes, 1)}
        self._active = RunningSums(len(self._sizes))
        self._log: list[_Charge | list[HotspotAttribution]] = []

    def board(self, calls: Sequence[HotspotAttribution]) -> None:
        boarding = [call for call in calls if call.result_tokens > 0]
        for call in boarding:
            self._active.add(self._ranks[call.result_tokens], call.result_tokens)
        self._log.append(boarding)

    def charge(self, cache_read: float, price: float) -> None:
        rank = bisect_right(self._sizes, cache_read) if cache_read > 0 else 0
        active = self._active.up_to(rank)
        if active:
            share = min(cache_read, active) / active
            self._log.append(_Charge(rank, share, share * price))

    def settle(self) -> None:
        # Counted from the other end, ranks from one's own upwards are the first ones.
        end = len(self._sizes) + 1
        shares, prices, turns = (RunningSums(len(self._sizes)) for _ in range(3))
        for entry in reversed(self._log):
            if isinstance(entry, _Charge):
                shares.add(end - entry.rank, entry.share)
                prices.add(end - entry.rank, entry.price)
                turns.add(end - entry.rank, 1)
                continue
            for call in entry:
                place = end - self._ranks[call.result_tokens]
                call.persistence_tokens = call.result_tokens * shares.up_to(place)
                call.persistence_cost = call.result_tokens / MILLION * prices.up_to(place)
                call.total_cost += call.persistence_cost
                call.riding_turns = int(turns.up_to(place))


class _Charge(NamedTuple):
    """One turn's claim on every result up to a rank: its share of their tokens, and that share times its price."""

    rank: int
    share: float
    price: float


class RunningSums:
    """Sums over the first places of a row in which figures are added anywhere (a Fenwick tree); places count from 1."""

    def __init__(self, places: int) -> None:
        self._nodes = array("d", bytes(8 * (places + 1)))

    def add(self, place: int, figure: float) -> None:
        """Add `figure` at `place`."""
        nodes = self._nodes
        end = len(nodes)
        while place < end:
            nodes[place] += figure
            place += place & -place

    def up_to(self, place: int) -> float:
        """The sum of what was added at the first `place` places."""
        nodes, total = self._nodes, 0.0
        while place:
            total += nodes[place]
            place &= place - 1
        return total
