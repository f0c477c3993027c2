"""The sections of an instruction file, with the bytes and tokens of each.

In: the text of a Markdown file. Out: its lines, bytes and tokens and its sections at one grouping level: level 2 where
the file has such headings, else level 1, else none. Line ranges tile the file and their bytes add up (overhead.md 3).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from relayburn.records import Record
from relayburn.text import WHITE_SPACE, trim, utf8_length

PREAMBLE = "(preamble)"
BYTES_PER_TOKEN = 4

_GROUPING_LEVELS = (2, 1)
_HASHES = re.compile("#{1,6}")
_FENCE = re.compile("`{3,}|~{3,}")
_NO_HEADING_ACROSS = re.compile("[\r\u2028\u2029]")


class Section(Record, kw_only=True):
    """Lines `start_line` to `end_line` (from 1, inclusive); `level` is 0 for what stands before the first heading."""

    heading: str
    level: int
    start_line: int
    end_line: int
    bytes: int
    tokens: int


class ParsedFile(Record, kw_only=True):
    """A file's size and sections. Each section's tokens are rounded up, so they may sum to more than the file's."""

    path: str
    total_lines: int
    bytes: int
    tokens: int
    sections: list[Section]
    grouping_level: int


def parse_markdown(path: str, text: str) -> ParsedFile:
    """The sections of `text`; `path` is only copied. Every text can be parsed."""
    normalized = normalized_line_ends(text)
    lines = lines_of(normalized)
    starts = _line_starts(lines, ended=normalized.endswith("\n"))
    headings = list(_headings(lines))
    levels = {level for _, level, _ in headings}
    grouping_level = next((level for level in _GROUPING_LEVELS if level in levels), 0)
    size = utf8_length(normalized)
    return ParsedFile(
        path=path,
        total_lines=len(lines),
        bytes=size,
        tokens=_tokens(size),
        sections=list(_sections(headings, grouping_level, starts)),
        grouping_level=grouping_level,
    )


def normalized_line_ends(text: str) -> str:
    """`text` with CRLF as LF, in one pass: of CR CR LF a CR stays, as every lone CR does."""
    return text.replace("\r\n", "\n")


def lines_of(normalized: str) -> list[str]:
    """The lines of a text whose line ends are normalized: one final line feed ends the last line and starts no other."""
    body = normalized.removesuffix("\n")
    return body.split("\n") if body else []


def _line_starts(lines: Sequence[str], *, ended: bool) -> list[int]:
    """The byte at which each line starts, and that after the last one."""
    starts = list(accumulate((utf8_length(line) + 1 for line in lines), initial=0))
    if lines and not ended:
        starts[-1] -= 1
    return starts


Heading = tuple[int, int, str]
"""Line from 1, level, text."""


def _headings(lines: Sequence[str]) -> Iterator[Heading]:
    fence = ""
    for number, line in enumerate(lines, 1):
        if fence:
            if _closes(trim(line), fence):
                fence = ""
        elif opening := _FENCE.match(trim(line)):
            fence = opening[0]
        elif heading := _heading(line):
            yield number, *heading


def _closes(trimmed: str, fence: str) -> bool:
    return len(trimmed) >= len(fence) and not trimmed.strip(fence[0])


def _heading(line: str) -> tuple[int, str] | None:
    """The level and text of a heading: JavaScript's `^(#{1,6})\\s+(.*\\S)\\s*$`, without its backtracking."""
    hashes = _HASHES.match(line)
    if hashes is None:
        return None
    rest = line[hashes.end() :]
    title = trim(rest)
    if not title or rest[0] not in WHITE_SPACE or _NO_HEADING_ACROSS.search(title):
        return None
    return hashes.end(), f"{hashes[0]} {title}"


def _sections(headings: Sequence[Heading], grouping_level: int, starts: Sequence[int]) -> Iterator[Section]:
    total_lines = len(starts) - 1
    opening = [heading for heading in headings if heading[1] == grouping_level]
    if total_lines and (not opening or opening[0][0] > 1):
        opening.insert(0, (1, 0, PREAMBLE))
    ends = [line - 1 for line, _, _ in opening[1:]] + [total_lines]
    for (line, level, text), end in zip(opening, ends, strict=False):
        size = starts[end] - starts[line - 1]
        yield Section(heading=text, level=level, start_line=line, end_line=end, bytes=size, tokens=_tokens(size))


def _tokens(size: int) -> int:
    return -(-size // BYTES_PER_TOKEN)
