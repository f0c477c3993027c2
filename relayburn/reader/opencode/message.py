"""Sessions and messages, as far as the reader looks at them.

In: the JSON value of a session or message, from a file or an event. Out: a `SessionInfo` or a `Message`, or None where
the value is no such thing (reader-opencode.md 1 and 4).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from relayburn.jsnum import is_number, normalize
from relayburn.records import UNSET, UnsetType

ROLES = ("assistant", "user")


class SessionInfo(Struct, frozen=True, gc=False):
    """A session: its id, the session that spawned it, and its working directory."""

    id: str
    parent_id: str | UnsetType = UNSET
    directory: str | UnsetType = UNSET

    @property
    def is_child(self) -> bool:
        """True for a session that another session spawned; an empty parent id is none."""
        return bool(self.parent_id)


class Message(Struct, frozen=True, gc=False):
    """A message of the user or the assistant.

    `created` is in milliseconds since the epoch. The last four fields are copied unchecked: any JSON value, `UNSET`
    when missing.
    """

    id: str
    session_id: str
    role: str
    created: int | float
    provider_id: Any = UNSET
    model_id: Any = UNSET
    cwd: Any = UNSET
    tokens: Any = UNSET


def read_session(value: Any) -> SessionInfo | None:
    """The session of a JSON value; None when it is no object with a text `id`."""
    if not isinstance(value, dict) or not isinstance(session_id := value.get("id"), str):
        return None
    return SessionInfo(session_id, _text(value.get("parentID")), _text(value.get("directory")))


def _text(value: Any) -> str | UnsetType:
    return value if isinstance(value, str) else UNSET


def read_message(value: Any) -> Message | None:
    """The message of a JSON value; None when role, ids or time are not what they must be.

    The time may be infinite: whether that is accepted, files and streams decide differently.
    """
    if not isinstance(value, dict) or (role := value.get("role")) not in ROLES:
        return None
    message_id, session_id, time = value.get("id"), value.get("sessionID"), value.get("time")
    if not isinstance(message_id, str) or not isinstance(session_id, str) or not isinstance(time, dict):
        return None
    created = time.get("created")
    if not is_number(created):
        return None
    path = value.get("path")
    return Message(
        message_id,
        session_id,
        role,
        normalize(created),
        value.get("providerID", UNSET),
        value.get("modelID", UNSET),
        path.get("cwd", UNSET) if isinstance(path, dict) else UNSET,
        value.get("tokens", UNSET),
    )


def in_time_order(messages: Iterable[Message]) -> list[Message]:
    """The messages by `created`; those of one time keep their order."""
    return sorted(messages, key=_created)


def _created(message: Message) -> int | float:
    return message.created
