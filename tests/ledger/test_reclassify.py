"""Activities of stored turns, computed anew (ledger.md 11, classifier.md 11)."""

from __future__ import annotations

from relayburn.ledger.append import append_turns, forget_index
from relayburn.ledger.content import append_content
from relayburn.ledger.home import Home
from relayburn.ledger.query import query_turns
from relayburn.ledger.reclassify import ReclassifyReport, reclassify
from relayburn.semantics import CURRENT, TS_1_10
from tests.ledger.records import no_warning, said, turn

EDIT = {"id": "t1", "name": "Edit", "target": "/x/a.ts"}


def activities(home: Home) -> list[str | None]:
    return [found.get("activity") for found in query_turns(home)]


def test_without_a_ledger_there_is_nothing_to_do(home: Home) -> None:
    assert reclassify(home) == ReclassifyReport()
    assert not home.path.exists()


def test_only_turns_without_an_activity_are_looked_at(home: Home) -> None:
    append_turns(home, [turn("a"), turn("b", activity="planning"), turn("c", activity=None)])

    report = reclassify(home, semantics=TS_1_10)

    assert (report.scanned, report.processed, report.changed, report.skipped) == (3, 1, 1, 2)
    assert activities(home) == ["conversation", "planning", None]


def test_with_force_all_are_but_only_other_labels_count_as_changed(home: Home) -> None:
    append_turns(home, [turn("a", activity="conversation"), turn("b", activity="planning", retries=9)])

    report = reclassify(home, force=True, semantics=TS_1_10)

    assert (report.processed, report.changed, report.changed_by_category) == (2, 1, {"conversation": 1})
    assert query_turns(home)[1]["retries"] == 0


def test_a_skill_stays_a_skill_because_content_does_not_show_it(home: Home) -> None:
    append_turns(home, [turn("a", activity="skill")])

    reclassify(home, force=True, semantics=CURRENT)
    assert activities(home) == ["skill"]

    reclassify(home, force=True, semantics=TS_1_10)
    assert activities(home) == ["conversation"]


def test_what_was_said_between_two_turns_belongs_to_the_later(home: Home) -> None:
    times = [f"2026-11-10T10:0{minute}:00.000Z" for minute in range(5)]
    append_content(home, [said("fix the bug", ts=times[0]), said("plan the next steps", ts=times[2])], no_warning)
    append_turns(
        home,
        [turn("late", ts=times[3]), turn("early", ts=times[1], toolCalls=[EDIT]), turn("later", ts=times[4])],
    )

    reclassify(home)

    assert activities(home) == ["planning", "debugging", "conversation"]


def test_a_call_that_failed_makes_it_debugging(home: Home) -> None:
    failed = {"kind": "tool_result", "role": "tool_result", "toolResult": {"toolUseId": "t1", "isError": True}}
    append_content(home, [said(**failed)], no_warning)
    append_turns(
        home, [turn("a", toolCalls=[{"id": "t1", "name": "Read"}]), turn("b", toolCalls=[EDIT | {"id": "t2"}])]
    )

    reclassify(home)

    assert activities(home) == ["debugging", "coding"]


def test_other_lines_keep_their_bytes(home: Home) -> None:
    home.path.mkdir()
    odd = [
        b'  {"v":1,"kind":"stamp"} ',
        b"{bad",
        b"",
        b"\xff\xfe",
        b'{"v": 1, "kind": "turn", "record": {"activity": "x"}}',
    ]
    home.ledger.write_bytes(b"\n".join([*odd, b'{"v":1,"kind":"turn","record":{"ts":"1","n":5.0,"10":1}}']))

    reclassify(home, semantics=TS_1_10)

    assert home.ledger.read_bytes().split(b"\n") == [
        *odd,
        b'{"v":1,"kind":"turn","record":{"10":1,"ts":"1","n":5,"activity":"conversation","retries":0,"hasEdits":false}}',
    ]


def test_a_ledger_without_news_is_not_written(home: Home) -> None:
    append_turns(home, [turn(activity="coding")])
    before = home.ledger.stat()

    reclassify(home)

    assert home.ledger.stat() == before


def test_what_was_reclassified_is_known_afterwards(home: Home) -> None:
    append_turns(home, [turn("a"), turn("b")])
    reclassify(home)
    stored = [{key: value for key, value in found.items() if key != "enrichment"} for found in query_turns(home)]

    assert append_turns(home, stored) == 0
    forget_index()
    assert append_turns(home, stored) == 0


def test_odd_records_harm_nothing(home: Home) -> None:
    home.path.mkdir()
    records = [
        "{}",
        '{"sessionId":7,"ts":null,"toolCalls":7,"usage":[],"activity":["skill"]}',
        '{"sessionId":"../x","toolCalls":[null,{}]}',
    ]
    home.ledger.write_text("".join(f'{{"v":1,"kind":"turn","record":{record}}}\n' for record in records))
    append_content(home, [said(ts=7, messageId={}), {"sessionId": "s-1", "kind": "tool_result"}], no_warning)

    assert reclassify(home).processed == 2
    assert reclassify(home, force=True).processed == 3
