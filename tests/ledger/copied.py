"""Sessions that begin with messages of other sessions, as records of a ledger, for the tests of what counts."""

from __future__ import annotations

import random
from typing import Any

from tests.ledger.records import turn

Wire = dict[str, Any]
Line = tuple[str, Wire]
"""A kind and a record."""

CLAUDE = "claude-code"
CODEX = "codex"
OPENCODE = "opencode"
_PREFIX = {CLAUDE: "msg_01", CODEX: "019a", OPENCODE: "msg_"}


def long_id(source: str, number: int) -> str:
    return f"{_PREFIX[source]}{number:024}"


def copy_of(record: Wire, session: str, number: int = 0) -> Wire:
    """What a harness writes of a turn into the log of another session."""
    copy = record | {"sessionId": session}
    if record["source"] == CODEX:
        # A rollout's lines have the time at which they were written there.
        copy["ts"] = f"2026-11-20T00:00:00.{number:03}Z"
    if record["source"] == OPENCODE:
        copy["messageId"] = f"{record['messageId']}{session}"
    return copy


def sessions_and_forks(seed: int) -> list[Line]:
    """Turns of all harnesses with what stands beside them; some sessions begin with turns of others. In any order."""
    chance = random.Random(seed)
    lines: list[Line] = []
    sessions: dict[str, list[Wire]] = {}
    for number in range(chance.randrange(2, 9)):
        session = f"s-{chance.randrange(100)}"
        parents = [each for each in sessions if each != session]
        copied: list[Wire] = []
        if parents and chance.random() < 0.6:
            parent = sessions[chance.choice(parents)]
            cut = parent[: chance.randrange(len(parent) + 1)]
            copied = [copy_of(each, session, place) for place, each in enumerate(cut)]
        source = copied[0]["source"] if copied else chance.choice((CLAUDE, CODEX, OPENCODE))
        own = [_turn(chance, source, session, number * 100 + place) for place in range(chance.randrange(4))]
        sessions.setdefault(session, []).extend([*copied, *own])
        lines += [("turn", each) for each in [*copied, *own]]
        if own and source != OPENCODE and chance.random() < 0.3:
            # Read again, with more lines.
            grown = own[0] | {"usage": own[0]["usage"] | {"output": 9999}}
            lines.append(("turn", grown))
    return [*lines, *_beside(chance, [record for _, record in lines])]


def _turn(chance: random.Random, source: str, session: str, number: int) -> Wire:
    name = long_id(source, number) if chance.random() < 0.8 else f"m{number % 3}"
    calls = [{"id": f"t-{number}-{n}", "name": "Bash", "argsHash": "0"} for n in range(chance.randrange(3))]
    used = {} if source == OPENCODE or chance.random() < 0.9 else {"usage": dict.fromkeys(turn()["usage"], 0)}
    return turn(
        name,
        session,
        source=source,
        output=chance.randrange(1, 9000),
        toolCalls=calls,
        ts=chance.choice(("", f"2026-11-{chance.randrange(10, 20)}T10:00:00.{number:03}Z")),
        **used,
    )


def _beside(chance: random.Random, turns: list[Wire]) -> list[Line]:
    lines: list[Line] = []
    for place, each in enumerate(turns):
        named = {"v": 1, "source": each["source"], "sessionId": each["sessionId"], "ts": each["ts"]}
        lines.append(
            (
                "user_turn",
                named | {"userUuid": f"u-{place}", "blocks": [], "followingMessageId": each["messageId"]},
            )
        )
        for call in each["toolCalls"]:
            said = {"toolUseId": call["id"], "eventIndex": place, "status": "completed", "eventSource": "tool_result"}
            by_message = {"messageId": each["messageId"]} if chance.random() < 0.5 else {}
            lines.append(("tool_result_event", named | said | by_message))
        if chance.random() < 0.3:
            lines.append(("compaction", named | {"precedingMessageId": each["messageId"]}))
    return lines
