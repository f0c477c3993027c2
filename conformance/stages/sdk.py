"""Stages of the SDK: scenarios that end with the call of a verb (sdk.md, ledger.md Appendix A).

In: recorded steps and options. Out: the verb's answer in wire form, and what it told `onLog`. Options have the reference's
names and any JSON value; `ledgerHome` names another home. `sdk_ingest` stands with the other steps of ingest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from conformance.stages.registry import stage
from conformance.stages.scenario import Scene, play, step
from relayburn import sdk
from relayburn.ledger.home import Home
from relayburn.records import to_wire

_COMMON = {"session": "session", "project": "project", "since": "since"}
_FILES = {"project": "project", "since": "since", "kind": "kind"}
_VERBS: dict[str, tuple[Callable[..., Any], Mapping[str, str], bool]] = {
    "summary": (sdk.summary, _COMMON, False),
    "session_cost": (sdk.session_cost, {"session": "session"}, False),
    "overhead": (sdk.overhead, _FILES, True),
    "overhead_trim": (sdk.overhead_trim, {**_FILES, "top": "top", "includeDiff": "include_diff"}, True),
    "hotspots": (sdk.hotspots, {**_COMMON, "groupBy": "group_by", "patterns": "patterns"}, True),
    "compare": (
        sdk.compare,
        {
            **_COMMON,
            "models": "models",
            "workflow": "workflow",
            "agent": "agent",
            "provider": "provider",
            "minSample": "min_sample",
            "minFidelity": "min_fidelity",
        },
        False,
    ),
}
"""The verbs: the function, its options by their recorded names, and whether it looks at the working folder."""


def _register(name: str, verb: Callable[..., Any], options: Mapping[str, str], at_folder: bool) -> None:
    stage(f"relayburn.sdk.{name}")(play)

    @step(f"sdk_{name}")
    def call(scene: Scene, recorded: dict[str, Any]) -> Any:
        given = recorded.get("opts") or {}
        arguments = {ours: given[theirs] for theirs, ours in options.items() if theirs in given}
        if at_folder:
            arguments["cwd"] = scene.cwd
        if name == "compare":
            arguments.setdefault("models", [])
        answer = verb(_home(scene, given), on_log=scene.log, semantics=scene.semantics, **arguments)
        return to_wire(answer)


def _home(scene: Scene, given: dict[str, Any]) -> Home:
    named = given.get("ledgerHome")
    if not named:
        return scene.home
    return replace(scene.home, path=scene.real(Path(named.replace("$CASE", scene.case))))


for _name, _row in _VERBS.items():
    _register(_name, *_row)
