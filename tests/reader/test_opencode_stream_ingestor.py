"""The rules of the event-stream ingestor that a recording could not explain (reader-opencode-stream.md)."""

from __future__ import annotations

from typing import Any

import pytest

from relayburn.errors import InvalidInput, InvalidTime, SpecialToken, UnsupportedTokenizer
from relayburn.reader.opencode_stream import OpencodeStreamIngestor, StreamCursor, StreamIncrement, load_cursor
from relayburn.records import UNSET, to_wire
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.reader.opencode_tree import START_MS, step_finish, text, tool


class Session:
    """Events of session `s`, told to an ingestor; times are in seconds after `START_MS`."""

    def __init__(self, cursor: Any = None, *, semantics: Semantics = TS_1_10, **options: Any) -> None:
        self.ingestor = OpencodeStreamIngestor(
            **{"tokenizer": "heuristic", **options}, cursor=load_cursor(cursor), semantics=semantics
        )

    def tell(self, kind: str, **properties: Any) -> StreamIncrement:
        return self.ingestor.ingest({"type": kind, "properties": properties})

    def created(self, session_id: str = "s", **info: Any) -> None:
        self.tell("session.created", info={"id": session_id, **info})

    def message(self, role: str, message_id: str, second: float, **info: Any) -> None:
        created = START_MS + second * 1000
        value = {"id": message_id, "sessionID": "s", "role": role, "time": {"created": created}, **info}
        self.tell("message.updated", info=value)

    def part(self, message_id: str, part_id: str, part: dict[str, Any], session_id: str = "s") -> None:
        value = {"id": part_id, "sessionID": session_id, "messageID": message_id, **part}
        self.tell("message.part.updated", part=value)

    def idle(self) -> StreamIncrement:
        return self.tell("session.idle", sessionID="s")


@pytest.fixture
def session() -> Session:
    session = Session()
    session.created()
    return session


def turn_ids(increment: StreamIncrement) -> list[str]:
    return [turn.message_id for turn in increment.turns]


def test_a_session_that_began_before_the_stream_is_not_followed() -> None:
    session = Session()
    session.message("assistant", "a", 1, tokens={})
    session.created()
    assert turn_ids(session.idle()) == []
    session.message("assistant", "a", 1, tokens={})
    assert turn_ids(session.idle()) == ["a"]


def test_a_message_is_a_turn_once_it_has_tokens_or_a_finished_step(session: Session) -> None:
    session.message("assistant", "a", 1)
    session.message("assistant", "b", 2, tokens=None)
    session.message("assistant", "c", 3)
    session.part("c", "p", step_finish("stop"))
    assert turn_ids(session.idle()) == ["b", "c"]
    session.message("assistant", "a", 1, tokens={})
    assert [(turn.message_id, turn.turn_index) for turn in session.idle().turns] == [("a", 0)]


def test_a_turn_is_told_once_as_it_is_when_the_session_falls_idle(session: Session) -> None:
    session.message("assistant", "a", 1, tokens={"input": 1})
    assert session.idle().turns[0].usage.input == 1
    session.message("assistant", "a", 1, tokens={"input": 2})
    assert session.idle().turns == []


def test_output_that_comes_after_its_turn_still_makes_an_event(session: Session) -> None:
    session.message("assistant", "a", 1, tokens={"input": 10})
    session.part("a", "p1", tool("c1", output="x"))
    session.part("a", "p2", tool("c2", status="running"))
    assert [event.usage.input for event in session.idle().tool_result_events] == [10]
    session.part("a", "p2", tool("c2", output="late"))
    late = session.idle()
    assert [(event.tool_use_id, event.event_index, event.usage.input) for event in late.tool_result_events] == [
        ("c2", 1, 5)
    ]
    assert late.turns == []


def test_a_result_without_a_call_id_is_neither_an_event_nor_measured(session: Session) -> None:
    session.message("assistant", "a", 1, tokens={})
    session.part("a", "p", tool("", output="x"))
    session.message("assistant", "b", 2, tokens={})
    found = session.idle()
    assert found.tool_result_events == found.user_turns == []
    assert [call.id for call in found.turns[0].tool_calls] == [""]


def test_a_part_without_an_id_is_known_by_its_length(session: Session) -> None:
    session.message("assistant", "a", 1, tokens={})
    for written in ("one", "two", "three"):
        session.part("a", "", text(written))
    assert [record.text for record in session.idle().content] == ["two", "three"]


def test_a_deleted_session_takes_its_parts_with_it_but_not_what_was_told(session: Session) -> None:
    session.message("assistant", "a", 1, tokens={})
    session.part("a", "p", tool("c", output="x"))
    session.idle()
    session.tell("session.deleted", info={"id": "s"})
    assert session.idle().relationships == []
    session.created()
    session.message("assistant", "a", 1, tokens={})
    session.message("assistant", "b", 2, tokens={})
    again = session.idle()
    assert turn_ids(again) == ["b"]
    assert again.user_turns == again.tool_result_events == []


def test_a_session_id_that_is_empty_deletes_nothing(session: Session) -> None:
    session.tell("session.deleted", info={"id": ""}, sessionID="s")
    assert len(session.idle().relationships) == 1


def test_what_an_update_leaves_out_is_forgotten() -> None:
    session = Session()
    session.created(parentID="p", directory="/x")
    session.message("assistant", "a", 1, tokens={})
    session.tell("session.updated", info={"id": "s"})
    turn = session.idle().turns[0]
    assert (turn.project, turn.subagent) == (UNSET, UNSET)


def test_an_inner_payload_hides_its_envelope(session: Session) -> None:
    session.message("assistant", "a", 1, tokens={})
    idle = {"type": "session.idle", "properties": {"sessionID": "s"}}
    assert session.ingestor.ingest({"type": "x", "payload": [], **idle}).turns == []
    assert turn_ids(session.ingestor.ingest({"type": "x", "payload": {"directory": "/", "payload": idle}})) == ["a"]


def test_a_failure_loses_what_was_found_but_not_the_turn_that_failed() -> None:
    session = Session(tokenizer="cl100k")
    session.created()
    session.message("assistant", "a", 1, tokens={})
    session.part("a", "p", tool("c", output="<|endoftext|>"))
    session.message("assistant", "b", 2, tokens={})
    with pytest.raises(SpecialToken):
        session.idle()
    cursor = session.ingestor.snapshot_cursor()
    assert (cursor.emitted_message_ids, cursor.next_tool_event_index_by_session) == (["a"], {"s": 1})
    session.part("a", "p", tool("c", output="mended"))
    mended = session.idle()
    assert turn_ids(mended) == ["b"]
    assert mended.tool_result_events == []


def test_a_time_that_fails_among_the_results_loses_no_result(session: Session) -> None:
    session.message("assistant", "a", 1, tokens={})
    session.part("a", "p", tool("c", output="x"))
    session.message("assistant", "b", 1e300, tokens={})
    session.part("b", "q", tool("d", output="x"))
    with pytest.raises(InvalidTime):
        session.idle()
    assert session.ingestor.snapshot_cursor() == StreamCursor()


def test_a_special_token_is_text_under_current_semantics() -> None:
    session = Session(tokenizer=UNSET, semantics=CURRENT)
    session.created()
    session.message("user", "u", 0)
    session.part("u", "p", text("<|endoftext|>"))
    session.message("assistant", "a", 1, tokens={})
    session.part("a", "q", step_finish("stop"))
    found = session.idle()
    assert len(found.user_turns) == 1
    assert found.turns[0].stop_reason == "end-turn"


def test_an_unknown_tokenizer_is_refused_at_once() -> None:
    with pytest.raises(UnsupportedTokenizer):
        Session(tokenizer=None)


def test_the_last_event_id_is_the_last_that_was_not_empty(session: Session) -> None:
    assert session.ingestor.ingest(None, "7").cursor.last_event_id == "7"
    assert session.ingestor.ingest(None, "").cursor.last_event_id == "7"


def test_a_cursor_keeps_its_place_over_a_restart(session: Session) -> None:
    session.message("assistant", "a", 1, tokens={})
    session.part("a", "p", tool("c", output="x"))
    cursor = to_wire(session.idle().cursor)
    later = Session(cursor)
    later.created()
    later.message("assistant", "a", 1, tokens={})
    later.part("a", "p", tool("c", output="x"))
    later.part("a", "p2", tool("c", output="y"))
    found = later.idle()
    assert found.turns == []
    assert [(event.event_index, event.call_index) for event in found.tool_result_events] == [(1, 1)]


def test_a_cursor_that_was_given_out_does_not_change_later(session: Session) -> None:
    before = session.idle().cursor
    session.message("assistant", "a", 1, tokens={})
    session.idle()
    assert before.emitted_message_ids == []


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["s|m|c|0", "s|m|c|4", "s|m|c|2"], {"s": 5}),
        (["s|m|c|prt_9", "s|5", "|m|c|5", "s"], UNSET),
        (["s|m|c|9z", "t|m|c|\ufeff +7", "u|m|c|-0", "v|m|c|-1"], {"s": 10, "t": 8, "u": 1}),
        (["s|m|c|\x1c7", "t|m|c|\x857"], UNSET),
        (["s|m|c|" + "9" * 5000, "t|m|c|9007199254740993"], {"t": 9007199254740992}),
    ],
)
def test_an_old_cursor_tells_its_next_indexes_by_its_ids(keys: list[str], expected: Any) -> None:
    assert load_cursor({"emittedToolEventIds": keys}).next_tool_event_index_by_session == expected


@pytest.mark.parametrize("ids", ["ids", 5, {"a": 1}, [1], [None], [[]]])
def test_a_cursor_whose_ids_are_no_texts_is_refused(ids: Any) -> None:
    with pytest.raises(InvalidInput, match="emittedMessageIds"):
        load_cursor({"emittedMessageIds": ids})
