"""Compactions of a session, which user messages ask for (reader-opencode.md 11)."""

from __future__ import annotations

from relayburn.reader.opencode.dialogue import Dialogue
from relayburn.reader.opencode.message import Message
from relayburn.reader.opencode.timestamps import iso
from relayburn.reader.opencode.usage import usage_of
from relayburn.records import UNSET, CompactionEvent


def compaction_at(dialogue: Dialogue, user: Message) -> CompactionEvent:
    """The compaction that `user` asked for, with what its session held before. Raises `InvalidTime`."""
    before = dialogue.assistant_before(user)
    return CompactionEvent(
        source="opencode",
        session_id=dialogue.session.id,
        ts=iso(user.created),
        preceding_message_id=before.id if before else UNSET,
        tokens_before_compact=usage_of(before.tokens).cache_read if before else UNSET,
    )
