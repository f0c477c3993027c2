"""Where a zstd frame ends is found without unpacking it."""

from __future__ import annotations

import random
import tracemalloc
from pathlib import Path

import pytest
import zstandard

from relayburn.recording import RecordedExchange, ReplayReader
from relayburn.recording.frames import frame_at

TEXTS = {
    "nothing": b"",
    "one byte": b"x",
    "one byte over and over": b"x" * 1_000_000,
    "random bytes": random.Random(1).randbytes(300_000),
    "text": b"".join(b'{"line":%d}\n' % number for number in range(40_000)),
    "exactly one block": b"ab" * (1 << 16),
}
COMPRESSORS = {
    "as written": zstandard.ZstdCompressor(),
    "checksum": zstandard.ZstdCompressor(write_checksum=True),
    "no length": zstandard.ZstdCompressor(write_content_size=False, level=1),
    "high level": zstandard.ZstdCompressor(level=12, write_checksum=True),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("compressor", COMPRESSORS.values(), ids=COMPRESSORS)
def test_a_frame_ends_where_the_next_begins(tmp_path: Path, text: bytes, compressor: zstandard.ZstdCompressor):
    frame = compressor.compress(text)
    path = tmp_path / "frames.zst"
    path.write_bytes(b"before" + frame + b"after")

    with path.open("rb") as file:
        found = frame_at(file.fileno(), 6, path.stat().st_size)

    assert (found.start, found.stop, found.whole) == (6, 6 + len(frame), True)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("compressor", COMPRESSORS.values(), ids=COMPRESSORS)
def test_a_frame_cut_anywhere_is_not_whole(tmp_path: Path, text: bytes, compressor: zstandard.ZstdCompressor):
    frame = compressor.compress(text)
    path = tmp_path / "cut.zst"
    path.write_bytes(frame)

    with path.open("rb+") as file:
        for cut in sorted({1, 2, 3, 4, 5, 8, *range(len(frame) - 1, 0, -(len(frame) // 50 + 1))}, reverse=True):
            if cut < len(frame):
                file.truncate(cut)
                found = frame_at(file.fileno(), 0, cut)
                assert (found.stop, found.whole) == (cut, False)


def test_reading_holds_one_line_at_a_time(tmp_path: Path):
    path = tmp_path / "long.jsonl.zst"
    words = random.Random(2)
    with path.open("wb") as raw, zstandard.ZstdCompressor().stream_writer(raw) as file:
        for number in range(10_000):
            text = " ".join(str(words.random()) for _ in range(50))
            file.write(RecordedExchange(number, None, "p", {"text": text}).to_line() + b"\n")

    tracemalloc.start()
    count = sum(1 for _ in ReplayReader(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 10_000
    assert peak < 1_000_000
