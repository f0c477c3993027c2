"""Which names were seen in use.

In: turns, and what users typed. Out: names of tools, skills and subagents by harness; and the slash commands and
prompts that stand in texts (ghost-surface.md 3 and 5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from relayburn.analyze.ghost_surface.candidates import Candidate
from relayburn.analyze.sessions import text_of
from relayburn.records import Subagent, TurnRecord
from relayburn.text import js_pattern

TextsBySession = Mapping[str, Sequence[str]]
"""What users typed, by session id."""

_CLAUDE_COMMAND = js_pattern(r"<command-name>\s*/?([A-Za-z0-9_./:-]+?)\s*</command-name>", re.IGNORECASE)
_SLASH = re.compile(r"(?<![A-Za-z0-9_])/")
_GOES_ON = re.compile(r"[A-Za-z0-9_-]")


def stem(basename: str) -> str:
    """`basename` without its last extension; a name that only begins with a dot has none."""
    dot = basename.rfind(".")
    return basename[:dot] if dot > 0 else basename


def observed_names_by_source(turns: Iterable[TurnRecord]) -> dict[str, list[str]]:
    """Distinct names of tools, skills and subagent types by harness, in first-seen order, as they were logged."""
    names: dict[str, dict[str, None]] = {}
    for turn in turns:
        seen = names.setdefault(turn.source, {})
        for call in turn.tool_calls:
            seen[call.name] = None
            if skill := text_of(call.skill_name):
                seen[skill] = None
        if isinstance(turn.subagent, Subagent) and (subagent_type := text_of(turn.subagent.subagent_type)):
            seen[subagent_type] = None
    return {source: list(seen) for source, seen in names.items()}


def claude_command_names(texts: TextsBySession, _: Sequence[Candidate] = ()) -> list[str]:
    """The slash commands that Claude Code notes in what a user typed, each once, without the slash."""
    found = (name for session in texts.values() for text in session for name in _CLAUDE_COMMAND.findall(text))
    return list(dict.fromkeys(found))


def codex_slash_invocations(texts: TextsBySession, candidates: Sequence[Candidate]) -> list[str]:
    """The stems of `candidates` that a user typed behind a slash, each once; text by text in candidate order.

    Of candidates whose stems differ in case only, the last one's spelling stands.
    """
    stems = {stem(candidate.basename).lower(): stem(candidate.basename) for candidate in candidates}
    places = {lowered: place for place, lowered in enumerate(stems)}
    lengths = {len(lowered) for lowered in stems}
    found: dict[str, None] = {}
    for session in texts.values():
        for text in session:
            hits = _invoked(text.lower(), places, lengths)
            found.update(dict.fromkeys(stems[lowered] for lowered in sorted(hits, key=places.__getitem__)))
    return list(found)


def _invoked(text: str, stems: Mapping[str, int], lengths: Iterable[int]) -> set[str]:
    """The stems behind the slashes of a lower-cased text. Letters beyond ASCII end a name."""
    return {
        word
        for slash in _SLASH.finditer(text)
        for length in lengths
        if (word := text[slash.end() : slash.end() + length]) in stems
        and not _GOES_ON.match(text, slash.end() + len(word))
    }
