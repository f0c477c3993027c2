"""Lines put to `burn mcp-server`, and the bytes that it answers with."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from relayburn.cli.mcp_server import require_mcp, serve_tools
from relayburn.errors import MissingPackage
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.cli.burning import SESSION, burn, leave_session
from tests.cli.shells import shell_in, told
from tests.mcp.asking import NOW_MS, answered, replies

COST = '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"burn__sessionCost"}}'


def test_replies_are_compact_lines_in_the_references_key_order(tmp_path: Path) -> None:
    leave_session(tmp_path)
    lines = ['{"id":null,"method":"initialize"}', '{"id":{"a":[1.0]},"method":"ping"}', COST]
    words = ("--semantics", "ts-1.10", "mcp-server", "--session-id", SESSION)
    answer = burn(tmp_path, *words, stdin="\r\n".join(lines))
    greeting, pong, cost = answer.stdout.splitlines()

    assert (answer.returncode, answer.stderr) == (0, "")
    assert greeting.startswith(
        '{"jsonrpc":"2.0","id":null,"result":{"protocolVersion":"2025-03-26","capabilities":{"tools":{"listChanged":false}},'
        '"serverInfo":{"name":"@relayburn/mcp","version":"'
    )
    assert pong == '{"jsonrpc":"2.0","id":{"a":[1]},"result":{}}'
    told = (
        f'{{"sessionId":"{SESSION}","totalUSD":0.000025,"totalTokens":13,"turnCount":1,"models":["claude-haiku-4-5"]}}'
    )
    assert cost == (
        f'{{"jsonrpc":"2.0","id":7,"result":{{"content":[{{"type":"text","text":{json.dumps(told)}}}],'
        f'"structuredContent":{told}}}}}'
    )


def test_all_that_was_sent_before_the_client_left_is_answered_in_order(tmp_path: Path) -> None:
    leave_session(tmp_path)
    answer = burn(tmp_path, "mcp-server", stdin="".join(COST.replace("7", f"{number}") + "\n" for number in range(5)))

    assert answer.returncode == 0
    assert [json.loads(reply)["id"] for reply in answer.stdout.splitlines()] == [0, 1, 2, 3, 4]


def test_a_session_that_goes_on_costs_more_each_time(tmp_path: Path) -> None:
    log = leave_session(tmp_path)
    first = replies(tmp_path, COST, session=SESSION)
    log.write_text(log.read_text() + log.read_text().splitlines()[1].replace("m-1", "m-2").replace("a-1", "a-2") + "\n")
    second = replies(tmp_path, COST, session=SESSION)

    counts = [json.loads(reply)["result"]["structuredContent"]["turnCount"] for reply in first + second]
    assert counts == [1, 2]


def test_malformed_lines_are_refused_and_serving_goes_on(tmp_path: Path) -> None:
    lines = [
        "{oops",
        "",
        "  ",
        "42",
        "[]",
        '{"id":1}',
        '{"method":"notifications/initialized"}',
        '{"id":2,"method":"x"}',
    ]

    assert [json.loads(reply) for reply in replies(tmp_path, *lines)] == [
        {"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "parse error"}},
        {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "invalid request"}},
        {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "invalid request"}},
        {"jsonrpc": "2.0", "id": 1, "error": {"code": -32600, "message": "invalid request"}},
        {"jsonrpc": "2.0", "id": 2, "error": {"code": -32601, "message": "method not found: x"}},
    ]


def test_an_unknown_tool_is_an_error_of_the_protocol(tmp_path: Path) -> None:
    [reply] = replies(tmp_path, '{"id":1,"method":"tools/call","params":{"name":"nope"}}')

    assert reply == '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"unknown tool: nope"}}'


@pytest.mark.parametrize("semantics", [CURRENT, TS_1_10])
def test_what_is_no_text_to_others_is_answered_all_the_same(tmp_path: Path, semantics: Semantics) -> None:
    lines = r"""
        {"id":"\ud800","method":"ping","params":{"\ud800":1}}
        {"id":1,"method":"\ud800"}
        {"id":2,"method":"tools/call","params":{"name":"\ud800"}}
    """
    pong, *unknown = answered(shell_in(tmp_path, NOW_MS, stdin=lines, semantics=semantics))

    assert pong == r'{"jsonrpc":"2.0","id":"\ud800","result":{}}'
    assert [json.loads(reply)["error"]["code"] for reply in unknown] == [-32601, -32601]


def test_the_reference_greets_in_whatever_version_it_is_greeted(tmp_path: Path) -> None:
    lines = "".join(
        f'{{"id":1,"method":"initialize","params":{params}}}\n'
        for params in ('{"protocolVersion":"x"}', '{"protocolVersion":7}', "5")
    )
    greetings = answered(shell_in(tmp_path, NOW_MS, stdin=lines, semantics=TS_1_10))

    versions = [json.loads(greeting)["result"]["protocolVersion"] for greeting in greetings]
    assert versions == ["x", "2025-03-26", "2025-03-26"]


def test_faults_are_told_on_stderr_where_they_are_asked_for(tmp_path: Path) -> None:
    quiet, debugged = (shell_in(tmp_path, NOW_MS, stdin="{oops\n") for _ in range(2))

    assert answered(quiet) == answered(debugged, is_debugged=True)
    assert told(quiet) == ""
    assert told(debugged).startswith("[burn mcp] parse error: ")


def test_a_ledger_that_cannot_be_opened_fails_the_command_before_it_serves(tmp_path: Path) -> None:
    (tmp_path / ".relayburn/ledger.jsonl").mkdir(parents=True)
    answer = burn(tmp_path, "mcp-server", stdin=COST)

    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.startswith("burn: cannot read ")


def test_a_client_that_no_longer_listens_ends_the_server(tmp_path: Path) -> None:
    class Closed(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    shell = replace(shell_in(tmp_path, NOW_MS, stdin=COST), stdout=Closed())

    with pytest.raises(BrokenPipeError):
        serve_tools(shell, None, is_debugged=False)


def test_without_the_sdk_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp_types", None)

    with pytest.raises(MissingPackage, match=r"pip install 'relayburn\[mcp\]'"):
        require_mcp()


def test_help_goes_to_stdout(tmp_path: Path) -> None:
    for words in (["mcp-server", "--help"], ["--semantics", "ts-1.10", "mcp-server", "help"]):
        answer = burn(tmp_path, *words)
        assert (answer.returncode, answer.stderr) == (0, "")
        assert "burn mcp-server" in answer.stdout
