"""The folders that harnesses keep their sessions in (ingest.md 1), and stores that are found but not read.

In: a home, with its user's home folder and environment. Out: the roots of each harness. The reference knows one each,
below `HOME`; under `all_roots` the harness's own variables and other usual places are looked at as well, each folder
once, by whatever name it is reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from relayburn.ingest.report import UnreadSource
from relayburn.ledger.home import Home
from relayburn.semantics import Semantics


def claude_roots(home: Home, semantics: Semantics) -> list[str]:
    """Where Claude Code keeps a folder for each project."""
    folders = [home.user_home / ".claude"]
    if semantics.all_roots:
        folders += [_config_folder(home) / "claude", *_listed(home, "CLAUDE_CONFIG_DIR")]
    return _distinct(folder / "projects" for folder in folders)


def codex_roots(home: Home, semantics: Semantics) -> list[str]:
    """Where Codex keeps its rollouts, by date; under `all_roots` also those that it has put away."""
    usual = home.user_home / ".codex"
    if not semantics.all_roots:
        return [str(usual / "sessions")]
    folders = [usual, *_listed(home, "CODEX_HOME")]
    return _distinct(folder / name for folder in folders for name in ("sessions", "archived_sessions"))


def opencode_roots(home: Home, semantics: Semantics) -> list[str]:
    """Where OpenCode keeps its session files."""
    return _distinct(folder / "storage" / "session" for folder in _opencode_folders(home, semantics))


def unread_sources(home: Home, semantics: Semantics) -> list[UnreadSource]:
    """What was found and holds sessions, but is not read."""
    if not semantics.all_roots:
        return []
    return [*_opencode_databases(home, semantics), *_later_homes(home)]


def _opencode_databases(home: Home, semantics: Semantics) -> Iterator[UnreadSource]:
    for folder in _opencode_folders(home, semantics):
        for path in sorted(folder.glob("opencode*.db")):
            yield UnreadSource(str(path), "sessions of OpenCode in a database")


def _later_homes(home: Home) -> Iterator[UnreadSource]:
    folder = home.user_home / ".agentworkforce" / "burn"
    if (folder / "burn.sqlite").is_file():
        yield UnreadSource(str(folder), "home of relayburn 4")


def _opencode_folders(home: Home, semantics: Semantics) -> list[Path]:
    usual = home.user_home / ".local" / "share"
    named = _listed(home, "XDG_DATA_HOME") if semantics.all_roots else []
    return [folder / "opencode" for folder in (usual, *named)]


def _config_folder(home: Home) -> Path:
    return next(iter(_listed(home, "XDG_CONFIG_HOME")), home.user_home / ".config")


def _listed(home: Home, variable: str) -> list[Path]:
    """The folders that a variable names: one, or several with commas between them."""
    value = home.environ.get(variable) or ""
    names = [value] if Path(value).is_dir() else value.split(",")
    return [_without_tilde(home, name.strip()) for name in names if name.strip()]


def _without_tilde(home: Home, name: str) -> Path:
    return home.user_home / name[2:] if name.startswith("~/") else Path(name)


def _distinct(folders: Iterable[Path]) -> list[str]:
    """The folders, each under the first name it has here; one that does not exist is known by its name alone."""
    found: dict[object, str] = {}
    for folder in folders:
        found.setdefault(_identity(folder), str(folder))
    return list(found.values())


def _identity(folder: Path) -> object:
    try:
        state = folder.stat()
    except (OSError, ValueError):
        return str(folder)
    return state.st_dev, state.st_ino
