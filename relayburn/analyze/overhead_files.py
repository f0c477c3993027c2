"""The instruction files that agents load into every prompt: which there are, and what is in them.

In: a project's folder, or a path. Out: the files that exist, in a fixed order, and their parsed text (overhead.md 1
and 2). This is the one module of the overhead layer that touches the disk.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable
from pathlib import Path

from relayburn.analyze.markdown_sections import ParsedFile, parse_markdown
from relayburn.errors import OverheadFileUnreadable
from relayburn.jspath import joined
from relayburn.records import Record
from relayburn.text import code_unit_key

CLAUDE_MD = "claude-md"
AGENTS_MD = "agents-md"
KINDS = (CLAUDE_MD, AGENTS_MD)

_CANDIDATES = (
    ("CLAUDE.md", CLAUDE_MD, ("claude-code",)),
    (".claude/CLAUDE.md", CLAUDE_MD, ("claude-code",)),
    ("AGENTS.md", AGENTS_MD, ("codex", "opencode")),
)


class OverheadFile(Record, kw_only=True):
    """An instruction file and the sources (`TurnRecord.source`) that load it."""

    kind: str
    path: str
    applies_to: list[str]


class LoadedFile(Record, kw_only=True):
    """An instruction file with its sections."""

    file: OverheadFile
    parsed: ParsedFile


def find_overhead_files(project_path: str) -> list[OverheadFile]:
    """The instruction files of a project. Parents, sub-folders and the user's home are not searched.

    What is no regular file (links are followed) or cannot be looked at is passed over. Paths stay relative where
    `project_path` is.
    """
    found = (
        OverheadFile(kind=kind, path=joined(project_path, name), applies_to=list(sources))
        for name, kind, sources in _CANDIDATES
    )
    return [file for file in found if _is_regular_file(file.path)]


def find_claude_md_files(project_path: str) -> list[str]:
    """The paths of the files that Claude Code loads."""
    return [file.path for file in find_overhead_files(project_path) if file.kind == CLAUDE_MD]


def _is_regular_file(path: str) -> bool:
    try:
        return stat.S_ISREG(Path(path).stat().st_mode)
    except (OSError, ValueError):
        # A path with a NUL or a lone surrogate can name no file: ValueError.
        return False


def load_overhead_file(file: OverheadFile) -> LoadedFile:
    """`file` with its sections. Raises `OverheadFileUnreadable`."""
    return LoadedFile(file=file, parsed=load_claude_md_file(file.path))


def load_claude_md_file(path: str) -> ParsedFile:
    """The sections of the file at `path`. Raises `OverheadFileUnreadable`."""
    return parse_markdown(path, read_overhead_text(path))


def read_overhead_text(path: str) -> str:
    """The text of the file at `path`: malformed UTF-8 becomes U+FFFD and a byte order mark stays.

    Raises `OverheadFileUnreadable`.
    """
    try:
        return Path(path).read_bytes().decode("utf-8", errors="replace")
    except (OSError, ValueError) as cause:
        raise OverheadFileUnreadable(path, cause) from cause


def describe_applies_to(sources: Iterable[str]) -> str:
    """The sources sorted and joined, as reports print them."""
    return ", ".join(sorted(sources, key=code_unit_key))
