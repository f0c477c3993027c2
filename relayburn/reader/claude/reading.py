"""One pass over the lines of a Claude Code log, and what it amounts to.

In: lines in file order, each with the offset it starts at. Out: at any point, the records of all lines so far
(reader-claude.md 4). The lines before an incremental start can be fed as evidence only (reader-claude.md 10.3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from relayburn.jsjson import truthy
from relayburn.reader.classifier import classify_activity
from relayburn.reader.claude.content import ContentPlaces, NoContent
from relayburn.reader.claude.entries import Entry, decode, decode_untyped
from relayburn.reader.claude.lineage import Lineage
from relayburn.reader.claude.links import SOURCE, SessionLinks, first_text
from relayburn.reader.claude.messages import (
    Message,
    add_line,
    add_line_with_final_usage,
    copied,
    fidelity_of,
    files_touched,
    start_message,
    tool_calls_of,
    usage_of,
    web_searches_of,
)
from relayburn.reader.claude.options import ClaudeOptions
from relayburn.reader.claude.prompts import Prompts, is_task_notification
from relayburn.reader.claude.results import ToolResults
from relayburn.reader.claude.user_lines import UserTurns, content_of, plain_text, tool_results
from relayburn.reader.git import ProjectResolver
from relayburn.reader.stop_reasons import normalize_stop_reason
from relayburn.reader.user_turn import TokenCounter
from relayburn.records import UNSET, CompactionEvent, SessionRelationshipRecord, TurnRecord
from relayburn.semantics import Semantics

LinksTo = Callable[[str], bool]
"""Whether a message id takes part in links between user turns, prompts and messages."""


def any_id(message_id: str) -> bool:
    """Every message id links, the empty one too."""
    return True


def non_empty_id(message_id: str) -> bool:
    """An empty message id links nothing: the reference's incremental parse."""
    return bool(message_id)


class Reading:
    """The state of one pass. Feed lines, then ask for records; asking changes nothing."""

    def __init__(
        self,
        options: ClaudeOptions,
        semantics: Semantics,
        counter: TokenCounter,
        *,
        user_text: str = "",
        links: LinksTo = any_id,
    ) -> None:
        self._options = options
        self._semantics = semantics
        self._links_to = links
        self._merge = add_line_with_final_usage if semantics.final_usage else add_line
        self._project = ProjectResolver()
        self._lineage = Lineage()
        self._prompts = Prompts() if semantics.prompt_by_parent or semantics.skill_activity else None
        self._last_assistant_id: str | None = None
        self.user_text = user_text
        self.on_bad_line = options.on_bad_line
        self.messages: dict[str, Message] = {}
        self.links = SessionLinks(options.session_id_of_file)
        self.results = ToolResults()
        self.user_turns = UserTurns(counter)
        self.compactions: list[tuple[int, CompactionEvent]] = []
        self.content = ContentPlaces() if options.content_mode == "full" else NoContent()

    def feed(self, line: bytes, offset: int) -> None:
        """Take one line; a line that is no JSON object has no effect."""
        entry = decode(line)
        if entry is None:
            if line.strip():
                self.on_bad_line(line)
            return
        if self._prompts is not None:
            self._prompts.add(entry)
        if entry.type == "assistant":
            self._feed_assistant(entry, offset)
        elif entry.type == "user":
            self._feed_user(entry, offset)
        elif entry.type == "system":
            self._feed_system(entry, line, offset)

    def scan(self, line: bytes) -> None:
        """Take one line of the prefix as evidence: nodes, links, counters, the last assistant message."""
        entry = decode(line)
        if entry is None:
            return
        if entry.type == "assistant":
            self.links.observe(entry)
            self._lineage.add_assistant(entry)
            if entry.message is not None and type(entry.message.id) is str:
                self._last_assistant_id = entry.message.id
        elif entry.type == "user":
            content = content_of(entry)
            results = tool_results(content)
            self.links.observe(entry)
            self.links.note_prompt(plain_text(content), -1)
            self._lineage.add_user(entry, [block.tool_use_id for block in results])
            self.results.count(entry, results)
        elif entry.type == "system" and (whole := decode_untyped(line)) is not None:
            self.results.count_notification(whole)

    def _feed_assistant(self, entry: Entry, offset: int) -> None:
        message_id = None if entry.message is None else entry.message.id
        if type(message_id) is not str:
            self.links.link(entry, offset)
            return
        is_new = message_id not in self.messages
        links = self._links_to(message_id)
        if links:
            if is_new:
                self.user_turns.link(message_id)
            self._last_assistant_id = message_id
        self.links.link(entry, offset)
        if is_new:
            message = start_message(entry, offset, self.user_text if links else "")
            self.messages[message_id] = message
            self.content.add_message(message)
        self._merge(self.messages[message_id], entry)
        self._lineage.add_assistant(entry)

    def _feed_user(self, entry: Entry, offset: int) -> None:
        content = content_of(entry)
        results = tool_results(content)
        # Most user lines hold results alone, and no text to look for.
        text = plain_text(content) if isinstance(content, str) or len(results) < len(content or ()) else ""
        notification = self._semantics.prompt_by_parent and is_task_notification(entry)
        if self._prompts is not None:
            self._prompts.add_user(entry, content, "" if notification else text)
        self._lineage.add_user(entry, [block.tool_use_id for block in results])
        self.links.link(entry, offset)
        if text:
            if not notification:
                self.user_text = text
            self.links.note_prompt(text, offset)
        if results:
            self.results.add(entry, results, offset)
        if not notification:
            self.user_turns.add(entry, content, offset, self._last_assistant_id)
        self.content.add_user_line(entry, content, offset)

    def _feed_system(self, entry: Entry, line: bytes, offset: int) -> None:
        if entry.subtype == "compact_boundary" and truthy(entry.session_id):
            event = CompactionEvent(
                source=SOURCE,
                session_id=copied(entry.session_id),
                ts=copied(entry.timestamp),
                preceding_message_id=self._last_assistant_id or UNSET,
            )
            self.compactions.append((offset, event))
        if (whole := decode_untyped(line)) is not None:
            self.results.add_notification(whole, offset)

    def turns(self) -> list[TurnRecord]:
        """A turn for each message so far, in order of first appearance."""
        return self.turns_of(list(enumerate(self.messages.values())))

    def turns_of(self, messages: list[tuple[int, Message]]) -> list[TurnRecord]:
        """The turns of some messages, each with its position among all."""
        prompts, skills = self._prompts, set()
        roots: list[str | None] = [None] * len(messages)
        if prompts is not None:
            roots = prompts.roots([message.first_uuid for _, message in messages])
            skills = prompts.skills() if self._semantics.skill_activity else skills
        return [
            self._turn(message, index, root, skills) for (index, message), root in zip(messages, roots, strict=True)
        ]

    def _turn(self, message: Message, index: int, root: str | None, skills: set[str]) -> TurnRecord:
        calls = tool_calls_of(message, self.results)
        user_text = message.user_text
        if root is not None and self._prompts is not None and self._semantics.prompt_by_parent:
            user_text = self._prompts.text(root)
        text = "\n".join(filter(None, (user_text, message.assistant_text)))
        activity = classify_activity(calls, text, any(call.is_error is True for call in calls), 0)
        turn = TurnRecord(
            source=SOURCE,
            session_id=message.session_id,
            message_id=message.id,
            turn_index=index,
            ts=message.ts,
            model=message.model,
            usage=usage_of(message),
            tool_calls=calls,
            session_path=self._options.session_path,
            files_touched=files_touched(calls) or UNSET,
            stop_reason=self._stop_reason(message),
            fidelity=fidelity_of(message),
            activity="skill" if root in skills else activity.activity,
            retries=activity.retries,
            has_edits=activity.has_edits,
        )
        if self._semantics.web_searches:
            turn.web_searches = web_searches_of(message)
        if message.cwd is not UNSET:
            project = self._project.resolve(message.cwd)
            turn.project, turn.project_key = project.project, project.project_key
        if message.is_sidechain:
            turn.subagent = self._lineage.subagent(message.first_uuid, message.session_id)
        return turn

    def _stop_reason(self, message: Message) -> Any:
        reason = message.stop_reason
        if reason is None:
            return UNSET
        return normalize_stop_reason(reason) if self._semantics.stop_reasons else reason


def subagent_rows(turns: Iterable[TurnRecord]) -> list[SessionRelationshipRecord]:
    """One row for each subagent, in turn order."""
    rows: dict[str, SessionRelationshipRecord] = {}
    for turn in turns:
        subagent = turn.subagent
        if subagent is UNSET or subagent.agent_id is UNSET or subagent.agent_id in rows:
            continue
        rows[subagent.agent_id] = SessionRelationshipRecord(
            source="native-claude",
            session_id=turn.session_id,
            relationship_type="subagent",
            agent_id=subagent.agent_id,
            related_session_id=subagent.parent_agent_id,
            parent_tool_use_id=subagent.parent_tool_use_id,
            subagent_type=subagent.subagent_type,
            description=subagent.description,
            ts=first_text(turn.ts) or UNSET,
        )
    return list(rows.values())


def with_tokens_before(events: Iterable[CompactionEvent], turns: Iterable[TurnRecord]) -> list[CompactionEvent]:
    """`events`, each with the cache read of the turn before it where that is among `turns`."""
    cache_reads = {turn.message_id: turn.usage.cache_read for turn in turns}
    return [
        CompactionEvent(
            source=event.source,
            session_id=event.session_id,
            ts=event.ts,
            preceding_message_id=event.preceding_message_id,
            tokens_before_compact=cache_reads.get(event.preceding_message_id, UNSET),
        )
        for event in events
    ]
