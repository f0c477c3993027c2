"""The Codex reader: one rollout log in, records out (reader-codex.md).

What reads is imported when it is asked for: many a pass finds nothing to read.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from relayburn.reader.codex.hint import read_codex_session_id_hint
from relayburn.reader.codex.options import CodexIncrement, CodexOptions, CodexSession
from relayburn.reader.codex.resume import CodexResume, LastCompletedTurn, UserTurnSlot, resume_from_wire
from relayburn.reader.codex.totals import Totals

if TYPE_CHECKING:
    from relayburn.reader.codex.parse import parse_codex_session, parse_codex_session_incremental

__all__ = [
    "CodexIncrement",
    "CodexOptions",
    "CodexResume",
    "CodexSession",
    "LastCompletedTurn",
    "Totals",
    "UserTurnSlot",
    "parse_codex_session",
    "parse_codex_session_incremental",
    "read_codex_session_id_hint",
    "resume_from_wire",
]

_HOMES = {"parse": ("parse_codex_session", "parse_codex_session_incremental")}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
