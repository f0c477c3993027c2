"""What a log says verbatim may be nested as deeply as JSON can be read: it costs neither the file nor a question."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from relayburn.ingest.readers import Readers, ReadHere
from relayburn.ingest.reading_processes import ReadInProcesses
from relayburn.jsjson import compact
from relayburn.ledger.content import read_content
from relayburn.ledger.identity import spelled
from relayburn.ledger.json_file import indented
from relayburn.records import ContentRecord, ContentToolResult, to_wire
from relayburn.sdk import hotspots, summary
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.ingest.users import CODEX_SESSION, SESSION, User, answer, prompt
from tests.reader.claude_lines import tool_result, tool_use, user
from tests.reader.codex_lines import complete, meta, output, started, used
from tests.reader.opencode_tree import step_finish, text, tool

HERE = "@@here@@"
DEPTHS = (900, 985, 1018, 100_000)
"""Around the depths at which one reader of JSON or another gives up."""

CLAUDE = {
    "a tool's input": lambda: [answer("m1", content=[tool_use("t1", command=HERE)])],
    "a tool's output": lambda: [user([tool_result("t1", HERE)], "r1")],
    "a session": lambda: [prompt("hi", sessionId=HERE)],
    "an id": lambda: [prompt("hi", HERE)],
    "a time": lambda: [answer("m1", timestamp=HERE)],
    "a model": lambda: [answer("m1", model=HERE)],
}


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def write(path: Path, depth: int) -> None:
    path.write_bytes(path.read_bytes().replace(f'"{HERE}"'.encode(), nested(depth).encode()))


@pytest.mark.parametrize("semantics", (CURRENT, TS_1_10), ids=lambda each: each.name)
@pytest.mark.parametrize("what", CLAUDE)
def test_a_deep_value_in_a_claude_log_costs_no_more_than_its_line(
    tmp_path: Path, what: str, semantics: Semantics
) -> None:
    for depth in DEPTHS:
        someone = User(tmp_path / str(depth), semantics=semantics)
        write(someone.claude(prompt("hi"), *CLAUDE[what](), answer("after", second=5)), depth)

        report = someone.ingest()

        assert report.failures == []
        assert "after" in [turn["messageId"] for turn in someone.turns()]

    assert summary(someone.home, semantics=semantics).turn_count == len(someone.turns())
    hotspots(someone.home, semantics=semantics)


@pytest.mark.parametrize("readers", (ReadHere(), ReadInProcesses(2)), ids=("here", "elsewhere"))
def test_deep_values_come_through_whoever_reads(tmp_path: Path, readers: Readers) -> None:
    someone = User(tmp_path)
    write(someone.claude(*[line for make in CLAUDE.values() for line in make()], answer("after", second=5)), 900)
    write(someone.codex(meta(CODEX_SESSION), started("t1"), output("c1", HERE), used(10, 0, 10), complete("t1")), 900)
    tree = someone.opencode()
    tree.assistant("o1", 1, text("done"), tool("c1", input={"deep": HERE}), step_finish("stop"))
    for part in (someone.user_home / ".local").rglob("*.json"):
        write(part, 900)

    report = someone.ingest(readers=readers)

    assert report.failures == []
    assert {turn["source"] for turn in someone.turns()} == {"claude-code", "codex", "opencode"}
    stored = [
        record["toolResult"]["content"] for record in read_content(someone.home, SESSION) if "toolResult" in record
    ]
    assert [json.dumps(content, separators=(",", ":")) for content in stored] == [nested(900)]


def test_a_record_with_a_deep_value_has_a_wire_form() -> None:
    deep: Any = json.loads(nested(900))
    for _ in range(5000):
        deep = [deep]
    result = ContentToolResult(tool_use_id="t", content=deep)
    record = ContentRecord(
        source="codex",
        session_id="s",
        message_id="m",
        ts="",
        role="tool_result",
        kind="tool_result",
        tool_result=result,
    )

    wire = to_wire([record])

    assert wire[0]["toolResult"]["toolUseId"] == "t"
    assert compact(wire[0]["toolResult"]["content"]) == compact(deep)
    assert "text" not in wire[0]


def test_a_deep_value_is_spelled_and_indented_as_javascript_does() -> None:
    deep: Any = ["a", [[], [None, 1.0]], [[["b"]]]]
    assert spelled(deep) == "a,,,1,b"
    for _ in range(500):
        deep = [deep]
    deeper = deep
    for _ in range(5000):
        deeper = [deeper]

    assert spelled(deeper) == "a,,,1,b"
    assert indented(deep).count(b"[") == 500 + 7
