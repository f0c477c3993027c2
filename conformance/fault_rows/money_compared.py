"""Faults of money: models, subagents and saved calls beside each other, and the order of names."""

from __future__ import annotations

from conformance.fault import Fault
from conformance.mutation import Change, Drop, Flip, Misspell, Rewrite, Shift

COMPARE = ("relayburn.analyze.compare.build_compare_table",)
OVERHEAD = ("relayburn.analyze.overhead*",)
HOTSPOTS = ("relayburn.analyze.hotspots.*",)
TREES = ("relayburn.analyze.subagent_tree.*",)
SAVINGS = ("relayburn.analyze.replacement_savings.*",)


def _in(module: str, name: str, change: Change, protocols: tuple[str, ...]) -> Fault:
    return Fault(f"money: {name}", f"relayburn.{module}", change, protocols, areas=("analyze", "overhead", "current"))


FAULTS = (
    # Models at work.
    _in(
        "analyze.compare",
        "an unpriced turn costs nothing on average",
        Rewrite("_ratio(tally.total_cost, tally.priced_turns)", "_ratio(tally.total_cost, tally.turns)"),
        COMPARE,
    ),
    _in(
        "analyze.compare",
        "the median is the upper middle",
        Rewrite("(ordered[middle - 1] + ordered[middle]) / 2", "ordered[middle]"),
        COMPARE,
    ),
    _in(
        "analyze.compare",
        "the median is of unsorted retries",
        Rewrite("ordered = sorted(values)", "ordered = list(values)"),
        COMPARE,
    ),
    _in("analyze.compare", "a sample as large as asked is too small", Flip("_finished", 1), COMPARE),
    _in("analyze.compare", "six turns are a sample", Shift("DEFAULT_MIN_SAMPLE"), COMPARE),
    _in("analyze.compare", "four turns are a sample", Shift("DEFAULT_MIN_SAMPLE", by=-1), COMPARE),
    _in(
        "analyze.compare",
        "cache writes are no context",
        Rewrite(" + usage.cache_create_5m + usage.cache_create_1h", ""),
        COMPARE,
    ),
    _in("analyze.compare", "models tie in code-point order", Rewrite("collation_key(model)", "model"), COMPARE),
    _in(
        "analyze.compare", "activities tie in code-point order", Rewrite("collation_key(category)", "category"), COMPARE
    ),
    _in("analyze.compare", "a turn without model has none", Misspell("UNKNOWN_MODEL"), COMPARE),
    _in(
        "analyze.compare",
        "an empty activity is unclassified",
        Rewrite("else id_text(turn.activity)", "else id_text(turn.activity) or UNCLASSIFIED"),
        COMPARE,
    ),
    _in("analyze.compare", "one retry is one shot", Rewrite("if retries == 0:", "if retries <= 1:"), COMPARE),
    _in("analyze.compare", "turns without edits are one shot", Flip("build_compare_table", 4), COMPARE),
    _in(
        "analyze.compare",
        "a listed model without turns is not shown",
        Rewrite("{model: ModelTotals() for model in self._listed}", "{}"),
        COMPARE,
    ),
    _in("analyze.compare", "what is not classified is called otherwise", Misspell("UNCLASSIFIED"), COMPARE),
    _in("analyze.compare", "a shot counts twice", Shift("CellTally.add_edit", 1), COMPARE),
    _in("analyze.compare", "models that are not listed are compared", Flip("CompareTally.cell"), COMPARE),
    _in("analyze.compare", "the mean of two is a third of both", Shift("_median", 3), COMPARE),
    # Subagents.
    _in(
        "analyze.subagent_tree",
        "the median lies between two invocations",
        Rewrite(
            "median_cost=percentile(ascending, 0.5)",
            "median_cost=(ascending[(len(ascending) - 1) // 2] + ascending[len(ascending) // 2]) / 2",
        ),
        TREES,
    ),
    _in("analyze.subagent_tree", "the percentile is the 90th invocation", Rewrite("0.95)", "0.9)"), TREES),
    _in(
        "analyze.subagent_tree",
        "an agent's turns in two sessions are one invocation",
        Rewrite("key = (id_text(turn.session_id), agent_id)", 'key = ("", agent_id)'),
        TREES,
    ),
    _in("analyze.subagent_tree", "an invocation's last type is its own", Flip("aggregate_subagent_type_stats"), TREES),
    _in(
        "analyze.subagent_tree",
        "the mean is of the turns",
        Rewrite(
            "mean_cost=total / len(invocations)",
            "mean_cost=total / sum(invocation.turns for invocation in invocations)",
        ),
        TREES,
    ),
    _in(
        "analyze.subagent_tree",
        "the last turn of an agent tells its parent",
        Rewrite(
            "    parents.setdefault(\n        agent_id, id_text(subagent.parent_agent_id) if present(subagent.parent_agent_id) else root.node_id\n    )",
            "    parents[agent_id] = id_text(subagent.parent_agent_id) if present(subagent.parent_agent_id) else root.node_id",
        ),
        TREES,
    ),
    _in("analyze.subagent_tree", "agents hang on the root unless they loop", Flip("_session_tree"), TREES),
    _in("analyze.subagent_node", "a root is called otherwise", Misspell("MAIN"), TREES),
    _in("analyze.subagent_node", "turns of nobody are called otherwise", Misspell("UNRESOLVED"), TREES),
    _in(
        "analyze.subagent_node",
        "children stand as they were attached",
        Rewrite("            node.children.sort(key=lambda child: -child.cumulative_cost)\n", ""),
        TREES,
    ),
    _in("analyze.subagent_node", "depths start at one", Shift("SubagentNode", 4), TREES),
    _in(
        "analyze.subagent_node",
        "a child's children cost nothing",
        Rewrite("+= child.cumulative_cost", "+= child.self_cost"),
        TREES,
    ),
    _in(
        "analyze.subagent_node",
        "what is known of a node is overwritten",
        Rewrite("if not present(node.description) and present(description)", "if present(description)"),
        TREES,
    ),
    _in("analyze.subagent_graph", "a session that a row relates to itself is not native", Flip("_aliases", 0), TREES),
    _in(
        "analyze.subagent_graph",
        "the last parent of a node holds",
        Rewrite("self._parents.setdefault(node.node_id, parent)", "self._parents[node.node_id] = parent"),
        TREES,
    ),
    _in(
        "analyze.subagent_graph",
        "a turn knows better than a row",
        Rewrite(
            "self._parents.setdefault(node.node_id, self._canonical(parent))",
            "self._parents[node.node_id] = self._canonical(parent)",
        ),
        TREES,
    ),
    _in("analyze.subagent_graph", "only nodes of a loop are attached", Flip("_Graph.attach"), TREES),
    _in("analyze.subagent_node", "agents of no type are called otherwise", Misspell("UNKNOWN"), TREES),
    _in("analyze.subagent_tree", "a turn of an agent counts twice", Shift("aggregate_subagent_type_stats", 0), TREES),
    _in("analyze.subagent_tree", "percentiles are one invocation lower", Shift("percentile", 2), TREES),
    _in("analyze.subagent_tree", "percentiles are one invocation higher", Shift("percentile", 2, -1), TREES),
    _in("analyze.subagent_graph", "only roots are subagents", Flip("_is_subagent"), TREES),
    # Calls that were not needed.
    _in("analyze.replacement_savings", "a search of files is any call", Drop("TOKENS_PER_CALL", 3), SAVINGS),
    _in("analyze.replacement_savings", "a read is cheaper by a token", Shift("TOKENS_PER_CALL", 9, -1), SAVINGS),
    _in("analyze.replacement_savings", "any other call is dearer by a token", Shift("OTHER_TOKENS_PER_CALL"), SAVINGS),
    _in(
        "analyze.replacement_savings",
        "tokens round half to even",
        Rewrite("whole + 1 if value - whole >= 0.5 else whole", "round(value)"),
        SAVINGS,
    ),
    _in("analyze.replacement_savings", "a call for nothing is no override", Flip("CallCosts.fallback"), SAVINGS),
    _in(
        "analyze.replacement_savings",
        "tools replaced twice count once",
        Rewrite(
            "add_up(map(costs.tokens, names)) / len(names)",
            "add_up(map(costs.tokens, dict.fromkeys(names))) / len(dict.fromkeys(names))",
        ),
        SAVINGS,
    ),
    _in(
        "analyze.replacement_savings",
        "a call that collapsed none replaced nothing",
        Flip("estimate_savings_for_tool_call", 2),
        SAVINGS,
    ),
    _in("analyze.replacement_savings", "a shell call is dearer by a token", Shift("TOKENS_PER_CALL", 0), SAVINGS),
    _in("analyze.replacement_savings", "an edit of a notebook is any call", Drop("TOKENS_PER_CALL", 8), SAVINGS),
    _in("analyze.replacement_savings", "calls count twice", Shift("ToolSavings.add"), SAVINGS),
    _in(
        "analyze.replacement_savings",
        "nothing replaced is a saving",
        Flip("estimate_savings_for_tool_call", 1),
        SAVINGS,
    ),
    # The order of names, and money as text.
    _in(
        "collation",
        "upper case comes first",
        Rewrite("chr(code).isupper() for", "chr(code).islower() for"),
        COMPARE + HOTSPOTS,
    ),
    _in("collation", "hyphens come before underscores", Rewrite(" _-,;", " -_,;"), COMPARE + HOTSPOTS),
    _in(
        "jsnum",
        "digits are cut, not rounded",
        Rewrite(
            "(2 * numerator * 10**digits + denominator) // (2 * denominator)", "numerator * 10**digits // denominator"
        ),
        OVERHEAD,
    ),
)
