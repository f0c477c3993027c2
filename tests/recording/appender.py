"""A process that appends to a recording: `python appender.py PATH WRITER COUNT`.

Its exchanges are numbered and of very different lengths. After each line it says so on standard output, so that
a parent that kills it knows what was promised.
"""

from __future__ import annotations

import random
import sys

from relayburn.recording import RecordedExchange, RecordingWriter

LENGTHS = (10, 300, 5_000, 70_000, 200_000)


def numbered(writer: int, number: int) -> RecordedExchange:
    """Exchange `number` of `writer`. Its text is random, so that it stays long when it is compressed."""
    text = random.Random(f"{writer}/{number}").randbytes(LENGTHS[number % len(LENGTHS)] // 2).hex()
    return RecordedExchange(number, None, "test.append", {"writer": writer, "number": number, "text": text})


def main(path: str, writer: int, count: int) -> None:
    with RecordingWriter(path) as recording:
        for number in range(count):
            recording.write(numbered(writer, number))
            print(number, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
