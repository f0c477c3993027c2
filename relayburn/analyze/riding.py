"""Tool results that ride in the cache, and what each later turn pays for them.

In: results as they enter the context, and each turn's cache read. Out: per result the tokens, dollars and turns
it rode for (hotspots.md 3, step 2). `CarriedInOrder` adds in the reference's order. A long session would cost it
turns times results, so `CarriedBySize` charges all results up to a size at once: same sums, in another order.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from relayburn.pricing.cost import MILLION
from relayburn.pricing.numbers import add_up
from relayburn.records import Record, UnsetType

_MILLION = float(MILLION)

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
    """Every result takes its share of every turn, one by one.

    Turns are noted as they come; then each result is taken through the turns that follow it, which adds up the same figures
    in the same order as going through the results at each turn would. All of them are floats, which Python multiplies
    faster with each other than with whole numbers.
    """

    def __init__(self) -> None:
        self._riding: list[tuple[HotspotAttribution, float, int]] = []
        self._charges: list[tuple[float, float, float, float]] = []
        self._together: float = 0
        self._largest: float = 0

    def board(self, calls: Sequence[HotspotAttribution]) -> None:
        charged = len(self._charges)
        for call in calls:
            size = call.result_tokens
            if size > 0:
                self._riding.append((call, float(size), charged))
                self._together += size
                if size > self._largest:
                    self._largest = size

    def charge(self, cache_read: float, price: float) -> None:
        active = self._together
        if not cache_read >= self._largest:
            active = add_up(size for _, size, _ in self._riding if cache_read >= size)
        if active:
            allocated = min(cache_read, active)
            self._charges.append((float(cache_read), float(active), float(allocated), float(price)))

    def settle(self) -> None:
        for call, size, charged in self._riding:
            all_tokens = all_cost = 0.0
            total_cost = call.total_cost
            turns = 0
            for cache_read, active, allocated, price in self._charges[charged:]:
                if cache_read >= size:
                    tokens = size / active * allocated
                    cost = tokens / _MILLION * price
                    all_tokens += tokens
                    all_cost += cost
                    total_cost += cost
                    turns += 1
            call.persistence_tokens, call.persistence_cost = all_tokens, all_cost
            call.total_cost, call.riding_turns = total_cost, turns


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
        claims = _RunningClaims(len(self._sizes))
        for entry in reversed(self._log):
            if isinstance(entry, _Charge):
                claims.add(end - entry.rank, entry)
                continue
            for call in entry:
                size = call.result_tokens
                share, price, turns = claims.up_to(end - self._ranks[size])
                call.persistence_tokens = size * share
                call.persistence_cost = size / MILLION * price
                call.total_cost += call.persistence_cost
                call.riding_turns = turns


class _Charge(NamedTuple):
    """One turn's claim on every result up to a rank: its share of their tokens, and that share times its price."""

    rank: int
    share: float
    price: float


class RunningSums:
    """Sums over the first places of a row in which figures are added anywhere (a Fenwick tree); places count from 1."""

    def __init__(self, places: int) -> None:
        self._nodes = [0.0] * (places + 1)

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


class _RunningClaims:
    """`RunningSums` of the shares and prices of charges, and of how many there are, in one walk."""

    def __init__(self, places: int) -> None:
        self._shares = [0.0] * (places + 1)
        self._prices = [0.0] * (places + 1)
        self._turns = [0] * (places + 1)

    def add(self, place: int, charge: _Charge) -> None:
        """Add `charge` at `place`."""
        shares, prices, turns = self._shares, self._prices, self._turns
        _, share, price = charge
        end = len(shares)
        while place < end:
            shares[place] += share
            prices[place] += price
            turns[place] += 1
            place += place & -place

    def up_to(self, place: int) -> tuple[float, float, int]:
        """The shares, the prices and the number of the charges at the first `place` places."""
        shares, prices, turns = self._shares, self._prices, self._turns
        share, price, count = 0.0, 0.0, 0
        while place:
            share += shares[place]
            price += prices[place]
            count += turns[place]
            place &= place - 1
        return share, price, count
