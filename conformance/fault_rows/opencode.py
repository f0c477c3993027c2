"""Faults of the OpenCode session reader."""

from __future__ import annotations

from conformance.fault import Fault
from conformance.mutation import Change, Drop, Flip, Misspell, Rewrite, Shift

READER = ("relayburn.reader.opencode",)
INCREMENTAL = ("relayburn.reader.opencode.incremental",)
ACTIVITY = ("relayburn.classifier.session",)
USER_TURNS = ("relayburn.reader.user_turn.session",)
BY_HAND = "current"
"""The area of the recordings that were derived by hand, of which some tell what no other does."""


def _in(module: str, name: str, change: Change, protocols: tuple[str, ...] = READER, area: str = "opencode") -> Fault:
    return Fault(f"opencode: {name}", f"relayburn.reader.opencode.{module}", change, protocols, areas=(area,))


def _in_dates(name: str, change: Change, protocols: tuple[str, ...] = READER, area: str = "opencode") -> Fault:
    return Fault(f"opencode: {name}", "relayburn.jsdate", change, protocols, areas=(area,))


FAULTS = (
    _in(
        "turns",
        "a message costs what its last step did",
        Rewrite(
            "usage = usage_of(message.tokens)",
            "usage = usage_of(parts.step_tokens[-1] if parts.step_tokens else message.tokens)",
        ),
    ),
    _in(
        "turns",
        "turns are of the session that was asked for, not of their message's",
        Rewrite("session_id=message.session_id,", "session_id=dialogue.session.id,"),
    ),
    _in(
        "turns",
        "the session's directory wins over the message's",
        Rewrite(
            "cwd = dialogue.session.directory if message.cwd is UNSET or message.cwd is None else message.cwd",
            "cwd = message.cwd if dialogue.session.directory is UNSET else dialogue.session.directory",
        ),
    ),
    _in(
        "turns",
        "an empty model is left out after its provider",
        Rewrite(
            'next((value for value in (model, provider) if value is not UNSET and value is not None), "")',
            'next((value for value in (model, provider) if value is not UNSET and value), "")',
        ),
    ),
    _in(
        "turns",
        "a subagent's turns are those of a main session",
        Rewrite("Subagent() if dialogue.session.is_child else UNSET", "UNSET"),
    ),
    _in(
        "turns",
        "only a prompt in the gap tells what a turn is about",
        Rewrite("prompt = dialogue.prompt_of(message)", "prompt = dialogue.gap_before(index).prompt"),
    ),
    _in(
        "usage",
        "cache writes are kept for an hour",
        Rewrite('cache_create_5m=_count(cached.get("write")),', 'cache_create_1h=_count(cached.get("write")),'),
    ),
    _in(
        "usage",
        "cache reads are input as well",
        Rewrite(
            'input=_count(counts.get("input")),', 'input=_count(counts.get("input")) + _count(cached.get("read")),'
        ),
    ),
    _in(
        "usage",
        "a null count is coverage missing",
        Rewrite('has_input |= "input" in told', 'has_input |= told.get("input") is not None'),
    ),
    _in(
        "usage",
        "what only a step tells is not covered",
        Rewrite("for told in (tokens, *step_tokens):", "for told in (tokens,):"),
    ),
    _in(
        "usage",
        "each result of a message is billed for all of it",
        Rewrite("normalize(js_number(value) / results)", "normalize(js_number(value))"),
    ),
    _in(
        "usage",
        "shares are whole tokens",
        Rewrite("normalize(js_number(value) / results)", "normalize(js_number(value) // results)"),
    ),
    _in(
        "parts",
        "what the harness wrote counts as prose",
        Rewrite("for part in self.texts if not part.synthetic)", "for part in self.texts)"),
        ACTIVITY,
        BY_HAND,
    ),
    _in(
        "parts",
        "any text for synthetic makes a part so",
        Rewrite('part.get("synthetic") is True', 'bool(part.get("synthetic"))'),
    ),
    _in(
        "parts",
        "a program's exit code is no failure",
        Rewrite(' or _exited_badly(state.get("metadata")),', ","),
    ),
    _in(
        "parts",
        "the first step tells why the message ended",
        Rewrite(
            '            if type(reason := part.get("reason")) is str:\n',
            '            if stop_reason is UNSET and type(reason := part.get("reason")) is str:\n',
        ),
    ),
    _in(
        "parts",
        "parts stand in the order of their files",
        Rewrite("for part in in_id_order(values):", "for part in [in_id_order(values), values][1]:"),
    ),
    _in(
        "parts",
        "part ids are ordered by code point",
        Rewrite("keys = ids if plain else [code_unit_key(part_id) for part_id in ids]", "keys = ids"),
    ),
    _in(
        "message",
        "messages stand in the order of their files",
        Rewrite("sorted(messages, key=_created)", "list(messages)"),
    ),
    _in(
        "tools",
        "the last part of a repeated call decides",
        Rewrite("if not part.is_call or part.call_id in calls:", "if not part.is_call:"),
    ),
    _in(
        "tools",
        "a skill that is no text gives way to the next key",
        Rewrite(
            "if (value := arguments.get(key)) is not None), None)",
            "if isinstance(value := arguments.get(key), str)), None)",
        ),
    ),
    _in(
        "tools",
        "an empty target is left out",
        Rewrite(
            "if isinstance(value := arguments.get(key), str):",
            "if (value := arguments.get(key)) and isinstance(value, str):",
        ),
    ),
    _in(
        "tool_events",
        "lengths in code points",
        Rewrite("utf16_length(part.measured)", "len(part.measured)"),
    ),
    _in(
        "tool_events",
        "the output of a failed call is not measured",
        Rewrite("measurable = part.output is not None", "measurable = part.output is not None and not part.failed"),
    ),
    _in(
        "user_turns",
        "what the harness wrote is not measured",
        Rewrite(
            "for part in dialogue.parts_of(gap.prompt).texts]",
            "for part in dialogue.parts_of(gap.prompt).texts if not part.synthetic]",
        ),
    ),
    _in(
        "user_turns",
        "a gap without a prompt has the time of the message before",
        Rewrite(
            "iso(gap.prompt.created if gap.prompt else message.created)",
            "iso((gap.prompt or gap.previous or message).created)",
        ),
    ),
    _in(
        "content",
        "a prompt stands before its first answer only",
        Rewrite("prompt = dialogue.prompt_of(message)", "prompt = dialogue.gap_before(index).prompt"),
    ),
    _in(
        "session",
        "the output of an empty call id goes untold",
        Rewrite("dialogue.parts_of(previous).with_output", "dialogue.parts_of(previous).terminal"),
    ),
    _in(
        "session",
        "a compaction is told by every call",
        Rewrite("            seen[user.id] = None\n", ""),
        INCREMENTAL,
    ),
    _in(
        "session",
        "ids that the session lacks are forgotten",
        Rewrite(
            "found.seen_message_ids = list(seen)\n",
            "found.seen_message_ids = [item for item in seen if item in {m.id for m in dialogue.assistants + dialogue.users}]\n",
        ),
        INCREMENTAL,
    ),
    _in(
        "session",
        "a message seen earlier is given again",
        Rewrite("        if message.id in seen:\n            continue\n", ""),
        INCREMENTAL,
    ),
    _in(
        "relationships",
        "a child session is no root",
        Rewrite(
            "    if session.is_child:\n        rows.append(\n",
            "    if session.is_child:\n        rows.clear()\n        rows.append(\n",
        ),
    ),
    _in(
        "storage",
        "messages are looked for under the session file's name",
        Rewrite(
            'return self._values(b"message", session_id)',
            'return self._values(b"message", Path(self._session_file).stem)',
        ),
    ),
    _in(
        "storage",
        "a file that is not UTF-8 is left out",
        Rewrite("        return _loads_replaced(data)\n", "        return UNSET\n"),
    ),
    _in_dates(
        "times are rounded to the millisecond",
        Rewrite("divmod(int(ms), _DAY_MS)", "divmod(round(ms), _DAY_MS)"),
    ),
    _in(
        "storage",
        "a long file is cut",
        Rewrite("        if len(data) < _FIRST_READ:\n", "        if data:\n"),
        USER_TURNS,
        BY_HAND,
    ),
    _in("dialogue", "a prompt at the time of the last answer is new", Flip("Dialogue.gap_before", 2)),
    _in("dialogue", "a message answers the prompt before its own", Shift("Dialogue.prompt_of")),
    _in("dialogue", "a gap begins a message too early", Shift("Dialogue.gap_before")),
    _in("dialogue", "a compaction follows the message before the last", Shift("Dialogue.assistant_before")),
    _in("message", "users' messages are not read", Drop("ROLES", 1)),
    _in("parts", "the harness's own texts are not known as such", Misspell("read_parts", 5)),
    _in("parts", "steps end unseen", Misspell("read_parts", 6)),
    _in("parts", "steps tell no tokens", Misspell("read_parts", 7)),
    _in("parts", "compactions are not seen", Misspell("read_parts", 9)),
    _in("parts", "calls have no arguments", Misspell("_tool_part", 1)),
    _in("parts", "an errored state is no failure", Misspell("_tool_part", 6)),
    _in("parts", "exit code 1 is the good one", Shift("_exited_badly")),
    _in("parts", "exit code 0 is a failure", Flip("_exited_badly", 1)),
    _in("parts", "two texts run into one word", Misspell("Parts.prose"), ACTIVITY, BY_HAND),
    _in("tools", "`file_path` names no file", Drop("_FILE_KEYS", 1)),
    _in("tools", "`path` names no file", Drop("_FILE_KEYS", 2)),
    _in("tools", "read has no keys of its own", Drop("TARGET_KEYS", 0)),
    _in("tools", "the url of a write is its target", Drop("TARGET_KEYS", 1), ACTIVITY, BY_HAND),
    _in("tools", "the command of an edit is its target", Drop("TARGET_KEYS", 2), ACTIVITY, BY_HAND),
    _in("tools", "bash has no keys of its own", Drop("TARGET_KEYS", 3)),
    _in("tools", "the path of a webfetch is its target", Drop("TARGET_KEYS", 6), ACTIVITY, BY_HAND),
    _in("tools", "task has no keys of its own", Drop("TARGET_KEYS", 7)),
    _in("tools", "the command of another tool is no target", Drop("OTHER_TARGET_KEYS", 2)),
    _in("tools", "what is read is not touched", Drop("FILE_TOOLS", 0)),
    _in("tools", "what is edited is not touched", Drop("FILE_TOOLS", 2)),
    _in("tools", "`skill` names no skill", Drop("SKILL_KEYS", 0)),
    _in("tools", "`skill_name` names no skill", Drop("SKILL_KEYS", 2)),
    _in("usage", "reasoning is lost", Misspell("usage_of", 2)),
    _in("usage", "cache reads are lost", Misspell("usage_of", 3)),
    _in("usage", "of two results each has it all", Shift("share_of")),
    _in("usage", "cache reads are never covered", Misspell("fidelity_of", 3)),
    _in_dates("times may be a millisecond later than the last", Shift("MAX_TIME_MS")),
    _in_dates("a day is a millisecond longer", Shift("_DAY_MS")),
    _in_dates("year 0 has a sign", Flip("_date_text"), USER_TURNS, BY_HAND),
    _in_dates("year 10000 has no sign", Shift("_date_text", 1), USER_TURNS, BY_HAND),
    _in("tool_events", "call numbers skip", Shift("indexed_results")),
    _in("tool_events", "a single result has a share", Flip("tool_result_event", 1)),
    _in("turns", "provider and model are joined otherwise", Misspell("_model")),
    _in(
        "turns",
        "stop reasons stay as OpenCode writes them",
        Rewrite(
            "normalize_stop_reason(reason) if semantics.stop_reasons and reason is not UNSET else reason", "reason"
        ),
        ACTIVITY,
        BY_HAND,
    ),
    _in("turns", "prompt and answer run into one word", Misspell("turn_of"), ACTIVITY, BY_HAND),
    _in("user_turns", "a gap without a prompt has another name", Misspell("user_turn_before", 1)),
    _in("session", "content is always kept", Flip("parse_session_store", 2)),
    _in("relationships", "a session begins with its second message", Shift("relationships_of")),
    _in("content", "the result of a call is told before there is one", Flip("_call_and_result", 0)),
)
