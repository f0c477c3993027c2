"""Turns by session, as every analysis of sessions reads them.

In: turns of many sessions in any order. Out: per session, in first-seen order, its turns by `turn_index`
(patterns.md 2, tool-call-patterns.md 1). A log may give any JSON value for a session id or a time; nothing here fails on it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from operator import attrgetter
from typing import Any, Protocol, TypeVar

from relayburn.jsjson import compact
from relayburn.records import TurnRecord
from relayburn.text import code_unit_key


class OfSession(Protocol):
    """Any record that names its session."""

    session_id: Any


T = TypeVar("T", bound=OfSession)


def turns_by_session(turns: Iterable[TurnRecord]) -> dict[Hashable, list[TurnRecord]]:
    """The turns of each session in order; turns that share an index keep their order. The input is not changed."""
    sessions = by_session(turns)
    for session in sessions.values():
        session.sort(key=attrgetter("turn_index"))
    return sessions


def by_session(records: Iterable[T]) -> dict[Hashable, list[T]]:
    """The records of each session, sessions and records in the order they come."""
    sessions: dict[Hashable, list[T]] = {}
    for record in records:
        sessions.setdefault(hashable(record.session_id), []).append(record)
    return sessions


def hashable(value: Any) -> Hashable:
    """`value` as the key of a map: lists and objects, which ill-formed logs may give for a text, by their JSON."""
    kind = type(value)
    return compact(value) if kind is list or kind is dict else value


def text_of(value: Any) -> str:
    """An optional text: `""` where it is absent, or no text at all."""
    return value if isinstance(value, str) else ""


def time_key(ts: Any) -> bytes:
    """The order of two timestamps as the reference compares them, by UTF-16 code units; what is no text comes first."""
    return code_unit_key(text_of(ts))
