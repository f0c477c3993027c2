"""A client of the official SDK, over stdio, against the installed `burn`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.burning import SESSION, leave_session
from tests.mcp.asking import through_client

TOOLS = ["sessionCost", "fingerprint", "summary", "hotspots", "overhead", "overheadTrim", "compare"]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_client_of_any_version_asks_what_its_session_cost(tmp_path: Path, mode: str) -> None:
    leave_session(tmp_path)
    calls = [("burn__sessionCost", {}), ("burn__compare", {"models": ["one"]})]
    tools, (cost, refusal) = through_client(tmp_path, "--session-id", SESSION, mode=mode, calls=calls)

    assert [tool.name for tool in tools] == [f"burn__{name}" for name in TOOLS]
    assert not cost.is_error
    assert cost.structured_content is not None
    assert cost.structured_content["sessionId"] == SESSION
    assert cost.structured_content["totalUSD"] == pytest.approx(25e-6)
    assert refusal.is_error
    assert refusal.content[0].model_dump()["text"] == "compare: models must contain at least 2 strings"


def test_under_the_references_rules_there_is_one_tool(tmp_path: Path) -> None:
    leave_session(tmp_path)
    calls = [("burn__sessionCost", {"sessionId": SESSION, "nobody": "asks"})]
    tools, (cost,) = through_client(tmp_path, "--semantics", "ts-1.10", mode="auto", calls=calls)

    assert [tool.name for tool in tools] == ["burn__sessionCost"]
    assert cost.structured_content == {
        "sessionId": SESSION,
        "totalUSD": 0.000025,
        "totalTokens": 13,
        "turnCount": 1,
        "models": ["claude-haiku-4-5"],
    }
