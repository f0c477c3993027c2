"""Faults of the Claude Code reader."""

from __future__ import annotations

from conformance.fault import Fault
from conformance.mutation import Change, Drop, Flip, Misspell, Rewrite, Shift

READER = ("relayburn.reader.claude",)
INCREMENTAL = ("relayburn.reader.claude.incremental",)
RECONCILE = ("relayburn.reader.claude.reconcile",)


def _in(module: str, name: str, change: Change, protocols: tuple[str, ...] = READER, area: str = "claude") -> Fault:
    return Fault(f"claude: {name}", f"relayburn.reader.claude.{module}", change, protocols, areas=(area,))


FAULTS = (
    _in(
        "reading",
        "messages are told apart by line uuid",
        Rewrite(
            "message_id = None if entry.message is None else entry.message.id",
            "message_id = None if entry.message is None else entry.uuid or entry.message.id",
        ),
    ),
    _in(
        "reading",
        "the last usage of a streamed message counts",
        Rewrite("if semantics.final_usage else add_line", "if not semantics.final_usage else add_line"),
    ),
    _in(
        "messages",
        "5-minute and 1-hour cache writes swapped",
        Rewrite(
            "cache_create_5m=create_5m,\n        cache_create_1h=create_1h,",
            "cache_create_5m=create_1h,\n        cache_create_1h=create_5m,",
        ),
    ),
    _in(
        "messages",
        "cache writes without a split are lost",
        Rewrite("        create_5m = as_doubles(total)\n", "        create_5m = 0\n"),
    ),
    _in(
        "messages",
        "a split of the cache writes is overruled by the total",
        Rewrite(
            "if total is not UNSET and _is_zero(create_5m) and _is_zero(create_1h) and to_number(total) > 0:",
            "if total is not UNSET and to_number(total) > 0:",
        ),
    ),
    _in(
        "messages",
        "a null count is coverage missing",
        Rewrite(
            "message.has_output |= usage.output_tokens is not UNSET",
            "message.has_output |= usage.output_tokens is not UNSET and usage.output_tokens is not None",
        ),
    ),
    _in("messages", "a repeated tool id makes a second call", Rewrite(" and block.id not in calls:", ":")),
    _in(
        "messages",
        "the first stop reason stays",
        Rewrite(
            "if type(line.stop_reason) is str:", "if type(line.stop_reason) is str and message.stop_reason is None:"
        ),
    ),
    _in(
        "messages",
        "empty targets are left out",
        Rewrite(
            "        if type(value) is str:\n            return value\n    return UNSET",
            "        if type(value) is str and value:\n            return value\n    return UNSET",
        ),
    ),
    _in(
        "messages",
        "the hash of an empty edit is left out",
        Rewrite("content_hash(text) if type(text) is str else UNSET", "content_hash(text) if text else UNSET"),
    ),
    _in("messages", "Grep has no target of its own", Drop("_TARGETS", 2)),
    _in("messages", "any tool's first argument is the file", Drop("_ANY_TARGET", 2)),
    _in("messages", "a later model never replaces an empty one", Flip("add_line", 1)),
    _in(
        "reading",
        "a prompt in between colours the rest of a message",
        Rewrite(
            "        self._merge(self.messages[message_id], entry)\n",
            "        self.messages[message_id].user_text = self.user_text\n        self._merge(self.messages[message_id], entry)\n",
        ),
    ),
    _in(
        "reading",
        "sidechain prompts do not count as prompts",
        Rewrite(
            "            if not notification:\n",
            "            if not notification and entry.is_sidechain is not True:\n",
        ),
    ),
    _in(
        "reading",
        "compactions do not know what came before",
        Rewrite("preceding_message_id=self._last_assistant_id or UNSET,", "preceding_message_id=UNSET,"),
    ),
    _in(
        "reading",
        "a turn's position counts from one",
        Rewrite(
            "return self.turns_of(list(enumerate(self.messages.values())))",
            "return self.turns_of(list(enumerate(self.messages.values(), 1)))",
        ),
    ),
    _in(
        "results",
        "success after an error clears it",
        Rewrite(
            "            if block.is_error is True:\n                self.errored.add(tool_id)\n",
            "            if block.is_error is True:\n                self.errored.add(tool_id)\n            else:\n                self.errored.discard(tool_id)\n",
        ),
    ),
    _in("results", "event numbers begin at one", Shift("ToolResults.__init__", 0)),
    _in("results", "call numbers skip", Shift("ToolResults._number", 1)),
    _in(
        "results",
        "lengths in code points",
        Rewrite("event.content_length = utf16_length(text)", "event.content_length = len(text)"),
    ),
    _in(
        "results",
        "the state `queued` is unknown",
        Misspell("_STATUSES", 13),
    ),
    _in(
        "results",
        "a known state rescues an unknown status",
        Rewrite(
            "    text = first_text(*map(line.get, _STATUS_KEYS))\n",
            "    text = next((line[key] for key in _STATUS_KEYS if _STATUSES.get(str(line.get(key)).lower())), None)\n",
        ),
    ),
    _in("results", "only the first content key is measured", Drop("_CONTENT_KEYS", 1)),
    _in(
        "results",
        "a replacement of no calls counts one",
        Rewrite("(normalize(math.floor(count)) or UNSET)", "(normalize(math.ceil(count)) or UNSET)"),
    ),
    _in(
        "lineage",
        "a tool result under its own call starts a subagent",
        Rewrite(" and parent.spawn.id not in node.answers:", ":"),
        area="current",
    ),
    _in(
        "lineage",
        "the last call of a line spawns",
        Rewrite("for block in message.content:", "for block in reversed(message.content):"),
    ),
    _in("lineage", "Task spawns nothing", Drop("SPAWNING_TOOLS", 1)),
    _in(
        "lineage",
        "a nested subagent hangs on the session",
        Rewrite("self._root(spawner.uuid) if spawner.is_sidechain else None", "None"),
    ),
    _in("links", "a root for every line", Flip("SessionLinks.link", 2)),
    _in(
        "links",
        "the resume marker needs a word's end",
        Rewrite("/(?:resume|continue)(?:", "/(?:resume|continue)\\b(?:"),
    ),
    _in("links", "a fork of itself is a fork", Rewrite("if target is None or target == this:", "if target is None:")),
    _in(
        "links",
        "the evidence's first time needs no session",
        Rewrite(
            "            self._session_ids[session_id] = None\n            if self._first_ts is None:\n                self._first_ts = first_text(entry.timestamp)\n",
            "            self._session_ids[session_id] = None\n        if self._first_ts is None:\n            self._first_ts = first_text(entry.timestamp)\n",
        ),
    ),
    _in(
        "user_lines",
        "all prompts in a row are linked to the answer",
        Rewrite(
            "        if self.pending is not None:\n            self.pending.following_message_id = message_id\n",
            "        if self.pending is not None:\n            for _, record in self.records:\n                record.following_message_id = record.following_message_id or message_id\n",
        ),
    ),
    _in(
        "content",
        "the content of messages stands before that of users",
        Rewrite(
            "        self.places.append((message.offset, message))",
            "        self.places.insert(0, (message.offset, message))",
        ),
    ),
    _in(
        "parse",
        "unfinished messages are emitted",
        Rewrite(
            "for index, message in messages if message.stop_reason is not None]", "for index, message in messages]"
        ),
        INCREMENTAL,
    ),
    _in(
        "parse",
        "unfinished messages hold nothing back",
        Rewrite(
            "end = min((message.offset for _, message in messages if message.stop_reason is None and message.id), default=cursor)",
            "end = cursor",
        ),
        INCREMENTAL,
    ),
    _in("parse", "finished messages hold back what follows", Flip("_finished_records", 1), INCREMENTAL),
    _in("reconcile", "a fork needs three files", Shift("_forks", 0), RECONCILE),
    _in(
        "reconcile",
        "a file continues itself",
        Rewrite("return owner if owner and owner != file.file_session_id else None", "return owner or None"),
        RECONCILE,
    ),
    _in(
        "reconcile",
        "the last file that saw a line owns it",
        Rewrite("owners.setdefault(uuid, str(file.file_session_id))", "owners[uuid] = str(file.file_session_id)"),
        RECONCILE,
    ),
    _in("results", "a parent's tool id is not looked for", Drop("_TOOL_USE_KEYS", 0), area="claude"),
    _in("results", "a state is no status", Drop("_STATUS_KEYS", 1)),
    _in("results", "every result is an error", Flip("ToolResults._add_event", 0)),
    _in("results", "only failed results count as errors", Flip("_status", 4)),
    _in("results", "null content is measured", Flip("_measure", 0)),
    _in("messages", "Write hashes no content", Misspell("_HASHED_TEXTS", 3)),
    _in("messages", "the hash of what was replaced is the new text's", Misspell("_EDITED", 0)),
    _in("messages", "NotebookEdit touches no file", Drop("_FILE_TOOLS", 3)),
    _in("messages", "a call's id may be anything but a text", Flip("tool_calls_of", 1)),
    _in("messages", "cache writes are zero where there are some", Flip("_is_zero", 0)),
    _in("lineage", "sidechain lines are those that are not", Flip("Lineage._add", 1)),
    _in("lineage", "results are tool calls", Misspell("_spawn", 0)),
    _in("links", "the first version is overwritten", Flip("SessionLinks._note", 4)),
    _in("links", "sidechain lines tell the first parent", Flip("SessionLinks._note", 5)),
    _in("user_lines", "empty texts make blocks", Flip("UserTurns._blocks", 4)),
    _in("user_lines", "results of one call only", Misspell("UserTurns._blocks", 0)),
    _in("content", "thinking is text", Misspell("_message_records", 5), ("relayburn.reader.claude*",)),
    _in("content", "user texts have no role", Misspell("_user_records", 5), ("relayburn.reader.claude*",)),
    _in("reading", "compactions are named otherwise", Misspell("Reading._feed_system", 0)),
    _in("parse", "what is held back is given as well", Flip("_finished_records", 2), INCREMENTAL),
    _in("reconcile", "forks of one file are forks", Flip("_forks", 0), RECONCILE),
    Fault(
        "claude: searches that were not made are counted",
        "relayburn.reader.claude.messages",
        Flip("web_searches_of", 3),
        ("relayburn.pricing.fees.session",),
        areas=("current",),
    ),
    Fault(
        "claude: a search costs a tenth of a cent",
        "relayburn.pricing.fees",
        Rewrite("10 / 1000", "1 / 1000"),
        ("relayburn.pricing.fees.session",),
        areas=("current",),
    ),
)
