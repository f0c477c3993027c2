"""Faults of the Codex reader."""

from __future__ import annotations

from conformance.fault import Fault
from conformance.mutation import Change, Drop, Flip, Misspell, Rewrite, Shift

READER = ("relayburn.reader.codex",)
INCREMENTAL = ("relayburn.reader.codex.incremental",)
HINT = ("relayburn.reader.codex.session_id_hint",)
ACTIVITY = ("relayburn.classifier.session",)
USAGE = ("relayburn.reader.fidelity.session",)
BY_HAND = "current"
"""The area of the recordings that were derived by hand, of which some tell what no other does."""


def _in(module: str, name: str, change: Change, protocols: tuple[str, ...] = READER, area: str = "codex") -> Fault:
    return Fault(f"codex: {name}", f"relayburn.reader.codex.{module}", change, protocols, areas=(area,))


FAULTS = (
    _in(
        "open_turn",
        "a turn is billed for the whole session so far",
        Rewrite("ClosedTurn(self, growth(self.start, totals))", "ClosedTurn(self, totals)"),
    ),
    _in(
        "entries",
        "the last call's usage is taken for the session's",
        Rewrite(
            "    total_token_usage: TokenUsage | None = None",
            '    total_token_usage: TokenUsage | None = msgspec.field(default=None, name="last_token_usage")',
        ),
    ),
    _in(
        "totals",
        "cached input is paid twice",
        Rewrite("input=_difference(_or_zero(usage.input_tokens), cached),", "input=_or_zero(usage.input_tokens),"),
    ),
    _in(
        "totals",
        "reasoning is added to the output that includes it",
        Rewrite(
            "output=_or_zero(usage.output_tokens),",
            "output=_difference(_or_zero(usage.output_tokens), -to_number(_or_zero(usage.reasoning_output_tokens))),",
        ),
    ),
    _in(
        "totals",
        "totals that start over count as negative",
        Rewrite("used if math.isnan(used) else max(0, used)", "used"),
    ),
    _in(
        "session_lines",
        "usage between turns falls to the next turn",
        Rewrite(
            "    work.replace_totals(usage)\n    if work.turn is not None:\n",
            "    if work.turn is not None:\n        work.replace_totals(usage)\n",
        ),
        USAGE,
        BY_HAND,
    ),
    _in(
        "session_lines",
        "every session_meta tells the root again",
        Rewrite("    if not work.root_emitted:\n", "    if work.session_id:\n"),
    ),
    _in(
        "session_lines",
        "a fork is told each time it is written",
        Rewrite("    if key not in work.meta_keys:\n", "    if key:\n"),
    ),
    _in(
        "session_lines",
        "compactions hold the running total",
        Rewrite(
            "event.tokens_before_compact = work.last_completed.cache_read",
            "event.tokens_before_compact = work.totals.cache_read",
        ),
    ),
    _in(
        "session_lines",
        "the context of another turn fills the open one",
        Rewrite("if turn is None or turn.turn_id != turn_id:", "if turn is None:"),
    ),
    _in(
        "session_lines",
        "an empty time of the payload gives way to the line's",
        Rewrite(
            "time = line.timestamp if payload.timestamp is None else payload.timestamp",
            "time = payload.timestamp or line.timestamp",
        ),
    ),
    _in(
        "task_lines",
        "an interrupted turn is lost",
        Rewrite("        work.found.turns.append(work.turn.close(work.totals))\n", "        work.turn = None\n"),
    ),
    _in(
        "task_lines",
        "the results of an interrupted turn are kept",
        Rewrite(
            "        work.found.turns.append(work.turn.close(work.totals))\n",
            "        work.found.turns.append(work.turn.close(work.totals))\n"
            "        work.found.tool_result_events += work.turn.events\n",
        ),
    ),
    _in(
        "task_lines",
        "a failure told later leaves what was known of the result",
        Rewrite(
            "        if event.tool_use_id in turn.errored_ids:\n",
            '        if event.tool_use_id in turn.errored_ids and event.status == "unknown":\n',
        ),
        area=BY_HAND,
    ),
    _in(
        "task_lines",
        "a turn without a context takes the last one's model",
        Rewrite(
            "context = work.contexts.get(turn_id) or {}",
            "context = work.contexts.get(turn_id) or next(reversed(work.contexts.committed.values()), {})",
        ),
    ),
    _in(
        "task_lines",
        "the session's directory wins over the turn's",
        Rewrite(
            "project=work.session_cwd if cwd is None else cwd",
            "project=cwd if work.session_cwd is UNSET else work.session_cwd",
        ),
    ),
    _in(
        "task_lines",
        "a prompt before its turn does not tell what the turn is about",
        Rewrite("user_texts=work.pending_texts", "user_texts=[]"),
        ACTIVITY,
        BY_HAND,
    ),
    _in(
        "task_lines",
        "the result of a failed call is not marked in the user turn",
        Rewrite(
            "    work.slot.blocks = [_marked(block, turn.errored_ids) for block in work.slot.blocks]\n",
            "",
        ),
    ),
    _in(
        "task_lines",
        "an interrupted turn counts as the one before",
        Rewrite(
            "        work.found.turns.append(work.turn.close(work.totals))\n",
            "        work.found.turns.append(work.turn.close(work.totals))\n"
            "        work.slot.preceding_message_id = work.turn.turn_id\n",
        ),
    ),
    _in(
        "parse",
        "a turn that still runs is reported",
        Rewrite(
            "    return _increment(work, options)\n",
            "    if work.turn is not None:\n        work.found.turns.append(work.turn.close(work.totals))\n"
            "        work.commit()\n    return _increment(work, options)\n",
        ),
    ),
    _in(
        "parse",
        "the next call starts at the last line read, not at the last turn",
        Rewrite("end_offset=work.end_offset", "end_offset=work.line_end"),
        INCREMENTAL,
    ),
    _in(
        "work",
        "an increment forgets what was used before",
        Rewrite(
            "self._totals = with_zeros(resume.cumulative)",
            "self._totals = Totals(input=0, output=0, cache_read=0, reasoning=0)",
        ),
        INCREMENTAL,
    ),
    _in(
        "work",
        "events are numbered anew in every increment",
        Rewrite("self.next_event_index: int = resume.next_event_index", "self.next_event_index: int = 0"),
        INCREMENTAL,
    ),
    _in(
        "work",
        "the results of one call are numbered anew in every increment",
        Rewrite("GrowingMap(dict(resume.tool_result_counters))", "GrowingMap({})"),
        INCREMENTAL,
    ),
    _in(
        "work",
        "contexts of an earlier increment are forgotten",
        Rewrite("GrowingMap(dict(resume.turn_contexts))", "GrowingMap({})"),
        INCREMENTAL,
    ),
    _in(
        "work",
        "what waits for the next turn is forgotten between increments",
        Rewrite("self.slot = _copy_of_slot(resume.user_turn_slot)", "self.slot = UserTurnSlot()"),
        INCREMENTAL,
    ),
    _in(
        "work",
        "the slot takes the time of its last block",
        Rewrite("if not truthy(slot.ts) and truthy(line.timestamp):", "if truthy(line.timestamp):"),
    ),
    _in(
        "message_items",
        "what the harness writes counts as a prompt",
        Rewrite("if not _BOILERPLATE.match(text)]", "if text]"),
    ),
    _in(
        "message_items",
        "AGENTS.md is boilerplate only without a space before it",
        Rewrite(r"|#{WS}*+(?ai:AGENTS", r"|#(?ai:AGENTS"),
    ),
    _in(
        "open_turn",
        "a call that is written again counts twice",
        Rewrite("        if call_id in self.seen_call_ids:\n            return False\n", ""),
    ),
    _in(
        "open_turn",
        "reasoning tokens say nothing about the activity",
        Rewrite(
            "            self.used.reasoning,\n        )\n        return TurnRecord(",
            "            0,\n        )\n        return TurnRecord(",
        ),
    ),
    _in(
        "call_items",
        "an empty command is no target",
        Rewrite("        if isinstance(value, str):\n", "        if isinstance(value, str) and value:\n"),
    ),
    _in(
        "call_items",
        "a patch's file is named at the start of a line only",
        Rewrite('rf"\\*\\*\\*{WS}++(?:Update', 'rf"(?m)^\\*\\*\\*{WS}++(?:Update'),
    ),
    _in("call_items", "patches that add files name none", Rewrite("(?:Update|Add|Delete)", "(?:Update|Delete)")),
    _in(
        "result_lines",
        "a failure in another turn counts in this one",
        Rewrite(
            "work.turn is not None and payload.turn_id == work.turn.turn_id",
            "work.turn is not None",
        ),
    ),
    _in(
        "result_lines",
        "a failed patch touches its files",
        Rewrite("    elif payload.changes is not None:\n", "    if payload.changes is not None:\n"),
    ),
    _in("result_lines", "lengths in code points", Rewrite("utf16_length(text)", "len(text)")),
    _in(
        "result_lines",
        "the child that an output names does not replace the one of the arguments",
        Rewrite(
            "        if child is not None:\n            spawn",
            "        if child is not None and spawn.child_id is None:\n            spawn",
        ),
    ),
    _in(
        "result_lines",
        "a notification of a status that is not known is a failure",
        Rewrite('payload.status or "").lower(), "completed")', 'payload.status or "").lower(), "errored")'),
    ),
    _in(
        "spawns",
        "a subagent's row is told at every chance",
        Rewrite("        self.told = True\n", ""),
    ),
    _in(
        "spawns",
        "a subagent is told as the parent of its session",
        Rewrite(
            'session_id=self.child_id,\n                relationship_type="subagent",\n                related_session_id=session_id,',
            'session_id=session_id,\n                relationship_type="subagent",\n                related_session_id=self.child_id,',
        ),
    ),
    _in("call_items", "patches have no target", Misspell("PATCH_TOOL")),
    _in("call_items", "`cmd` names no command", Drop("_COMMAND_KEYS", 0)),
    _in("call_items", "`command` names no command", Drop("_COMMAND_KEYS", 1)),
    _in("call_items", "`file_path` names no file", Drop("_PATH_KEYS", 1)),
    _in("call_items", "exec_command has no keys of its own", Drop("_TARGET_KEYS", 0)),
    _in("call_items", "a shell's path is its target", Drop("_TARGET_KEYS", 1), ACTIVITY, BY_HAND),
    _in("call_items", "read_file has no keys of its own", Drop("_TARGET_KEYS", 2)),
    _in("call_items", "what write_file runs is its target", Drop("_TARGET_KEYS", 3), ACTIVITY, BY_HAND),
    _in("call_items", "a url is no target", Drop("_OTHER_TARGET_KEYS", 2)),
    _in("parse", "compactions are not heard", Drop("_LINES", 1)),
    _in("parse", "totals are not heard", Drop("_EVENTS", 0)),
    _in("parse", "ends of patches are not heard", Drop("_EVENTS", 3)),
    _in("parse", "ends of commands are not heard", Drop("_EVENTS", 4)),
    _in("parse", "reasoning is not heard", Drop("_ITEMS", 1)),
    _in("parse", "calls of custom tools are not heard", Drop("_ITEMS", 3)),
    _in("parse", "outputs of custom tools are not heard", Drop("_ITEMS", 5)),
    _in("parse", "a subagent never completes", Drop("_NOTIFICATION_ENDS", 0)),
    _in("parse", "a subagent is never terminated", Drop("_NOTIFICATION_ENDS", 3)),
    _in("parse", "no event is of a subagent", Misspell("_NOTIFICATION_PREFIX"), INCREMENTAL),
    _in("result_lines", "the status `errored` is not known", Drop("_STATUS_OF_TEXT", 0), area=BY_HAND),
    _in("result_lines", "the status `failed` is not known", Drop("_STATUS_OF_TEXT", 1), area=BY_HAND),
    _in("result_lines", "the status `error` is not known", Drop("_STATUS_OF_TEXT", 2), area=BY_HAND),
    _in("result_lines", "the status `cancelled` is not known", Drop("_STATUS_OF_TEXT", 3)),
    _in("result_lines", "the status `canceled` is not known", Drop("_STATUS_OF_TEXT", 4), area=BY_HAND),
    _in("result_lines", "a command that ends well has failed", Flip("exec_command_end", 1)),
    _in("result_lines", "exit code 1 is the good one", Shift("exec_command_end")),
    _in("result_lines", "a patch that was applied has failed", Flip("patch_apply_end", 1)),
    _in("result_lines", "results are errors unless their call failed", Flip("tool_output", 2)),
    _in("result_lines", "a notification tells of children that are known already", Flip("subagent_notification", 3)),
    _in("open_turn", "Codex has no raw content", Drop("_CAPABILITIES", 3)),
    _in("open_turn", "Codex has no results", Drop("_CAPABILITIES", 1)),
    _in("open_turn", "the calls that went well have failed", Flip("ClosedTurn.record", 1)),
    _in("open_turn", "prompt and answer run into one word", Misspell("ClosedTurn.record"), ACTIVITY, BY_HAND),
    _in("session_lines", "a later session_meta moves the open turn", Flip("session_meta", 2), area=BY_HAND),
    _in("session_lines", "a session forks from itself", Flip("session_meta", 4), INCREMENTAL),
    _in("session_lines", "only contexts of other turns fill the open one", Flip("turn_context", 1), INCREMENTAL),
    _in("session_lines", "the directory of an open turn's context is lost", Misspell("turn_context", 2), area=BY_HAND),
    _in("session_lines", "what precedes a compaction is told where nothing does", Flip("compacted"), INCREMENTAL),
    _in("spawns", "no call spawns", Misspell("SPAWN_TOOL"), INCREMENTAL),
    _in("spawns", "`subagent_type` is no type", Misspell("Spawn.of_call", 0)),
    _in("spawns", "`type` is no type", Misspell("Spawn.of_call", 2)),
    _in("spawns", "`task` describes nothing", Misspell("Spawn.of_call", 4)),
    _in("spawns", "`subagent_id` names no child", Misspell("child_id", 1)),
    _in("hint", "a first line may be one byte longer", Shift("HINT_BYTES"), HINT, BY_HAND),
    _in("hint", "a first line must be one byte shorter", Shift("HINT_BYTES", by=-1), HINT),
    _in("totals", "a session begins with a token", Shift("NOTHING_USED", 1)),
    _in("totals", "a total that is missing is one", Shift("_or_zero")),
    _in("totals", "a turn uses a token at least", Shift("_growth")),
    _in("task_lines", "the first user turn has another name", Misspell("_user_turn", 2)),
    _in("task_lines", "a result that is known completes", Flip("task_complete", 3)),
    _in("task_lines", "results are marked unless their call failed", Flip("_marked", 1)),
    _in("message_items", "what the assistant says is a prompt", Flip("message", 0)),
    _in("entries", "totals on an odd line are lost", Misspell("_payload", 0), USAGE, BY_HAND),
    _in("entries", "the files of a patch on an odd line are lost", Misspell("_payload", 3)),
)
