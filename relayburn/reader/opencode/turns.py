"""The turn of an assistant message.

In: a dialogue and the index of the message. Out: its `TurnRecord` (reader-opencode.md 5 B).
"""

from __future__ import annotations

from typing import Any

from relayburn.jsjson import truthy
from relayburn.reader.classifier import classify_activity
from relayburn.reader.git import Project, ProjectResolver
from relayburn.reader.opencode.coercion import js_text
from relayburn.reader.opencode.dialogue import Dialogue
from relayburn.reader.opencode.message import Message
from relayburn.reader.opencode.parts import Parts
from relayburn.reader.opencode.timestamps import iso
from relayburn.reader.opencode.tools import tool_use_of
from relayburn.reader.opencode.usage import fidelity_of, usage_of
from relayburn.reader.stop_reasons import normalize_stop_reason
from relayburn.records import UNSET, Subagent, TurnRecord, UnsetType
from relayburn.semantics import Semantics


def turn_of(
    dialogue: Dialogue,
    index: int,
    projects: ProjectResolver,
    *,
    session_path: str | UnsetType = UNSET,
    semantics: Semantics,
) -> TurnRecord:
    """The turn of the assistant message at `index`.

    Raises `InvalidTime`, and `InvalidProject` when its working directory is not a text.
    """
    message = dialogue.assistants[index]
    prompt = dialogue.prompt_of(message)
    parts = dialogue.parts_of(message)
    tools = tool_use_of(parts.tools)
    usage = usage_of(message.tokens)
    project = _project(message, dialogue, projects)
    texts = (dialogue.parts_of(prompt).prose if prompt else "", parts.prose)
    activity = classify_activity(tools.calls, "\n".join(filter(None, texts)), tools.failed, usage.reasoning)
    return TurnRecord(
        source="opencode",
        session_id=message.session_id,
        message_id=message.id,
        turn_index=index,
        ts=iso(message.created),
        model=_model(message.provider_id, message.model_id),
        usage=usage,
        tool_calls=tools.calls,
        session_path=session_path,
        project=project.project if project else UNSET,
        project_key=project.project_key if project else UNSET,
        files_touched=tools.files or UNSET,
        subagent=Subagent() if dialogue.session.is_child else UNSET,
        stop_reason=_stop_reason(parts, semantics),
        fidelity=fidelity_of(message.tokens, parts.step_tokens),
        activity=activity.activity,
        retries=activity.retries,
        has_edits=activity.has_edits,
    )


def _model(provider: Any, model: Any) -> Any:
    """`provider/model` when both say something; else the first that is there, whatever it is."""
    if provider is not UNSET and model is not UNSET and truthy(provider) and truthy(model):
        return f"{js_text(provider)}/{js_text(model)}"
    return next((value for value in (model, provider) if value is not UNSET and value is not None), "")


def _project(message: Message, dialogue: Dialogue, projects: ProjectResolver) -> Project | None:
    cwd = dialogue.session.directory if message.cwd is UNSET or message.cwd is None else message.cwd
    return None if cwd is UNSET else projects.resolve(cwd)


def _stop_reason(parts: Parts, semantics: Semantics) -> str | UnsetType:
    reason = parts.stop_reason
    return normalize_stop_reason(reason) if semantics.stop_reasons and reason is not UNSET else reason
