"""Turns of the archive, grouped by all that a summary tells of them: prices, what their source told, how they ended.

In: a home whose archive is up to date, a query, and where prices change. Out: groups with the sums of their tokens, as they
first appear; the calls of tools that stood in for others; and, each by itself, turns whose lines only Python can read. So a
summary reads groups instead of turns.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Any, NamedTuple

from msgspec import UNSET, Struct

from relayburn import jsjson
from relayburn.jsnum import normalize
from relayburn.ledger.archive.groups import SUMS, PricedGroup, Selection, StepsOf, priced, usage_of
from relayburn.ledger.archive.reading import TURN_ORDER, record_of_line
from relayburn.ledger.archive.snapshot import Snapshot, ask
from relayburn.ledger.home import Home
from relayburn.ledger.query import LedgerQuery
from relayburn.records import Fidelity, ToolCall, TurnRecord, from_wire
from relayburn.semantics import CURRENT, Semantics


class ToldGroup(PricedGroup, frozen=True):
    """Those whose source told the same, and that ended alike.

    `fidelity` and `stop_reason` are as in a `TurnRecord`; `web_searches` is the sum of their searches.
    """

    fidelity: Any
    stop_reason: Any
    web_searches: Any


class StandingIn(Struct, frozen=True):
    """A call of a tool that stood in for others, and who was paid for its turn."""

    model: str
    source: str
    call: ToolCall


class Portions(NamedTuple):
    """The turns that a query asks for, and their calls that saved others; `odd` turns are in neither."""

    groups: list[ToldGroup]
    standing_in: list[StandingIn]
    odd: list[TurnRecord]


def portions(home: Home, query: LedgerQuery, steps_of: StepsOf, *, semantics: Semantics = CURRENT) -> Portions:
    """The groups of the turns that `query` asks for. Raises `ArchiveUnusable`."""

    def question(snapshot: Snapshot) -> Portions:
        turns = priced(snapshot, query, steps_of, semantics)
        plain = Selection(f"SELECT * FROM ({turns.sql}) WHERE NOT odd", turns.values)
        groups, calls = list(_groups(snapshot, plain)), list(_standing_in(snapshot, plain))
        return Portions(groups, calls, list(_odd(snapshot, turns)))

    return ask(home, question, semantics=semantics)


def _groups(snapshot: Snapshot, turns: Selection) -> Iterator[ToldGroup]:
    key = "model, source, stop_reason, fidelity"
    found = snapshot.rows(
        f"SELECT {key}, sum(coalesce(web_searches, 0)), {SUMS} FROM ({turns.sql}) "
        f"GROUP BY {key}, period, tier ORDER BY min(({TURN_ORDER}))",
        turns.values,
    )
    for model, source, stop_reason, fidelity, searches, ts, context, count, *tokens in found:
        ended: Any = UNSET if stop_reason is None else stop_reason
        yield ToldGroup(
            model=model,
            source=source,
            ts=ts,
            context=context,
            turns=count,
            usage=usage_of(tokens),
            fidelity=from_wire(Fidelity, jsjson.loads(fidelity)) if fidelity else UNSET,
            stop_reason=ended,
            web_searches=normalize(searches),
        )


def _standing_in(snapshot: Snapshot, turns: Selection) -> Iterator[StandingIn]:
    calls = f"SELECT model, source, {TURN_ORDER}, unnest(tool_calls) AS call FROM ({turns.sql}) WHERE has_replacements"
    key = "model, source, call.tool_name, call.replaced_tools, call.collapsed_calls"
    found = snapshot.rows(
        f"SELECT {key}, count(*) FROM ({calls}) WHERE call.replaced_tools IS NOT NULL OR call.collapsed_calls IS NOT NULL "
        f"GROUP BY {key} ORDER BY min(({TURN_ORDER}))",
        turns.values,
    )
    for model, source, tool, replaced, collapsed, count in found:
        saved: Any = UNSET if collapsed is None else normalize(collapsed)
        names = jsjson.loads(replaced) if replaced else UNSET
        call = ToolCall(id="", name=tool or "", args_hash="", replaced_tools=names, collapsed_calls=saved)
        yield from repeat(StandingIn(model, source, call), count)


def _odd(snapshot: Snapshot, turns: Selection) -> Iterator[TurnRecord]:
    for (line,) in snapshot.rows(f"SELECT line FROM ({turns.sql}) WHERE odd ORDER BY {TURN_ORDER}", turns.values):
        yield from_wire(TurnRecord, record_of_line(line)["record"])
