"""The tools there are, in the order in which clients are told of them (mcp.md 3.1 and 5).

`REFERENCE_TOOLS` is all that the reference has; `TOOLS` are ours. None of them changes anything but the home, into which
what the sessions logged is read first.
"""

from __future__ import annotations

from typing import Any

from relayburn.mcp import answers
from relayburn.mcp.arguments import (
    FLAG,
    TEXT,
    TEXTS,
    TEXTS_BY_NAME,
    Parameter,
    Parameters,
    at_least,
    one_of,
    whole_number,
)
from relayburn.mcp.inquirer import Inquirer
from relayburn.mcp.tools import Answer, Tool, object_schema

_LIST_PRICE = "Amounts are US dollars at list price."

_SESSION = Parameter("session", TEXT, "Only this session; without it, the one that this server was started for.")
_ANY_SESSION = Parameter("session", TEXT, "Only this session.")
_PROJECT = Parameter("project", TEXT, "Only this project: its folder, or its git key.")
_FOLDER = Parameter("project", TEXT, "The folder with the files; without it, the one this server was started in.")
_SINCE = Parameter("since", TEXT, "Only turns from this time on: an ISO time, or so long ago as 7d, 12h, 2w, 1m.")
_WORKFLOW = Parameter("workflow", TEXT, "Only turns that are stamped with this workflow.")
_AGENT = Parameter("agent", TEXT, "Only turns that are stamped with this agent.")
_PROVIDER = Parameter("provider", TEXTS, "Only turns paid to one of these, such as anthropic.")
_KIND = Parameter("kind", one_of("claude-md", "agents-md"), "Only files of this kind.")

_GROUPINGS = one_of("attribution", "bash", "bash-verb", "file", "subagent", "findings")
_FIDELITIES = one_of("full", "usage-only", "aggregate-only", "cost-only", "partial")

SUMMARY = Parameters(
    "summary",
    (
        _SESSION,
        _PROJECT,
        _SINCE,
        Parameter("tags", TEXTS_BY_NAME, "Only turns whose stamps have all these values."),
        Parameter("groupByTag", TEXT, "Also one row for each value that stamps give to this key."),
    ),
)
HOTSPOTS = Parameters(
    "hotspots",
    (
        _SESSION,
        _PROJECT,
        _SINCE,
        Parameter("groupBy", _GROUPINGS, "One list instead of the whole report; findings are those of all detectors."),
        Parameter("patterns", TEXTS, "The findings of these detectors, such as retry-loop or ghost-surface."),
        _WORKFLOW,
        _PROVIDER,
    ),
)
OVERHEAD = Parameters("overhead", (_FOLDER, _SINCE, _KIND))
OVERHEAD_TRIM = Parameters(
    "overhead trim",
    (
        _FOLDER,
        _SINCE,
        _KIND,
        Parameter("top", whole_number(1), "So many sections of each file; 3 without it."),
        Parameter("includeDiff", FLAG, "Whether each cut comes with its diff, as it does without this."),
    ),
)
COMPARE = Parameters(
    "compare",
    (
        Parameter("models", at_least(2), "The models, as logged."),
        _ANY_SESSION,
        _PROJECT,
        _SINCE,
        _WORKFLOW,
        _AGENT,
        _PROVIDER,
        Parameter(
            "minSample", whole_number(0), "Below so many turns a cell is marked as a small sample; 5 without it."
        ),
        Parameter("minFidelity", _FIDELITIES, "The least that a turn's source must tell; usage-only without it."),
    ),
    required=("models",),
)


def _checking(name: str, description: str, parameters: Parameters, answer: Answer) -> Tool:
    """A tool whose arguments are checked before it is asked."""

    def checked(inquirer: Inquirer, arguments: Any) -> dict[str, Any]:
        return answer(inquirer, parameters.checked(arguments))

    return Tool(name, f"{description} {_LIST_PRICE}", parameters.schema(), checked)


_COST_SAYS = (
    "What a session cost so far: US dollars at list price, tokens, turns and models. Without an id, the session that this "
    "server was started for, which is your own."
)
_COST_TAKES = object_schema({"sessionId": {"type": "string", "description": "Another session than your own."}})

REFERENCE_TOOLS = (Tool("burn__sessionCost", _COST_SAYS, _COST_TAKES, answers.cost_of_any_session),)

TOOLS = (
    Tool("burn__sessionCost", _COST_SAYS, _COST_TAKES, answers.cost_of_session),
    Tool(
        "burn__fingerprint",
        "A short text that changes whenever turns are added to a session, a project, or (without either) at all: "
        "count:time:bytes. Ask it before you ask again for something large.",
        object_schema(
            {
                "sessionId": {"type": "string", "description": "Of this session."},
                "project": {"type": "string", "description": "Of this project: its folder, or its git key."},
            }
        ),
        answers.fingerprint,
    ),
    _checking("burn__summary", "What was spent: in all, by tool and by model.", SUMMARY, answers.summary),
    _checking(
        "burn__hotspots",
        "Where the money went inside sessions: files, commands and subagents whose output was carried along, or what "
        "detectors of waste found.",
        HOTSPOTS,
        answers.hotspots,
    ),
    _checking(
        "burn__overhead",
        "What a project's instruction files (CLAUDE.md, AGENTS.md) cost to carry in every prompt, section by section.",
        OVERHEAD,
        answers.overhead,
    ),
    _checking(
        "burn__overheadTrim",
        "Which sections of a project's instruction files would save most if they were cut, each as a diff. Changes no file.",
        OVERHEAD_TRIM,
        answers.overhead_trim,
    ),
    _checking(
        "burn__compare",
        "Models beside each other at each kind of work: turns, cost of a turn, edits that were right at once.",
        COMPARE,
        answers.compare,
    ),
)
