from __future__ import annotations

import json
from pathlib import Path

import pytest

from relayburn.ledger.archive import build_archive
from relayburn.ledger.archive.plain_lines import KIND_OF_TYPE, PlainLines
from relayburn.ledger.tables import TABLE_OF_KIND, TURNS
from tests.archive.ledgers import archived, ledger, line, made_up_lines, new_home
from tests.ledger.records import compaction, event, relationship, turn, user_turn

TURN = line("turn", turn())
NO_TOKENS = dict.fromkeys(("input", "output", "reasoning", "cacheRead", "cacheCreate5m", "cacheCreate1h"), 0)
NESTED = line("turn", turn(subagent={"isSidechain": True}, toolCalls=[{"id": "t", "name": "x", "argsHash": "h"}]))


def shared(tokens: float) -> dict:
    return NO_TOKENS | {"output": tokens}


@pytest.mark.parametrize(
    ("kind", "record"),
    [
        ("turn", turn(project="/é", stopReason="", hasEdits=False)),
        ("turn", turn(toolCalls=[{"id": "t", "name": "Bash", "argsHash": "h", "target": 'a "b"\n\\\t\u0001'}])),
        ("compaction", compaction(tokensBeforeCompact=2**53)),
        ("relationship", relationship()),
        ("tool_result_event", event()),
        ("tool_result_event", event(usage=shared(66.66666666666667))),
        ("tool_result_event", event(usage=shared(0.05))),
        ("user_turn", user_turn(blocks=[{"kind": "text", "byteLen": 1, "approxTokens": 1}])),
    ],
)
def test_what_our_records_say_is_plain(kind: str, record: dict) -> None:
    typed = PlainLines().typed(line(kind, record))

    assert typed is not None
    assert KIND_OF_TYPE[type(typed)] == kind


def test_a_marked_line_is_plain() -> None:
    typed = PlainLines().typed(line("turn", turn(), semantics="current"))

    assert typed is not None
    assert typed.semantics == "current"


@pytest.mark.parametrize(
    "odd",
    [
        TURN.replace(b'"model"', b'"model":"x","model"'),
        NESTED.replace(b'"isSidechain"', b'"isSidechain":true,"isSidechain"'),
        NESTED.replace(b'"name"', b'"name":"y","name"'),
        TURN.replace(b'"input":10', b'"input":10.0'),
        TURN.replace(b'"input":10', b'"input":1e1'),
        TURN.replace(b'"input":10', b'"input":-0'),
        TURN.replace(b'"input":10', b'"input":-0.0'),
        TURN.replace(b'"input":10', b'"input":1.50'),
        TURN.replace(b'"input":10', b'"input":1.23e-4'),
        TURN.replace(b'"input":10', b'"input":1e-400'),
        TURN.replace(b'"input":10', b'"input":1e400'),
        TURN.replace(b'"input":10', b'"input":1e+21'),
        TURN.replace(b'"input":10', b'"input":9007199254740993'),
        TURN.replace(b'"input":10', b'"input":"10"'),
        TURN.replace(b'"input":10,', b""),
        TURN.replace(b'"claude-sonnet-4-6"', b"null"),
        TURN.replace(b"claude-sonnet-4-6", b"claude\\u002dsonnet"),
        TURN.replace(b"claude-sonnet-4-6", b"\\ud83d\\ude00"),
        TURN.replace(b"claude-sonnet-4-6", b"\\ud800"),
        TURN.replace(b"claude-sonnet-4-6", b"\xff"),
        TURN.replace(b"claude-sonnet-4-6", b"a\\/b"),
        TURN.replace(b'{"v":1,"kind"', b'{"v":2,"kind"'),
        TURN.replace(b'{"v":1,"kind"', b'{"v":1.0,"kind"'),
        TURN.replace(b'"kind":"turn"', b'"kind":"mystery"'),
        TURN.replace(b'"toolCalls":[]', b'"toolCalls":[],"new":1'),
        TURN.replace(b'"toolCalls":[]', b'"toolCalls":[],'),
        TURN.replace(b'"toolCalls":[]', b'"toolCalls":[{"name":"x","argsHash":"h"}]'),
        TURN + b" ",
        TURN + b"\r",
        b"\xef\xbb\xbf" + TURN,
        b" " + TURN,
        TURN.replace(b"claude-sonnet-4-6", b"x" * (1 << 20)),
        b"[1]",
        b"{",
    ],
)
def test_what_could_be_read_in_two_ways_is_odd(odd: bytes) -> None:
    assert PlainLines().typed(odd) is None


def test_many_lines_at_once_are_told_apart_as_one_by_one() -> None:
    lines = made_up_lines(8, 3000)
    block = b"\n".join([*lines, b""])
    apart = [PlainLines().typed(each) for each in block.splitlines()]

    together = list(PlainLines().of(block))

    assert [each for each, _ in together] == block.split(b"\n")[:-1]
    assert [typed for _, typed in together] == apart
    assert 0 < apart.count(None) < len(apart)


def test_a_spelling_that_is_too_short_does_not_hide_one_that_is_too_long() -> None:
    block = TURN.replace(b'"input":10', b'"input":1e-3') + b"\n" + TURN + b" \n"

    assert [typed for _, typed in PlainLines().of(block)] == [None, None]


def test_duckdb_and_python_read_the_same_columns_of_plain_lines(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    lines = [each for each in made_up_lines(7, 400) if PlainLines().typed(each) is not None]
    ledger(home, *lines)

    build_archive(home)

    for name, rows in archived(home).items():
        kind = next(kind for kind, table in TABLE_OF_KIND.items() if table.name == name)
        records = [json.loads(each)["record"] for each in lines if f'"kind":"{kind}"'.encode() in each[:40]]
        columns = [column.name for column in TABLE_OF_KIND[kind].columns]
        expected = [TABLE_OF_KIND[kind].row(record) for record in records]
        assert [{name: row[name] for name in columns} for row in rows] == expected
    assert len(archived(home)[TURNS.name]) > 50
