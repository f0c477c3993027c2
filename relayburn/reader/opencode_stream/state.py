"""What a stream has told of its sessions so far.

In: session, message and part values, as events bring them. Out: the sessions that began during the stream, with their
messages and parts as last told (reader-opencode-stream.md 2 and 4). All else is dropped, not kept for later.
"""

from __future__ import annotations

from typing import Any

from relayburn.jsjson import compact
from relayburn.reader.opencode.coercion import js_text
from relayburn.reader.opencode.dialogue import Dialogue
from relayburn.reader.opencode.message import Message, SessionInfo, read_message, read_session
from relayburn.reader.opencode.parts import Parts, read_parts
from relayburn.records import UNSET
from relayburn.text import utf16_length


class PartBucket:
    """The parts of one message by their key, in order of first arrival."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, Any]] = {}
        self._parts: Parts | None = None

    def put(self, key: str, part: dict[str, Any]) -> None:
        """Take a part; one with the same key is replaced in its place."""
        self._values[key] = part
        self._parts = None

    def remove(self, key: str) -> None:
        """Forget the part with this key, if there is one."""
        if self._values.pop(key, None) is not None:
            self._parts = None

    def holds_session(self, session_id: str) -> bool:
        """True when a part says that it is of this session."""
        return any(part["sessionID"] == session_id for part in self._values.values())

    @property
    def parts(self) -> Parts:
        """The parts, read once until they change."""
        if self._parts is None:
            self._parts = read_parts(list(self._values.values()))
        return self._parts


class StreamState:
    """Sessions, messages and parts. A session is owned when it was created while the stream was listened to."""

    def __init__(self) -> None:
        self._sessions: dict[str, SessionInfo] = {}
        self._owned: set[str] = set()
        self._messages: dict[str, Message] = {}
        self._buckets: dict[str, PartBucket] = {}

    def put_session(self, info: Any) -> SessionInfo | None:
        """Take what is said of a session; what an earlier event said of it is lost. None when it is no session."""
        session = read_session(info)
        if session is not None:
            self._sessions[session.id] = session
        return session

    def own(self, session_id: str) -> None:
        """Follow a session from now on."""
        self._owned.add(session_id)

    def owns(self, session_id: Any) -> bool:
        """True for the id of a followed session."""
        return isinstance(session_id, str) and session_id in self._owned

    def put_message(self, info: Any) -> None:
        """Take a message of an owned session; an update keeps its place."""
        message = read_message(info)
        if message is not None and message.session_id in self._owned:
            self._messages[message.id] = message

    def put_part(self, part: Any) -> None:
        """Take a part of an owned session, whether or not its message is known yet."""
        if not isinstance(part, dict) or not self.owns(part.get("sessionID")):
            return
        message_id = part.get("messageID")
        if isinstance(message_id, str):
            self._buckets.setdefault(message_id, PartBucket()).put(_part_key(part, message_id), part)

    def remove_part(self, message_id: str, key: str) -> None:
        """Forget one part of a message."""
        if bucket := self._buckets.get(message_id):
            bucket.remove(key)

    def drop_session(self, session_id: str) -> None:
        """Forget a session with its messages and parts."""
        self._sessions.pop(session_id, None)
        self._owned.discard(session_id)
        gone = {message.id for message in self._messages.values() if message.session_id == session_id}
        gone.update(key for key, bucket in self._buckets.items() if bucket.holds_session(session_id))
        for message_id in gone:
            self._buckets.pop(message_id, None)
            message = self._messages.get(message_id)
            if message is not None and message.session_id == session_id:
                del self._messages[message_id]

    def dialogue(self, session_id: str) -> Dialogue:
        """A session as it stands."""
        session = self._sessions.get(session_id) or SessionInfo(session_id)
        messages = (message for message in self._messages.values() if message.session_id == session_id)
        return Dialogue(session, messages, self._parts_of)

    def _parts_of(self, message: Message) -> Parts:
        bucket = self._buckets.get(message.id)
        return bucket.parts if bucket else _NO_PARTS


_NO_PARTS = read_parts([])


def _part_key(part: dict[str, Any], message_id: str) -> str:
    part_id = part.get("id")
    if isinstance(part_id, str) and part_id:
        return part_id
    return f"{message_id}:{js_text(part.get('type', UNSET))}:{utf16_length(compact(part))}"
