"""Queries: which records are found, in which order, and what stamps add to turns (ledger.md 5 and 6)."""

from __future__ import annotations

import pytest

from relayburn.errors import EmptySelector
from relayburn.ledger.append import append_relationships, append_tool_result_events, append_turns
from relayburn.ledger.home import Home
from relayburn.ledger.query import (
    LedgerQuery,
    query_compactions,
    query_relationships,
    query_tool_result_events,
    query_turns,
    query_user_turns,
    walk,
)
from relayburn.ledger.stamps import Folding, Stamp, fold, in_order, matches, read_stamps, write_stamp
from relayburn.semantics import CURRENT, TS_1_10
from tests.ledger.records import event, ledger_lines, relationship, turn


def messages(turns: list[dict]) -> list[str]:
    return [found["messageId"] for found in turns]


class TestLines:
    def test_no_ledger_holds_nothing(self, home: Home) -> None:
        assert query_turns(home) == query_compactions(home) == query_user_turns(home) == list(walk(home)) == []

    def test_lines_end_at_lf_crlf_and_cr_and_nowhere_else(self, home: Home) -> None:
        home.path.mkdir()
        line = '{"v":1,"kind":"turn","record":{"messageId":"%s","x":"%s"}}'
        home.ledger.write_bytes(
            "".join(
                [
                    line % ("lf", "a\u2028b\u2029c\u0085d") + "\n",
                    line % ("crlf", "") + "\r\n",
                    line % ("cr", "") + "\r",
                    "\ufeff\u00a0" + line % ("trimmed", "") + "\u3000\n",
                    "\u001f" + line % ("not trimmed", "") + "\n",
                    line % ("last", ""),
                ]
            ).encode()
        )

        assert messages(query_turns(home)) == ["lf", "crlf", "cr", "trimmed", "last"]

    @pytest.mark.parametrize(
        "line",
        [
            *("", "   ", "{broken", "null", "7", '"x"', "[]", '{"v":2,"kind":"turn","record":{}}'),
            *('{"v":1,"kind":"mystery","record":{}}', '{"kind":"turn","record":{}}'),
            *('{"v":true,"kind":"turn","record":{}}', '{"v":"1","kind":"turn","record":{}}'),
            *('{"v":1,"kind":["turn"],"record":{}}', '{"v":1,"kind":"turn"}', '{"v":1,"kind":"turn","record":[]}'),
        ],
    )
    def test_other_lines_are_skipped(self, home: Home, line: str) -> None:
        home.path.mkdir()
        home.ledger.write_text(f"{line}\n")

        assert list(walk(home)) == []

    def test_bytes_that_are_no_text_are_replaced(self, home: Home) -> None:
        home.path.mkdir()
        home.ledger.write_bytes(b'{"v":1,"kind":"turn","record":{"sessionId":"a\xffb"}}\n')

        assert query_turns(home, LedgerQuery(session_id="a\ufffdb")) == [{"sessionId": "a\ufffdb", "enrichment": {}}]

    def test_a_session_is_found_however_its_name_is_escaped(self, home: Home) -> None:
        home.path.mkdir()
        home.ledger.write_text('{"v":1,"kind":"turn","record":{"sessionId":"\\u0073-1"}}\n')

        assert len(query_turns(home, LedgerQuery(session_id="s-1"))) == 1

    def test_a_kind_that_comes_again_later_wins(self, home: Home) -> None:
        home.path.mkdir()
        home.ledger.write_text('{"v":1,"kind":"compaction","record":{},"kind":"turn"}\n')

        assert len(query_turns(home)) == 1


class TestFilters:
    def test_bounds_are_inclusive_and_compared_as_texts(self, home: Home) -> None:
        times = ["2026-11-10T10:00:00.000Z", "2026-11-10T10:00:00Z", "2026-11-10T11:00:00.000Z"]
        append_turns(home, [turn(ts, ts=ts) for ts in times])

        assert messages(query_turns(home, LedgerQuery(since=times[1]))) == times[1:]
        assert messages(query_turns(home, LedgerQuery(until=times[1]))) == times[:2]
        assert messages(query_turns(home, LedgerQuery(since="", until="", session_id="", project=""))) == times

    def test_a_project_is_found_by_path_or_key(self, home: Home) -> None:
        append_turns(home, [turn("a", project="/p", projectKey="k"), turn("b", project="/q"), turn("c")])

        assert messages(query_turns(home, LedgerQuery(project="/p"))) == ["a"]
        assert messages(query_turns(home, LedgerQuery(project="k"))) == ["a"]

    def test_rows_without_a_time_are_in_every_time(self, home: Home) -> None:
        append_relationships(home, [relationship(), relationship("fork", ts="2026-11-10T10:00:00.000Z")])
        append_tool_result_events(home, [event(0), event(1, ts="2026-11-10T10:00:00.000Z")])
        later = LedgerQuery(since="2026-11-11")

        assert query_relationships(home, later) == [relationship()]
        assert query_tool_result_events(home, later) == [event(0)]

    def test_a_relationship_is_found_from_both_sides(self, home: Home) -> None:
        rows = [relationship(), relationship("fork", sessionId="kid", relatedSessionId="s-1")]
        append_relationships(home, [*rows, relationship(sessionId="s-2")])

        assert query_relationships(home, LedgerQuery(session_id="s-1")) == rows

    def test_an_enrichment_must_be_there_to_agree(self, home: Home) -> None:
        append_turns(home, [turn("a"), turn("b")])
        write_stamp(home, {"messageId": "a"}, {"team": "x"})

        assert messages(query_turns(home, LedgerQuery(enrichment={"team": "x"}))) == ["a"]
        assert query_turns(home, LedgerQuery(enrichment={"team": ""})) == []
        assert len(query_turns(home, LedgerQuery(enrichment={}))) == 2


class TestStamps:
    def test_a_stamp_says_when_it_was_made(self, home: Home) -> None:
        write_stamp(home, {"sessionId": "s-1"}, {"b": "1", "10": "x"}, semantics=TS_1_10)

        assert home.ledger.read_text() == (
            '{"v":1,"kind":"stamp","ts":"2026-11-21T00:00:00.000Z","selector":{"sessionId":"s-1"},'
            '"enrichment":{"10":"x","b":"1"}}\n'
        )

    @pytest.mark.parametrize("semantics", [TS_1_10, CURRENT], ids=lambda semantics: semantics.name)
    def test_a_spawned_session_gets_a_relationship_once(self, home: Home, semantics) -> None:
        for _ in range(2):
            write_stamp(home, {"sessionId": "s"}, {"parentAgentId": "boss", "agentId": "me"}, semantics=semantics)

        assert [line["kind"] for line in ledger_lines(home)] == ["stamp", "relationship", "stamp"]
        assert query_relationships(home, semantics=semantics) == [
            {
                "v": 1,
                "source": "spawn-env",
                "sessionId": "s",
                "relatedSessionId": "boss",
                "relationshipType": "subagent",
                "ts": "2026-11-21T00:00:00.000Z",
                "agentId": "me",
            }
        ]

    def test_a_stamp_must_name_something(self, home: Home) -> None:
        with pytest.raises(EmptySelector, match="at least one selector field"):
            write_stamp(home, {}, {"a": "b"})

        assert not home.ledger.exists()

    def test_a_later_word_wins_but_its_key_stays_in_place(self, home: Home) -> None:
        stamps = [
            Stamp("2", {"sessionId": "s-1"}, {"a": "late", "b": "1"}),
            Stamp("1", {"sessionId": "s-1"}, {"c": "2", "a": "early"}),
            Stamp("2", {"sessionId": "s-1"}, {"b": "of the same time, later"}),
        ]

        assert list(fold(in_order(stamps), turn()).items()) == [
            *(("c", "2"), ("a", "late"), ("b", "of the same time, later"))
        ]

    @pytest.mark.parametrize(
        ("selector", "agrees"),
        [
            ({}, False),
            ({"sessionId": "s-1"}, True),
            ({"sessionId": None}, False),
            ({"sessionId": "s-1", "messageId": "m-9"}, False),
            ({"range": {}}, True),
            ({"range": None}, True),
            ({"range": {"fromMessageId": "m-9", "toMessageId": "m-9"}}, True),
            ({"range": {"fromTs": "2026-11-10T10:00:00.000Z", "toTs": "2026-11-10T10:00:00.000Z"}}, True),
            ({"range": {"fromTs": "2026-11-10T10:00:00Z"}}, False),
            ({"range": {"toTs": "2026-11-09"}}, False),
            ({"range": {"fromTs": "", "toTs": ""}}, True),
        ],
    )
    def test_every_key_that_is_there_must_agree(self, selector: dict, agrees: bool) -> None:
        assert matches(selector, turn()) is agrees

    def test_odd_stamps_in_a_ledger_say_nothing(self, home: Home) -> None:
        append_turns(home, [turn()])
        with home.ledger.open("a") as file:
            file.write('{"v":1,"kind":"stamp"}\n{"v":1,"kind":"stamp","ts":7,"selector":[],"enrichment":"x"}\n')

        assert query_turns(home)[0]["enrichment"] == {}
        assert len(read_stamps(home)) == 2

    def test_folding_many_is_folding_each(self) -> None:
        stamps = in_order(
            Stamp(str(n % 3), selector, {"k": str(n), str(n): "x"})
            for n, selector in enumerate(
                [{"sessionId": "s-1"}, {"messageId": "m-1"}, {"range": {}}, {"sessionId": None}, {"sessionId": "s-2"}]
                * 3
            )
        )
        folding = Folding(stamps)

        for each in [turn("m-1"), turn("m-2"), turn("m-1", "s-2"), {}, {"sessionId": 7}]:
            assert list(folding.of(each).items()) == list(fold(stamps, each).items())


class TestLastRecordWins:
    def test_the_newest_record_stands_in_the_place_of_the_first(self, home: Home) -> None:
        append_turns(home, [turn("a"), turn("b"), turn("a", output=7)])

        assert [(found["messageId"], found["usage"]["output"]) for found in query_turns(home)] == [("a", 7), ("b", 20)]

    def test_filters_see_the_newest_record_only(self, home: Home) -> None:
        append_turns(home, [turn("a", project="/old"), turn("a", project="/new")])

        assert query_turns(home, LedgerQuery(project="/old")) == []

    def test_the_reference_reads_every_line(self, home: Home) -> None:
        append_turns(home, [turn("a"), turn("a", output=7)])

        assert len(query_turns(home, semantics=TS_1_10)) == 2
