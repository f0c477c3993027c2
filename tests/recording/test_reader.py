"""Reading gives what stands in the file, in order, and names what it cannot read."""

from __future__ import annotations

from pathlib import Path

import pytest
import zstandard

from relayburn.errors import RecordingError
from relayburn.recording import RecordedExchange, ReplayReader, TornLine

A = RecordedExchange(1, None, "relayburn.reader.claude", {"n": 1}, {"output": 1})
B = RecordedExchange(2, 5, "relayburn.reader.codex", {"n": 2}, {"output": "é"})
C = RecordedExchange(3, 5, "relayburn.analyze.cost.sum_costs", {"n": 3}, None)


def lines(*exchanges: RecordedExchange) -> bytes:
    return b"".join(exchange.to_line() + b"\n" for exchange in exchanges)


@pytest.fixture(params=["plain.jsonl", "compressed.jsonl.zst"])
def recording(request: pytest.FixtureRequest, tmp_path: Path):
    """Writes bytes as one recording, plain or compressed as a whole by another tool."""
    path = tmp_path / request.param

    def make(text: bytes) -> Path:
        path.write_bytes(zstandard.compress(text) if path.suffix == ".zst" else text)
        return path

    return make


def test_exchanges_come_in_file_order(recording):
    assert list(ReplayReader(recording(lines(C, A, B, A)))) == [C, A, B, A]


def test_each_iteration_reads_the_file_anew(recording):
    reader = ReplayReader(recording(lines(A, B)))

    assert list(reader) == list(reader) == [A, B]


def test_an_exchange_knows_its_line_and_byte(recording):
    text = lines(A, B, C)

    read = list(ReplayReader(recording(text)))

    assert [exchange.line for exchange in read] == [1, 2, 3]
    for exchange in read:
        assert text[exchange.byte :].startswith(exchange.to_line())


@pytest.mark.parametrize(
    ("protocols", "expected"),
    [
        (None, [A, B, C]),
        (["relayburn.reader.*"], [A, B]),
        ("relayburn.reader.*", [A, B]),
        (["*.sum_costs", "*.claude"], [A, C]),
        (["relayburn.reader"], []),
        (["relayburn?reader.c[lx]*"], [A]),
        (["RELAYBURN.*"], []),
        ([], []),
    ],
)
def test_protocols_are_chosen_by_patterns(recording, protocols, expected):
    read = list(ReplayReader(recording(lines(A, B, C)), protocols=protocols))

    assert read == expected
    assert all(exchange.line == exchange.recv_ts_ns for exchange in read)


def test_only_a_line_feed_ends_a_line(recording):
    odd = RecordedExchange(1, None, "p", {"text": "a\u2028b\u2029c\x85d\x0b\x0c\x1c"})

    assert list(ReplayReader(recording(lines(odd, A)))) == [odd, A]


@pytest.mark.parametrize(
    ("bad", "cause"),
    [
        (b"not json", "not JSON: "),
        (b"", "not JSON: "),
        (b"\xef\xbb\xbf{}", "not JSON: "),
        (b'{"text":"\xff"}', "not JSON: "),
        (b"[" * 100_000, "not JSON: "),
        (A.to_line().replace(b'"n":1', b'"n":NaN'), "not JSON: NaN"),
        (A.to_line() + A.to_line(), "not JSON: "),
        (b"[]", "an exchange must be an object"),
        (A.to_line().replace(b'"recv_ts_ns":1', b'"recv_ts_ns":"1"'), "recv_ts_ns: must be"),
        (A.to_line().replace(b'"protocol"', b'"protocoll"'), "protocol: this key is missing"),
    ],
)
@pytest.mark.parametrize("strict", [True, False])
def test_a_bad_line_is_named_by_file_line_and_byte(recording, bad, cause, strict):
    path = recording(lines(A, B) + bad + b"\n" + lines(C))
    reader = iter(ReplayReader(path, protocols=["*"], strict=strict))

    assert [next(reader), next(reader)] == [A, B]
    with pytest.raises(RecordingError) as error:
        next(reader)
    assert (error.value.path, error.value.line, error.value.byte) == (str(path), 3, len(lines(A, B)))
    assert error.value.cause.startswith(cause)
    assert str(error.value).startswith(f"{path}, line 3, byte {len(lines(A, B))}: {cause}")


def test_a_bad_line_of_another_protocol_is_an_error_all_the_same(recording):
    path = recording(lines(A) + b'{"protocol":"other"}\n')

    with pytest.raises(RecordingError, match="line 2"):
        list(ReplayReader(path, protocols=[A.protocol]))


@pytest.mark.parametrize("torn", [B.to_line()[:-3], B.to_line()], ids=["half a line", "a line without its line feed"])
def test_a_torn_last_line_is_an_error_when_strict(recording, torn):
    path = recording(lines(A) + torn)
    reader = iter(ReplayReader(path))

    assert next(reader) == A
    with pytest.raises(RecordingError, match="torn") as error:
        next(reader)
    assert (error.value.line, error.value.byte) == (2, len(lines(A)))


@pytest.mark.parametrize("torn", [B.to_line()[:-3], B.to_line()], ids=["half a line", "a line without its line feed"])
def test_a_torn_last_line_is_left_out_with_a_warning_otherwise(recording, torn):
    path = recording(lines(A) + torn)

    with pytest.warns(TornLine, match=r"line 2, byte \d+: the last line is torn") as warnings:
        assert list(ReplayReader(path, strict=False)) == [A]
    assert [warning.filename for warning in warnings] == [__file__]


def test_a_file_of_no_lines_is_an_error_when_strict_and_gives_nothing_otherwise(recording):
    path = recording(b"")

    with pytest.raises(RecordingError, match="no exchanges"):
        list(ReplayReader(path))
    assert list(ReplayReader(path, strict=False)) == []


def test_a_file_whose_protocols_were_all_left_out_is_not_empty(recording):
    assert list(ReplayReader(recording(lines(A)), protocols=["none"])) == []


@pytest.mark.parametrize("name", ["missing.jsonl", "missing.jsonl.zst", "."])
def test_a_file_that_cannot_be_opened_is_named(tmp_path, name):
    with pytest.raises(RecordingError, match="cannot be read") as error:
        list(ReplayReader(tmp_path / name))
    assert error.value.path == str(tmp_path / name)


def test_a_compressed_file_may_hold_any_frames(tmp_path):
    text = lines(A, B, C)
    skippable = b"\x53\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"notes"
    pieces = [text[:10], b"", text[10:-20], text[-20:]]
    path = tmp_path / "frames.jsonl.zst"
    path.write_bytes(skippable + skippable.join(map(zstandard.compress, pieces)) + skippable)

    assert list(ReplayReader(path)) == [A, B, C]


def test_a_frame_cut_short_is_a_torn_last_line(tmp_path):
    path = tmp_path / "cut.jsonl.zst"
    whole, last = zstandard.compress(lines(A)), zstandard.compress(lines(B))
    for cut in range(1, len(last)):
        path.write_bytes(whole + last[:cut])
        with pytest.raises(RecordingError, match=r"line 2, byte .*torn"):
            list(ReplayReader(path))
        with pytest.warns(TornLine):
            assert list(ReplayReader(path, strict=False)) == [A]


@pytest.mark.parametrize("junk", [lines(B), b"\x28\xb5\x2f\xfd" + b"\xff" * 40], ids=["plain text", "a damaged frame"])
def test_bytes_that_are_no_frame_are_named_after_the_lines_before_them(tmp_path, junk):
    path = tmp_path / "junk.jsonl.zst"
    path.write_bytes(zstandard.compress(lines(A)) + junk)
    reader = iter(ReplayReader(path, strict=False))

    assert next(reader) == A
    with pytest.raises(RecordingError, match="zstd frame") as error:
        next(reader)
    assert (error.value.line, error.value.byte) == (2, len(lines(A)))


def test_a_changed_byte_in_a_frame_is_never_a_crash(tmp_path):
    path = tmp_path / "rot.jsonl.zst"
    data = zstandard.ZstdCompressor(write_checksum=True).compress(lines(A, B, C))
    for index in range(len(data)):
        path.write_bytes(data[:index] + bytes([data[index] ^ 0x55]) + data[index + 1 :])
        with pytest.raises(RecordingError):
            list(ReplayReader(path))
