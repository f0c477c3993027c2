"""Which project a working directory belongs to.

In: the `cwd` of a log line. Out: the directory verbatim and, where a git repository with a readable `origin` is found
above it, a key that all clones of that repository share (git.md). Files are read; no git program is run.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from relayburn.errors import InvalidProject
from relayburn.records import UNSET, UnsetType
from relayburn.text import WHITE_SPACE, js_pattern, trim, well_formed

MAX_DIRECTORIES = 100
"""How many directories are looked at, `cwd` and its parents."""

_LINE_ENDS = "\n\r\u2028\u2029"
_GITDIR = re.compile(rf"(?:\A|(?<=[{_LINE_ENDS}]))gitdir:")
_LINE = re.compile(r"\r?\n")
_COMMENT = re.compile("[#;]")
_SUBSECTION = js_pattern(r'([A-Za-z0-9._-]+)\s+"(.*)"')
_SCP_FORM = js_pattern(r"[A-Za-z0-9_-]+@([^:\s]+):(.+)")
_SCHEME_FORM = js_pattern(r"[A-Za-z][A-Za-z0-9+.-]*://(.+)")


@dataclass(frozen=True, slots=True)
class Project:
    """A working directory, verbatim, and the key of the repository it lies in, `UNSET` when there is none."""

    project: str
    project_key: str | UnsetType = UNSET


@dataclass(slots=True)
class ProjectResolver:
    """`resolve_project` that asks the disk once per directory; a later change of a repository is not noticed."""

    _known: dict[str, Project] = field(default_factory=dict)

    def resolve(self, cwd: Any) -> Project:
        """The project of `cwd`. Raises `InvalidProject` when it is not a text."""
        if not isinstance(cwd, str):
            raise InvalidProject(cwd)
        project = self._known.get(cwd)
        if project is None:
            project = self._known[cwd] = resolve_project(cwd)
        return project


def resolve_project(cwd: Any) -> Project:
    """The project of `cwd`. Raises `InvalidProject` when it is not a text, and nothing for any text."""
    if not isinstance(cwd, str):
        raise InvalidProject(cwd)
    return Project(cwd, _project_key(cwd))


def _project_key(cwd: str) -> str | UnsetType:
    git_dir = _find_git_dir(cwd)
    config = _read_text(git_dir / "config") if git_dir else None
    if config is None:
        return UNSET
    url = parse_git_config(config).get('remote "origin"', {}).get("url")
    return (url and canonicalize_remote_url(url)) or UNSET


def _find_git_dir(cwd: str) -> Path | None:
    try:
        directory = _absolute(cwd)
    except OSError:  # relative to a directory of the process that is gone
        return None
    for _ in range(MAX_DIRECTORIES):
        dot_git = directory / ".git"
        mode = _mode(dot_git)
        if stat.S_ISDIR(mode):
            return dot_git
        if stat.S_ISREG(mode) and (found := _worktree_git_dir(dot_git)):
            return found
        if directory == (parent := directory.parent):
            return None
        directory = parent
    return None


def _worktree_git_dir(dot_git: Path) -> Path | None:
    """Where a `.git` file points: to a git directory, or through its `commondir` to the shared one."""
    pointer = _gitdir_pointer(_read_text(dot_git) or "")
    if pointer is None:
        return None
    git_dir = _absolute(dot_git.parent, pointer)
    common = trim(_read_text(git_dir / "commondir") or "")
    return _absolute(git_dir, common) if common else git_dir


def _gitdir_pointer(text: str) -> str | None:
    """What `^gitdir:\\s*(.+?)\\s*$` captures, in time that grows with the text, not with its square."""
    header = _GITDIR.search(text)
    if not header:
        return None
    blank = text[header.end() :]
    path = blank.lstrip(WHITE_SPACE)
    if not path:
        # Only white space is left: the pattern gives back its last character that ends no line.
        path = next((char for char in reversed(blank) if char not in _LINE_ENDS), "")
    line = re.split(f"[{_LINE_ENDS}]", path, maxsplit=1)[0]
    return line.rstrip(WHITE_SPACE) or line[:1] or None


def _absolute(*parts: str | Path) -> Path:
    """The last absolute part and those after it, normalised lexically: links are not followed, nothing need exist."""
    return Path(os.path.normpath(Path(*(well_formed(str(part)) for part in parts)).absolute()))


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except (OSError, ValueError):  # ValueError: a NUL in the path
        return 0


def _read_text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except (OSError, ValueError):
        return None


def parse_git_config(text: str) -> dict[str, dict[str, str]]:
    """The sections of a git config file, by name, and their values by key; a later value replaces an earlier one.

    A subsection's name is `section "subsection"`, quotes included. Lines that make no sense are skipped.
    """
    sections: dict[str, dict[str, str]] = {}
    section: dict[str, str] | None = None
    for line in _LINE.split(text):
        line = line.strip(" \t")
        if not line or line[0] in "#;":
            continue
        if line[0] == "[" and line[-1] == "]":
            section = sections.setdefault(_section_name(line[1:-1]), {})
            continue
        key, equals, value = line.partition("=")
        key = trim(key)
        if equals and key and section is not None:
            section[key] = _without_comment(trim(value))
    return sections


def _section_name(inner: str) -> str:
    name = trim(inner)
    subsection = _SUBSECTION.fullmatch(name)
    return f'{subsection[1]} "{subsection[2]}"' if subsection else name


def _without_comment(value: str) -> str:
    """`value` up to the first `#` or `;` outside double quotes, without the quotes."""
    kept: list[str] = []
    for index, piece in enumerate(value.split('"')):
        quoted = index % 2 == 1
        bare = piece if quoted else _COMMENT.split(piece, maxsplit=1)[0]
        kept.append(bare)
        if len(bare) < len(piece):
            break
    return trim("".join(kept))


def canonicalize_remote_url(url: str) -> str | None:
    """`host/path` of a remote, the same for its ssh, scp and https forms; None where there is no host."""
    url = trim(url)
    if scp := _SCP_FORM.fullmatch(url):
        host, path = scp[1], scp[2].lstrip("/")
    elif scheme := _SCHEME_FORM.fullmatch(url):
        # The reference cuts at the first "@", wherever it stands.
        _, at, after_user = scheme[1].partition("@")
        authority, _, path = (after_user if at else scheme[1]).partition("/")
        host = authority.partition(":")[0]
    else:
        return None
    path = path.rstrip("/").removesuffix(".git")
    return f"{host.lower()}/{path}" if host and path else None
