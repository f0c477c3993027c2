"""A corpus of a few lines, made for one test."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.inprocess import InProcess
from conformance.outcome import RunOutcome
from conformance.plan import Plan
from conformance.run import run
from conformance.selection import Selection
from conformance.session import SubjectMaker
from conformance.stages.registry import Stage
from conformance.subject import NOTHING_ADMITTED, Admitted
from conformance.verdict import Result
from relayburn.recording import RecordedExchange, RecordingWriter

PROTOCOL = "relayburn.tiny"


class TinyCorpus:
    """A corpus at `root`, empty at first."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "recordings").mkdir(parents=True)
        (root / "fixtures").mkdir()

    def fixture(self, path: str, content: bytes | str = b"") -> dict[str, str]:
        """Write a fixture; gives it as `request.input` lists it."""
        data = content.encode() if isinstance(content, str) else content
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        return {"path": path, "sha256": hashlib.sha256(data).hexdigest()}

    def record(
        self,
        response: Any,
        *,
        protocol: str = PROTOCOL,
        args: Any = None,
        config: Any = None,
        inputs: Any = None,
        area: str = "tiny",
        case: str = "case",
        meta: Mapping[str, Any] | None = None,
    ) -> Path:
        """Append an exchange to the recording of `case`; gives its file."""
        request = {"args": args or {}, "config": config or {}, "input": inputs or []}
        told = {"oracle": "relayburn-ts", "case": case} if meta is None else meta
        file = self.root / "recordings" / area / f"{case}.jsonl"
        with RecordingWriter(file) as writer:
            writer.write(RecordedExchange(0, None, protocol, request, response, dict(told)))
        return file

    def answers(self, output: Any, **options: Any) -> Path:
        """`record` of an exchange that was answered."""
        return self.record({"output": output}, **options)

    def fails(self, message: str = "no", name: str = "Error", **options: Any) -> Path:
        """`record` of an exchange that failed."""
        return self.record({"error": {"name": name, "message": message}}, **options)


def stages(**by_name: Stage) -> SubjectMaker:
    """A subject in this process that answers `relayburn.<name>`."""
    return in_process({f"relayburn.{name}": stage for name, stage in by_name.items()})


def in_process(
    by_protocol: Mapping[str, Stage], timeout: float = 10.0, admitted: Admitted = NOTHING_ADMITTED
) -> SubjectMaker:
    """A subject in this process."""
    return lambda workspace: InProcess(by_protocol, timeout, workspace, admitted)


def replay(corpus: TinyCorpus, make: SubjectMaker | None = None, *paths: Path | str, **plan: Any) -> RunOutcome:
    """A run over `corpus`, or over some paths of it."""
    selection = Selection(tuple(map(str, paths)))
    return run(Plan(corpus=corpus.root, selection=selection, **plan), make=make)


def only(outcome: RunOutcome) -> Result:
    """The one result of a run."""
    (result,) = outcome.results
    return result
