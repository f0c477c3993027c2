"""What a harness offers to its agent from the user's folders: agents, skills, commands, prompts, rules, memories.

In: the folders of Claude Code and Codex, or those of an OpenCode project. Out: one candidate a file, folder by folder in
byte order of the names (ghost-surface.md 2). Only this module and `opencode_config` touch the disk.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from relayburn.errors import SurfaceUnreadable
from relayburn.jspath import absolute, joined
from relayburn.records import UNSET, Record, UnsetType

BYTES_PER_TOKEN = 4

CLAUDE_CODE = "claude-code"
CODEX = "codex"
OPENCODE = "opencode"

_PLAIN_TEXT_NOT = re.compile(
    r"\.(?:jsonl?|ya?ml|toml|lock|log|tsbuildinfo|png|jpg|jpeg|gif|webp|pdf|zip|tar|gz)\Z", re.IGNORECASE | re.ASCII
)


class Candidate(Record, kw_only=True):
    """One file or config entry; `size_tokens` is what it adds to a prompt.

    `counted_by_catalog_bloat` marks an entry whose tokens are already part of another finding.
    """

    source: str
    kind: str
    path: str
    basename: str
    size_tokens: int
    counted_by_catalog_bloat: bool | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class SurfacePlaces:
    """Where the surface lies. Relative paths are seen from `working_directory` and stay relative in answers."""

    claude_home: str
    codex_home: str
    opencode_projects: tuple[str, ...]
    working_directory: str

    @classmethod
    def of_user(cls, home: str, working_directory: str) -> SurfacePlaces:
        """The places of the user whose home is `home`; the working directory is the one project."""
        return cls(joined(home, ".claude"), joined(home, ".codex"), (working_directory,), working_directory)


@dataclass(frozen=True, slots=True)
class Folder:
    """One row: a folder below a harness's root, the kind of what lies in it, and the names that count."""

    name: str
    kind: str
    takes: Callable[[str], bool]


def is_markdown(name: str) -> bool:
    """True for a markdown file's name; case matters."""
    return name.endswith((".md", ".markdown"))


def is_plain_text(name: str) -> bool:
    """True for any name but hidden ones and those of data, pictures and archives."""
    return not name.startswith(".") and not _PLAIN_TEXT_NOT.search(name)


CLAUDE_FOLDERS = (
    Folder("agents", "ghost-agent", is_markdown),
    Folder("skills", "ghost-skill", is_markdown),
    Folder("commands", "ghost-command", is_markdown),
)
CODEX_FOLDERS = (
    Folder("prompts", "ghost-prompt", is_plain_text),
    Folder("skills", "ghost-skill", is_plain_text),
    Folder("rules", "ghost-rule", is_plain_text),
    Folder("memories", "ghost-memory", is_plain_text),
)
OPENCODE_FOLDERS = (
    Folder(".opencode/skills", "ghost-skill", is_markdown),
    Folder("skills", "ghost-skill", is_markdown),
)


def claude_candidates(places: SurfacePlaces) -> list[Candidate]:
    """What Claude Code finds in the user's folder. Raises `SurfaceUnreadable`."""
    return list(files_below(places.claude_home, CLAUDE_CODE, CLAUDE_FOLDERS, places.working_directory))


def codex_candidates(places: SurfacePlaces) -> list[Candidate]:
    """What Codex finds in the user's folder. Raises `SurfaceUnreadable`."""
    return list(files_below(places.codex_home, CODEX, CODEX_FOLDERS, places.working_directory))


def files_below(root: str, source: str, folders: Iterable[Folder], working_directory: str) -> Iterator[Candidate]:
    """The files of `folders` below `root`."""
    for folder in folders:
        path = joined(root, folder.name)
        for name, size in _regular_files(absolute(path, working_directory)):
            if folder.takes(name):
                yield Candidate(
                    source=source,
                    kind=folder.kind,
                    path=joined(path, name),
                    basename=name,
                    size_tokens=tokens_of(size),
                )


def tokens_of(length: int) -> int:
    """The tokens of a text of that many bytes or code units."""
    return -(-length // BYTES_PER_TOKEN)


def _regular_files(path: str) -> list[tuple[str, int]]:
    """Names and sizes of the files directly in a folder; links and folders are none. No folder, no files."""
    try:
        with os.scandir(path) as entries:
            files = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, ValueError) as error:
        raise SurfaceUnreadable(path, error) from error
    files.sort(key=lambda entry: os.fsencode(entry.name))
    return [(entry.name, size) for entry in files if (size := _size(entry)) is not None]


def _size(entry: os.DirEntry[str]) -> int | None:
    try:
        entry.name.encode()  # the reference cannot look at a file whose name is no UTF-8
        return entry.stat(follow_symlinks=False).st_size
    except (OSError, UnicodeEncodeError):
        return None
