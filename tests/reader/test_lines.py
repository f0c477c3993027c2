"""Where the lines of a log end (reader-claude.md 3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.errors import LogUnreadable
from relayburn.reader.lines import complete_lines, read_bytes, whole_file_lines

BYTES = st.lists(st.sampled_from([b"a", b"\n", b"\r", b"\r\n", b"\xe2\x80\xa8", b"\xff"])).map(b"".join)


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"a", [b"a"]),
        (b"a\n", [b"a"]),
        (b"a\nb", [b"a", b"b"]),
        (b"a\r\nb\rc\n", [b"a", b"b", b"c"]),
        (b"a\n\n\rb", [b"a", b"", b"", b"b"]),
        (b"a\r\r\nb", [b"a", b"", b"b"]),
    ],
)
def test_a_whole_file_splits_at_three_ends_and_keeps_an_unended_tail(data, lines):
    assert list(whole_file_lines(data)) == lines


@pytest.mark.parametrize("inside", ["\u2028", "\u2029", "\u0085", "\v", "\f", "\x1c", "\x1d", "\x1e"])
def test_what_python_calls_a_line_end_splits_nothing(inside):
    data = f"a{inside}b\n".encode()

    assert list(whole_file_lines(data)) == [data[:-1]]
    assert list(complete_lines(data)) == [(0, data[:-1])]


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"a", []),
        (b"a\nbc", [(0, b"a")]),
        (b"a\nbc\n\nd\n", [(0, b"a"), (2, b"bc"), (5, b""), (6, b"d")]),
        (b"a\r\nb\rc\n", [(0, b"a\r"), (3, b"b\rc")]),
    ],
)
def test_a_growing_file_gives_only_lines_ended_by_lf(data, lines):
    assert list(complete_lines(data)) == lines


def test_bytes_are_read_from_an_offset(tmp_path):
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"abc\r\n\xff")

    assert read_bytes(log) == b"abc\r\n\xff"
    assert read_bytes(str(log), 4) == b"\n\xff"
    assert read_bytes(log, 100) == b""


@pytest.mark.parametrize("name", ["missing", ".", "a\0b", "\ud800", "x" * 5000])
def test_a_path_that_names_no_file_is_said_to_be_unreadable(tmp_path, name):
    path = tmp_path / name

    with pytest.raises(LogUnreadable) as raised:
        read_bytes(path)

    assert raised.value.path == str(path)


@pytest.mark.properties
@given(BYTES, BYTES)
def test_complete_lines_come_in_the_same_places_however_the_file_is_cut(first, second):
    boundary = first.rfind(b"\n") + 1
    whole = list(complete_lines(first + second))
    early = list(complete_lines(first))
    late = [(boundary + offset, line) for offset, line in complete_lines((first + second)[boundary:])]

    assert early + late == whole


@pytest.mark.properties
@given(BYTES)
def test_complete_lines_and_the_tail_are_all_there_is(data):
    lines = list(complete_lines(data))
    end = lines[-1][0] + len(lines[-1][1]) + 1 if lines else 0

    assert b"".join(line + b"\n" for _, line in lines) + data[end:] == data
    assert b"\n" not in data[end:]


@pytest.mark.properties
@given(BYTES)
def test_a_file_without_carriage_returns_splits_the_same_way_twice(data):
    data = data.replace(b"\r", b"")

    tail = data[data.rfind(b"\n") + 1 :]
    assert list(whole_file_lines(data)) == [line for _, line in complete_lines(data)] + ([tail] if tail else [])
