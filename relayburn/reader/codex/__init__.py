"""The Codex reader: one rollout log in, records out (reader-codex.md)."""

from relayburn.reader.codex.hint import read_codex_session_id_hint
from relayburn.reader.codex.options import CodexIncrement, CodexOptions, CodexSession
from relayburn.reader.codex.parse import parse_codex_session, parse_codex_session_incremental
from relayburn.reader.codex.resume import CodexResume, LastCompletedTurn, UserTurnSlot, resume_from_wire
from relayburn.reader.codex.totals import Totals

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
