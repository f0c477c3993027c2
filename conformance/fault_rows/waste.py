"""Faults of the waste detectors: thresholds, streaks, names, orders, money and lengths."""

from __future__ import annotations

from conformance.fault import Fault
from conformance.mutation import Change, Drop, Flip, Misspell, Rewrite, Shift

PATTERNS = ("relayburn.analyze.patterns.*",)
TOOL_CALLS = ("relayburn.analyze.tool_call_patterns.*",)
BLOAT = ("relayburn.analyze.tool_output_bloat.*",)
GHOSTS = ("relayburn.analyze.ghost_surface.*",)
FINDINGS = ("relayburn.analyze.findings.*",)
PASS = ("relayburn.analyze.waste.*",)


def _in(module: str, name: str, change: Change, protocols: tuple[str, ...] = PATTERNS) -> Fault:
    return Fault(f"waste: {name}", f"relayburn.analyze.{module}", change, protocols, areas=("detectors", "current"))


FAULTS = (
    _in("patterns.retry_loops", "two failures are a retry loop", Shift("MIN_ATTEMPTS", by=-1)),
    _in("patterns.retry_loops", "a retry loop needs four failures", Shift("MIN_ATTEMPTS")),
    _in(
        "patterns.retry_loops",
        "a loop's signature is the last one",
        Rewrite("if found is UNSET:", "if found is UNSET or found != signature:"),
    ),
    _in("patterns.failure_runs", "two failures are a failure run", Shift("MIN_LENGTH", by=-1)),
    _in("patterns.failure_runs", "a failure run needs four failures", Shift("MIN_LENGTH")),
    _in("patterns.failure_runs", "equal failures are a failure run", Shift("MIN_DISTINCT_CALLS", by=-1)),
    _in(
        "patterns.failure_runs",
        "equal failures told by other events are no failure run",
        Rewrite(
            "return few_calls and all(outcome.event_source in (UNSET, TOOL_RESULT) for outcome in run)",
            "return few_calls",
        ),
    ),
    _in(
        "patterns.failure_runs",
        "a tool without a first result shows no error",
        Rewrite(
            "if outcome.call is None or outcome.tool in found:",
            "if outcome is not next(one for one in run if one.tool == outcome.tool):",
        ),
    ),
    _in("patterns.outcomes", "a running call breaks a streak", Misspell("RUNNING")),
    _in("patterns.outcomes", "cancelled calls are not seen", Misspell("CANCELLED")),
    _in("patterns.outcomes", "sources that differ are the first's", Rewrite(" else MIXED", " else first")),
    _in("patterns.outcomes", "a notification names no subagent", Drop("NAMES_WITHOUT_CALL", 0)),
    _in(
        "patterns.outcomes",
        "the first event of a call decides",
        Rewrite("        last[event.tool_use_id] = event\n", "        last.setdefault(event.tool_use_id, event)\n"),
    ),
    _in(
        "patterns.outcomes",
        "events tie in code-point order",
        Rewrite(
            "(collation_key(text_of(event.ts)), collation_key(text_of(event.tool_use_id)))",
            "(text_of(event.ts), text_of(event.tool_use_id))",
        ),
    ),
    _in(
        "patterns.outcomes",
        "an event belongs to the last turn before it, wherever that stands",
        Rewrite(
            "accumulate((time_key(turn.ts) for turn in turns), max)", "sorted(time_key(turn.ts) for turn in turns)"
        ),
    ),
    _in(
        "patterns.outcomes",
        "an event at a turn's very time belongs to the turn before",
        Rewrite("from bisect import bisect_right", "from bisect import bisect_left as bisect_right"),
    ),
    _in(
        "patterns.outcomes",
        "an empty hash of arguments is a retried call's",
        Rewrite(
            "loop_key=(tool, args_hash) if args_hash else None",
            "loop_key=None if args_hash is None else (tool, args_hash)",
        ),
    ),
    _in(
        "patterns.session",
        "marks count beside events",
        Rewrite("        if self._events:\n", "        if any(event.status == 'errored' for event in self._events):\n"),
    ),
    _in("patterns.session", "a message is paid each time it occurs", Flip("Session.cost_once")),
    _in(
        "patterns.content",
        "lengths in code points",
        Rewrite("text if utf16_length(text) <= length else", "text if len(text) <= length else"),
    ),
    _in(
        "patterns.content",
        "cuts at code points",
        Rewrite("utf16_slice(text, 0, length - 1) + ELLIPSIS", "text[: length - 1] + ELLIPSIS"),
    ),
    _in("patterns.content", "signatures are one unit longer", Shift("SIGNATURE_LENGTH")),
    _in("patterns.content", "signatures are one unit shorter", Shift("SIGNATURE_LENGTH", by=-1)),
    _in(
        "patterns.content",
        "the last result of a call is shown",
        Rewrite(
            "self._results.setdefault(record.tool_result.tool_use_id, record.tool_result.content)",
            "self._results[record.tool_result.tool_use_id] = record.tool_result.content",
        ),
    ),
    _in(
        "patterns.edit_reverts",
        "a revert leaves the file's history",
        Rewrite("            history.clear()\n", ""),
    ),
    _in("patterns.edit_reverts", "writes revert nothing", Drop("REVERTING_TOOLS", 1)),
    _in(
        "patterns.compaction_losses",
        "the last boundary's turn is lost twice",
        Rewrite(
            "else bisect_right(self._times, time_key(previous.ts))",
            "else bisect_right(self._times, time_key(previous.ts)) - 1",
        ),
    ),
    _in(
        "patterns.compaction_losses",
        "lost work needs stored content",
        Rewrite(
            "if session_id in evidence.content_by_session else None",
            "if evidence.content_by_session.get(session_id) else None",
        ),
    ),
    _in("patterns.opencode_skills", "a skill called once is a duplicate", Shift("MIN_CALLS", by=-1)),
    _in("patterns.opencode_skills", "a duplicate needs three calls", Shift("MIN_CALLS")),
    _in(
        "patterns.opencode_skills",
        "a skill rides in its own turn",
        Rewrite("from bisect import bisect_right", "from bisect import bisect_left as bisect_right"),
    ),
    _in(
        "patterns.system_prompt_tax",
        "the first turn rides on itself",
        Rewrite("if place and number(turn.usage.cache_read) > 0", "if number(turn.usage.cache_read) > 0"),
    ),
    _in("patterns.edit_heavy", "four edits are heavy", Shift("MIN_EDITS", by=-1)),
    _in("patterns.edit_heavy", "five edits are not heavy", Shift("MIN_EDITS")),
    _in("patterns.edit_heavy", "four edits a read are heavy", Rewrite("ratio <= MAX_RATIO", "ratio < MAX_RATIO")),
    _in("patterns.edit_heavy", "edit-heavy sessions may be severe", Flip("edit_heavy_finding"), FINDINGS),
    _in("patterns.codex_shell", "tail reads nothing", Drop("READERS", 2)),
    _in("patterns.codex_shell", "any harness's shell reads files", Flip("is_shell_file_read")),
    _in(
        "patterns.codex_shell",
        "a file named `cat` is a command after a pipe",
        Rewrite('re.compile(r"&&|\\|\\||;|\\n")', 're.compile(r"&&|\\|\\|?|;|\\n")'),
    ),
    _in(
        "patterns.detect",
        "summaries of equal cost stand reversed",
        Rewrite('attrgetter("total_cost"), reverse=True)', 'attrgetter("total_cost"))[::-1]'),
    ),
    _in("patterns.table", "edits add to a session's cost", Rewrite("    return 0\n", "    return _.cost\n")),
    _in(
        "patterns.table",
        "edit-heavy findings come last",
        Rewrite("finding_place=6", "finding_place=10"),
        FINDINGS,
    ),
    _in(
        "tool_names",
        "other harnesses' names are not known",
        Rewrite("normalize_tool_name(call.name) if", "call.name if"),
    ),
    _in("tool_call_patterns", "two turns that search are a pattern", Shift("MIN_SEARCH_TURNS", by=-1), TOOL_CALLS),
    _in("tool_call_patterns", "a pattern needs four turns that search", Shift("MIN_SEARCH_TURNS"), TOOL_CALLS),
    _in("tool_call_patterns", "a cluster spans six turns", Shift("CLUSTER_WINDOW"), TOOL_CALLS),
    _in("tool_call_patterns", "a cluster spans four turns", Shift("CLUSTER_WINDOW", by=-1), TOOL_CALLS),
    _in("tool_call_patterns", "two edits are a cluster", Shift("MIN_CLUSTER", by=-1), TOOL_CALLS),
    _in("tool_call_patterns", "the last of the longest clusters is told", Flip("_busiest_window", 2), TOOL_CALLS),
    _in("tool_call_patterns", "a search is dearer by a token", Shift("CATEGORIES"), TOOL_CALLS),
    _in("tool_call_patterns", "git diff is no look at the state", Misspell("_is_git_state", 2), TOOL_CALLS),
    _in(
        "tool_call_patterns",
        "the last of the most used models sets the price",
        Rewrite(
            "max(counts, key=lambda model: counts[model])", "max(reversed(counts), key=lambda model: counts[model])"
        ),
        TOOL_CALLS,
    ),
    _in("tool_output_bloat", "the threshold is a token higher", Shift("THRESHOLD"), BLOAT),
    _in("tool_output_bloat", "the threshold is a token lower", Shift("THRESHOLD", by=-1), BLOAT),
    _in("tool_output_bloat", "nineteen outputs raise the threshold", Shift("SAMPLES_FOR_PERCENTILE", by=-1), BLOAT),
    _in("tool_output_bloat", "twenty outputs do not raise the threshold", Shift("SAMPLES_FOR_PERCENTILE"), BLOAT),
    _in(
        "tool_output_bloat",
        "tokens of characters round down",
        Rewrite("math.ceil(units /", "math.floor(units /"),
        BLOAT,
    ),
    _in("tool_output_bloat", "Codex's outputs are not measured", Drop("MEASURED_SOURCES", 1), BLOAT),
    _in("tool_output_bloat", "the first file that sets a limit decides", Rewrite("limits[-1]", "limits[0]"), BLOAT),
    _in(
        "tool_output_bloat",
        "the last turn of a session gives the price",
        Rewrite("of_session.setdefault(_key(turn, None), turn.model)", "of_session[_key(turn, None)] = turn.model"),
        BLOAT,
    ),
    _in(
        "claude_settings",
        "a byte order mark is passed over",
        Rewrite('"utf-8", "replace"', '"utf-8-sig", "replace"'),
        BLOAT,
    ),
    _in(
        "ghost_surface.candidates",
        "links are files",
        Rewrite("entry.is_file(follow_symlinks=False)", "entry.is_file()"),
        GHOSTS,
    ),
    _in(
        "ghost_surface.candidates",
        "tokens of files round down",
        Rewrite("-(-length // BYTES_PER_TOKEN)", "length // BYTES_PER_TOKEN"),
        GHOSTS,
    ),
    _in("ghost_surface.candidates", "Claude's skills are not looked at", Drop("CLAUDE_FOLDERS", 1), GHOSTS),
    _in(
        "ghost_surface.opencode_config",
        "commands are sized in bytes",
        Rewrite("tokens_of(utf16_length(compact(command)))", "tokens_of(len(compact(command).encode()))"),
        GHOSTS,
    ),
    _in("ghost_surface.names", "a hidden file's stem is empty", Flip("stem"), GHOSTS),
    _in(
        "ghost_surface.names",
        "a prompt's name may go on with a hyphen",
        Rewrite("[A-Za-z0-9_-]", "[A-Za-z0-9_]"),
        GHOSTS,
    ),
    _in(
        "ghost_surface.detect",
        "ghosts tie in code-point order",
        Rewrite("collation_key(ghost.path)", "ghost.path"),
        GHOSTS,
    ),
    _in(
        "ghost_surface.detect",
        "names are compared with their case",
        Rewrite("stem(candidate.basename).lower() not in", "stem(candidate.basename) not in"),
        GHOSTS,
    ),
    _in(
        "ghost_surface.finding",
        "the cost of all sessions decides the severity",
        Rewrite("severity=severity_of(ghost.cost_per_session)", "severity=severity_of(ghost.cost)"),
        GHOSTS,
    ),
    _in("findings", "dollars round half to even", Rewrite("${to_fixed(amount, 4)}", "${amount:.4f}"), FINDINGS),
    _in("findings", "ratios round half to even", Rewrite("to_fixed(ratio, 1)", "f'{ratio:.1f}'"), FINDINGS),
    _in("findings", "half a dollar is a warning", Flip("severity_of", 0), FINDINGS),
    _in("findings", "five cents are no warning", Flip("severity_of", 1), FINDINGS),
    _in(
        "findings",
        "the cheapest come first",
        Rewrite("-_figure(savings.usd_per_session)", "_figure(savings.usd_per_session)"),
        FINDINGS,
    ),
    Fault(
        "waste: lengths in bytes",
        "relayburn.analyze.patterns.content",
        Rewrite("import trim, utf16_length, utf16_slice", "import trim, utf8_length as utf16_length, utf16_slice"),
        PATTERNS,
        cases=("waste-lengths-and-names",),
    ),
    _in("patterns.content", "previews are one unit longer", Shift("PREVIEW_LENGTH")),
    _in("patterns.content", "previews are one unit shorter", Shift("PREVIEW_LENGTH", by=-1)),
    _in(
        "patterns.edit_reverts",
        "the last edit of a state is undone",
        Rewrite(
            "history.setdefault(text_of(call.edit_pre_hash), revert)", "history[text_of(call.edit_pre_hash)] = revert"
        ),
    ),
    _in(
        "patterns.edit_reverts",
        "MultiEdit reverts",
        Rewrite(
            'frozenset({"Edit", "Write", "NotebookEdit"})', 'frozenset({"Edit", "Write", "NotebookEdit", "MultiEdit"})'
        ),
    ),
    _in("tool_names", "NotebookRead is no read", Drop("READ_TOOLS", 1)),
    _in("findings", "unpriced findings come last", Rewrite("!= UNPRICED", "== UNPRICED"), PASS),
    _in(
        "unpriced_usage",
        "unpriced findings keep their dollars",
        Rewrite("tokens_per_session=tokens, usd_per_session=UNSET)", "tokens_per_session=tokens)"),
        PASS,
    ),
    _in("unpriced_usage", "a turn without tokens makes its session unpriced", Flip("unpriced_by_session"), PASS),
    _in("unpriced_usage", "one model is plural", Flip("unpriced_usage_finding", 1), PASS),
)
