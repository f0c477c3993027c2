"""Compressed recordings: each line is a zstd frame of its own.

Frames that stand one after the other are one zstd file, so any zstd tool reads the result, concurrent writers can
append, and a killed writer leaves every earlier frame whole. Reading takes any zstd file, lines across frames too.
In: bytes of a file (RFC 8878, 3.1). Out: its lines, and where its frames end.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import zstandard

from relayburn.recording.exchange import LF

_MAGIC = b"\x28\xb5\x2f\xfd"
_SKIPPABLE_TAIL = b"\x2a\x4d\x18"
_LONGEST_HEADER = 18
_RLE_BLOCK, _RESERVED_BLOCK = 1, 3
_CHUNK = 1 << 12  # small, because very even text unfolds to a thousand times as much


class ZstdFrames:
    """A zstd frame a line."""

    def __init__(self) -> None:
        self._whole = 0  # up to here the file is known to be whole frames
        self._compressor = zstandard.ZstdCompressor()

    def lines(self, file: BinaryIO) -> Iterator[bytes]:
        rest: list[bytes] = []
        for chunk in _text(file):
            if not chunk:
                yield b"".join(rest)
                return
            *ends, tail = chunk.split(LF)
            for end in ends:
                rest += (end, LF)
                yield b"".join(rest)
                rest.clear()
            rest.append(tail)
        if any(rest):
            yield b"".join(rest)

    def pack(self, line: bytes) -> bytes:
        return self._compressor.compress(line)

    def mend(self, fd: int) -> bytes:
        """A frame that was cut short is cut off: nothing could be appended behind it, and no line ends in it.

        A frame with whole lines in it (another tool's, cut short in transfer) is not touched. A last line without a
        line feed in whole frames (another tool's too) is ended.
        """
        size = os.fstat(fd).st_size
        start = self._whole if self._whole <= size else 0
        with open(fd, "rb", closefd=False) as file:
            frames = list(_frames(fd, start, size))
            if frames and not frames[-1].whole:
                _cut_off(file, frames.pop())
            if frames:
                self._whole = frames[-1].stop
            # Only what was there before can be another tool's; frames of this class end in a line feed.
            if start == 0 and not _ends_in_line_feed(file, frames):
                return self.pack(LF)
        return b""


def _cut_off(file: BinaryIO, torn: Frame) -> None:
    if any(LF in chunk for chunk in _frame_text(file, torn)):
        raise ValueError(f"the zstd frame at byte {torn.start} of the file is cut short, but holds lines")
    os.ftruncate(file.fileno(), torn.start)


def _ends_in_line_feed(file: BinaryIO, frames: list[Frame]) -> bool:
    for frame in reversed(frames):
        last = b""
        for chunk in _frame_text(file, frame):
            last = chunk[-1:]
        if last:
            return last == LF
    return True


def _text(file: BinaryIO) -> Iterator[bytes]:
    """The text of a file in pieces; after a frame that is cut short, an empty piece."""
    for frame in _frames(file.fileno(), 0, os.fstat(file.fileno()).st_size):
        yield from _frame_text(file, frame)
        if not frame.whole:
            yield b""


def _frame_text(file: BinaryIO, frame: Frame) -> Iterator[bytes]:
    """The text of one frame in pieces that are not empty; of a frame that is cut short, what can be read."""
    if frame.skippable:
        return
    file.seek(frame.start)
    left = frame.stop - frame.start
    text = zstandard.ZstdDecompressor().decompressobj()
    while data := file.read(min(left, _CHUNK)):
        left -= len(data)
        try:
            chunk = text.decompress(data)
        except zstandard.ZstdError as error:
            raise ValueError(f"the zstd frame at byte {frame.start} of the file cannot be read: {error}") from error
        if chunk:
            yield chunk


@dataclass(frozen=True, slots=True)
class Frame:
    """Bytes `start` to `stop` of a file. One that is not `whole` is cut short at the file's end; a skippable one has
    no text."""

    start: int
    stop: int
    whole: bool
    skippable: bool


def _frames(fd: int, start: int, size: int) -> Iterator[Frame]:
    while start < size:
        frame = frame_at(fd, start, size)
        yield frame
        start = frame.stop


def frame_at(fd: int, start: int, size: int) -> Frame:
    """The frame that begins at byte `start` of a file of `size` bytes. Raises `ValueError` where none does.

    Only headers are read, so this is quick whatever the frame holds.
    """
    head = os.pread(fd, _LONGEST_HEADER, start)
    skippable = head[1:4] == _SKIPPABLE_TAIL and head[0] >> 4 == 5
    if skippable:
        stop = start + 8 + int.from_bytes(head[4:8], "little")
    elif head[:4] == _MAGIC[: len(head)]:
        stop = _end_of_blocks(fd, start, head)
    else:
        raise ValueError(f"no zstd frame begins at byte {start} of the file")
    if stop is None or stop > size:
        return Frame(start, size, whole=False, skippable=skippable)
    return Frame(start, stop, whole=True, skippable=skippable)


def _end_of_blocks(fd: int, start: int, head: bytes) -> int | None:
    try:
        checksum = 4 if zstandard.get_frame_parameters(head).has_checksum else 0
        position = start + zstandard.frame_header_size(head)
    except zstandard.ZstdError as error:
        if len(head) < _LONGEST_HEADER:
            return None
        raise ValueError(f"the zstd frame at byte {start} of the file cannot be read: {error}") from error
    while len(block := os.pread(fd, 3, position)) == 3:
        header = int.from_bytes(block, "little")
        kind = header >> 1 & 3
        if kind == _RESERVED_BLOCK:
            raise ValueError(f"the zstd frame at byte {start} of the file is damaged")
        position += 3 + (1 if kind == _RLE_BLOCK else header >> 3)
        if header & 1:
            return position + checksum
    return None
