"""Records and homes for the tests of the ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from relayburn.ledger.home import Home

NOW_MS = 1_795_219_200_000.0
"""2026-11-21T00:00:00.000Z."""


def home_at(path: Path, clock: Callable[[], float] = lambda: NOW_MS, **environ: str) -> Home:
    return Home(path, path.parent, environ, clock)


def turn(message: str = "m-1", session: str = "s-1", *, output: int = 20, **more: Any) -> dict[str, Any]:
    usage = {
        "input": 10,
        "output": output,
        "reasoning": 0,
        "cacheRead": 100,
        "cacheCreate5m": 30,
        "cacheCreate1h": 0,
    }
    return {
        "v": 1,
        "source": "claude-code",
        "sessionId": session,
        "messageId": message,
        "turnIndex": 0,
        "ts": "2026-11-10T10:00:00.000Z",
        "model": "claude-sonnet-4-6",
        "usage": usage,
        "toolCalls": [],
        **more,
    }


def compaction(ts: str = "2026-11-10T10:05:00.000Z", **more: Any) -> dict[str, Any]:
    return {"v": 1, "source": "claude-code", "sessionId": "s-1", "ts": ts, **more}


def relationship(kind: str = "root", **more: Any) -> dict[str, Any]:
    return {"v": 1, "source": "claude-code", "sessionId": "s-1", "relationshipType": kind, **more}


def event(index: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "v": 1,
        "source": "claude-code",
        "sessionId": "s-1",
        "toolUseId": "t1",
        "eventIndex": index,
        "status": "completed",
        "eventSource": "tool_result",
        **more,
    }


def user_turn(uuid: str = "u-1", **more: Any) -> dict[str, Any]:
    return {
        "v": 1,
        "source": "claude-code",
        "sessionId": "s-1",
        "userUuid": uuid,
        "ts": "2026-11-10T09:59:00.000Z",
        "blocks": [],
        **more,
    }


def said(text: str = "hi", session: str = "s-1", message: str = "m-1", **more: Any) -> dict[str, Any]:
    return {
        "v": 1,
        "source": "claude-code",
        "sessionId": session,
        "messageId": message,
        "ts": "2026-11-10T10:00:00.000Z",
        "role": "user",
        "kind": "text",
        "text": text,
        **more,
    }


def ledger_lines(home: Home) -> list[dict[str, Any]]:
    """All lines of the ledger, which must all be whole."""
    text = home.ledger.read_text()
    assert text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def ledger_records(home: Home) -> list[dict[str, Any]]:
    return [line["record"] for line in ledger_lines(home)]


def no_warning(line: str) -> None:
    raise AssertionError(f"warned: {line}")
