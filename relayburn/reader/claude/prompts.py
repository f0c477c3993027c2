"""Which prompt a turn answers, found by the links between lines (correction `prompt_by_parent`).

In: every line of a log with its uuid and parent. Out: the user line that a message goes back to, and whether that line
belongs to a slash command (correction `skill_activity`; reader-claude.md 13, classifier.md 14). A task
notification, which the harness writes as a user line, is no prompt.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from relayburn.reader.claude.entries import Entry
from relayburn.reader.claude.user_lines import Content
from relayburn.text import WHITE_SPACE

NOTIFICATION = "task-notification"
_CAVEAT = "Caveat:"


def _is_marked(text: str) -> bool:
    # What both marks share is looked for once; most texts are long tool results without any.
    return "command-" in text or text.lstrip(WHITE_SPACE).startswith(_CAVEAT)


def is_task_notification(entry: Entry) -> bool:
    """True for a user line by which the harness tells that a background task ended."""
    if entry.origin is not None and entry.origin.kind == NOTIFICATION:
        return True
    attachment = entry.attachment
    return attachment is not None and attachment.type == "queued_command" and attachment.command_mode == NOTIFICATION


class _CommandLine(Struct, gc=False):
    """A user line that may be one of the three of a slash command."""

    position: int
    uuid: str
    parent_uuid: Any
    is_caveat: bool
    is_command: bool
    is_output: bool


class Prompts:
    """The prompts of one file by uuid, and the chains that lead to them."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._command_lines: list[_CommandLine] = []

    def add(self, entry: Entry) -> None:
        """Register any line that has a uuid as a link of a chain."""
        if type(entry.uuid) is str:
            parent = entry.parent_uuid
            self._parents[entry.uuid] = parent if type(parent) is str else ""

    def add_user(self, entry: Entry, content: Content, text: str) -> None:
        """Register a user line and its content; one with plain `text` is a prompt."""
        if type(entry.uuid) is not str:
            return
        if text:
            self._texts[entry.uuid] = text
        pieces = _texts(content)
        if not any(map(_is_marked, pieces)):
            return
        whole = "\n".join(pieces)
        line = _CommandLine(
            len(self._command_lines),
            entry.uuid,
            entry.parent_uuid,
            whole.lstrip(WHITE_SPACE).startswith(_CAVEAT),
            "<command-name>" in whole,
            "<local-command-stdout>" in whole,
        )
        if line.is_caveat or line.is_command or line.is_output:
            self._command_lines.append(line)

    def text(self, uuid: str) -> str:
        """The text of a prompt."""
        return self._texts[uuid]

    def roots(self, uuids: list[str | None]) -> list[str | None]:
        """Per message, given the uuid of its first line: the prompt it goes back to, None where the chain breaks."""
        known: dict[str, str | None] = {}
        return [self._root(uuid, known) for uuid in uuids]

    def _root(self, uuid: str | None, known: dict[str, str | None]) -> str | None:
        if uuid is None:
            return None
        path: dict[str, None] = {}
        root = None
        step = self._parents.get(uuid)
        while step and step not in path:
            if step in self._texts:
                root = step
                break
            if step in known:
                root = known[step]
                break
            path[step] = None
            step = self._parents.get(step)
        known.update(dict.fromkeys(path, root))
        return root

    def skills(self) -> set[str]:
        """The lines that belong to a slash command: a caveat, the command under it, its output under that."""
        children: dict[str, list[_CommandLine]] = {}
        for line in self._command_lines:
            if type(line.parent_uuid) is str:
                children.setdefault(line.parent_uuid, []).append(line)
        taken: set[str] = set()
        for caveat in self._command_lines:
            if not caveat.is_caveat or caveat.uuid in taken:
                continue
            command = _first_free(children, caveat, "is_command", taken)
            output = command and _first_free(children, command, "is_output", taken)
            if command and output:
                taken |= {caveat.uuid, command.uuid, output.uuid}
        return taken


def _first_free(
    children: dict[str, list[_CommandLine]], parent: _CommandLine, trait: str, taken: set[str]
) -> _CommandLine | None:
    for line in children.get(parent.uuid, ()):
        if line.position > parent.position and line.uuid not in taken and getattr(line, trait):
            return line
    return None


def _texts(content: Content) -> list[str]:
    if isinstance(content, str):
        return [content]
    texts = [block.text if block.type == "text" else block.content for block in content or ()]
    return [text for text in texts if type(text) is str]
