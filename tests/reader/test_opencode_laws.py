"""Laws of the two OpenCode readers, on generated sessions and on JSON of any shape."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.errors import RelayburnError
from relayburn.reader.opencode import OpencodeIncrement, OpencodeOptions, parse_opencode_session, parse_session_store
from relayburn.reader.opencode.timestamps import MAX_TIME_MS, iso
from relayburn.reader.opencode_stream import OpencodeStreamIngestor, StreamIncrement, load_cursor
from relayburn.records import to_wire
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.reader.opencode_tree import Tree
from tests.reader.opencode_values import ANY_JSON, sessions

pytestmark = pytest.mark.properties

BOTH = st.sampled_from([TS_1_10, CURRENT])


class Values:
    """A store of given JSON values."""

    def __init__(self, session: Any, messages: list[tuple[Any, list[Any]]]) -> None:
        self._session = session
        self._messages = messages

    def session(self) -> Any:
        return self._session

    def messages(self, session_id: str) -> Iterator[Any]:
        return (message for message, _ in self._messages)

    def parts(self, message_id: str) -> Iterator[Any]:
        for message, parts in self._messages:
            if isinstance(message, dict) and message.get("id") == message_id:
                yield from parts


def read(messages: list[tuple[Any, list[Any]]], *seen: str, session: Any = None, **options: Any) -> OpencodeIncrement:
    store = Values({"id": "s"} if session is None else session, messages)
    semantics = options.pop("semantics", TS_1_10)
    wanted = OpencodeOptions(tokenizer="heuristic", content_mode="full", seen_message_ids=seen, **options)
    return parse_session_store(store, wanted, semantics=semantics)


@given(sessions(), st.data())
def test_what_is_new_is_what_the_whole_has_for_the_messages_that_were_not_seen(
    messages: list[Any], data: st.DataObject
) -> None:
    ids = [message["id"] for message, _ in messages]
    seen = data.draw(st.lists(st.sampled_from([*ids, "unknown"]), unique=True))
    whole, new = read(messages), read(messages, *seen)
    assert new.turns == [turn for turn in whole.turns if turn.message_id not in seen]
    assert new.user_turns == [turn for turn in whole.user_turns if turn.following_message_id not in seen]
    assert new.relationships == whole.relationships
    expected = [event for event in whole.tool_result_events if event.message_id not in seen]
    assert [_unnumbered(event) for event in new.tool_result_events] == [_unnumbered(event) for event in expected]
    assert [event.event_index for event in new.tool_result_events] == list(range(len(expected)))
    assert new.seen_message_ids == [*seen, *(turn.message_id for turn in new.turns)]


def _unnumbered(event: Any) -> dict[str, Any]:
    """An event without its indexes, which count within one call."""
    return {key: value for key, value in to_wire(event).items() if key not in ("eventIndex", "callIndex")}


@given(sessions(), st.integers(0, 7))
def test_reading_twice_gives_nothing_more(messages: list[Any], cut: int) -> None:
    first = read(messages[:cut])
    second = read(messages, *first.seen_message_ids)
    again = read(messages, *second.seen_message_ids)
    assert again.turns == again.user_turns == again.tool_result_events == again.content == []
    assert {turn.message_id for turn in [*first.turns, *second.turns]} == {
        turn.message_id for turn in read(messages).turns
    }


@given(sessions(), BOTH)
def test_the_shares_of_a_turns_usage_add_up_to_it(messages: list[Any], semantics: Semantics) -> None:
    found = read(messages, semantics=semantics)
    for turn in found.turns:
        shares = [event.usage for event in found.tool_result_events if event.message_id == turn.message_id]
        if shares:
            assert sum(share.input for share in shares) == pytest.approx(turn.usage.input)
            assert sum(share.cache_read for share in shares) == pytest.approx(turn.usage.cache_read)


@given(sessions(), BOTH)
def test_a_stream_flushed_once_tells_what_the_files_tell(messages: list[Any], semantics: Semantics) -> None:
    ingestor = OpencodeStreamIngestor(tokenizer="heuristic", semantics=semantics)
    ingestor.ingest(_event("session.created", info={"id": "s"}))
    for message, parts in messages:
        ingestor.ingest(_event("message.updated", info=message))
        for part in parts:
            ingestor.ingest(_event("message.part.updated", part=part))
    streamed, filed = ingestor.ingest(_idle()), read(messages, semantics=semantics)
    assert streamed.turns == filed.turns
    assert streamed.user_turns == filed.user_turns
    assert streamed.tool_result_events == filed.tool_result_events
    assert streamed.relationships == filed.relationships
    assert streamed.content == filed.content


@given(sessions(), st.sets(st.integers(0, 40)))
def test_however_often_a_session_falls_idle_nothing_is_told_twice(messages: list[Any], idle_after: set[int]) -> None:
    found = _stream(messages, idle_after)
    turns = [turn.message_id for increment in found for turn in increment.turns]
    results = [event.event_index for increment in found for event in increment.tool_result_events]
    assert sorted(turns) == sorted(turn.message_id for turn in read(messages).turns)
    assert results == list(range(len(read(messages).tool_result_events)))


@given(sessions(), st.sets(st.integers(0, 40)), st.integers(0, 40))
def test_a_restarted_stream_that_hears_all_again_tells_only_the_rest(
    messages: list[Any], idle_after: set[int], until: int
) -> None:
    before = _stream(messages, idle_after)[: until + 1]
    cursor = to_wire(before[-1].cursor) if before else None
    after = _stream(messages, set(), cursor=cursor)
    told = [turn.message_id for increment in [*before, *after] for turn in increment.turns]
    assert sorted(told) == sorted(turn.message_id for turn in read(messages).turns)
    results = [event.event_index for increment in [*before, *after] for event in increment.tool_result_events]
    assert results == list(range(len(read(messages).tool_result_events)))


def _stream(messages: list[Any], idle_after: set[int], *, cursor: Any = None) -> list[StreamIncrement]:
    """What an ingestor says to a session whose messages come whole; it falls idle after some events and at the end."""
    ingestor = OpencodeStreamIngestor(tokenizer="heuristic", cursor=load_cursor(cursor), semantics=TS_1_10)
    events = [_event("session.created", info={"id": "s"})]
    found = []
    for message, parts in messages:
        events += [_event("message.part.updated", part=part) for part in parts]
        events.append(_event("message.updated", info=message))
    for number, event in enumerate(events):
        found.append(ingestor.ingest(event))
        if number in idle_after:
            found.append(ingestor.ingest(_idle()))
    return [*found, ingestor.ingest(_idle())]


@given(ANY_JSON, st.lists(st.tuples(ANY_JSON, st.lists(ANY_JSON, max_size=4)), max_size=4), BOTH)
def test_json_of_any_shape_is_read_or_refused_for_a_reason(
    session: Any, messages: list[Any], semantics: Semantics
) -> None:
    _read_or_refuse(messages, session=session, semantics=semantics)


@given(sessions(), st.data(), BOTH)
def test_a_session_with_any_value_anywhere_is_read_or_refused_for_a_reason(
    messages: list[Any], data: st.DataObject, semantics: Semantics
) -> None:
    if not messages:
        return
    message, parts = data.draw(st.sampled_from(messages))
    for owner in [message, *parts]:
        owner[data.draw(st.sampled_from(sorted(owner)))] = data.draw(ANY_JSON)
    _read_or_refuse(messages, semantics=semantics)


def _read_or_refuse(messages: list[Any], **options: Any) -> None:
    try:
        to_wire(read(messages, **options))
    except RelayburnError as reason:
        assert str(reason)


@given(st.lists(st.binary(max_size=80), min_size=3, max_size=3), st.lists(ANY_JSON, max_size=3))
def test_bytes_of_any_kind_in_any_file_are_read_or_refused_for_a_reason(data: list[bytes], values: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        tree = Tree(Path(folder))
        tree.assistant("a", 1)
        for number, value in enumerate([*data, *values]):
            tree.write(tree.root / "message" / "ses_1" / f"{number}.json", value)
            tree.write(tree.root / "part" / "a" / f"{number}.json", value)
        try:
            to_wire(
                parse_opencode_session(tree.session_file, OpencodeOptions(tokenizer="heuristic"), semantics=CURRENT)
            )
        except RelayburnError as reason:
            assert str(reason)
        tree.write(tree.session_file, data[0])
        tree.parse()


EVENTS = st.one_of(
    ANY_JSON,
    st.builds(
        lambda kind, properties: {"type": kind, "properties": properties},
        st.sampled_from(["session.created", "session.updated", "session.deleted", "session.idle", "session.status"]),
        st.fixed_dictionaries(
            {"info": st.one_of(st.just({"id": "s"}), ANY_JSON), "sessionID": st.just("s")},
            optional={"status": st.one_of(st.just("idle"), ANY_JSON)},
        ),
    ),
    st.builds(
        lambda message, changed: {"type": "message.updated", "properties": {"info": {**message, **changed}}},
        st.just({"id": "m", "sessionID": "s", "role": "assistant", "time": {"created": 0}, "tokens": {}}),
        st.dictionaries(st.sampled_from(["time", "tokens", "path", "modelID", "role", "id"]), ANY_JSON, max_size=2),
    ),
    st.builds(
        lambda part, changed: {"type": "message.part.updated", "properties": {"part": {**part, **changed}}},
        st.just({"sessionID": "s", "messageID": "m", "type": "tool", "callID": "c", "state": {"output": 1}}),
        st.dictionaries(st.sampled_from(["id", "type", "state", "tool", "messageID"]), ANY_JSON, max_size=3),
    ),
)


@given(st.lists(EVENTS, max_size=12), BOTH)
def test_events_of_any_shape_are_taken_or_refused_for_a_reason(events: list[Any], semantics: Semantics) -> None:
    ingestor = OpencodeStreamIngestor(tokenizer="heuristic", semantics=semantics)
    for event in [_event("session.created", info={"id": "s"}), *events, _idle()]:
        try:
            to_wire(ingestor.ingest(event))
        except RelayburnError as reason:
            assert str(reason)
    load_cursor(to_wire(ingestor.snapshot_cursor()) | {"emittedMessageIds": None, "emittedToolEventIds": None})


@given(ANY_JSON)
def test_a_stored_cursor_of_any_shape_is_loaded_or_refused_for_a_reason(value: Any) -> None:
    for stored in (value, {"emittedToolEventIds": value}, {"nextToolEventIndexBySession": value}):
        try:
            load_cursor(stored)
        except RelayburnError as reason:
            assert str(reason)


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_a_time_reads_as_the_calendar_says(ms: int) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    assert iso(ms) == f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z".rjust(24, "0")


@given(st.integers(-MAX_TIME_MS, MAX_TIME_MS - 146_097 * 86_400_000))
def test_the_calendar_repeats_after_four_hundred_years(ms: int) -> None:
    early, late = iso(ms), iso(ms + 146_097 * 86_400_000)
    assert early[-20:] == late[-20:]
    assert int(late[:-20]) - int(early[:-20]) == 400


def _event(kind: str, **properties: Any) -> dict[str, Any]:
    return {"type": kind, "properties": properties}


def _idle() -> dict[str, Any]:
    return _event("session.idle", sessionID="s")
