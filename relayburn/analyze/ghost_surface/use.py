"""How the surface was used, as a session's records tell.

In: turns, prices and what users typed. Out: the names that were seen, how many sessions there were and what a token in
cache costs, by harness (ghost-surface.md 5).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import UNSET, UnsetType

from relayburn.analyze.ghost_surface.candidates import CLAUDE_CODE, CODEX
from relayburn.analyze.ghost_surface.names import TextsBySession, observed_names_by_source
from relayburn.analyze.sessions import hashable
from relayburn.errors import LogUnreadable, UnsafeSessionId
from relayburn.jsjson import compact, loads
from relayburn.pricing.numbers import number
from relayburn.pricing.table import PriceTable
from relayburn.records import Record, TurnRecord
from relayburn.text import trim

MILLION = 1000000
TYPED_SOURCES = (CLAUDE_CODE, CODEX)
"""The harnesses whose user texts name commands."""

MAX_SESSION_ID = 128
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

UserTexts = Callable[[Any], Sequence[str]]
"""The texts that a user typed in a session, by its id."""


class SurfaceUse(Record, kw_only=True):
    """What was seen of the surface; `dollar_per_token` is the price of reading one token from cache, in USD.

    `user_turn_text_by_session` goes from source to session to texts, and is absent where there are none.
    """

    observed_names_by_source: Mapping[str, Sequence[str]]
    session_count_by_source: Mapping[str, int]
    dollar_per_token: float
    user_turn_text_by_session: Mapping[str, TextsBySession] | UnsetType = UNSET


def surface_use(turns: Sequence[TurnRecord], table: PriceTable, user_texts: UserTexts) -> SurfaceUse:
    """The use that `turns` show; `user_texts` is asked once for each session of Claude Code and Codex."""
    return SurfaceUse(
        observed_names_by_source=observed_names_by_source(turns),
        session_count_by_source=session_count_by_source(turns),
        dollar_per_token=representative_cache_read_rate(turns, table),
        user_turn_text_by_session=_texts_by_source(turns, user_texts) or UNSET,
    )


def session_count_by_source(turns: Iterable[TurnRecord]) -> dict[str, int]:
    """The number of distinct sessions by harness."""
    return {source: len(sessions) for source, sessions in _sessions(turns).items()}


def representative_cache_read_rate(turns: Iterable[TurnRecord], table: PriceTable) -> float:
    """USD per token read from cache at the model with the most turns, of those that stand in the table as logged."""
    counts: dict[str, int] = {}
    for turn in turns:
        if isinstance(turn.model, str) and turn.model in table:
            counts[turn.model] = counts.get(turn.model, 0) + 1
    if not counts:
        return 0
    model = max(counts, key=lambda model: counts[model])
    return number(table[model].cache_read) / MILLION


def _texts_by_source(turns: Iterable[TurnRecord], user_texts: UserTexts) -> dict[str, TextsBySession]:
    found = {
        source: {session: texts for session in sessions.values() if (texts := user_texts(session))}
        for source, sessions in _sessions(turns).items()
        if source in TYPED_SOURCES
    }
    return {source: texts for source, texts in found.items() if texts}


def _sessions(turns: Iterable[TurnRecord]) -> dict[str, dict[Any, Any]]:
    sessions: dict[str, dict[Any, Any]] = {}
    for turn in turns:
        sessions.setdefault(turn.source, {})[hashable(turn.session_id)] = turn.session_id
    return sessions


def stored_user_texts(content_folder: str | Path, session_id: Any) -> list[str]:
    """What a user typed in a session, from its stored content; nothing where nothing is stored.

    Lines that are no JSON object are passed over. Raises `UnsafeSessionId` where the id cannot be a file's name, `LogUnreadable`
    where the file is there but cannot be read.
    """
    if not isinstance(session_id, str) or len(session_id) > MAX_SESSION_ID or not _FILE_NAME.fullmatch(session_id):
        raise UnsafeSessionId(compact(session_id))
    path = Path(content_folder, f"{session_id}.jsonl")
    try:
        stored = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise LogUnreadable(path, error) from error
    lines = (trim(line) for line in stored.decode("utf-8", "replace").split("\n"))
    return [text for line in lines if line and (text := _typed_text(line))]


def _typed_text(line: str) -> str | None:
    try:
        record = loads(line)
    except ValueError:
        return None
    if not isinstance(record, dict) or record.get("role") != "user" or record.get("kind") != "text":
        return None
    text = record.get("text")
    return text if isinstance(text, str) else None
