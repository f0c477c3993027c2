"""Where session files lie below a root.

In: a root folder of one harness. Out: the paths of its session files, in the order in which a pass visits them
(ingest.md 1). Names are compared by their bytes; symbolic links are neither files nor folders; a folder that cannot be
listed is passed over, and `refused` is told why.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

NameTest = Callable[[str], bool]

Refused = Callable[[str, OSError], None]
"""Is told of a folder that is there and cannot be listed."""


def untold(_folder: str, _error: OSError) -> None:
    """Nobody is told."""


SUBAGENTS = "subagents"
"""The folder, in that of a session, with the logs of its subagents."""


def claude_session_files(root: str, refused: Refused = untold) -> Iterator[str]:
    """The `*.jsonl` files directly inside the project folders of `root`."""
    for project in _listing(root, refused).folders:
        yield from _listing(project, refused).files_called(is_log)


def claude_subagent_files(root: str, refused: Refused = untold) -> Iterator[str]:
    """The logs of subagents: `<project>/<session id>/subagents/agent-*.jsonl`, whether or not the session's own is left.

    Of what `claude_session_files` lists, too, `refused` is not told again.
    """
    for project in _listing(root).folders:
        for session in _listing(project).folders:
            yield from _listing(f"{session}/{SUBAGENTS}", refused).files_called(is_subagent_log)


def subagent_files_of(session_log: str, refused: Refused = untold) -> Iterator[str]:
    """The logs of the subagents of the session whose own log is at `session_log`."""
    return _listing(f"{session_log.removesuffix('.jsonl')}/{SUBAGENTS}", refused).files_called(is_subagent_log)


def codex_session_files(root: str, refused: Refused = untold) -> Iterator[str]:
    """The `*.jsonl` files anywhere below `root`."""
    return _walk(root, is_log, refused)


def opencode_session_files(root: str, refused: Refused = untold) -> Iterator[str]:
    """The `ses_*.json` files anywhere below `root`."""
    return _walk(root, is_opencode_session, refused)


def message_folder(root: str, session_file: str) -> str:
    """Where the messages of an OpenCode session lie: `storage/message/<id>`, beside the `storage/session` that is `root`."""
    return str(PurePath(message_root(root), PurePath(session_file).name.removesuffix(".json")))


def message_root(root: str) -> str:
    """Where OpenCode keeps a folder of messages for each session of `root`."""
    return str(PurePath(root).with_name("message"))


def message_files(folder: str) -> Iterator[str]:
    """The files of an OpenCode session's messages."""
    return _listing(folder).files_called(lambda name: name.endswith(".json"))


def is_log(name: str) -> bool:
    """Whether a name is that of a Claude Code or Codex log."""
    return name.endswith(".jsonl")


def is_subagent_log(name: str) -> bool:
    """Whether a name is that of a Claude Code subagent's own log."""
    return name.startswith("agent-") and name.endswith(".jsonl")


def is_opencode_session(name: str) -> bool:
    """Whether a name is that of an OpenCode session file."""
    return name.startswith("ses_") and name.endswith(".json")


def _walk(root: str, wanted: NameTest, refused: Refused) -> Iterator[str]:
    """Files before sub-folders, and the last sub-folder first: the reference keeps a stack."""
    stack = [root]
    while stack:
        listing = _listing(stack.pop(), refused)
        yield from listing.files_called(wanted)
        stack += listing.folders


@dataclass(frozen=True, slots=True)
class _Listing:
    """What lies in a folder: the paths of its sub-folders, and the names of its regular files."""

    folder: str
    folders: tuple[str, ...]
    files: tuple[str, ...]

    def files_called(self, wanted: NameTest) -> Iterator[str]:
        return (f"{self.folder}/{name}" for name in self.files if wanted(name))


def _listing(folder: str, refused: Refused = untold) -> _Listing:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: os.fsencode(entry.name))
    except (FileNotFoundError, NotADirectoryError):
        entries = []
    except OSError as error:
        refused(folder, error)
        entries = []
    return _Listing(
        folder,
        tuple(f"{folder}/{entry.name}" for entry in entries if entry.is_dir(follow_symlinks=False)),
        tuple(entry.name for entry in entries if entry.is_file(follow_symlinks=False)),
    )
