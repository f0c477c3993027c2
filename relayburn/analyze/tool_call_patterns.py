"""Sequences of tool calls that one better tool would have replaced.

In: turns and prices. Out: per session what was found in each category, with tokens and dollars at flat rates an
occurrence (tool-call-patterns.md 1), and its finding (section 3). A category is a row of a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from relayburn.analyze.findings import (
    Savings,
    WasteFinding,
    inspect_action,
    plain_text,
    severity_of,
    usd_text,
)
from relayburn.analyze.sessions import hashable, text_of
from relayburn.analyze.tool_names import tool_name
from relayburn.jsnum import locale_text
from relayburn.pricing.lookup import lookup_model_rate
from relayburn.pricing.numbers import number
from relayburn.pricing.table import PriceTable
from relayburn.reader.bash import BashVerb, parse_bash_command
from relayburn.records import Record, TurnRecord

MILLION = 1000000
SAMPLES = 5
EVIDENCE_SHOWN = 3

SEARCH_SEQUENCE = ("Glob", "Grep", "Read")
MIN_SEARCH_TURNS = 3

CLUSTERED_TOOLS = frozenset({"Edit", "Write", "NotebookEdit"})
CLUSTER_WINDOW = 5
"""How far apart the turn indexes of a cluster are at most, not counted with."""
MIN_CLUSTER = 3

SHELL_TOOLS = frozenset({"Bash", "bash", "exec_command", "shell"})
TEST_RUNNERS = frozenset({"pytest", "jest", "vitest"})
TESTING_TOOLCHAINS = frozenset({"cargo", "go"})
SCRIPT_RUNNERS = frozenset({"pnpm", "npm", "yarn", "bun"})


class ToolCallPattern(Record, kw_only=True):
    """What was found of one category in a session, with what a better tool would save in tokens and USD."""

    source: str
    session_id: str
    category: str
    occurrence_count: int
    estimated_tokens_saved: int
    estimated_usd_saved: float
    sample_turn_indexes: list[int]
    evidence: list[str]


@dataclass(frozen=True, slots=True)
class Sighting:
    """Occurrences of a category: how many, how many of them would have been saved, where, and what shows it."""

    count: int
    saved: int
    turn_indexes: Sequence[int]
    evidence: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Category:
    """One row: what an occurrence costs in tokens, how it is found in a session's turns, and how it is told."""

    name: str
    tokens_each: int
    find: Callable[[Sequence[TurnRecord]], Iterable[Sighting]]
    title: str
    reason: str


def detect_tool_call_patterns(sessions: Iterable[Sequence[TurnRecord]], table: PriceTable) -> list[ToolCallPattern]:
    """The patterns of all sessions, by dollars, then tokens; ties by session, then in the order of the categories.

    Each session is its turns by turn index, never none (`turns_by_session`).
    """
    found = [pattern for session in sessions for pattern in _patterns_of_session(session, table)]
    return sorted(found, key=lambda pattern: (-pattern.estimated_usd_saved, -pattern.estimated_tokens_saved))


def _patterns_of_session(turns: Sequence[TurnRecord], table: PriceTable) -> Iterator[ToolCallPattern]:
    token_price = _input_price(turns, table) / MILLION
    for category in CATEGORIES:
        for sighting in category.find(turns):
            tokens = category.tokens_each * sighting.saved
            yield ToolCallPattern(
                source=turns[0].source,
                session_id=turns[0].session_id,
                category=category.name,
                occurrence_count=sighting.count,
                estimated_tokens_saved=tokens,
                estimated_usd_saved=tokens * token_price,
                sample_turn_indexes=list(sighting.turn_indexes[:SAMPLES]),
                evidence=list(sighting.evidence),
            )


def _input_price(turns: Iterable[TurnRecord], table: PriceTable) -> float:
    """USD per million input tokens of the model with the most turns, 0 where that one is unpriced."""
    counts: dict[object, int] = {}
    for turn in turns:
        model = hashable(turn.model)
        counts[model] = counts.get(model, 0) + 1
    model = max(counts, key=lambda model: counts[model])
    rate = lookup_model_rate(model, table) if isinstance(model, str) and model else None
    return 0 if rate is None else number(rate.input)


def search_sequences(turns: Iterable[TurnRecord]) -> Iterator[Sighting]:
    """Turns that look for files, then in files, then read: in this order inside one turn, whatever lies between."""
    indexes = [turn.turn_index for turn in turns if _searches(turn)]
    if len(indexes) >= MIN_SEARCH_TURNS:
        yield Sighting(len(indexes), len(indexes), indexes)


def _searches(turn: TurnRecord) -> bool:
    names = map(tool_name, turn.tool_calls)
    # `in` on an iterator goes on from where the last one stopped.
    return all(step in names for step in SEARCH_SEQUENCE)


def edit_clusters(turns: Iterable[TurnRecord]) -> Iterator[Sighting]:
    """Files edited several times within a few turns; the busiest stretch of each, files as first edited."""
    edits: dict[str, list[int]] = {}
    for turn in turns:
        for call in turn.tool_calls:
            if (target := text_of(call.target)) and tool_name(call) in CLUSTERED_TOOLS:
                edits.setdefault(target, []).append(turn.turn_index)
    for target, indexes in edits.items():
        cluster = _busiest_window(sorted(indexes))
        if len(cluster) >= MIN_CLUSTER:
            yield Sighting(len(cluster), len(cluster) - 1, cluster, [target])


def _busiest_window(indexes: Sequence[int]) -> Sequence[int]:
    """The longest stretch of sorted `indexes` within the window, the first of equally long ones."""
    best_start = best_end = end = 0
    for start, first in enumerate(indexes):
        while end < len(indexes) and indexes[end] - first < CLUSTER_WINDOW:
            end += 1
        if end - start > best_end - best_start:
            best_start, best_end = start, end
    return indexes[best_start:best_end]


def shell_commands(matches: Callable[[BashVerb], bool]) -> Callable[[Iterable[TurnRecord]], Iterator[Sighting]]:
    """A search for shell commands whose verb `matches`."""

    def find(turns: Iterable[TurnRecord]) -> Iterator[Sighting]:
        hits = [(index, verb.normalized) for index, verb in _verbs(turns) if matches(verb)]
        if hits:
            indexes = sorted({index for index, _ in hits})
            yield Sighting(len(hits), len(hits), indexes, list(dict.fromkeys(verb for _, verb in hits)))

    return find


def _verbs(turns: Iterable[TurnRecord]) -> Iterator[tuple[int, BashVerb]]:
    for turn in turns:
        for call in turn.tool_calls:
            command = text_of(call.target) if call.name in SHELL_TOOLS else ""
            if command and (verb := parse_bash_command(command)):
                yield turn.turn_index, verb


def _is_git_state(verb: BashVerb) -> bool:
    return verb.binary == "git" and verb.subcommand in ("status", "diff", "log")


def _is_test_run(verb: BashVerb) -> bool:
    subcommand = verb.subcommand or ""
    return (
        verb.binary in TEST_RUNNERS
        or (verb.binary in TESTING_TOOLCHAINS and subcommand == "test")
        or (verb.binary in SCRIPT_RUNNERS and (subcommand == "test" or subcommand.startswith("test:")))
    )


def _is_pull_request(verb: BashVerb) -> bool:
    subcommand = verb.subcommand or ""
    return verb.binary == "gh" and (subcommand in ("api", "pr") or subcommand.startswith("pr "))


CATEGORIES = (
    Category(
        "search-sequence",
        2500,
        search_sequences,
        "Glob → Grep → Read sequence",
        "Discovery + filtering + reading three separate tools in one turn lands a lot of intermediate output in context. "
        "A consolidated discovery tool would collapse the round-trip into a single condensed result.",
    ),
    Category(
        "edit-cluster",
        400,
        edit_clusters,
        "Edit cluster on a single file",
        "A burst of single edits on one file echoes the surrounding context on every call. A batched edit tool would fold "
        "N point edits into one round-trip.",
    ),
    Category(
        "bash-git-state",
        800,
        shell_commands(_is_git_state),
        "Vanilla git state via Bash",
        "git status / diff / log dump unbounded raw text. A structured-summary replacement would return only the bytes "
        "the agent actually uses.",
    ),
    Category(
        "bash-test-run",
        1200,
        shell_commands(_is_test_run),
        "Vanilla test run via Bash",
        "Test runners dump full per-suite output. A structured-summary replacement would return just pass/fail counts "
        "plus the first failure detail.",
    ),
    Category(
        "bash-gh-pr",
        600,
        shell_commands(_is_pull_request),
        "Vanilla gh pr / gh api via Bash",
        "gh pr view / gh api return raw JSON blobs. A structured-summary replacement would return only the PR fields the "
        "agent reads.",
    ),
)
"""The categories in the order in which they are found. No command belongs to two of them."""

_BY_NAME = {category.name: category for category in CATEGORIES}


def tool_call_pattern_finding(pattern: ToolCallPattern) -> WasteFinding:
    """The finding of a pattern (tool-call-patterns.md 3)."""
    category = _BY_NAME[pattern.category]
    count = plain_text(pattern.occurrence_count)
    return WasteFinding(
        kind="tool-call-pattern",
        severity=severity_of(pattern.estimated_usd_saved),
        session_id=pattern.session_id,
        title=f"{category.title}: {count}×",
        detail=(
            f"{category.reason} Observed {count} occurrence(s) in this {pattern.source} session. Estimated overhead: "
            f"{locale_text(pattern.estimated_tokens_saved)} tokens ({usd_text(pattern.estimated_usd_saved)} at this "
            f"session's input rate).{_evidence_text(pattern.evidence)}"
        ),
        estimated_savings=Savings(
            tokens_per_session=pattern.estimated_tokens_saved, usd_per_session=pattern.estimated_usd_saved
        ),
        actions=[inspect_action(pattern.session_id)],
    )


def _evidence_text(evidence: Sequence[str]) -> str:
    if not evidence:
        return ""
    more = f", +{len(evidence) - EVIDENCE_SHOWN} more" if len(evidence) > EVIDENCE_SHOWN else ""
    return f" Evidence: {', '.join(evidence[:EVIDENCE_SHOWN])}{more}."
