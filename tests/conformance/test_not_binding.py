"""What a recording of the command line leaves free, and that nothing else passes with it."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.not_binding import as_recorded
from conformance.texts import unfolded

CLI = "relayburn.cli"
_HELP = "burn ingest — incremental ingest\n\nUsage:\n  burn ingest [--quiet]\n"
_REFUSED = f"burn: ingest --hook requires a harness name\n\n{_HELP}"
_BAD_JSON = "[burn] ingest: invalid JSON payload: Unexpected token 'o', \"{oops\" is not valid JSON\n[burn] more\n"
_UNREACHED = "[burn] ingest: OpenCode event stream unavailable (fetch failed); polling continues\n"
_RESET = "  file /h/cursors.json: 1 file, 2.54 KB\ntotal: 4 files, 44.9 KB would be freed\n"
_VOLATILE = {"volatile": ["size of cursors.json", "totals that include it"]}


def passes(expected: dict[str, Any], actual: dict[str, Any], config: dict[str, Any] | None = None) -> bool:
    recorded = unfolded(CLI, expected)
    return as_recorded(CLI, config or {}, recorded, unfolded(CLI, actual)) == recorded


@pytest.mark.parametrize(
    ("stream", "recorded", "said"),
    [
        ("stdout", _HELP, "burn ingest - reads logs\n\nUsage:\n  burn ingest\n"),
        ("stderr", _REFUSED, "burn: ingest --hook requires a harness name\n\nburn ingest - x\n\nUsage:\n  y\n"),
        ("stdout", "1.10.0\n", "0.1.0\n"),
        ("stderr", _BAD_JSON, "[burn] ingest: invalid JSON payload: Expecting value\n[burn] more\n"),
        ("stderr", _UNREACHED, _UNREACHED.replace("fetch failed", "no route to host")),
    ],
)
def test_the_wording_of_helps_and_engines_and_the_version_are_free(stream: str, recorded: str, said: str) -> None:
    assert passes({stream: recorded, "exit_code": 2}, {stream: said, "exit_code": 2})
    assert not passes({stream: recorded, "exit_code": 2}, {stream: said, "exit_code": 1})


@pytest.mark.parametrize(
    ("stream", "recorded", "said"),
    [
        ("stdout", _HELP, _HELP.replace("burn ingest —", "burn state —")),
        ("stdout", _HELP, ""),
        ("stdout", _HELP, "burn ingest - reads logs\n"),
        ("stdout", _HELP, f"{_HELP}\nand more".replace("\n\nUsage", "\nUsage")),
        ("stderr", _REFUSED, _REFUSED.replace("--hook", "--watch", 1)),
        ("stderr", _REFUSED, _REFUSED.partition("\n")[0] + "\n"),
        ("stderr", _REFUSED, _HELP),
        ("stdout", "1.10.0\n", "burn 0.1.0\n"),
        ("stdout", "1.10.0\n", "0.1.0"),
        ("stderr", _BAD_JSON, "[burn] ingest: invalid JSON payload: Expecting value\n"),
        ("stderr", _BAD_JSON, "[burn] ingest: bad\n[burn] more\n"),
        ("stderr", _UNREACHED, "[burn] ingest: OpenCode event stream unavailable; polling continues\n"),
        ("stderr", _UNREACHED.replace("fetch failed", "connection closed"), _UNREACHED),
    ],
)
def test_all_around_what_is_free_is_binding(stream: str, recorded: str, said: str) -> None:
    assert not passes({stream: recorded}, {stream: said})


def test_the_streams_are_not_exchanged() -> None:
    assert not passes({"stdout": _HELP, "stderr": ""}, {"stdout": "", "stderr": _HELP})


def test_a_number_is_free_only_where_the_recording_names_it() -> None:
    said = _RESET.replace("2.54 KB", "812 bytes").replace("44.9 KB", "43.1 KB")

    assert passes({"stdout": _RESET}, {"stdout": said}, _VOLATILE)
    assert not passes({"stdout": _RESET}, {"stdout": said})
    assert not passes({"stdout": _RESET}, {"stdout": said.replace("4 files", "5 files")}, _VOLATILE)
    assert not passes({"stdout": _RESET}, {"stdout": said.replace("812 bytes", "none")}, _VOLATILE)


def test_a_number_in_json_is_free_at_its_place_alone() -> None:
    def reset(cursors: Any, ledger: int, total: int) -> dict[str, Any]:
        targets = [{"path": "/h/ledger.jsonl", "bytes": ledger}, {"path": "/h/cursors.json", "bytes": cursors}]
        return {"stdout": {"targets": targets, "totals": {"bytesFreed": total}}}

    assert passes(reset(5, 7, 12), reset(6, 7, 13), _VOLATILE)
    assert not passes(reset(5, 7, 12), reset(6, 8, 14), _VOLATILE)
    assert not passes(reset(5, 7, 12), reset("6", 7, 13), _VOLATILE)
    assert not passes(reset(5, 7, 12), reset(6, 7, 13))


def test_files_are_compared_where_they_were_recorded() -> None:
    ledger = {"files": {"ledger.jsonl": '{"v":1,"n":2}\n{"v":1}\n'}}

    assert passes({}, ledger)
    assert passes(ledger, {"files": {"ledger.jsonl": '{"n":2,"v":1}\n{"v":1}\n'}})
    assert not passes(ledger, {"files": {"ledger.jsonl": '{"v":1}\n{"n":2,"v":1}\n'}})
    assert not passes(ledger, {"files": {"ledger.jsonl": '{"v":1,"n":2}\n{"v":1}'}})
    assert not passes(ledger, {})
    assert not passes({"files": {}}, ledger)


def test_other_protocols_are_binding_throughout() -> None:
    assert as_recorded("relayburn.sdk.summary", {}, {"stdout": "1.10.0\n"}, {"stdout": "0.1.0\n"}) == {
        "stdout": "0.1.0\n"
    }


def test_the_name_of_a_server_and_its_descriptions_are_free() -> None:
    def server(name: str, says: Any, schema: str = "string", stderr: str = "") -> dict[str, Any]:
        tool = {"name": "t", "description": says, "inputSchema": {"properties": {"p": {"type": schema}}}}
        results = [{"result": {"serverInfo": {"name": name, "version": name}}}, {"result": {"tools": [tool]}}]
        return {"replies": [None, *results], "stderr": stderr}

    def passes_server(expected: dict[str, Any], actual: dict[str, Any]) -> bool:
        return as_recorded("relayburn.mcp", {}, expected, actual) == expected

    assert passes_server(server("theirs", "a tool", stderr=_BAD_JSON), server("ours", "our tool", stderr=_BAD_JSON))
    assert not passes_server(server("theirs", "a tool"), server("ours", ""))
    assert not passes_server(server("theirs", "a tool"), server("ours", None))
    assert not passes_server(server("theirs", "a tool"), server("ours", "our tool", schema="number"))
    assert not passes_server(server("theirs", "a tool"), server("ours", "our tool", stderr="more\n"))
