"""Framing of server-sent events (reader-opencode-stream.md 8 and 9)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.reader.opencode_stream import parse_sse_event, split_sse_frames
from relayburn.reader.opencode_stream.sse import SseReader
from relayburn.text import trim

BODIES = st.one_of(
    st.binary(max_size=60),
    st.lists(
        st.sampled_from(
            [
                b"\n",
                b"\r",
                b"\r\n",
                b"\n\n",
                b"data: x",
                b"id: 1",
                b":",
                b" ",
                b"\xef\xbb\xbf",
                "é😀".encode(),
                b"\xe2\x98",
            ]
        ),
        max_size=20,
    ).map(b"".join),
)


@pytest.mark.properties
@given(BODIES, st.sets(st.integers(1, 60)))
def test_how_the_bytes_are_cut_makes_no_difference(body: bytes, cuts: set[int]) -> None:
    ends = sorted({*(cut for cut in cuts if cut < len(body)), len(body)})
    chunks = [body[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    assert _frames(chunks) == _frames([body])


@pytest.mark.properties
@given(BODIES)
def test_the_reader_finds_the_frames_of_the_whole_text(body: bytes) -> None:
    split = split_sse_frames(body.decode(errors="replace").removeprefix("\ufeff"))
    assert _frames([bytes([byte]) for byte in body]) == (split.frames, split.rest if trim(split.rest) else None)


def _frames(chunks: list[bytes]) -> tuple[list[str], str | None]:
    reader = SseReader()
    return [frame for chunk in chunks for frame in reader.feed(chunk)], reader.finish()


@pytest.mark.properties
@given(st.lists(st.text(st.characters(exclude_characters="\n\r")), min_size=1), st.text(max_size=5))
def test_what_a_server_writes_as_data_is_read_back(lines: list[str], event_id: str) -> None:
    event_id = event_id.replace("\n", "").replace("\r", "")
    event = parse_sse_event("\n".join([f"id: {event_id}", *(f"data: {line}" for line in lines)]))
    assert event is not None
    assert (event.data, event.id) == ("\n".join(lines), event_id)


def test_a_byte_order_mark_is_dropped_at_the_start_of_the_body_alone() -> None:
    mark = b"\xef\xbb\xbf"
    assert _frames([mark[:1], mark[1:], b"data: 1\n\n", mark, b"data: 2\n\n"]) == (["data: 1", "\ufeffdata: 2"], None)


def test_a_character_cut_off_by_the_end_is_replaced_once() -> None:
    assert _frames([b"data: \xf0\x9f\x98"]) == ([], "data: \ufffd")


def test_a_long_event_in_many_chunks_is_read_in_linear_time() -> None:
    reader = SseReader()
    for _ in range(200_000):
        assert reader.feed(b"data: 0123456789\n") == []
    assert reader.pending_chars == 200_000 * 17
    assert len(reader.feed(b"\n")) == 1
    assert reader.pending_chars == 0
