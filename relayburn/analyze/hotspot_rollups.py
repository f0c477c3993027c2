"""Hotspot rows rolled up: by file, by shell command, by the verb of the command, by type of subagent.

In: the rows of `attribute_hotspots`, in order. Out: one row a key, dearest first; costs in US dollars (hotspots.md 5).
Tool names are those of Claude Code, case and all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from relayburn.analyze.hotspots import DELEGATING_TOOLS
from relayburn.analyze.riding import HotspotAttribution
from relayburn.collation import collation_key
from relayburn.records import UNSET, Record, UnsetType
from relayburn.text import code_unit_key

FILE_TOOLS = ("Read", "Edit", "Write", "NotebookEdit")
SHELL_TOOL = "Bash"
UNKNOWN = "(unknown)"
MOST_EXAMPLES = 3


class Rollup(Protocol):
    """What the rows of one key add up to: US dollars, and tokens on entry and on re-reading."""

    total_cost: float
    initial_tokens: float
    persistence_tokens: float


R = TypeVar("R", bound=Rollup)


class FileHotspot(Record, kw_only=True):
    """What the results about one file cost, and where it was first touched."""

    path: str
    tool_call_count: int = 0
    initial_tokens: float = 0
    persistence_tokens: float = 0
    riding_turns: int = 0
    total_cost: float = 0
    first_emit_ts: str
    first_emit_turn_index: int


class BashHotspot(Record, kw_only=True):
    """What one shell command, by the hash of its arguments, cost."""

    args_hash: str
    command: str | UnsetType
    call_count: int = 0
    total_cost: float = 0
    initial_tokens: float = 0
    persistence_tokens: float = 0


class BashVerbHotspot(Record, kw_only=True):
    """What all commands of one verb cost, with the dearest of them as examples."""

    verb: str
    call_count: int = 0
    distinct_commands: int = 0
    total_cost: float = 0
    initial_tokens: float = 0
    persistence_tokens: float = 0
    avg_persistence_turns: float = 0
    top_examples: list[str]


class SubagentHotspot(Record, kw_only=True):
    """What the answers of one type of subagent cost those who started them."""

    subagent_type: str
    call_count: int = 0
    total_cost: float = 0
    initial_tokens: float = 0
    persistence_tokens: float = 0


class Verb(Protocol):
    """What a command parser finds; a `BashVerb` is one."""

    @property
    def normalized(self) -> str: ...


def aggregate_by_file(attributions: Iterable[HotspotAttribution]) -> list[FileHotspot]:
    """One row a path, over the tools that read or write one file."""
    rows: dict[str, FileHotspot] = {}
    for call in attributions:
        if call.tool_name not in FILE_TOOLS or call.target is UNSET or not call.target:
            continue
        row = rows.get(call.target)
        if row is None:
            row = rows[call.target] = FileHotspot(
                path=call.target, first_emit_ts=call.emit_ts, first_emit_turn_index=call.emit_turn_index
            )
        elif _earlier(call.emit_ts, row.first_emit_ts):
            row.first_emit_ts, row.first_emit_turn_index = call.emit_ts, call.emit_turn_index
        row.tool_call_count += 1
        row.riding_turns += call.riding_turns
        _add(row, call)
    return _dearest_first(rows.values())


def _earlier(ts: object, than: object) -> bool:
    return isinstance(ts, str) and isinstance(than, str) and code_unit_key(ts) < code_unit_key(than)


def aggregate_by_bash(attributions: Iterable[HotspotAttribution]) -> list[BashHotspot]:
    """One row a shell command; its text is that of the first call with the same hash."""
    rows: dict[str, BashHotspot] = {}
    for call in attributions:
        if call.tool_name != SHELL_TOOL:
            continue
        row = rows.get(call.args_hash)
        if row is None:
            row = rows[call.args_hash] = BashHotspot(args_hash=call.args_hash, command=call.target)
        row.call_count += 1
        _add(row, call)
    return _dearest_first(rows.values())


def aggregate_by_bash_verb(
    attributions: Iterable[HotspotAttribution], parse: Callable[[str], Verb | None]
) -> list[BashVerbHotspot]:
    """One row a verb of shell commands, as `parse` reads them; ties in cost go by name."""
    rows: dict[str, BashVerbHotspot] = {}
    commands: dict[str, dict[str, BashHotspot]] = {}
    rides: dict[str, int] = {}
    verbs: dict[str, str] = {}
    for call in attributions:
        if call.tool_name != SHELL_TOOL:
            continue
        verb = UNKNOWN
        if isinstance(call.target, str) and call.target:
            if call.target not in verbs:
                parsed = parse(call.target)
                verbs[call.target] = UNKNOWN if parsed is None else parsed.normalized
            verb = verbs[call.target]
        row = rows.get(verb)
        if row is None:
            row = rows[verb] = BashVerbHotspot(verb=verb, top_examples=[])
            commands[verb] = {}
            rides[verb] = 0
        command = commands[verb].get(call.args_hash)
        if command is None:
            command = commands[verb][call.args_hash] = BashHotspot(args_hash=call.args_hash, command=call.target)
        command.total_cost += call.total_cost
        rides[verb] += call.riding_turns
        row.call_count += 1
        _add(row, call)
    for verb, row in rows.items():
        row.distinct_commands = len(commands[verb])
        row.avg_persistence_turns = rides[verb] / row.call_count
        row.top_examples = _examples(commands[verb].values())
    return sorted(rows.values(), key=lambda row: (-row.total_cost, collation_key(row.verb)))


def _examples(commands: Iterable[BashHotspot]) -> list[str]:
    labelled = [(command.total_cost, _label(command)) for command in commands]
    labelled.sort(key=lambda pair: (-pair[0], collation_key(pair[1])))
    return [label for _, label in labelled[:MOST_EXAMPLES]]


def _label(command: BashHotspot) -> str:
    return command.command if isinstance(command.command, str) else f"(hash {command.args_hash[:8]})"


def aggregate_by_subagent(attributions: Iterable[HotspotAttribution]) -> list[SubagentHotspot]:
    """One row a type of subagent."""
    rows: dict[str, SubagentHotspot] = {}
    for call in attributions:
        if call.tool_name not in DELEGATING_TOOLS:
            continue
        kind = UNKNOWN if call.subagent_type is UNSET or call.subagent_type is None else call.subagent_type
        row = rows.get(kind)
        if row is None:
            row = rows[kind] = SubagentHotspot(subagent_type=kind)
        row.call_count += 1
        _add(row, call)
    return _dearest_first(rows.values())


def _add(row: Rollup, call: HotspotAttribution) -> None:
    row.total_cost += call.total_cost
    row.initial_tokens += call.initial_tokens
    row.persistence_tokens += call.persistence_tokens


def _dearest_first(rows: Iterable[R]) -> list[R]:
    return sorted(rows, key=lambda row: -row.total_cost)
