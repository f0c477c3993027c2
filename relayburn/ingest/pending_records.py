"""The records of pending stamps, as they lie in the home (ingest.md 6.1 and 6.2).

In: the bytes of a file. Out: a `PendingStamp`, or None where they are no valid record. Unknown keys are dropped.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from relayburn import jsjson
from relayburn.jsdate import parse_date
from relayburn.jsnum import is_number

HARNESSES = ("codex", "opencode")
"""The harnesses whose launchers cannot know a session's id beforehand."""


@dataclass(frozen=True, slots=True)
class PendingStamp:
    """A stamp that waits for the session of a launch.

    `spawn_start_ts` is an ISO text, `spawn_ms` the same in milliseconds; `cwd` and `session_dir_hint` are absolute.
    """

    harness: str
    spawner_pid: int | float
    spawn_start_ts: str
    spawn_ms: int
    cwd: str
    enrichment: Mapping[str, str]
    session_dir_hint: str | None = None

    def to_wire(self) -> dict[str, Any]:
        """The record as a JSON object."""
        wire = {
            "v": 1,
            "harness": self.harness,
            "spawnerPid": self.spawner_pid,
            "spawnStartTs": self.spawn_start_ts,
            "cwd": self.cwd,
            "enrichment": dict(self.enrichment),
        }
        if self.session_dir_hint is not None:
            wire["sessionDirHint"] = self.session_dir_hint
        return wire


def read_record(data: bytes) -> PendingStamp | None:
    """The valid record that `data` holds."""
    try:
        wire = jsjson.loads(data.decode(errors="replace"))
    except ValueError:
        return None
    return record_of_wire(wire) if isinstance(wire, dict) else None


def record_of_wire(wire: Mapping[str, Any]) -> PendingStamp | None:
    """The record of a JSON object, None where a part is missing or of a wrong kind."""
    if not all(is_valid(wire.get(key)) for key, is_valid in _PARTS.items()):
        return None
    hint = wire.get("sessionDirHint")
    spawn_ms = parse_date(wire["spawnStartTs"])
    if spawn_ms is None or ("sessionDirHint" in wire and not isinstance(hint, str)):
        return None
    return PendingStamp(
        wire["harness"], wire["spawnerPid"], wire["spawnStartTs"], spawn_ms, wire["cwd"], wire["enrichment"], hint
    )


def _is_finite(value: Any) -> bool:
    return is_number(value) and math.isfinite(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_map_of_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def _is_one(value: Any) -> bool:
    return is_number(value) and value == 1


_PARTS: dict[str, Callable[[Any], bool]] = {
    "v": _is_one,
    "harness": HARNESSES.__contains__,
    "spawnerPid": _is_finite,
    "spawnStartTs": _is_text,
    "cwd": _is_name,
    "enrichment": _is_map_of_texts,
}


def absolute(path: str) -> str:
    """`path` as an absolute, normalised path; one leading slash only, unlike `os.path`."""
    resolved = os.path.abspath(path)  # noqa: PTH100 - links are not followed
    return resolved.replace("//", "/", 1) if resolved.startswith("//") else resolved


def lies_within(path: str, folder: str) -> bool:
    """Whether `path` is not outside `folder`, by the way that leads from one to the other."""
    return not os.path.relpath(absolute(path), absolute(folder)).startswith("..")
