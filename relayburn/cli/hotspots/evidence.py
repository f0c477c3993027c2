"""What detectors look at besides turns, read when one that is asked for needs it, while progress is told (cli.md 5 and 8.2).

In: the turns, and the plan of a search. Out: the evidence; and the two detectors whose work is told of, at work.
"""

from __future__ import annotations

from dataclasses import replace

from relayburn.analyze.claude_settings import (
    ClaudeSettings,
    load_claude_settings,
    project_claude_settings_path,
    user_claude_settings_path,
)
from relayburn.analyze.ghost_surface.candidates import SurfacePlaces
from relayburn.analyze.ghost_surface.finding import archive_folder
from relayburn.analyze.ghost_surface.use import stored_user_texts, surface_use
from relayburn.analyze.patterns.evidence import Evidence, Surface
from relayburn.analyze.sessions import hashable
from relayburn.analyze.waste_report import WastePlan, WasteSearch
from relayburn.cli.formats import counted
from relayburn.cli.hotspots.looking import Look
from relayburn.cli.shell import Shell
from relayburn.records import CompactionEvent

BLOAT = "tool-output-bloat"
GHOSTS = "ghost-surface"
"""The kinds that have inputs of their own."""


def gathered(found: Look, plan: WastePlan) -> Evidence:
    """What the detectors of `plan` need, but for settings and surface."""
    evidence = Evidence(turns=found.turns, table=found.prices, semantics=found.reading.semantics)
    if plan.reads("compactions"):
        evidence = replace(evidence, compactions=_compactions(found))
    if plan.reads("user_turns_by_session"):
        evidence = replace(evidence, user_turns_by_session=found.user_turns("pattern detectors"))
    if plan.reads("content_by_session"):
        evidence = replace(evidence, content_by_session=found.content())
    if plan.without(BLOAT).reads("tool_result_events"):
        evidence = replace(evidence, tool_result_events=found.tool_result_events("patterns"))
    return evidence


def _compactions(found: Look) -> list[CompactionEvent]:
    with found.progress.task("reading compaction events") as tell:
        events = found.reading.compactions(found.filters.beside)
        kept = [event for event in events if hashable(event.session_id) in found.sessions]
        tell(f"read {counted(len(kept), 'compaction event')}")
    return kept


def look_for_bloat(shell: Shell, found: Look, search: WasteSearch) -> None:
    """Look for too large tool outputs, where that is asked for."""
    if BLOAT not in search.plan.covered:
        return
    with found.progress.task("loading Claude settings") as tell:
        settings = _settings(shell)
        tell(f"loaded {counted(len(settings), 'Claude settings file')}")
    events = found.tool_result_events("output bloat")
    search.learn(settings=settings, tool_result_events=events)
    with found.progress.task("detecting tool output bloat") as tell:
        bloat = search.look_for(BLOAT)
        tell(f"detected {counted(len(bloat), 'tool-output bloat finding')}")


def _settings(shell: Shell) -> list[ClaudeSettings]:
    paths = (user_claude_settings_path(str(shell.home.user_home)), project_claude_settings_path(shell.cwd))
    return [loaded for path in paths if (loaded := load_claude_settings(path)) is not None]


def look_for_ghosts(shell: Shell, found: Look, search: WasteSearch) -> None:
    """Look for what is installed and never used, where that is asked for. Raises `SurfaceUnreadable`, `UnsafeSessionId`."""
    if GHOSTS not in search.plan.covered:
        return
    with found.progress.task("building ghost-surface inputs") as tell:
        user_home = str(shell.home.user_home)
        use = surface_use(found.turns, found.prices, lambda session: stored_user_texts(shell.home.content, session))
        surface = Surface(use, SurfacePlaces.of_user(user_home, shell.cwd), archive_folder(user_home))
        search.learn(surface=surface)
        tell("built ghost-surface inputs")
    with found.progress.task("detecting ghost surfaces") as tell:
        ghosts = search.look_for(GHOSTS)
        tell(f"detected {counted(len(ghosts), 'ghost-surface finding')}")
