"""Faults of money: what it costs to carry instruction files and tool results."""

from __future__ import annotations

from conformance.fault import Fault
from conformance.mutation import Change, Drop, Flip, Misspell, Rewrite, Shift

OVERHEAD = ("relayburn.analyze.overhead*",)
HOTSPOTS = ("relayburn.analyze.hotspots.*",)


def _in(module: str, name: str, change: Change, protocols: tuple[str, ...]) -> Fault:
    return Fault(f"money: {name}", f"relayburn.{module}", change, protocols, areas=("analyze", "overhead", "current"))


FAULTS = (
    # Instruction files.
    _in("analyze.overhead", "a cache read as large as the file does not hold it", Flip("_rides"), OVERHEAD),
    _in(
        "analyze.overhead",
        "a file is paid as input",
        Rewrite("_carried(tokens, rate.cache_read)", "_carried(tokens, rate.input)"),
        OVERHEAD,
    ),
    _in(
        "analyze.overhead",
        "shares are of the tokens",
        Rewrite(
            "section.bytes / total_bytes if total_bytes else 0",
            "section.tokens / sum(each.tokens for each in files) if total_bytes else 0",
        ),
        OVERHEAD,
    ),
    _in(
        "analyze.overhead",
        "the 95th percentile lies between two sessions",
        Rewrite(
            "    position = math.ceil(PERCENTILE * len(ascending)) - 1\n",
            "    position = int(place := PERCENTILE * (len(ascending) - 1))\n"
            "    if position + 1 < len(ascending):\n"
            "        return ascending[position] + (place - position) * (ascending[position + 1] - ascending[position])\n",
        ),
        OVERHEAD,
    ),
    _in("analyze.overhead", "the percentile is one session higher", Shift("_percentile", 1, -1), OVERHEAD),
    _in("analyze.overhead", "the percentile is one session lower", Shift("_percentile", 1, 1), OVERHEAD),
    _in("analyze.overhead", "the percentile is the 90th", Rewrite("PERCENTILE = 0.95", "PERCENTILE = 0.9"), OVERHEAD),
    _in(
        "analyze.overhead",
        "sessions that carried nothing are left out of the average",
        Rewrite(
            "sorted(session.cost for session in sessions)",
            "sorted(session.cost for session in sessions if session.riding_turns)",
        ),
        OVERHEAD,
    ),
    _in(
        "analyze.overhead",
        "rides of several files add up",
        Rewrite(
            "max(session.riding_turns, longest_rides.get(session.session_id, 0))",
            "session.riding_turns + longest_rides.get(session.session_id, 0)",
        ),
        OVERHEAD,
    ),
    _in(
        "analyze.overhead",
        "an unpriced turn is none",
        Rewrite("total_turns=len(turns)", "total_turns=sum(priced_turns.values())"),
        OVERHEAD,
    ),
    _in(
        "analyze.overhead",
        "the last of the most used models is named",
        Rewrite("max(priced_turns, key", "max(reversed(priced_turns), key"),
        OVERHEAD,
    ),
    _in(
        "analyze.overhead",
        "every harness loads every file",
        Rewrite(" if turn.source in loaded.file.applies_to]", "]"),
        OVERHEAD,
    ),
    _in("analyze.overhead_files", "a project has one file for Claude Code", Drop("_CANDIDATES", 1), OVERHEAD),
    _in("analyze.overhead_files", "links are no files", Rewrite("Path(path).stat()", "Path(path).lstat()"), OVERHEAD),
    _in("analyze.markdown_sections", "five bytes a token", Shift("BYTES_PER_TOKEN"), OVERHEAD),
    _in(
        "analyze.markdown_sections",
        "tokens of sections round down",
        Rewrite("-(-size // BYTES_PER_TOKEN)", "size // BYTES_PER_TOKEN"),
        OVERHEAD,
    ),
    _in("analyze.markdown_sections", "headings of level 1 group first", Drop("_GROUPING_LEVELS", 0), OVERHEAD),
    _in(
        "analyze.markdown_sections",
        "hashes need no space after them",
        Rewrite(" or rest[0] not in WHITE_SPACE", ""),
        OVERHEAD,
    ),
    _in("analyze.markdown_sections", "tildes fence nothing", Rewrite("`{3,}|~{3,}", "`{3,}"), OVERHEAD),
    _in("analyze.markdown_sections", "a fence of equal length does not close", Flip("_closes"), OVERHEAD),
    _in(
        "analyze.markdown_sections",
        "sizes are in characters",
        Rewrite("utf8_length(line) + 1", "len(line) + 1"),
        OVERHEAD,
    ),
    _in(
        "analyze.markdown_sections",
        "a last line without end has one",
        Rewrite("    if lines and not ended:\n        starts[-1] -= 1\n", ""),
        OVERHEAD,
    ),
    _in("analyze.markdown_sections", "a heading on the first line has a preamble", Flip("_sections", 1), OVERHEAD),
    _in("analyze.overhead_trim", "four sections could go", Shift("DEFAULT_TOP"), OVERHEAD),
    _in("analyze.overhead_trim", "two sections could go", Shift("DEFAULT_TOP", by=-1), OVERHEAD),
    _in("analyze.overhead_trim", "the preamble alone could go", Flip("trim_recommendations"), OVERHEAD),
    _in(
        "analyze.overhead_trim",
        "savings round half to even",
        Rewrite(
            "${to_fixed(recommendation.projected_savings_per_session, _USD_DIGITS)}",
            "${recommendation.projected_savings_per_session:.4f}",
        ),
        OVERHEAD,
    ),
    _in("analyze.overhead_trim", "savings have five digits", Shift("_USD_DIGITS"), OVERHEAD),
    _in("analyze.overhead_trim", "a line too many is cut", Shift("_lines_of_section", 1, 1), OVERHEAD),
    _in(
        "analyze.overhead_trim",
        "a folder of two dots is seen from outside",
        Rewrite('startswith("..")', 'startswith("../")'),
        OVERHEAD,
    ),
    _in("analyze.overhead_files", "no file for other harnesses", Drop("_CANDIDATES", 2), OVERHEAD),
    _in("analyze.overhead_files", "Codex loads nothing", Misspell("_CANDIDATES", 5), OVERHEAD),
    _in("analyze.markdown_sections", "headings of level 1 never group", Drop("_GROUPING_LEVELS", 1), OVERHEAD),
    _in("analyze.markdown_sections", "a line end has two bytes", Shift("_line_starts"), OVERHEAD),
    _in("analyze.markdown_sections", "what comes first is called otherwise", Misspell("PREAMBLE"), OVERHEAD),
    _in(
        "analyze.markdown_sections",
        "a title may hold a line separator",
        Rewrite("[\\r\\u2028\\u2029]", "[\\r]"),
        OVERHEAD,
    ),
    _in("analyze.overhead", "a file is of fewer tokens than a million", Shift("MILLION", by=-1), OVERHEAD),
    # Tool results.
    _in(
        "analyze.hotspots",
        "results ride on the turn that they enter",
        Rewrite(
            "        riders.board(pending)\n        pending = calls\n",
            "        pending = calls\n        riders.board(pending)\n",
        ),
        HOTSPOTS,
    ),
    _in(
        "analyze.hotspots",
        "an unpriced turn leaves its results to the next",
        Rewrite(
            "        riders.board(pending)\n        pending = calls\n",
            "        if rate is None:\n            pending = [*pending, *calls]\n            continue\n"
            "        riders.board(pending)\n        pending = calls\n",
        ),
        HOTSPOTS,
    ),
    _in(
        "analyze.hotspots", "more enters than the turn took in", Rewrite("min(siblings, entered)", "siblings"), HOTSPOTS
    ),
    _in(
        "analyze.hotspots",
        "all that enters is plain input",
        Rewrite("share * rate.input + (1 - share) * rate.write_price(usage)", "rate.input"),
        HOTSPOTS,
    ),
    _in(
        "analyze.hotspots",
        "the mix is of all that the turn read",
        Rewrite("share = usage.input / entered", "share = usage.input / (entered + usage.cache_read)"),
        HOTSPOTS,
    ),
    _in(
        "analyze.hotspots",
        "each call pays for all of its siblings",
        Rewrite("rate.write_price(usage)) / len(pending)", "rate.write_price(usage))"),
        HOTSPOTS,
    ),
    _in("analyze.hotspots", "a session without sizes is sized", Misspell("EVEN_SPLIT"), HOTSPOTS),
    _in(
        "analyze.hotspots",
        "sizes of nothing are no sizes",
        Rewrite("            if sizes:\n", "            if any(sizes.values()):\n"),
        HOTSPOTS,
    ),
    _in("analyze.hotspots", "an Agent starts no subagent", Drop("DELEGATING_TOOLS", 0), HOTSPOTS),
    _in("analyze.riding", "eviction is not noticed", Rewrite("if cache_read >= size:", "if True:"), HOTSPOTS),
    _in("analyze.riding", "a cache as large as the result does not hold it", Flip("CarriedInOrder.settle"), HOTSPOTS),
    _in(
        "analyze.riding",
        "what was evicted once never rides again",
        Rewrite(
            "                if cache_read >= size:\n",
            "                if cache_read < size:\n                    break\n                else:\n",
        ),
        HOTSPOTS,
    ),
    _in(
        "analyze.riding",
        "more rides than the cache holds",
        Rewrite("allocated = min(cache_read, active)", "allocated = active"),
        HOTSPOTS,
    ),
    _in("analyze.riding", "every ride counts twice", Rewrite("turns += 1\n", "turns += 2\n"), HOTSPOTS),
    _in(
        "analyze.result_sizes",
        "the first measure of a result holds",
        Rewrite(
            "sizes[block.tool_use_id] = max(0, _tokens(block.approx_tokens))",
            "sizes.setdefault(block.tool_use_id, max(0, _tokens(block.approx_tokens)))",
        ),
        HOTSPOTS,
    ),
    _in("analyze.result_sizes", "stored text counts only beside a measure", Flip("with_stored", 3), HOTSPOTS),
    _in("analyze.result_sizes", "five units a token", Shift("UNITS_PER_TOKEN"), HOTSPOTS),
    _in(
        "analyze.result_sizes",
        "stored text is measured in code points",
        Rewrite("utf16_length(tool_result_text(stored))", "len(tool_result_text(stored))"),
        HOTSPOTS,
    ),
    _in(
        "analyze.result_sizes",
        "a measure may be negative",
        Rewrite("max(0, _tokens(block.approx_tokens))", "_tokens(block.approx_tokens)"),
        HOTSPOTS,
    ),
    _in(
        "analyze.tool_result_text",
        "the parts of a result stand in one line",
        Rewrite('"\\n".join', '"".join'),
        HOTSPOTS,
    ),
    _in("analyze.tool_result_text", "texts in a list are no text", Flip("_part_text"), HOTSPOTS),
    _in("analyze.hotspot_rollups", "notebooks are no files", Drop("FILE_TOOLS", 3), HOTSPOTS),
    _in(
        "analyze.hotspot_rollups",
        "MultiEdit is of a file",
        Rewrite('"NotebookEdit")', '"NotebookEdit", "MultiEdit")'),
        HOTSPOTS,
    ),
    _in(
        "analyze.hotspot_rollups",
        "a file is first touched by the last of equals",
        Rewrite("code_unit_key(ts) < code_unit_key(than)", "code_unit_key(ts) <= code_unit_key(than)"),
        HOTSPOTS,
    ),
    _in(
        "analyze.hotspot_rollups",
        "a command is told by its last call",
        Rewrite(
            "        row.call_count += 1\n        _add(row, call)\n    return _dearest_first(rows.values())\n\n\ndef aggregate_by_bash_verb",
            "        row.command = call.target\n        row.call_count += 1\n        _add(row, call)\n    return _dearest_first(rows.values())\n\n\ndef aggregate_by_bash_verb",
        ),
        HOTSPOTS,
    ),
    _in("analyze.hotspot_rollups", "two examples a verb", Shift("MOST_EXAMPLES", by=-1), HOTSPOTS),
    _in("analyze.hotspot_rollups", "four examples a verb", Shift("MOST_EXAMPLES"), HOTSPOTS),
    _in("analyze.hotspot_rollups", "hashes are told by nine digits", Shift("_label"), HOTSPOTS),
    _in(
        "analyze.hotspot_rollups",
        "verbs tie in code-point order",
        Rewrite("collation_key(row.verb)", "row.verb"),
        HOTSPOTS,
    ),
    _in(
        "analyze.hotspot_rollups",
        "examples tie in code-point order",
        Rewrite("collation_key(pair[1])", "pair[1]"),
        HOTSPOTS,
    ),
    _in(
        "analyze.hotspot_rollups",
        "rides are averaged over commands",
        Rewrite("rides[verb] / row.call_count", "rides[verb] / len(commands[verb])"),
        HOTSPOTS,
    ),
    _in(
        "analyze.hotspot_rollups",
        "every call is a command of its own",
        Rewrite("row.distinct_commands = len(commands[verb])", "row.distinct_commands = row.call_count"),
        HOTSPOTS,
    ),
    _in(
        "analyze.hotspot_rollups",
        "a subagent of no type is unknown",
        Rewrite(
            "UNKNOWN if call.subagent_type is UNSET or call.subagent_type is None else call.subagent_type",
            "call.subagent_type or UNKNOWN",
        ),
        HOTSPOTS,
    ),
    _in("analyze.hotspot_rollups", "what nobody knows is called otherwise", Misspell("UNKNOWN"), HOTSPOTS),
    _in("analyze.hotspots", "a session with sizes is called otherwise", Misspell("SIZED"), HOTSPOTS),
    _in("analyze.hotspots", "a Task starts no subagent", Drop("DELEGATING_TOOLS", 1), HOTSPOTS),
    _in("analyze.hotspot_rollups", "written files are no files", Drop("FILE_TOOLS", 2), HOTSPOTS),
    _in("analyze.hotspot_rollups", "a file's calls count twice", Shift("aggregate_by_file"), HOTSPOTS),
    _in("analyze.hotspot_rollups", "commands are of another tool", Misspell("SHELL_TOOL"), HOTSPOTS),
    _in("analyze.result_sizes", "texts are results", Flip("_measure"), HOTSPOTS),
    _in("analyze.result_sizes", "any record is a result", Flip("with_stored", 1), HOTSPOTS),
    _in("analyze.result_sizes", "four units a token are three", Shift("UNITS_PER_TOKEN", by=-1), HOTSPOTS),
)
