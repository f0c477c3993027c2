"""Nothing is learnt by heart: other ids, sessions and paths in the logs give the same answers with those names.

In: exchanges of the corpus. Every id, session and home folder in requests, fixtures and answers is put into other
letters of the same number, so that lengths and offsets stay. What is computed from the letters themselves, hashes
and exact token counts, is left out.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conformance.corpus import PROJECT_ROOT, Corpus, Exchange
from conformance.plan import Plan
from conformance.run import run
from conformance.stages.registry import Request, Stage, all_stages
from relayburn.jsjson import loads
from relayburn.recording import RecordedExchange, RecordingWriter
from relayburn.recording.spelling import json_line
from tests.conformance.tiny import in_process

AREAS = ("claude", "classifier")
PROTOCOLS = (
    "relayburn.reader.claude",
    "relayburn.reader.claude.incremental",
    "relayburn.reader.claude.reconcile",
    "relayburn.reader.fidelity.session",
    "relayburn.reader.user_turn.session",
    "relayburn.classifier.session",
)
AT_LEAST = 200

_UUID = re.compile(rb"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_ID = re.compile(rb"\b(msg|toolu|req|call)_((?=[A-Za-z]*[0-9])[A-Za-z0-9]+)")
_HOME = re.compile(rb"/(home|Users)/([a-z]+)")
_OF_LETTERS = {"argsHash", "contentHash", "editPreHash", "editPostHash"}

_OTHER_HEX = bytes.maketrans(b"0123456789abcdef", b"9ad3f0217b6ec845")
_OTHER_LETTERS = bytes.maketrans(
    (string.ascii_letters + string.digits).encode(),
    (string.ascii_lowercase[::-1] + string.ascii_uppercase[::-1] + string.digits[::-1]).encode(),
)


def renamed(data: bytes) -> bytes:
    """`data` with every id, session and home folder in other letters."""
    data = _UUID.sub(lambda found: found[0].translate(_OTHER_HEX), data)
    data = _ID.sub(lambda found: found[1] + b"_" + found[2].translate(_OTHER_LETTERS), data)
    return _HOME.sub(lambda found: b"/" + found[1] + b"/" + found[2].translate(_OTHER_LETTERS), data)


def renamed_value(value: Any) -> Any:
    """`renamed` of every text in a JSON value."""
    return loads(renamed(json_line(value)))


def without_letters(value: Any, request: dict[str, Any]) -> Any:
    """An answer without what is computed from the letters of its texts."""
    masked = set(_OF_LETTERS)
    if (request.get("config") or {}).get("tokenizer") != "heuristic":
        masked.add("approxTokens")

    def mask(item: Any) -> Any:
        if isinstance(item, dict):
            return {key: "..." if key in masked else mask(part) for key, part in item.items()}
        return [mask(part) for part in item] if isinstance(item, list | tuple) else item

    return mask(value)


def asked_without_letters(stage: Stage) -> Callable[[Request], Any]:
    """A stage whose answers are without what is computed from letters."""
    return lambda request: without_letters(stage(request), {"config": request.config})


class RenamedCorpus:
    """A corpus at `root` that holds renamed exchanges, and the fixtures they name."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.changed_answers = 0

    def add(self, exchange: Exchange) -> None:
        """Take over an exchange."""
        recorded = exchange.recorded
        request, response = renamed_value(recorded.request), renamed_value(recorded.response)
        for item, original in zip(request.get("input", []), recorded.request.get("input", []), strict=True):
            if item["sha256"] is not None:
                item["sha256"] = self._fixture(item["path"], original["path"])
        if "output" in response:
            response["output"] = without_letters(response["output"], request)
            self.changed_answers += response["output"] != without_letters(recorded.response["output"], request)
        with RecordingWriter(self.root / exchange.file) as writer:
            writer.write(RecordedExchange(0, None, recorded.protocol, request, response, recorded.meta))

    def _fixture(self, path: str, original: str) -> str:
        data = renamed((PROJECT_ROOT / original).read_bytes())
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(data)
        return hashlib.sha256(data).hexdigest()


def test_renaming_moves_nothing() -> None:
    log = b'{"cwd":"/home/mira/x","uuid":"bca4d255-64f9-5eed-b81b-660898bea963","id":"toolu_01zp","m":"msg_1"}'

    other = renamed(log)

    assert len(other) == len(log)
    for name in (b"mira", b"bca4d255", b"toolu_01zp", b"msg_1"):
        assert name not in other


def test_other_names_give_the_same_answers_with_those_names(tmp_path: Path) -> None:
    source, target = Corpus(PROJECT_ROOT), RenamedCorpus(tmp_path)
    for file in source.files():
        if file.parent.name in AREAS:
            for exchange in source.exchanges(file):
                if exchange.protocol in PROTOCOLS:
                    target.add(exchange)
    asked = {
        protocol: asked_without_letters(stage) for protocol, stage in all_stages().items() if protocol in PROTOCOLS
    }

    outcome = run(Plan(corpus=tmp_path), make=in_process(asked))

    assert [(result.place, result.message, result.divergences[:3]) for result in outcome.failures] == []
    assert target.changed_answers >= AT_LEAST
