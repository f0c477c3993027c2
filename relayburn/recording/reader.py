"""Reads a recording, in file order.

In: a file of lines, plain or compressed. Out: its exchanges, each knowing its line and byte; one line is held at a
time. Anything that is no exchange stops the reading with a `RecordingError` that names file, line and byte.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from fnmatch import translate
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from relayburn.errors import InvalidExchange, RecordingError
from relayburn.recording.exchange import LF, RecordedExchange
from relayburn.recording.form import form_of


class TornLine(UserWarning):
    """A recording ends in a torn line, which was left out."""


class ReplayReader:
    """The exchanges of the recording at `path`; each iteration reads the file anew.

    `protocols` are patterns (`relayburn.reader.*`), of which one must match the whole protocol; None gives all.
    Lines end in a line feed and nothing else. With `strict`, a torn last line and a file without lines are
    errors; otherwise the first is left out with a `TornLine` warning and the second gives nothing.
    Raises `RecordingError` while iterating. Memory is bounded by the longest line.
    """

    def __init__(
        self, path: str | PathLike[str], *, protocols: str | Iterable[str] | None = None, strict: bool = True
    ) -> None:
        self.path = Path(path)
        self.strict = strict
        self._wanted = _pattern(protocols)

    def __iter__(self) -> Iterator[RecordedExchange]:
        try:
            file = self.path.open("rb")
        except OSError as error:
            raise self._error(None, None, error) from error
        with file:
            for exchange in self._exchanges(file):
                if self._wanted.match(exchange.protocol):
                    yield exchange

    def _exchanges(self, file: BinaryIO) -> Iterator[RecordedExchange]:
        line, byte = 1, 0
        lines = form_of(self.path).lines(file)
        while True:
            try:
                raw = next(lines, None)
                if raw is None:
                    break
                exchange = RecordedExchange.from_line(raw, line=line, byte=byte) if raw[-1:] == LF else None
            except (OSError, ValueError, InvalidExchange) as error:
                raise self._error(line, byte, error) from error
            if exchange is None:
                self._leave_out_torn(line, byte)
                return
            yield exchange
            line += 1
            byte += len(raw)
        if line == 1 and self.strict:
            raise RecordingError(self.path, None, None, "no exchanges: the file is empty")

    def _leave_out_torn(self, line: int, byte: int) -> None:
        torn = RecordingError(self.path, line, byte, "the last line is torn: it has no line feed at its end")
        if self.strict:
            raise torn
        warnings.warn(TornLine(str(torn)), stacklevel=4)

    def _error(self, line: int | None, byte: int | None, error: Exception) -> RecordingError:
        match error:
            case OSError():
                cause = f"cannot be read: {error.strerror or error}"
            case InvalidExchange():
                cause = str(error)
            case _:
                cause = f"not JSON: {error}"
        return RecordingError(self.path, line, byte, cause)


def _pattern(protocols: str | Iterable[str] | None) -> re.Pattern[str]:
    if protocols is None:
        return re.compile("")
    patterns = [protocols] if isinstance(protocols, str) else list(protocols)
    return re.compile("|".join(map(translate, patterns)) or r"(?!)")
