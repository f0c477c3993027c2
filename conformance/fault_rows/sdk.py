"""Faults of the SDK: how far back a verb looks, what it adds up, how it rounds, and which options it takes."""

from __future__ import annotations

from conformance.fault import Fault
from conformance.mutation import Change, Flip, Misspell, Rewrite, Shift

VERBS = {
    "since": "relayburn.sdk.summary",
    "summaries": "relayburn.sdk.summary",
    "session_costs": "relayburn.sdk.session_cost",
    "comparisons": "relayburn.sdk.compare",
    "instruction_files": "relayburn.sdk.overhead*",
}
"""The protocols that ask the verbs of a module."""


def _in(module: str, name: str, change: Change) -> Fault:
    return Fault(f"sdk: {name}", f"relayburn.sdk.{module}", change, (VERBS[module],), areas=("homes", "sdk", "current"))


FAULTS = (
    _in("since", "a month has 31 days", Shift("_UNIT_MS", 3)),
    _in("since", "a week has eight days", Shift("_UNIT_MS", 1)),
    _in("since", "an hour is a second longer", Shift("_HOUR_MS", 0, 1000)),
    _in("since", "a time ago has one digit", Rewrite("([0-9]+)([hdwm])", "([0-9])([hdwm])")),
    _in(
        "summaries",
        "a turn counts once for each tool",
        Rewrite("for name in group.tools:", "for name in dict.fromkeys(group.tools):"),
    ),
    _in("summaries", "a tool's calls are not its turns'", Rewrite("tool.count += group.turns", "tool.count += 1")),
    _in("summaries", "one-hour writes are no tokens", Rewrite(" + usage.cache_create_1h\n", "\n")),
    _in(
        "session_costs",
        "half a millionth is rounded to even",
        Rewrite("math.floor(usd * _MICRO + 0.5) / _MICRO", "round(usd * _MICRO) / _MICRO"),
    ),
    _in("session_costs", "cents are told to the ten thousandth", Shift("_MICRO", 1, -2)),
    _in(
        "session_costs",
        "models stand as they come",
        Rewrite(
            "sorted({id_text(turn.model) for turn in turns}, key=code_unit_key)",
            "list(dict.fromkeys(id_text(turn.model) for turn in turns))",
        ),
    ),
    _in("session_costs", "a session without turns has no note", Rewrite("models=[], note=NO_TURNS", "models=[]")),
    _in("comparisons", "a rate has three digits", Shift("_RATE_DIGITS", 0, -1)),
    _in("comparisons", "costs have five digits", Shift("_USD_DIGITS", 0, -1)),
    _in("comparisons", "one model can be compared", Shift("_checked", 0, -1)),
    _in("instruction_files", "all time is called otherwise", Misspell("ALL_TIME")),
    _in("instruction_files", "a diff is made only where it is not wanted", Flip("overhead_trim", 0)),
)
