"""Where the money of an instruction file goes.

In: the parsed instruction files of a project, the turns that could have loaded them, and the prices. Out: per file, per
session and per section, what it cost to carry, in US dollars (overhead.md 4 and 5). A file costs its tokens at a turn's
cache-read price, once for each riding turn: one whose cache read is at least as large as the file. Sums and products
stand in the order of the spec, so that doubles agree to the last bit; the work is linear in the turns.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from relayburn.analyze.markdown_sections import ParsedFile, Section
from relayburn.analyze.overhead_files import LoadedFile, OverheadFile
from relayburn.analyze.sessions import turns_by_session
from relayburn.errors import InvalidInput
from relayburn.jsnum import to_number
from relayburn.pricing.rate import rate_for_turn
from relayburn.pricing.table import PriceTable
from relayburn.records import Record, TurnRecord, Usage
from relayburn.semantics import Semantics

MILLION = 1000000
PERCENTILE = 0.95


class SessionCost(Record, kw_only=True):
    """What one session paid for the files: `cost` in USD over `riding_turns` of `total_turns`.

    `model` is the id with the most priced turns as logged, riding or not; `""` where no turn is priced.
    """

    session_id: str
    cost: float
    riding_turns: int
    total_turns: int
    model: str


class SectionCost(Record, kw_only=True):
    """A section's part of the cost, USD; `token_share` is its share of all bytes, in spite of its name."""

    file_path: str
    section: Section
    token_share: float
    cost_per_session: float
    total_cost: float


class Attribution(Record, kw_only=True):
    """What files carried together cost: sessions in order of first appearance, sections dearest first. USD."""

    total_tokens: int
    total_cost: float
    session_costs: list[SessionCost]
    section_costs: list[SectionCost]
    per_session_avg: float
    per_session_p95: float
    session_count: int


class FileAttribution(Record, kw_only=True):
    """What one file cost the sessions of the sources that load it."""

    file: OverheadFile
    parsed: ParsedFile
    attribution: Attribution


class OverheadAttribution(Record, kw_only=True):
    """What each file cost. `total_riding_turns` counts distinct turns, assuming that the rides of a session nest."""

    per_file: list[FileAttribution]
    grand_total: float
    total_riding_turns: int


def attribute_overhead(
    files: Iterable[LoadedFile], turns: Iterable[TurnRecord], prices: PriceTable, *, semantics: Semantics
) -> OverheadAttribution:
    """Each file by itself, against the turns of the sources it applies to. Raises `InvalidInput` as `attribute_files`."""
    turns = list(turns)
    per_file = [
        FileAttribution(
            file=loaded.file,
            parsed=loaded.parsed,
            attribution=attribute_files(
                [loaded.parsed],
                [turn for turn in turns if turn.source in loaded.file.applies_to],
                prices,
                semantics=semantics,
            ),
        )
        for loaded in files
    ]
    longest_rides: dict[str, int] = {}
    for file in per_file:
        for session in file.attribution.session_costs:
            longest_rides[session.session_id] = max(session.riding_turns, longest_rides.get(session.session_id, 0))
    return OverheadAttribution(
        per_file=per_file,
        grand_total=_total(file.attribution.total_cost for file in per_file),
        total_riding_turns=sum(longest_rides.values()),
    )


def attribute_files(
    files: Sequence[ParsedFile], turns: Iterable[TurnRecord], prices: PriceTable, *, semantics: Semantics
) -> Attribution:
    """The files as one block of the prompt. Files without tokens have no sessions, whatever the turns.

    Raises `InvalidInput` for a priced turn without usage.
    """
    total_tokens = sum(file.tokens for file in files)
    if total_tokens == 0:
        return Attribution(
            total_tokens=0,
            total_cost=0,
            session_costs=[],
            section_costs=[],
            per_session_avg=0,
            per_session_p95=0,
            session_count=0,
        )
    sessions = [_session_cost(session, total_tokens, prices, semantics) for session in turns_by_session(turns).values()]
    total_cost = _total(session.cost for session in sessions)
    ascending = sorted(session.cost for session in sessions)
    average = _total(ascending) / len(ascending) if ascending else 0
    return Attribution(
        total_tokens=total_tokens,
        total_cost=total_cost,
        session_costs=sessions,
        section_costs=sorted(
            _section_costs(files, total_cost, average), key=lambda section: section.total_cost, reverse=True
        ),
        per_session_avg=average,
        per_session_p95=_percentile(ascending),
        session_count=len(sessions),
    )


def _session_cost(turns: Sequence[TurnRecord], tokens: int, prices: PriceTable, semantics: Semantics) -> SessionCost:
    cost = 0.0
    riding_turns = 0
    priced_turns: dict[str, int] = {}
    for turn in turns:
        rate = rate_for_turn(turn, prices, semantics=semantics)
        if rate is None:
            continue
        priced_turns[turn.model] = priced_turns.get(turn.model, 0) + 1
        if _rides(turn.usage, tokens):
            cost += _carried(tokens, rate.cache_read)
            riding_turns += 1
    return SessionCost(
        session_id=turns[0].session_id,
        cost=cost,
        riding_turns=riding_turns,
        total_turns=len(turns),
        model=max(priced_turns, key=priced_turns.__getitem__, default=""),
    )


def _rides(usage: Any, tokens: int) -> bool:
    if not isinstance(usage, Usage):
        raise InvalidInput("a turn has no usage")
    try:
        return not usage.cache_read < tokens
    except TypeError:
        # Not "at least": what is missing is NaN, which is not less than anything.
        return not to_number(usage.cache_read) < tokens


def _carried(tokens: int, price: Any) -> float:
    try:
        return tokens / MILLION * price
    except TypeError:
        return tokens / MILLION * to_number(price)


def _section_costs(files: Iterable[ParsedFile], total_cost: float, average: float) -> Iterator[SectionCost]:
    total_bytes = sum(file.bytes for file in files)
    for file in files:
        for section in file.sections:
            share = section.bytes / total_bytes if total_bytes else 0
            yield SectionCost(
                file_path=file.path,
                section=section,
                token_share=share,
                cost_per_session=average * share,
                total_cost=total_cost * share,
            )


def _percentile(ascending: Sequence[float]) -> float:
    if not ascending:
        return 0
    position = math.ceil(PERCENTILE * len(ascending)) - 1
    return ascending[min(len(ascending) - 1, max(0, position))]


def _total(amounts: Iterable[float]) -> float:
    # Python's sum rounds floats more exactly than one addition after the other.
    total = 0.0
    for amount in amounts:
        total += amount
    return total
