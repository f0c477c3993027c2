"""This project's own stages, served over stdin and stdout: `python -m conformance.serve`.

In: the lines of the wire (docs/conformance.md). Out: a handshake that names every stage, then one answer for each
request. Replaying through it gives the verdicts of replaying in process, and it shows a porter what a driver does.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from conformance.inprocess import InProcess
from conformance.pathmap import PathMap
from conformance.plan import own_admissions
from conformance.stages.registry import all_stages
from conformance.subject import Broken
from conformance.wire import Handshake, answer_line, handshake_line, read_request, read_start
from relayburn import __version__


@dataclass(frozen=True, slots=True)
class _Place:
    """The harness's working copy, and a home of our own."""

    paths: PathMap
    home: Path


def main() -> None:
    """Serve until stdin ends."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # Whatever a stage prints goes to stderr: stdout is the wire's alone.
    os.dup2(2, 1)
    with requests, answers, tempfile.TemporaryDirectory() as home:
        first = requests.readline()
        if first:
            _serve(requests, answers, read_start(first), Path(home))


def _serve(requests: BinaryIO, answers: BinaryIO, root: Path, home: Path) -> None:
    stages, admitted = all_stages(), own_admissions()
    protocols = *sorted(stages), *(entry.protocol for entry in admitted.pending)
    _send(answers, handshake_line(Handshake("relayburn", __version__, protocols, admitted)))
    subject = InProcess(stages, None, _Place(PathMap(str(root)), home), admitted)
    try:
        for line in requests:
            number, request = read_request(line)
            if subject.offers(request.protocol):
                answer = subject.ask(request)
            else:
                answer = Broken("NotImplementedError", f"no stage answers {request.protocol}")
            _send(answers, answer_line(number, answer))
    finally:
        subject.close()


def _send(answers: BinaryIO, line: bytes) -> None:
    answers.write(line + b"\n")
    answers.flush()


if __name__ == "__main__":
    sys.exit(main())
