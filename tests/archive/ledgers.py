"""Ledgers and archives for the tests: lines as they may stand in a file, and all rows that an archive holds."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from relayburn.jsjson import compact
from relayburn.ledger.archive.snapshot import Snapshot, ask
from relayburn.ledger.home import Home
from relayburn.ledger.tables import TABLES
from relayburn.semantics import CURRENT, Semantics
from tests.ledger.records import compaction, event, home_at, relationship, turn, user_turn

Wire = dict[str, Any]


def line(kind: str, record: Wire, **more: Any) -> bytes:
    return compact({"v": 1, "kind": kind, **more, "record": record}).encode()


def stamp(selector: Wire, enrichment: Wire, ts: str = "2026-11-20T00:00:00.000Z") -> bytes:
    return compact({"v": 1, "kind": "stamp", "ts": ts, "selector": selector, "enrichment": enrichment}).encode()


def ledger(home: Home, *lines: bytes) -> None:
    """Put a ledger of these lines in the place of what is there."""
    home.path.mkdir(parents=True, exist_ok=True)
    home.ledger.write_bytes(b"".join(each + b"\n" for each in lines))


def append(home: Home, *lines: bytes) -> None:
    home.path.mkdir(parents=True, exist_ok=True)
    with home.ledger.open("ab") as file:
        file.write(b"".join(each + b"\n" for each in lines))


def archived(home: Home, semantics: Semantics = CURRENT) -> dict[str, list[Wire]]:
    """All rows of all tables, replaced ones included, in their order."""

    def question(snapshot: Snapshot) -> dict[str, list[Wire]]:
        return {table.name: _rows(snapshot, table.name, snapshot.all_rows(table)) for table in TABLES}

    return ask(home, question, semantics=semantics)


def _rows(snapshot: Snapshot, name: str, rows: str) -> list[Wire]:
    columns = [name for name, *_ in snapshot.rows(f"DESCRIBE SELECT * EXCLUDE (place) FROM {rows}")]
    found = snapshot.rows(f"SELECT * EXCLUDE (place) FROM {rows} ORDER BY place")
    return [dict(zip(columns, row, strict=True)) for row in found]


def made_up_lines(seed: int, count: int) -> list[bytes]:
    """Lines of all kinds, most of them plain, some odd, blank or no JSON; some records come again, changed."""
    chance = random.Random(seed)
    return [chance.choice(_MAKERS)(chance) for _ in range(count)]


def _turn(chance: random.Random) -> bytes:
    tools = ("Bash", "Read", "Edit")
    calls = [
        {
            "id": f"t-{chance.randrange(99)}",
            "name": chance.choice(tools),
            "argsHash": f"{chance.randrange(16**8):016x}",
            "target": chance.choice(("/a.py", "é\u2028\n", "")),
        }
        for _ in range(chance.randrange(4))
    ]
    record = turn(
        f"m-{chance.randrange(60)}",
        f"s-{chance.randrange(6)}",
        output=chance.randrange(5000),
        ts=f"2026-11-{chance.randrange(10, 28)}T10:00:00.{chance.randrange(1000):03}Z",
        turnIndex=chance.randrange(9),
        model=chance.choice(("claude-sonnet-4-6", "gpt-5.4", "")),
        toolCalls=calls,
    )
    if chance.random() < 0.5:
        record |= {"project": "/p", "activity": "coding", "retries": chance.randrange(3), "hasEdits": True}
    if chance.random() < 0.2:
        record["subagent"] = {"isSidechain": True, "agentId": "a-1", "description": "look"}
    return line("turn", record)


def _odd_turn(chance: random.Random) -> bytes:
    record = turn(f"m-{chance.randrange(60)}", f"s-{chance.randrange(6)}", unknown="kept")
    plain = line("turn", record)
    return chance.choice(
        (
            plain,
            plain.replace(b'"ts":', b'"ts":"twice","ts":'),
            plain.replace(b"claude-sonnet-4-6", b"claude-\\ud800"),
            plain.replace(b"claude-sonnet-4-6", b"claude-\xff"),
            b"\xef\xbb\xbf" + plain,
            plain.replace(b":", b" : "),
            plain.replace(b'"output":20', b'"output":20.5'),
        )
    )


_MAKERS = (
    *(_turn,) * 8,
    _odd_turn,
    lambda chance: line("compaction", compaction(f"2026-11-{chance.randrange(10, 28)}T00:00:00.000Z")),
    lambda chance: line("relationship", relationship(chance.choice(("root", "fork")))),
    *(lambda chance: line("tool_result_event", event(chance.randrange(50), contentLength=chance.randrange(99))),) * 4,
    *(lambda chance: line("user_turn", user_turn(f"u-{chance.randrange(50)}")),) * 4,
    lambda chance: stamp({"sessionId": f"s-{chance.randrange(6)}"}, {"workflowId": f"w-{chance.randrange(3)}"}),
    lambda _: b"",
    lambda _: b"{broken",
    lambda _: b'{"v":1,"kind":"turn","record":{"ts":NaN}}',
    lambda _: b'{"v":2,"kind":"turn","record":{}}',
)


def new_home(path: Path) -> Home:
    return home_at(path / "home")
