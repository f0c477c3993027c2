"""Tool results that ride in the cache, and what each later turn pays for them.

In: results as they enter the context, and each turn's cache read. Out: per result the tokens, dollars and turns
it rode for (hotspots.md 3, step 2). `CarriedInOrder` adds in the reference's order. A long session would cost it
turns times results, so `CarriedByTree` adds whole ranges of results at once: same sums, in another order.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Protocol

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
    return CarriedByTree(calls_by_turn)


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


class CarriedByTree:
    """Results ordered by size; a turn charges all of them up to its cache read at once.

    The leaves of a binary tree are the results in order of size, those of one size and turn together. A node holds
    what every leaf under it owes per token. Before a leaf boards, what stands above it is pushed down past it, so
    that it owes nothing of what came before.
    """

    def __init__(self, calls_by_turn: Sequence[Sequence[HotspotAttribution]]) -> None:
        calls: dict[tuple[float, int], list[HotspotAttribution]] = {}
        for turn, made in enumerate(calls_by_turn):
            for call in made:
                if call.result_tokens > 0:
                    calls.setdefault((call.result_tokens, turn), []).append(call)
        self._leaves = [calls[key] for key in sorted(calls)]
        self._sizes = [leaf[0].result_tokens for leaf in self._leaves]
        self._leaf_of = {id(leaf[0]): position for position, leaf in enumerate(self._leaves)}
        self._boarded: list[int] = []
        self._width = 1 << max(1, len(self._leaves)).bit_length()
        self._active = [0.0] * (2 * self._width)
        self._shares = [0.0] * (2 * self._width)
        self._prices = [0.0] * (2 * self._width)
        self._turns = [0.0] * (2 * self._width)

    def board(self, calls: Sequence[HotspotAttribution]) -> None:
        for call in calls:
            position = self._leaf_of.get(id(call))
            if position is not None:
                self._open(position)

    def _open(self, position: int) -> None:
        self._boarded.append(position)
        leaf = self._width + position
        for height in range(self._width.bit_length() - 1, 0, -1):
            self._push_down(leaf >> height)
        self._shares[leaf] = self._prices[leaf] = self._turns[leaf] = 0.0
        tokens = add_up(call.result_tokens for call in self._leaves[position])
        node = leaf
        while node:
            self._active[node] += tokens
            node >>= 1

    def _push_down(self, node: int) -> None:
        for owed in (self._shares, self._prices, self._turns):
            if owed[node]:
                owed[2 * node] += owed[node]
                owed[2 * node + 1] += owed[node]
                owed[node] = 0.0

    def charge(self, cache_read: float, price: float) -> None:
        nodes = self._nodes(bisect_right(self._sizes, cache_read))
        active = add_up(self._active[node] for node in nodes)
        if not active:
            return
        share = min(cache_read, active) / active
        for node in nodes:
            self._shares[node] += share
            self._prices[node] += share * price
            self._turns[node] += 1

    def _nodes(self, count: int) -> list[int]:
        """The largest nodes that hold exactly the first `count` leaves."""
        nodes = []
        low, high = self._width, self._width + count
        while low < high:
            if high & 1:
                high -= 1
                nodes.append(high)
            low >>= 1
            high >>= 1
        return nodes

    def settle(self) -> None:
        for node in range(1, self._width):
            self._push_down(node)
        for position in self._boarded:
            leaf = self._width + position
            for call in self._leaves[position]:
                call.persistence_tokens = call.result_tokens * self._shares[leaf]
                call.persistence_cost = call.result_tokens / MILLION * self._prices[leaf]
                call.total_cost += call.persistence_cost
                call.riding_turns = int(self._turns[leaf])
