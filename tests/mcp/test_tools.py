"""What the tools answer, and what they refuse."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from relayburn import sdk
from relayburn.ingest.sweep import ingest_all
from relayburn.ledger.home import Home
from relayburn.mcp import build_mcp_config
from relayburn.mcp.answers import option_of
from relayburn.mcp.catalogue import COMPARE, HOTSPOTS, OVERHEAD, OVERHEAD_TRIM, SUMMARY, TOOLS
from relayburn.mcp.framing import INVALID_PARAMS, METHOD_NOT_FOUND
from relayburn.mcp.service import REFERENCE, RequestFailed
from relayburn.semantics import TS_1_10
from tests.cli.burning import SESSION, leave_session
from tests.mcp.asking import called, refused, service_at


@pytest.fixture(scope="module")
def user_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One session with one turn of Haiku, and a CLAUDE.md."""
    folder = tmp_path_factory.mktemp("user")
    leave_session(folder)
    (folder / "CLAUDE.md").write_text("# Rules\nBe kind.\n")
    return folder


def test_the_session_of_the_server_is_meant_where_none_is_named(user_home: Path) -> None:
    cost = called(service_at(user_home, session=SESSION), "burn__sessionCost", {"sessionId": 5})

    assert (cost["sessionId"], cost["turnCount"]) == (SESSION, 1)


@pytest.mark.parametrize(
    ("session", "given", "told", "note"),
    [
        (None, {}, None, "no session id provided and server was not registered with one"),
        (None, {"sessionId": ""}, "", "no turns recorded for this session yet"),
        (SESSION, {"sessionId": "other"}, "other", "no turns recorded for this session yet"),
    ],
)
def test_a_session_without_turns_costs_nothing_and_says_why(
    user_home: Path, session: str | None, given: dict[str, Any], told: str | None, note: str
) -> None:
    cost = called(service_at(user_home, session=session), "burn__sessionCost", given)

    assert cost == {"sessionId": told, "totalUSD": 0, "totalTokens": 0, "turnCount": 0, "models": [], "note": note}


@pytest.mark.parametrize(
    ("arguments", "told", "note"),
    [
        ({"sessionId": 5}, 5, "no turns recorded for this session yet"),
        ({"sessionId": 0}, None, "no session id provided"),
        ({"sessionId": ""}, None, "no session id provided"),
        (["sessionId"], None, "no session id provided and server was not registered with one"),
        ({"sessionId": None}, None, "no session id provided and server was not registered with one"),
    ],
)
def test_the_reference_takes_an_id_of_any_type(tmp_path: Path, arguments: Any, told: Any, note: str) -> None:
    service = service_at(tmp_path, manners=REFERENCE, semantics=TS_1_10)
    cost = called(service, "burn__sessionCost", arguments)

    assert (cost["sessionId"], cost["note"]) == (told, note)


def test_a_fingerprint_changes_with_the_turns_of_its_scope(user_home: Path) -> None:
    service = service_at(user_home, session="another")
    everything = called(service, "burn__fingerprint", {"whatever": 1})["fingerprint"]

    assert everything.startswith("1:1773306001:")
    assert called(service, "burn__fingerprint", {"sessionId": SESSION})["fingerprint"] == everything
    assert called(service, "burn__fingerprint", {"project": "/nowhere"})["fingerprint"] == "0::0"
    both = refused(service, "burn__fingerprint", {"sessionId": SESSION, "project": "/somewhere"})
    assert both == "fingerprint: pass at most one of sessionId / project"


def test_a_summary_looks_at_the_session_of_the_server_and_groups_by_tag(user_home: Path) -> None:
    mine = called(service_at(user_home, session=SESSION), "burn__summary", {"groupByTag": "team"})

    assert (mine["turnCount"], mine["totalTokens"]) == (1, 13)
    [row] = mine["byTag"]
    assert (row["tag"], row["value"], row["turns"]) == ("team", None, 1)
    assert called(service_at(user_home, session="other"), "burn__summary")["turnCount"] == 0
    assert called(service_at(user_home, session="other"), "burn__summary", {"session": SESSION})["turnCount"] == 1
    assert called(service_at(user_home), "burn__summary", {"tags": {"team": "blue"}})["turnCount"] == 0


def test_hotspots_come_whole_as_one_list_or_as_findings(user_home: Path) -> None:
    service = service_at(user_home)

    assert called(service, "burn__hotspots")["kind"] == "attribution"
    assert called(service, "burn__hotspots", {"groupBy": "file"})["kind"] == "file"
    assert called(service, "burn__hotspots", {"groupBy": "findings"})["kind"] == "findings"
    assert called(service, "burn__hotspots", {"patterns": ["retry-loop"]})["findings"] == []
    assert called(service, "burn__hotspots", {"provider": [" OpenAI "]})["turnsAnalyzed"] == 0
    assert called(service, "burn__hotspots", {"workflow": "none"})["turnsAnalyzed"] == 0


def test_overhead_and_trims_are_of_the_folder_of_the_server(user_home: Path) -> None:
    service = service_at(user_home)
    [file] = called(service, "burn__overhead", {"kind": "claude-md"})["files"]
    [trim] = called(service, "burn__overheadTrim", {"top": 1.0})["recommendations"]

    assert file["path"] == str(user_home / "CLAUDE.md")
    assert trim["diff"].startswith("# TRIM: # Rules\n")
    assert "diff" not in called(service, "burn__overheadTrim", {"includeDiff": False})["recommendations"][0]


def test_models_are_compared_over_all_sessions(user_home: Path) -> None:
    arguments = {"models": ["claude-haiku-4-5", "x"], "minSample": 0, "minFidelity": "partial"}
    table = called(service_at(user_home, session="other"), "burn__compare", arguments)

    assert (table["analyzedTurns"], table["minSample"]) == (1, 0)
    assert refused(service_at(user_home), "burn__compare", {"models": ["x", "x"]}) == "compare: needs at least 2 models"


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("summary", [], "summary: input must be an object"),
        ("summary", {"session": 1, "b": 1, "a": 2}, "summary: unknown property b"),
        ("summary", {"session": None}, "summary: session must be a string"),
        ("summary", {"tags": {"a": 1}}, "summary: tags must be an object with string values"),
        ("summary", {"tags": {"": "x"}}, "tag key must be non-empty"),
        ("hotspots", {"groupBy": "model"}, "hotspots: groupBy must be one of attribution, bash, bash-verb, file, "),
        ("hotspots", {"patterns": "x"}, "hotspots: patterns must be an array of strings"),
        ("overhead", {"kind": "readme"}, "overhead: kind must be one of claude-md, agents-md"),
        ("overheadTrim", {"includeDiff": 1}, "overhead trim: includeDiff must be a boolean"),
        ("overheadTrim", {"top": 0}, "overhead trim: top must be a positive safe integer"),
        ("overheadTrim", {"top": 1.5}, "overhead trim: top must be a 32-bit unsigned integer"),
        ("overheadTrim", {"top": True}, "overhead trim: top must be a 32-bit unsigned integer"),
        ("compare", {"models": ["a", "b"], "minSample": 2**32}, "compare: minSample must be a 32-bit unsigned integer"),
        ("compare", {"models": ["a", "b"], "minSample": -1}, "compare: minSample must be a 32-bit unsigned integer"),
        ("compare", {"models": ["a", 1]}, "compare: models must be an array of strings"),
        ("compare", {}, "compare: models must contain at least 2 strings"),
        ("compare", {"models": ["a", "b"], "since": "soon"}, "invalid since: soon"),
    ],
)
def test_wrong_arguments_are_told_as_errors_of_the_tool(user_home: Path, tool: str, arguments: Any, says: str) -> None:
    assert refused(service_at(user_home), f"burn__{tool}", arguments).startswith(says)


def test_a_call_names_a_tool() -> None:
    service, reference = service_at(Path("/nowhere")), service_at(Path("/nowhere"), manners=REFERENCE)

    for asked, name, code, says in (
        (service, 3, INVALID_PARAMS, "tools/call requires a name"),
        (service, "", METHOD_NOT_FOUND, "unknown tool: "),
        (reference, "", INVALID_PARAMS, "tools/call requires a name"),
        (reference, ["burn__sessionCost"], METHOD_NOT_FOUND, "unknown tool: burn__sessionCost"),
    ):
        with pytest.raises(RequestFailed) as failed:
            asked.call_tool({"name": name})
        assert (failed.value.code, failed.value.message) == (code, says)


def test_the_schemas_are_schemas_of_closed_objects() -> None:
    for tool in TOOLS:
        jsonschema.Draft202012Validator.check_schema(tool.schema)
        assert list(tool.schema) == ["type", "properties", "required", "additionalProperties"]
        assert tool.schema["required"] == (["models"] if tool.name == "burn__compare" else [])


def test_every_argument_that_is_checked_is_an_option_of_its_verb() -> None:
    verbs = (
        (SUMMARY, sdk.summary),
        (HOTSPOTS, sdk.hotspots),
        (OVERHEAD, sdk.overhead),
        (OVERHEAD_TRIM, sdk.overhead_trim),
        (COMPARE, sdk.compare),
    )
    for parameters, verb in verbs:
        assert {option_of(row.name) for row in parameters.rows} <= inspect.signature(verb).parameters.keys()


def test_a_failing_ingest_leaves_what_was_read_before(user_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home.of_environment({"HOME": str(user_home)})
    ingest_all(home, log=print)
    home.cursors.unlink()
    home.cursors.mkdir()
    try:
        assert called(service_at(user_home, session=SESSION), "burn__sessionCost")["turnCount"] == 1
    finally:
        home.cursors.rmdir()


def test_a_client_is_configured_with_the_id_of_its_session() -> None:
    assert build_mcp_config('s-"1"', "/opt/burn") == (
        '{"mcpServers":{"burn":{"type":"stdio","command":"/opt/burn","args":["mcp-server","--session-id","s-\\"1\\""]}}}'
    )
    assert json.loads(build_mcp_config("s"))["mcpServers"]["burn"]["command"] == "burn"
