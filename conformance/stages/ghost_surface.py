"""Ghosts: what is installed, what is used, and their findings (ghost-surface.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec import UNSET

from conformance.stages.registry import Request, stage
from relayburn.analyze.ghost_surface.candidates import (
    CLAUDE_CODE,
    CODEX,
    Candidate,
    SurfacePlaces,
    claude_candidates,
    codex_candidates,
)
from relayburn.analyze.ghost_surface.detect import Ghost, detect_ghost_surface
from relayburn.analyze.ghost_surface.finding import archive_folder, ghost_finding
from relayburn.analyze.ghost_surface.names import (
    claude_command_names,
    codex_slash_invocations,
    observed_names_by_source,
)
from relayburn.analyze.ghost_surface.opencode_config import opencode_candidates
from relayburn.analyze.ghost_surface.use import (
    SurfaceUse,
    representative_cache_read_rate,
    session_count_by_source,
    stored_user_texts,
    surface_use,
)
from relayburn.pricing.table import table_from_wire
from relayburn.records import TurnRecord, from_wire, to_wire

PREFIX = "relayburn.analyze.ghost_surface"


@stage(f"{PREFIX}.claude_ghost_adapter.enumerate")
def claude_enumerate(request: Request) -> Any:
    return to_wire(claude_candidates(_places(request)))


@stage(f"{PREFIX}.codex_ghost_adapter.enumerate")
def codex_enumerate(request: Request) -> Any:
    return to_wire(codex_candidates(_places(request)))


@stage(f"{PREFIX}.opencode_ghost_adapter.enumerate")
def opencode_enumerate(request: Request) -> Any:
    return to_wire(opencode_candidates(_places(request)))


@stage(f"{PREFIX}.claude_ghost_adapter.observed_names")
def claude_observed(request: Request) -> Any:
    return claude_command_names(_texts(request, CLAUDE_CODE))


@stage(f"{PREFIX}.codex_ghost_adapter.observed_names")
def codex_observed(request: Request) -> Any:
    return codex_slash_invocations(_texts(request, CODEX), _candidates(request))


@stage(f"{PREFIX}.mine_claude_command_names")
def mine_claude(request: Request) -> Any:
    return claude_command_names(request.args.get("userTurnTextBySession") or {})


@stage(f"{PREFIX}.mine_codex_slash_invocations")
def mine_codex(request: Request) -> Any:
    return codex_slash_invocations(request.args.get("userTurnTextBySession") or {}, _candidates(request))


@stage(f"{PREFIX}.detect_ghost_surface")
def detect(request: Request) -> Any:
    inputs = request.args["inputs"]
    use = SurfaceUse(
        observed_names_by_source=inputs["observedNamesBySource"],
        session_count_by_source=inputs["sessionCountBySource"],
        dollar_per_token=inputs["dollarPerToken"],
        user_turn_text_by_session=inputs.get("userTurnTextBySession") or UNSET,
    )
    return to_wire(detect_ghost_surface(use, _places(request)))


@stage(f"{PREFIX}.build_observed_names_by_source")
def observed_names(request: Request) -> Any:
    return observed_names_by_source(_turns(request))


@stage(f"{PREFIX}.build_session_count_by_source")
def session_count(request: Request) -> Any:
    return session_count_by_source(_turns(request))


@stage(f"{PREFIX}.pick_representative_cache_read_rate")
def cache_read_rate(request: Request) -> Any:
    return representative_cache_read_rate(_turns(request), table_from_wire(request.args["pricing"]))


@stage(f"{PREFIX}.build_ghost_surface_inputs")
def inputs(request: Request) -> Any:
    home = request.config.get("env", {}).get("RELAYBURN_HOME") or Path(_home(request), ".relayburn")
    content = Path(home, "content")
    table = table_from_wire(request.args["pricing"])
    return to_wire(surface_use(_turns(request), table, lambda session: stored_user_texts(content, session)))


@stage(f"{PREFIX}.ghost_surface_to_finding")
def finding(request: Request) -> Any:
    return to_wire(ghost_finding(from_wire(Ghost, request.args["ghost"]), _archive(request)))


@stage(f"{PREFIX}.ghost_findings_to_waste_findings")
def findings(request: Request) -> Any:
    archive = _archive(request)
    return to_wire([ghost_finding(from_wire(Ghost, ghost), archive) for ghost in request.args["ghosts"]])


def _turns(request: Request) -> list[TurnRecord]:
    return [from_wire(TurnRecord, turn) for turn in request.args["turns"]]


def _candidates(request: Request) -> list[Candidate]:
    return [from_wire(Candidate, candidate) for candidate in request.args.get("candidates") or ()]


def _texts(request: Request, source: str) -> Any:
    by_source = request.args["inputs"].get("userTurnTextBySession") or {}
    return by_source.get(source) or {}


def _places(request: Request) -> SurfacePlaces:
    inputs = request.args["inputs"]
    places = SurfacePlaces.of_user(_home(request), request.config.get("cwd", str(request.root)))
    return SurfacePlaces(
        claude_home=inputs.get("claudeHome", places.claude_home),
        codex_home=inputs.get("codexHome", places.codex_home),
        opencode_projects=tuple(inputs.get("opencodeProjects") or places.opencode_projects),
        working_directory=places.working_directory,
    )


def _archive(request: Request) -> str:
    options = request.args.get("options") or {}
    return options.get("archiveDir", archive_folder(_home(request)))


def _home(request: Request) -> str:
    return request.config.get("env", {}).get("HOME", str(request.root))
