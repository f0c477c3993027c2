"""The session id of a Codex rollout that says none in what was read (ingest.md 3.4).

In: the path of a rollout. Out: the uuid its name ends in, else the id of its first line, else None.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from relayburn.reader.codex import read_codex_session_id_hint

_TRAILING_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\Z")


def codex_id_of_name(path: str) -> str | None:
    """The uuid that the file's name ends in, as it is written there."""
    match = _TRAILING_UUID.search(PurePath(path).name.removesuffix(".jsonl"))
    return match[0] if match else None


def derive_codex_id(path: str) -> str | None:
    """The id of the session in the rollout at `path`. Raises nothing."""
    return codex_id_of_name(path) or read_codex_session_id_hint(path)
