"""The money formulas once more, in exact arithmetic.

In: a recorded request of a money protocol and its answer. Out: every amount of the answer as a fraction, in US dollars,
by where it stands. Formulas are restated from the specs (cost.md, hotspots.md, compare.md, provider.md,
subagent-tree.md, overhead.md) under ts-1.10, without the project's float code; which entry prices a model, which
provider it has and how large a result is are no sums, and are asked of the project. A price of 0.3 is three tenths.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from conformance.jsonpath import Path
from conformance.stages.provider import rules_of
from conformance.stages.registry import Request
from relayburn.analyze.overhead_files import find_overhead_files, load_overhead_file
from relayburn.analyze.provider import provider_for
from relayburn.analyze.result_sizes import result_sizes
from relayburn.pricing.lookup import lookup_model_rate
from relayburn.records import ContentRecord, TurnRecord, UserTurnRecord, from_wire, to_wire

Json = Any
Figures = Iterator[tuple[Path, Fraction]]
Oracle = Callable[[Request, Json], Figures]

ORACLES: dict[str, Oracle] = {}
"""The protocols whose amounts can be told exactly."""

MILLION = 1000000
CLASSES = ("input", "output", "reasoning", "cacheRead", "cacheCreate")
NOTHING = Fraction(0)


def oracle(protocol: str) -> Callable[[Oracle], Oracle]:
    """Decorator: the function below tells the amounts of `protocol`'s answers."""

    def register(function: Oracle) -> Oracle:
        ORACLES[f"relayburn.analyze.{protocol}"] = function
        return function

    return register


def exact(number: float) -> Fraction:
    """`number` as it is written: 0.3 is 3/10, not the double nearest to it."""
    return Fraction(repr(number))


def _rate(model: str, prices: Mapping[str, Any]) -> Json:
    return lookup_model_rate(model, prices)


def _price(rate: Mapping[str, Any], key: str) -> Fraction:
    return exact(rate[key]) / MILLION


def _cost(usage: Mapping[str, Any], model: str, prices: Mapping[str, Any], mode: str | None) -> dict[str, Fraction]:
    rate = _rate(model, prices)
    if rate is None:
        return {}
    mode = mode or rate["reasoningMode"]
    reasoning = exact(rate["reasoning"]) if mode == "separate" and "reasoning" in rate else exact(rate["output"])
    amounts = {key: exact(usage[key]) * _price(rate, key) for key in ("input", "output", "cacheRead")}
    amounts["reasoning"] = NOTHING if mode == "included_in_output" else exact(usage["reasoning"]) * reasoning / MILLION
    amounts["cacheCreate"] = _written(usage) * _price(rate, "cacheWrite")
    return amounts | {"total": sum(amounts.values(), NOTHING)}


def _written(usage: Mapping[str, Any]) -> Fraction:
    return exact(usage["cacheCreate5m"]) + exact(usage["cacheCreate1h"])


def _cost_of_turn(turn: Mapping[str, Any], prices: Mapping[str, Any]) -> dict[str, Fraction]:
    return _cost(turn["usage"], turn["model"], prices, "included_in_output" if turn["source"] == "codex" else None)


def _total(turn: Mapping[str, Any], prices: Mapping[str, Any]) -> Fraction:
    return _cost_of_turn(turn, prices).get("total", NOTHING)


def _under(prefix: Path, amounts: Mapping[str, Fraction]) -> Figures:
    yield from (((*prefix, key), amount) for key, amount in amounts.items())


@oracle("cost.cost_for_usage")
def usage_cost(request: Request, _: Json) -> Figures:
    args = request.args
    yield from _under(
        (), _cost(args["usage"], args["model"], args["pricing"], args.get("options", {}).get("reasoningMode"))
    )


@oracle("cost.cost_for_turn")
def turn_cost(request: Request, _: Json) -> Figures:
    yield from _under((), _cost_of_turn(request.args["turn"], request.args["pricing"]))


@oracle("cost.sum_costs")
def cost_sum(request: Request, _: Json) -> Figures:
    for key in (*CLASSES, "total"):
        yield (key,), sum((exact(cost[key]) for cost in request.args["costs"]), NOTHING)


@oracle("provider.aggregate_by_provider")
def provider_rows(request: Request, output: Json) -> Figures:
    sums: dict[str, dict[str, Fraction]] = defaultdict(lambda: dict.fromkeys((*CLASSES, "total"), NOTHING))
    for turn in request.args["turns"]:
        provider = provider_for(from_wire(TurnRecord, turn), rules_of(request)).provider or "unknown"
        for key, amount in _cost_of_turn(turn, request.args["pricing"]).items():
            sums[provider][key] += amount
    for index, row in enumerate(output):
        yield from _under((index, "cost"), sums[row["provider"]])


@oracle("compare.build_compare_table")
def compare_table(request: Request, output: Json) -> Figures:
    costs: dict[tuple[str, str], list[Fraction]] = defaultdict(list)
    for turn in request.args["turns"]:
        cost = _cost_of_turn(turn, request.args["pricing"])
        if cost:
            costs[turn["model"] or "unknown", turn.get("activity", "unclassified")].append(cost["total"])
    for model, row in output["cells"].items():
        for category in row:
            priced = costs[model, category]
            yield ("cells", model, category, "totalCost"), sum(priced, NOTHING)
            if priced:
                yield ("cells", model, category, "costPerTurn"), sum(priced, NOTHING) / len(priced)
        total = sum((sum(priced, NOTHING) for (name, _), priced in costs.items() if name == model), NOTHING)
        yield ("totals", model, "totalCost"), total


@oracle("hotspots.attribute_hotspots")
def hotspots(request: Request, _: Json) -> Figures:
    args = request.args
    sessions: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for turn in args["turns"]:
        sessions[turn["sessionId"]].append(turn)
    row = 0
    totals = dict.fromkeys(("grand", "attributed"), NOTHING)
    for index, (session, turns) in enumerate(sessions.items()):
        turns.sort(key=lambda turn: turn["turnIndex"])
        sizes = result_sizes(
            [from_wire(UserTurnRecord, item) for item in args.get("userTurns", ()) if item["sessionId"] == session],
            [from_wire(ContentRecord, item) for item in args.get("content", ()) if item["sessionId"] == session],
            {call["id"] for turn in turns for call in turn["toolCalls"]},
        )
        calls = _charged_calls(turns, sizes, args["pricing"])
        for call in calls:
            yield ("attributions", row, "initialCost"), call["initial"]
            yield ("attributions", row, "persistenceCost"), call["persistence"]
            yield ("attributions", row, "totalCost"), call["initial"] + call["persistence"]
            row += 1
        grand = sum((_total(turn, args["pricing"]) for turn in turns), NOTHING)
        attributed = sum((call["initial"] + call["persistence"] for call in calls), NOTHING)
        yield ("sessionTotals", index, "grandCost"), grand
        yield ("sessionTotals", index, "attributedCost"), attributed
        yield ("sessionTotals", index, "unattributedCost"), grand - attributed
        totals["grand"] += grand
        totals["attributed"] += attributed
    yield ("grandTotal",), totals["grand"]
    yield ("attributedTotal",), totals["attributed"]
    yield ("unattributedTotal",), totals["grand"] - totals["attributed"]


def _charged_calls(
    turns: Sequence[Mapping[str, Any]], sizes: Mapping[str, float], prices: Mapping[str, Any]
) -> list[dict[str, Fraction]]:
    made: list[dict[str, Fraction]] = []
    pending: list[dict[str, Fraction]] = []
    riding: list[dict[str, Fraction]] = []
    for turn in turns:
        rate = _rate(turn["model"], prices)
        if rate is not None:
            _charge(pending, riding, turn["usage"], rate, sized=bool(sizes))
        riding += pending
        pending = [
            {"size": exact(sizes.get(call["id"], 0)), "initial": NOTHING, "persistence": NOTHING}
            for call in turn["toolCalls"]
        ]
        made += pending
    return made


def _charge(
    pending: list[dict[str, Fraction]],
    riding: list[dict[str, Fraction]],
    usage: Mapping[str, Any],
    rate: Mapping[str, Any],
    *,
    sized: bool,
) -> None:
    entered = exact(usage["input"]) + _written(usage)
    paid = exact(usage["input"]) * _price(rate, "input") + _written(usage) * _price(rate, "cacheWrite")
    together = sum((call["size"] for call in pending), NOTHING)
    for call in pending if entered > 0 else ():
        if not sized:
            call["initial"] += paid / len(pending)
        elif together > 0:
            call["initial"] += call["size"] / together * min(together, entered) * (paid / entered)
    read = exact(usage["cacheRead"])
    cached = [call for call in riding if 0 < call["size"] <= read] if sized else []
    active = sum((call["size"] for call in cached), NOTHING)
    for call in cached:
        call["persistence"] += call["size"] / active * min(read, active) * _price(rate, "cacheRead")


def _roll_up(request: Request, output: Json, tools: tuple[str, ...], key: str, group: Callable[[Json], Any]) -> Figures:
    sums: dict[Any, Fraction] = defaultdict(Fraction)
    for call in request.args["attributions"]:
        if call["toolName"] in tools:
            sums[group(call)] += exact(call["totalCost"])
    for index, row in enumerate(output):
        yield (index, "totalCost"), sums[row[key]]


@oracle("hotspots.aggregate_by_file")
def by_file(request: Request, output: Json) -> Figures:
    tools = ("Read", "Edit", "Write", "NotebookEdit")
    return _roll_up(request, output, tools, "path", lambda call: call.get("target"))


@oracle("hotspots.aggregate_by_bash")
def by_bash(request: Request, output: Json) -> Figures:
    return _roll_up(request, output, ("Bash",), "argsHash", lambda call: call["argsHash"])


@oracle("hotspots.aggregate_by_bash_verb")
def by_bash_verb(request: Request, output: Json) -> Figures:
    def verb(call: Json) -> str:
        parsed = (request.args.get("parsed") or {}).get(call.get("target") or None)
        return parsed["normalized"] if parsed else "(unknown)"

    return _roll_up(request, output, ("Bash",), "verb", verb)


@oracle("hotspots.aggregate_by_subagent")
def by_subagent(request: Request, output: Json) -> Figures:
    tools = ("Agent", "Task")
    return _roll_up(request, output, tools, "subagentType", lambda call: call.get("subagentType", "(unknown)"))


@oracle("subagent_tree.build_subagent_tree")
def subagent_trees(request: Request, output: Json) -> Figures:
    rows = request.args.get("relationships") or []
    node_of = _node_in_graph(request.args["turns"], rows) if rows else _node_in_session
    own: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for turn in request.args["turns"]:
        session, node = node_of(turn)
        own[session, node] += _total(turn, request.args["pricing"])
    for index, (root_id, root) in enumerate(output):
        yield from _tree((index, 1), root, "" if rows else root_id, own)[1]


def _tree(
    path: Path, node: Json, session: str, own: Mapping[tuple[str, str], Fraction]
) -> tuple[Fraction, list[tuple[Path, Fraction]]]:
    mine = own[session, node["nodeId"]]
    figures: list[tuple[Path, Fraction]] = [((*path, "selfCost"), mine)]
    cumulative = mine
    for index, child in enumerate(node["children"]):
        below, of_child = _tree((*path, "children", index), child, session, own)
        cumulative += below
        figures += of_child
    return cumulative, [((*path, "cumulativeCost"), cumulative), *figures]


def _node_in_session(turn: Json) -> tuple[str, str]:
    session, subagent = turn["sessionId"], turn.get("subagent")
    if subagent is None:
        return session, session
    return session, subagent.get("agentId") or f"{session}:__unresolved"


def _node_in_graph(turns: Json, rows: Json) -> Callable[[Json], tuple[str, str]]:
    delegated = [row for row in rows if row["relationshipType"] == "subagent"]
    native = {turn["sessionId"] for turn in turns if turn.get("subagent", {}).get("agentId")}
    native |= {row["sessionId"] for row in delegated if row.get("relatedSessionId") == row["sessionId"]}
    alias = {row["sessionId"]: row["sessionId"] for row in rows}
    for row in delegated:
        alias[row.get("agentId", row["sessionId"])] = (
            row["agentId"] if "agentId" in row and row["sessionId"] in native else row["sessionId"]
        )

    def node(turn: Json) -> tuple[str, str]:
        subagent = turn.get("subagent")
        agent = (subagent or {}).get("agentId") or turn["sessionId"]
        canonical = alias.get(agent, agent)
        unresolved = subagent is not None and not subagent.get("agentId")
        return "", f"{canonical}:__unresolved" if unresolved else canonical

    return node


@oracle("subagent_tree.aggregate_subagent_type_stats")
def type_stats(request: Request, output: Json) -> Figures:
    invocations: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    types: dict[tuple[str, str], str] = {}
    for turn in request.args["turns"]:
        subagent = turn.get("subagent") or {}
        if subagent.get("agentId"):
            key = turn["sessionId"], subagent["agentId"]
            invocations[key] += _total(turn, request.args["pricing"])
            if types.get(key, "(unknown)") == "(unknown)":
                types[key] = subagent.get("subagentType", "(unknown)")
    for index, row in enumerate(output):
        costs = sorted(cost for key, cost in invocations.items() if types[key] == row["subagentType"])
        yield (index, "totalCost"), sum(costs, NOTHING)
        yield (index, "meanCost"), sum(costs, NOTHING) / len(costs)
        yield (index, "medianCost"), _percentile(costs, Fraction(1, 2))
        yield (index, "p95Cost"), _percentile(costs, Fraction(95, 100))


def _percentile(ascending: Sequence[Fraction], share: Fraction) -> Fraction:
    return ascending[min(len(ascending) - 1, max(0, math.ceil(share * len(ascending)) - 1))]


@oracle("overhead.attribute_claude_md")
def carried_claude_md(request: Request, _: Json) -> Figures:
    return _carried((), request.args["files"], request.args["turns"], request.args["pricing"])


@oracle("overhead.attribute_overhead")
def carried_files(request: Request, output: Json) -> Figures:
    return _carried_one_by_one((), request.args["files"], request, output)


@oracle("overhead")
def carried_project(request: Request, output: Json) -> Figures:
    return _carried_one_by_one(("attribution",), _loaded(request), request, output["attribution"])


def _loaded(request: Request) -> Json:
    return [to_wire(load_overhead_file(file)) for file in find_overhead_files(request.args["project"])]


def _carried_one_by_one(prefix: Path, files: Json, request: Request, output: Json) -> Figures:
    grand = NOTHING
    for index, file in enumerate(files):
        for path, amount in _of_one_file((*prefix, "perFile", index, "attribution"), file, request):
            grand += amount if path[-2:] == ("attribution", "totalCost") else NOTHING
            yield path, amount
    yield (*prefix, "grandTotal"), grand


def _of_one_file(prefix: Path, file: Json, request: Request) -> Figures:
    turns = [turn for turn in request.args["turns"] if turn["source"] in file["file"]["appliesTo"]]
    return _carried(prefix, [file["parsed"]], turns, request.args["pricing"])


def _carried(prefix: Path, files: Json, turns: Iterable[Json], prices: Mapping[str, Any]) -> Figures:
    tokens = sum(file["tokens"] for file in files)
    sessions: dict[str, Fraction] = {}
    for turn in turns if tokens else ():
        cost = sessions.setdefault(turn["sessionId"], NOTHING)
        rate = _rate(turn["model"], prices)
        if rate is not None and turn["usage"]["cacheRead"] >= tokens:
            sessions[turn["sessionId"]] = cost + tokens * _price(rate, "cacheRead")
    total = sum(sessions.values(), NOTHING)
    average = total / len(sessions) if sessions else NOTHING
    yield (*prefix, "totalCost"), total
    yield (*prefix, "perSessionAvg"), average
    yield (*prefix, "perSessionP95"), _percentile(sorted(sessions.values()), Fraction(95, 100)) if sessions else NOTHING
    for index, cost in enumerate(sessions.values()):
        yield (*prefix, "sessionCosts", index, "cost"), cost
    weight = sum(file["bytes"] for file in files)
    sections = [section["bytes"] for file in files for section in file["sections"]] if tokens else []
    # Dearest first, and what costs nothing in the order of the file.
    if total:
        sections.sort(reverse=True)
    for index, part in enumerate(sections):
        yield (*prefix, "sectionCosts", index, "totalCost"), total * part / weight
        yield (*prefix, "sectionCosts", index, "costPerSession"), average * part / weight


@oracle("overhead_trim")
def trims(request: Request, output: Json) -> Figures:
    for index, (file, trimmed) in enumerate(zip(_loaded(request), output, strict=True)):
        found = dict(_of_one_file((), file, request))
        weight = file["parsed"]["bytes"]
        for place, trim in enumerate(trimmed["recommendations"]):
            share = Fraction(trim["section"]["bytes"], weight)
            path = index, "recommendations", place
            yield (*path, "projectedSavingsPerSession"), found["perSessionAvg",] * share
            yield (*path, "projectedSavingsAcrossWindow"), found["totalCost",] * share


@oracle("overhead_trim.build_trim_recommendations")
def recommendations(request: Request, output: Json) -> Figures:
    sections = request.args["attribution"]["sectionCosts"]
    for index, row in enumerate(output):
        section = next(item for item in sections if item["section"] == row["section"])
        yield (index, "projectedSavingsPerSession"), exact(section["costPerSession"])
        yield (index, "projectedSavingsAcrossWindow"), exact(section["totalCost"])
