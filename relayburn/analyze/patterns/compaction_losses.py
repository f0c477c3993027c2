"""What each compaction threw away: the cache that was paid for and the work of its window (patterns.md 9)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

from relayburn.analyze.findings import WasteFinding, session_finding, usd_text
from relayburn.analyze.patterns.evidence import Evidence
from relayburn.analyze.sessions import by_session, hashable, text_of, time_key
from relayburn.analyze.tool_names import BASH_TOOL, EDIT_TOOLS, READ_TOOLS, tool_name
from relayburn.collation import collation_key
from relayburn.jsnum import locale_text, normalize
from relayburn.pricing.numbers import number
from relayburn.records import UNSET, CompactionEvent, OptionalText, Record, ToolCall, TurnRecord, UnsetType
from relayburn.text import code_unit_key

MILLION = 1000000
FILES_SHOWN = 3


class LostWork(Record, kw_only=True):
    """The calls of the turns that a compaction summed up, failed ones included, and the files they edited."""

    files: list[str]
    bash_count: int
    edit_count: int
    read_count: int


class CompactionLoss(Record, kw_only=True):
    """One compaction; `cache_lost_cost` in USD of reading the lost tokens from cache once."""

    session_id: str
    ts: str
    preceding_message_id: OptionalText = UNSET
    tokens_before_compact: float
    cache_lost_cost: float
    lost_work: LostWork | UnsetType = UNSET


def compaction_losses(evidence: Evidence) -> list[CompactionLoss]:
    """Every compaction, by session and time. Those of sessions without turns count too.

    The work is known only of sessions of which content was asked for, even where none is stored.
    """
    turns_by_message = {hashable(turn.message_id): turn for turn in evidence.turns}
    turns_by_session = {hashable(session.session_id): session.turns for session in evidence.sessions}
    found: list[CompactionLoss] = []
    for session_id, events in by_session(evidence.compactions).items():
        timeline = (
            _Timeline(turns_by_session.get(session_id, ())) if session_id in evidence.content_by_session else None
        )
        previous: CompactionEvent | None = None
        for event in sorted(events, key=lambda event: collation_key(text_of(event.ts))):
            found.append(
                CompactionLoss(
                    session_id=event.session_id,
                    ts=event.ts,
                    preceding_message_id=event.preceding_message_id,
                    tokens_before_compact=event.tokens_before_compact or 0,
                    cache_lost_cost=_cache_lost_cost(event, turns_by_message, evidence),
                    lost_work=UNSET if timeline is None else _lost_work(timeline.calls_between(previous, event)),
                )
            )
            previous = event
    return found


def _cache_lost_cost(event: CompactionEvent, turns: Mapping[Hashable, TurnRecord], evidence: Evidence) -> float:
    tokens = number(event.tokens_before_compact or 0)
    turn = turns.get(event.preceding_message_id) if text_of(event.preceding_message_id) else None
    if turn is None or not tokens > 0:
        return 0
    return tokens / MILLION * evidence.prices.cache_read_rate(turn)


class _Timeline:
    """The turns of a session by their time, whatever their index says."""

    def __init__(self, turns: Sequence[TurnRecord]) -> None:
        self._turns = sorted(turns, key=lambda turn: time_key(turn.ts))
        self._times = [time_key(turn.ts) for turn in self._turns]

    def calls_between(self, previous: CompactionEvent | None, event: CompactionEvent) -> Iterator[ToolCall]:
        """The calls after `previous`, up to and with the time of `event`."""
        start = 0 if previous is None else bisect_right(self._times, time_key(previous.ts))
        end = bisect_right(self._times, time_key(event.ts))
        return (call for turn in self._turns[start:end] for call in turn.tool_calls)


def _lost_work(calls: Iterable[ToolCall]) -> LostWork:
    files: set[str] = set()
    shell = edits = reads = 0
    for call in calls:
        name = tool_name(call)
        if name in EDIT_TOOLS:
            edits += 1
            files.add(text_of(call.target))
        elif name == BASH_TOOL:
            shell += 1
        elif name in READ_TOOLS:
            reads += 1
    return LostWork(files=sorted(files - {""}, key=code_unit_key), bash_count=shell, edit_count=edits, read_count=reads)


def compaction_loss_finding(loss: CompactionLoss) -> WasteFinding:
    """The finding of a compaction (findings.md 3)."""
    # A log may give any value for its tokens, and it is kept; here only its number counts.
    lost = normalize(number(loss.tokens_before_compact))
    tokens = locale_text(lost)
    return session_finding(
        "compaction-loss",
        loss.session_id,
        loss.cache_lost_cost,
        f"Compaction lost {tokens} cached tokens",
        f"A compaction at {loss.ts} discarded {tokens} tokens of cache. Pre-compact cacheRead cost "
        f"{usd_text(loss.cache_lost_cost)} — that cache won't be reused on subsequent turns."
        + (_work_text(loss.lost_work) if loss.lost_work else ""),
        tokens=lost if lost > 0 else UNSET,
    )


def _work_text(work: LostWork) -> str:
    files = f" on {', '.join(work.files[:FILES_SHOWN])}" if work.files else ""
    if len(work.files) > FILES_SHOWN:
        files += f" +{len(work.files) - FILES_SHOWN} more"
    return f" Compacted window: {work.edit_count} edit(s), {work.bash_count} bash, {work.read_count} read(s){files}."
