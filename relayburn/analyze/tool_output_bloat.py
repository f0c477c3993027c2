"""Tool outputs too large to be carried in context, configured or seen.

In: settings files; tool-result events with the user turns, turns and prices that size, name and price them. Out: one
row for the setting, one row a harness and tool, the costliest first (tool-output-bloat.md 2-4), and their findings
(section 5).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from relayburn.analyze.claude_settings import ClaudeSettings
from relayburn.analyze.findings import WARN, Action, Savings, WasteFinding, plain_text, severity_of, usd_text
from relayburn.analyze.sessions import hashable, text_of
from relayburn.analyze.tool_names import tool_name
from relayburn.jsnum import locale_text, normalize
from relayburn.pricing.lookup import lookup_model_rate
from relayburn.pricing.numbers import number
from relayburn.pricing.table import PriceTable
from relayburn.records import UNSET, Record, ToolResultEventRecord, TurnRecord, UnsetType, UserTurnRecord
from relayburn.text import WS, code_unit_key

SETTING = "BASH_MAX_OUTPUT_LENGTH"
THRESHOLD = 15000
"""Tokens that one output may have."""

UNITS_PER_TOKEN = 4
MILLION = 1000000
PERCENTILE = 95
SAMPLES_FOR_PERCENTILE = 20
"""From how many outputs on their own 95th percentile may raise the threshold."""

STATIC = "static-config"
OBSERVED = "observed-bloat"
UNKNOWN_TOOL = "<unknown>"
MEASURED_SOURCES = frozenset({"tool_result", "function_call_output"})
"""Events whose result went back to the model, so that the user turn's measure is that of the output."""

_LEADING_INTEGER = re.compile(rf"{WS}*([+-]?[0-9]+)")

Key = tuple[Hashable, Hashable, Hashable]
"""A harness, a session and an id in it."""


class ToolOutputBloat(Record, kw_only=True):
    """A limit that is too high (`static-config`), or outputs that were too large (`observed-bloat`).

    Outputs are in tokens, `configured_limit` in characters, `cost` in USD. `evidence` is the settings file, or the
    sessions.
    """

    source: str
    kind: str
    tool_name: str
    configured_limit: float | UnsetType = UNSET
    evidenced_max_output: float
    evidenced_p95_output: float | UnsetType = UNSET
    occurrence_count: int
    cost: float
    evidence: list[str]


def detect_tool_output_bloat(
    *,
    settings: Iterable[ClaudeSettings] = (),
    events: Sequence[ToolResultEventRecord] = (),
    user_turns: Iterable[UserTurnRecord] = (),
    turns: Sequence[TurnRecord] = (),
    table: PriceTable,
    threshold: float | None = None,
    min_occurrences: int = 1,
) -> list[ToolOutputBloat]:
    """What the settings allow, then what was seen; `threshold` in tokens holds for both."""
    allowed = detect_static_config_bloat(settings, threshold=threshold)
    seen = detect_observed_bloat(events, user_turns, turns, table, threshold=threshold, min_occurrences=min_occurrences)
    return allowed + seen


def detect_static_config_bloat(
    settings: Iterable[ClaudeSettings], *, threshold: float | None = None
) -> list[ToolOutputBloat]:
    """The limit on the output of `Bash`, where it allows more than the threshold; the last file that sets it decides.

    `threshold` is in tokens; without one the default holds.
    """
    limits = [(limit, file.path) for file in settings if (limit := _limit_text(file.settings))]
    if not limits:
        return []
    text, path = limits[-1]
    digits = _LEADING_INTEGER.match(text)
    limit = float(digits[1]) if digits else math.inf
    if math.isinf(limit):
        return []
    tokens = _tokens(limit)
    if tokens <= (THRESHOLD if threshold is None else threshold):
        return []
    return [
        ToolOutputBloat(
            source="claude-code",
            kind=STATIC,
            tool_name="Bash",
            configured_limit=normalize(limit),
            evidenced_max_output=tokens,
            occurrence_count=1,
            cost=0,
            evidence=[path],
        )
    ]


def _limit_text(settings: Mapping[str, Any]) -> str:
    environment = settings.get("env")
    return text_of(environment.get(SETTING)) if isinstance(environment, dict) else ""


def _tokens(units: float) -> float:
    return normalize(float(math.ceil(units / UNITS_PER_TOKEN))) if units > 0 else 0


class _Bucket(Struct):
    """The large outputs of one tool of one harness."""

    source: str
    tool: str
    sizes: list[float]
    sessions: dict[str, None]
    cost: float = 0


def detect_observed_bloat(
    events: Sequence[ToolResultEventRecord],
    user_turns: Iterable[UserTurnRecord],
    turns: Sequence[TurnRecord],
    table: PriceTable,
    *,
    threshold: float | None = None,
    min_occurrences: int = 1,
) -> list[ToolOutputBloat]:
    """The tools whose outputs were above the threshold; every event counts, whatever its status.

    Without a given `threshold` (tokens) the default holds, or the 95th percentile of all outputs where it is higher.
    """
    if not events:
        return []
    measured = _block_tokens(user_turns)
    sized = [(event, size) for event in events if (size := _size(event, measured)) is not None]
    limit = _threshold([size for _, size in sized]) if threshold is None else threshold
    tools = _tools(turns)
    price = _input_price(turns, table)
    buckets: dict[tuple[Hashable, str], _Bucket] = {}
    for event, size in sized:
        if size <= limit:
            continue
        tool = tools.get(_key(event, event.tool_use_id)) or UNKNOWN_TOOL
        place = (hashable(event.source), tool)
        if place not in buckets:
            buckets[place] = _Bucket(event.source, tool, [], {})
        bucket = buckets[place]
        bucket.sizes.append(size)
        bucket.sessions[str(hashable(event.session_id))] = None
        bucket.cost += size / MILLION * price(event)
    rows = [_row(bucket) for bucket in buckets.values() if len(bucket.sizes) >= min_occurrences]
    return sorted(rows, key=lambda row: row.cost, reverse=True)


def _key(record: ToolResultEventRecord | TurnRecord | UserTurnRecord, record_id: Any) -> Key:
    return hashable(record.source), hashable(record.session_id), hashable(record_id)


def _block_tokens(user_turns: Iterable[UserTurnRecord]) -> dict[Key, float]:
    return {
        _key(user_turn, block.tool_use_id): block.approx_tokens
        for user_turn in user_turns
        for block in user_turn.blocks
        if block.kind == "tool_result" and text_of(block.tool_use_id) and number(block.approx_tokens) > 0
    }


def _size(event: ToolResultEventRecord, measured: Mapping[Key, float]) -> float | None:
    if event.event_source in MEASURED_SOURCES and (tokens := measured.get(_key(event, event.tool_use_id))):
        return tokens
    length = number(event.content_length)
    return _tokens(length) if length > 0 else None


def _threshold(sizes: Sequence[float]) -> float:
    return max(THRESHOLD, _percentile(sizes)) if len(sizes) >= SAMPLES_FOR_PERCENTILE else THRESHOLD


def _percentile(sizes: Iterable[float]) -> float:
    """The 95th percentile by nearest rank."""
    ascending = sorted(sizes)
    rank = math.ceil(PERCENTILE / 100 * len(ascending))
    return ascending[min(len(ascending), max(1, rank)) - 1]


def _tools(turns: Iterable[TurnRecord]) -> dict[Key, str]:
    return {_key(turn, call.id): tool_name(call) for turn in turns for call in turn.tool_calls if text_of(call.id)}


def _input_price(turns: Iterable[TurnRecord], table: PriceTable) -> Callable[[ToolResultEventRecord], float]:
    """The price of an event in USD per million tokens: at the model of its message, else of its session's first turn."""
    by_message: dict[Key, Any] = {}
    of_session: dict[Key, Any] = {}
    for turn in turns:
        by_message[_key(turn, turn.message_id)] = turn.model
        of_session.setdefault(_key(turn, None), turn.model)

    def price(event: ToolResultEventRecord) -> float:
        message = _key(event, event.message_id) if text_of(event.message_id) else None
        model = text_of(by_message[message] if message in by_message else of_session.get(_key(event, None)))
        rate = lookup_model_rate(model, table) if model else None
        return 0 if rate is None else number(rate.input)

    return price


def _row(bucket: _Bucket) -> ToolOutputBloat:
    return ToolOutputBloat(
        source=bucket.source,
        kind=OBSERVED,
        tool_name=bucket.tool,
        evidenced_max_output=max(bucket.sizes),
        evidenced_p95_output=_percentile(bucket.sizes),
        occurrence_count=len(bucket.sizes),
        cost=bucket.cost,
        evidence=sorted(bucket.sessions, key=code_unit_key),
    )


def tool_output_bloat_finding(bloat: ToolOutputBloat) -> WasteFinding:
    """The finding of either kind of row."""
    return _static_finding(bloat) if bloat.kind == STATIC else _observed_finding(bloat)


def _static_finding(bloat: ToolOutputBloat) -> WasteFinding:
    limit = "?" if bloat.configured_limit is UNSET else locale_text(bloat.configured_limit)
    tokens = locale_text(bloat.evidenced_max_output)
    path = bloat.evidence[0] if bloat.evidence else ""
    return WasteFinding(
        kind="tool-output-bloat",
        severity=WARN,
        session_id=path,
        title=f"{SETTING} configured at {limit} chars (≈ {tokens} tokens, above 15,000)",
        detail=(
            f"Claude is configured to allow Bash tool output up to {limit} chars (≈ {tokens} tokens) per call. Above "
            "15,000 tokens (60,000 chars) the tool_result rides as cached input on every subsequent turn until "
            f"compaction, dominating the call's actual usefulness. Source file: {path}."
        ),
        estimated_savings=Savings(tokens_per_session=bloat.evidenced_max_output),
        actions=[Action(type="paste", label="Reduce in settings.json", text=f'"{SETTING}": "60000"')],
    )


def _observed_finding(bloat: ToolOutputBloat) -> WasteFinding:
    tool, count, largest = bloat.tool_name, plain_text(bloat.occurrence_count), locale_text(bloat.evidenced_max_output)
    p95 = "" if bloat.evidenced_p95_output is UNSET else f"P95: {locale_text(bloat.evidenced_p95_output)} tokens. "
    return WasteFinding(
        kind="tool-output-bloat",
        severity=severity_of(bloat.cost),
        session_id=bloat.evidence[0] if bloat.evidence else "",
        title=f"Oversized {bloat.source} {tool} output: {count}× (max {largest} tok)",
        detail=(
            f"{count} {bloat.source} {tool} tool_result event(s) exceeded the 15,000-token threshold across "
            f"{len(bloat.evidence)} session(s). Largest payload: {largest} tokens. {p95}Estimated next-turn carry cost "
            f"{usd_text(bloat.cost)}. Avoid dumping full {tool} output into context. Filter first with head / tail / grep "
            "(or page through with sed -n) so only the relevant slice rides in cache on subsequent turns. Tool results > "
            "15,000 tokens persist as cached input on every subsequent turn until compaction."
        ),
        estimated_savings=Savings(tokens_per_session=bloat.evidenced_max_output, usd_per_session=bloat.cost),
        actions=[
            Action(
                type="paste",
                label="Add to CLAUDE.md / AGENTS.md",
                text=(
                    f"When running {tool}, never dump full output into context. Filter first with `head -n 200`, "
                    "`tail -n 200`, `grep <pattern>`, or paginate with `sed -n '1,200p'`. Each unfiltered tool_result "
                    "above 15,000 tokens rides in cache on every subsequent turn until compaction."
                ),
            )
        ],
    )
