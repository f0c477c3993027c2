"""Faults of the waste detectors' tables, texts and limits, one constant, row or comparison each; `waste` has their rules."""

from __future__ import annotations

from conformance.fault import Fault
from conformance.mutation import Change, Drop, Flip, Misspell, Rewrite, Shift

PATTERNS = ("relayburn.analyze.patterns.*",)
TOOL_CALLS = ("relayburn.analyze.tool_call_patterns.*",)
BLOAT = ("relayburn.analyze.tool_output_bloat.*",)
GHOSTS = ("relayburn.analyze.ghost_surface.*",)
FINDINGS = ("relayburn.analyze.findings.*",)


def _in(module: str, name: str, change: Change, protocols: tuple[str, ...]) -> Fault:
    return Fault(f"detectors: {name}", f"relayburn.analyze.{module}", change, protocols, areas=("detectors", "current"))


FAULTS = (
    # Streaks, edits and skills.
    _in("patterns.retry_loops", "signatures that differ are told otherwise", Misspell("DIVERGED"), PATTERNS),
    _in(
        "patterns.retry_loops",
        "whatever failed is one loop",
        Rewrite("outcome.loop_key if outcome.failed", "True if outcome.failed"),
        PATTERNS,
    ),
    _in("patterns.failure_runs", "a run needs three different calls", Shift("MIN_DISTINCT_CALLS"), PATTERNS),
    _in("patterns.outcomes", "a completed call failed", Misspell("ERRORED"), PATTERNS),
    _in("patterns.outcomes", "progress has another name", Drop("NAMES_WITHOUT_CALL", 3), PATTERNS),
    _in("patterns.outcomes", "queues have another name", Drop("NAMES_WITHOUT_CALL", 2), PATTERNS),
    _in("patterns.outcomes", "a tool without a call has another name", Drop("NAMES_WITHOUT_CALL", 4), PATTERNS),
    _in("patterns.outcomes", "several sources have another name", Misspell("MIXED"), PATTERNS),
    _in("patterns.content", "cut texts end otherwise", Misspell("ELLIPSIS"), PATTERNS),
    _in("patterns.content", "what was called is what came back", Misspell("ContentIndex.__init__", 0), PATTERNS),
    _in("patterns.content", "old texts have another name", Misspell("ContentIndex.edit_text", 0), PATTERNS),
    _in("patterns.edit_reverts", "notebooks are never reverted", Drop("REVERTING_TOOLS", 2), PATTERNS),
    _in("patterns.edit_reverts", "edits that failed revert", Rewrite(" and call.is_error is not True", ""), PATTERNS),
    _in(
        "patterns.compaction_losses",
        "the lost cache is of fewer tokens than a million",
        Shift("MILLION", by=-1),
        PATTERNS,
    ),
    _in(
        "patterns.compaction_losses",
        "a boundary at a turn's time leaves it out",
        Rewrite("from bisect import bisect_right", "from bisect import bisect_left as bisect_right"),
        PATTERNS,
    ),
    _in("patterns.opencode_skills", "skills are called by another tool", Misspell("SKILL_TOOL"), PATTERNS),
    _in(
        "patterns.system_prompt_tax",
        "every harness but OpenCode pays the tax",
        Flip("system_prompt_taxes", 0),
        PATTERNS,
    ),
    _in("patterns.edit_heavy", "a session may have one more edit a read", Shift("MAX_RATIO"), PATTERNS),
    _in("patterns.edit_heavy", "a session may have one edit less a read", Shift("MAX_RATIO", by=-1), PATTERNS),
    _in("patterns.codex_shell", "exec_command runs no shell", Drop("SHELL_TOOLS", 0), PATTERNS),
    _in("patterns.codex_shell", "head takes no counts", Drop("COUNTING_READERS", 0), PATTERNS),
    _in("patterns.codex_shell", "-c takes no value", Drop("VALUE_OPTIONS", 1), PATTERNS),
    _in("patterns.codex_shell", "a pipe ends no command", Drop("OPERATORS", 0), PATTERNS),
    _in("patterns.session", "an unpriced turn costs a dollar", Shift("Prices.cost"), PATTERNS),
    _in("patterns.session", "OpenCode is another harness", Misspell("OPENCODE"), PATTERNS),
    _in("tool_names", "Read is no read", Drop("READ_TOOLS", 0), PATTERNS),
    # Calls that another tool would do.
    _in("tool_call_patterns", "a search needs no look into files", Drop("SEARCH_SEQUENCE", 1), TOOL_CALLS),
    _in("tool_call_patterns", "six samples are shown", Shift("SAMPLES"), TOOL_CALLS),
    _in("tool_call_patterns", "four samples are shown", Shift("SAMPLES", by=-1), TOOL_CALLS),
    _in("tool_call_patterns", "two pieces of evidence are shown", Shift("EVIDENCE_SHOWN", by=-1), TOOL_CALLS),
    _in("tool_call_patterns", "four pieces of evidence are shown", Shift("EVIDENCE_SHOWN"), TOOL_CALLS),
    _in("tool_call_patterns", "a cluster needs four edits", Shift("MIN_CLUSTER"), TOOL_CALLS),
    _in(
        "tool_call_patterns", "the first edit of a cluster is saved as well", Shift("edit_clusters", by=-1), TOOL_CALLS
    ),
    _in("tool_call_patterns", "notebooks make no clusters", Drop("CLUSTERED_TOOLS", 2), TOOL_CALLS),
    _in("tool_call_patterns", "Codex's exec_command is no shell", Drop("SHELL_TOOLS", 2), TOOL_CALLS),
    _in("tool_call_patterns", "vitest tests nothing", Drop("TEST_RUNNERS", 2), TOOL_CALLS),
    _in("tool_call_patterns", "go tests nothing", Drop("TESTING_TOOLCHAINS", 1), TOOL_CALLS),
    _in("tool_call_patterns", "bun tests nothing", Drop("SCRIPT_RUNNERS", 3), TOOL_CALLS),
    _in("tool_call_patterns", "an edit is dearer by a token", Shift("CATEGORIES", 1), TOOL_CALLS),
    _in("tool_call_patterns", "a look at the state is dearer by a token", Shift("CATEGORIES", 2), TOOL_CALLS),
    _in("tool_call_patterns", "a test run is dearer by a token", Shift("CATEGORIES", 3), TOOL_CALLS),
    _in("tool_call_patterns", "a pull request is dearer by a token", Shift("CATEGORIES", 4), TOOL_CALLS),
    _in("tool_call_patterns", "a search is named otherwise", Misspell("CATEGORIES", 0), TOOL_CALLS),
    _in("tool_call_patterns", "gh api is no pull request", Misspell("_is_pull_request", 1), TOOL_CALLS),
    _in(
        "tool_call_patterns",
        "the rarest model sets the price",
        Rewrite("max(counts, key", "min(counts, key"),
        TOOL_CALLS,
    ),
    # Outputs that are too large.
    _in("tool_output_bloat", "the setting has another name", Misspell("SETTING"), BLOAT),
    _in("tool_output_bloat", "five units a token", Shift("UNITS_PER_TOKEN"), BLOAT),
    _in("tool_output_bloat", "the percentile is the 96th", Shift("PERCENTILE"), BLOAT),
    _in("tool_output_bloat", "the percentile is the 94th", Shift("PERCENTILE", by=-1), BLOAT),
    _in("tool_output_bloat", "an unknown tool has another name", Misspell("UNKNOWN_TOOL"), BLOAT),
    _in("tool_output_bloat", "tool results are not measured", Drop("MEASURED_SOURCES", 0), BLOAT),
    _in("tool_output_bloat", "a limit at the threshold is too high", Flip("detect_static_config_bloat", 0), BLOAT),
    _in("tool_output_bloat", "an output at the threshold is too large", Flip("detect_observed_bloat", 2), BLOAT),
    _in("tool_output_bloat", "as few outputs as asked are too few", Flip("detect_observed_bloat", 4), BLOAT),
    _in("tool_output_bloat", "events have the price of other messages", Flip("_input_price", 0), BLOAT),
    # What is installed and never used.
    _in("ghost_surface.candidates", "Claude's agents are not looked at", Drop("CLAUDE_FOLDERS", 0), GHOSTS),
    _in("ghost_surface.candidates", "Codex's prompts are not looked at", Drop("CODEX_FOLDERS", 0), GHOSTS),
    _in("ghost_surface.candidates", "Codex's memories are not looked at", Drop("CODEX_FOLDERS", 3), GHOSTS),
    _in("ghost_surface.candidates", "OpenCode has one folder of skills", Drop("OPENCODE_FOLDERS", 0), GHOSTS),
    _in("ghost_surface.candidates", "five bytes a token", Shift("BYTES_PER_TOKEN"), GHOSTS),
    _in("ghost_surface.candidates", "only .md is markdown", Drop("is_markdown", 1), GHOSTS),
    _in("ghost_surface.candidates", "rules are prompts", Misspell("CODEX_FOLDERS", 5), GHOSTS),
    _in("ghost_surface.detect", "Codex has no ghosts", Drop("HARNESSES", 1), GHOSTS),
    _in("ghost_surface.detect", "what is in the catalogue costs again", Flip("_ghost", 0), GHOSTS),
    _in(
        "ghost_surface.opencode_config",
        "commands are declared elsewhere",
        Misspell("_candidates_of_project", 6),
        GHOSTS,
    ),
    _in("ghost_surface.use", "Codex's users type nothing", Drop("TYPED_SOURCES", 1), GHOSTS),
    _in("ghost_surface.use", "session ids have one character less", Shift("MAX_SESSION_ID", by=-1), GHOSTS),
    _in("ghost_surface.use", "what the assistant wrote was typed", Flip("_typed_text", 0), GHOSTS),
    _in(
        "ghost_surface.names",
        "skills are no names",
        Rewrite("                seen[skill] = None\n", "                pass\n"),
        GHOSTS,
    ),
    # How it is told.
    _in("findings", "severe findings come last", Drop("SEVERITIES", 0), FINDINGS),
    _in("findings", "the session is looked at by another command", Misspell("inspect_action", 2), FINDINGS),
    _in("findings", "dollars have five digits", Shift("usd_text"), FINDINGS),
    _in("findings", "ratios have two digits", Shift("ratio_text"), FINDINGS),
    _in("patterns.compaction_losses", "two files are shown", Shift("FILES_SHOWN", by=-1), FINDINGS),
    _in("patterns.compaction_losses", "four files are shown", Shift("FILES_SHOWN"), FINDINGS),
    _in("patterns.cancellation_runs", "one cancelled call is plural", Flip("cancellation_run_finding"), FINDINGS),
    _in("patterns.retry_loops", "a loop's title is spelt otherwise", Misspell("retry_loop_finding", 4), FINDINGS),
    _in(
        "patterns.system_prompt_tax",
        "tokens of a tax are those of one turn",
        Rewrite("tokens=prompt * tax.riding_turns", "tokens=prompt"),
        FINDINGS,
    ),
)
