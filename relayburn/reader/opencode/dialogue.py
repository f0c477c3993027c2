"""A session as a dialogue: which prompt an assistant message answers, and what stands between two of them.

In: the messages of a session and a way to their parts. Out: `Dialogue`, which the record builders ask
(reader-opencode.md 5).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable

from msgspec import Struct

from relayburn.reader.opencode.message import Message, SessionInfo, in_time_order
from relayburn.reader.opencode.parts import Parts

PartsOf = Callable[[Message], Parts]
"""Gives the parts of a message. May raise `NullPart`."""


class Gap(Struct, frozen=True, gc=False):
    """What stands before an assistant message: the assistant message before it, and the prompt since then."""

    previous: Message | None
    prompt: Message | None


class Dialogue:
    """The messages of one session in time order; `assistants` and `users` are apart."""

    def __init__(self, session: SessionInfo, messages: Iterable[Message], parts_of: PartsOf) -> None:
        ordered = in_time_order(messages)
        self.session = session
        self.assistants = [message for message in ordered if message.role == "assistant"]
        self.users = [message for message in ordered if message.role == "user"]
        self.parts_of = parts_of
        self._assistant_times = [message.created for message in self.assistants]
        self._user_times = [message.created for message in self.users]

    def prompt_of(self, message: Message) -> Message | None:
        """The user message that `message` answers: the last one that is not later."""
        index = bisect_right(self._user_times, message.created)
        return self.users[index - 1] if index else None

    def gap_before(self, index: int) -> Gap:
        """What stands before the assistant message at `index`; a prompt that came no later than the last one is old."""
        previous = self.assistants[index - 1] if index else None
        prompt = self.prompt_of(self.assistants[index])
        if prompt is None or (previous is not None and prompt.created <= previous.created):
            return Gap(previous, None)
        return Gap(previous, prompt)

    def assistant_before(self, message: Message) -> Message | None:
        """The last assistant message that is strictly earlier than `message`."""
        index = bisect_left(self._assistant_times, message.created)
        return self.assistants[index - 1] if index else None
