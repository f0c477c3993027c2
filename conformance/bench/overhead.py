"""What the harness costs beside the stages it runs: reading recordings, checking hashes, preparing requests, comparing.

In: made-up logs. Out: the time of a replay outside the stages over the time inside them, on recordings of those logs
and, for comparison, on this project's own corpus, whose inputs are mostly too small to keep a stage busy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from conformance.bench.measure import Ratio
from conformance.plan import Plan
from conformance.run import run
from relayburn.reader.claude import ClaudeOptions, parse_claude_session
from relayburn.recording import RecordedExchange, RecordingWriter
from relayburn.records import to_wire
from relayburn.semantics import CURRENT

LIMIT = 0.3
ROUNDS = 3


def replay_overhead(logs: Sequence[Path], folder: Path) -> tuple[Ratio, Ratio]:
    """The ratios on recordings of `logs`, made below `folder`, and on the corpus; only the first has a limit."""
    _record(logs, folder)
    return (
        _overhead("outside the stages, to inside", Plan(corpus=folder), LIMIT),
        _overhead("the same on the small inputs of the corpus", Plan(), None),
    )


def _record(logs: Sequence[Path], folder: Path) -> None:
    (folder / "recordings" / "bench").mkdir(parents=True)
    for number, log in enumerate(logs):
        data = log.read_bytes()
        name = f"fixtures/bench/{number}/session.jsonl"
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(data)
        answer = parse_claude_session(log, ClaudeOptions(tokenizer="cl100k"), semantics=CURRENT)
        exchange = RecordedExchange(
            recv_ts_ns=0,
            latency_ns=None,
            protocol="relayburn.reader.claude",
            request={
                "input": [{"path": name, "sha256": hashlib.sha256(data).hexdigest()}],
                "config": {"tokenizer": "cl100k"},
            },
            response={"output": to_wire(answer)},
            meta={"semantics": "current", "case": str(number), "about": "a made-up session"},
        )
        with RecordingWriter(folder / "recordings" / "bench" / f"{number}.jsonl") as writer:
            writer.write(exchange)


def _overhead(name: str, plan: Plan, limit: float | None) -> Ratio:
    outcome = min((run(plan) for _ in range(ROUNDS)), key=lambda outcome: outcome.seconds)
    return Ratio(name, outcome.seconds - outcome.stage_seconds, outcome.stage_seconds, limit)
