"""The calls: a whole rollout, or what is new in it.

In: the path of one rollout. Out: a `CodexSession`, or a `CodexIncrement` that also says where the next call goes on
(reader-codex.md 1, 3 and 6). For a log of one session whose totals are finite numbers, any split into increments gives
what the whole gives, but for `turnIndex`, which counts within a call.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from relayburn.reader.codex import call_items, message_items, result_lines, session_lines, task_lines
from relayburn.reader.codex.entries import Line, Payload, decode, whole_payload
from relayburn.reader.codex.options import CodexIncrement, CodexOptions, CodexSession
from relayburn.reader.codex.resume import CodexResume, fresh_state
from relayburn.reader.codex.work import Work
from relayburn.reader.git import ProjectResolver
from relayburn.reader.lines import complete_lines, read_bytes
from relayburn.reader.user_turn import token_counter
from relayburn.records import UNSET
from relayburn.semantics import CURRENT, Semantics

Handler = Callable[[Work, Line, Payload], None]

_LINES: dict[str, Handler] = {
    "session_meta": session_lines.session_meta,
    "compacted": session_lines.compacted,
}
_OWN_LINES = _LINES | {"session_meta": session_lines.own_session_meta}
"""Under `count_copies_once`."""

_EVENTS: dict[str, Handler] = {
    "token_count": session_lines.token_count,
    "task_started": task_lines.task_started,
    "task_complete": task_lines.task_complete,
    "patch_apply_end": result_lines.patch_apply_end,
    "exec_command_end": result_lines.exec_command_end,
}
_ITEMS: dict[str, Handler] = {
    "message": message_items.message,
    "reasoning": message_items.reasoning,
    "function_call": call_items.function_call,
    "custom_tool_call": call_items.custom_tool_call,
    "function_call_output": result_lines.tool_output,
    "custom_tool_call_output": result_lines.tool_output,
}
_NOTIFICATION_PREFIX = "subagent_"
_NOTIFICATION_ENDS = ("_complete", "_done", "_finished", "_terminated")


def parse_codex_session(
    path: str | Path, options: CodexOptions | None = None, *, semantics: Semantics = CURRENT
) -> CodexSession:
    """Read a whole log. Raises what the incremental parse raises."""
    options = msgspec.structs.replace(options or CodexOptions(), start_offset=0)
    whole = parse_codex_session_incremental(path, options, semantics=semantics)
    return CodexSession(**{name: getattr(whole, name) for name in CodexSession.__struct_fields__})


def parse_codex_session_incremental(
    path: str | Path, options: CodexOptions | None = None, *, semantics: Semantics = CURRENT
) -> CodexIncrement:
    """Read the complete lines from `options.start_offset` on, up to the last completed turn.

    Raises `LogUnreadable`, `UnsupportedTokenizer`, `SpecialToken`, `UnreadablePatch` or `InvalidProject`; the caller then keeps
    its old offset and state.
    """
    options = options or CodexOptions()
    resume = fresh_state() if options.resume is UNSET else options.resume
    data = read_bytes(path, options.start_offset)
    if not data:
        return _nothing_new(options.start_offset, resume)
    counter = token_counter(options.tokenizer, semantics=semantics)
    lines = _OWN_LINES if semantics.count_copies_once else _LINES
    work = Work(resume, options.start_offset, counter, keeps_content=options.content_mode == "full")
    for start, raw in complete_lines(data):
        line = decode(raw)
        if line is None:
            if raw.strip():
                options.on_bad_line(raw)
            continue
        if (payload := line.payload) is None:
            continue
        handler = _handler(lines, line.type or "", payload.type or "")
        if handler is not None:
            work.line_end = options.start_offset + start + len(raw) + 1
            handler(work, line, payload)
        elif line.type == "turn_context":
            session_lines.turn_context(work, whole_payload(raw))
    return _increment(work, options)


def _handler(lines: dict[str, Handler], kind: str, detail: str) -> Handler | None:
    if kind == "response_item":
        return _ITEMS.get(detail)
    if kind != "event_msg":
        return lines.get(kind)
    if detail.startswith(_NOTIFICATION_PREFIX) and detail.endswith(_NOTIFICATION_ENDS):
        return result_lines.subagent_notification
    return _EVENTS.get(detail)


def _nothing_new(offset: int, resume: CodexResume) -> CodexIncrement:
    return CodexIncrement(
        turns=[],
        content=[],
        events=[],
        user_turns=[],
        relationships=[],
        tool_result_events=[],
        end_offset=offset,
        resume=resume,
    )


def _increment(work: Work, options: CodexOptions) -> CodexIncrement:
    found, resume = work.committed, work.resume_in_json()
    projects = ProjectResolver()
    return CodexIncrement(
        turns=[
            closed.record(index, resume.session_id, options.session_path, projects)
            for index, closed in enumerate(found.turns)
        ],
        content=[record for closed in found.turns for record in closed.turn.content],
        events=found.events,
        user_turns=found.user_turns,
        relationships=found.relationships,
        tool_result_events=found.tool_result_events,
        end_offset=work.end_offset,
        resume=resume,
    )
