"""What an OpenCode project declares in its `opencode.json`, and the skill files beside it.

In: the projects. Out: per project its declared skills, its commands, its skill files (ghost-surface.md 2). A declared
skill costs nothing here: it is part of the system prompt's catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from relayburn.analyze.ghost_surface.candidates import (
    OPENCODE,
    OPENCODE_FOLDERS,
    Candidate,
    SurfacePlaces,
    files_below,
    tokens_of,
)
from relayburn.errors import SurfaceUnreadable
from relayburn.jsjson import compact, loads, property_order
from relayburn.jspath import absolute, joined
from relayburn.text import utf16_length


def opencode_candidates(places: SurfacePlaces) -> list[Candidate]:
    """What the projects offer; one that is listed twice is read twice. Raises `SurfaceUnreadable`."""
    return [
        candidate
        for project in places.opencode_projects
        for candidate in _candidates_of_project(project, places.working_directory)
    ]


def _candidates_of_project(project: str, working_directory: str) -> Iterator[Candidate]:
    path = joined(project, "opencode.json")
    config = _config(absolute(path, working_directory))
    for name in _declared_skills(config.get("skills")):
        yield Candidate(
            source=OPENCODE,
            kind="ghost-skill",
            path=f"{path}#/skills/{name}",
            basename=name,
            size_tokens=0,
            counted_by_catalog_bloat=True,
        )
    commands = _object(config.get("commands"))
    for name in property_order(commands):
        command = {} if commands[name] is None else commands[name]
        yield Candidate(
            source=OPENCODE,
            kind="ghost-command",
            path=f"{path}#/commands/{name}",
            basename=name,
            size_tokens=tokens_of(utf16_length(compact(command))),
        )
    yield from files_below(project, OPENCODE, OPENCODE_FOLDERS, working_directory)


def _config(path: str) -> dict[str, Any]:
    """The project's configuration; empty where the file is missing or holds no JSON object."""
    try:
        text = Path(path).read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SurfaceUnreadable(path, error) from error
    try:
        config = loads(text)
    except ValueError:
        return {}
    return _object(config)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _declared_skills(skills: Any) -> Iterable[str]:
    if isinstance(skills, dict):
        return property_order(skills)
    if isinstance(skills, list):
        return dict.fromkeys(name for name in skills if isinstance(name, str))
    return ()
