"""The calls: a whole log, or what is new in it.

In: the path of one Claude Code log. Out: a `ClaudeSession`, or a `ClaudeIncrement` that also says where the next call goes
on (reader-claude.md 2 and 10). Under `last_record_wins` any split of a log gives what the whole gives: records that an
earlier call gave and that have changed since are given again.
"""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import TypeVar

from relayburn.errors import LogUnreadable
from relayburn.reader.claude.content import records_at
from relayburn.reader.claude.links import SessionLinks
from relayburn.reader.claude.options import ClaudeIncrement, ClaudeOptions, ClaudeSession
from relayburn.reader.claude.reading import Reading, non_empty_id, subagent_rows, with_tokens_before
from relayburn.reader.claude.results import stamp_spawned
from relayburn.reader.lines import complete_lines, pass_over, read_bytes, whole_file_lines
from relayburn.reader.user_turn import token_counter
from relayburn.records import UNSET, Record, relationship_key
from relayburn.semantics import CURRENT, Semantics

R = TypeVar("R", bound=Record)


def parse_claude_session(
    path: str | Path, options: ClaudeOptions | None = None, *, semantics: Semantics = CURRENT
) -> ClaudeSession:
    """Read a whole log. Raises `LogUnreadable`, `UnsupportedTokenizer`, `SpecialToken` or `InvalidProject`."""
    options = options or ClaudeOptions()
    reading = Reading(options, semantics, token_counter(options.tokenizer, semantics=semantics))
    for number, line in enumerate(whole_file_lines(read_bytes(path))):
        reading.feed(line, number)
    return _whole(reading)


def parse_claude_session_incremental(
    path: str | Path, options: ClaudeOptions | None = None, *, semantics: Semantics = CURRENT
) -> ClaudeIncrement:
    """Read the complete lines from `options.start_offset` on. Raises what the full parse raises."""
    options = options or ClaudeOptions()
    if options.start_offset >= _size(path):
        return _nothing_new(options)
    if semantics.last_record_wins:
        return _changed_records(path, options, semantics)
    return _finished_records(path, options, semantics)


def _size(path: str | Path) -> int:
    try:
        return Path(path).stat().st_size
    except OSError as cause:
        raise LogUnreadable(path, cause) from cause


def _nothing_new(options: ClaudeOptions) -> ClaudeIncrement:
    return ClaudeIncrement(
        turns=[],
        content=[],
        events=[],
        relationships=[],
        tool_result_events=[],
        user_turns=[],
        evidence=SessionLinks(options.session_id_of_file).evidence(),
        end_offset=options.start_offset,
        last_user_text=options.last_user_text,
    )


def _whole(reading: Reading) -> ClaudeSession:
    turns = reading.turns()
    rows = [row for _, row in reading.links.rows]
    return ClaudeSession(
        turns=turns,
        content=[record for _, place in reading.content.places for record in records_at(place)],
        events=with_tokens_before([event for _, event in reading.compactions], turns),
        relationships=reading.links.relationships([*rows, *subagent_rows(turns)], None),
        tool_result_events=stamp_spawned([event for _, event in reading.results.events], turns),
        user_turns=[turn for _, turn in reading.user_turns.records],
        evidence=reading.links.evidence(),
    )


def _finished_records(path: str | Path, options: ClaudeOptions, semantics: Semantics) -> ClaudeIncrement:
    """The reference's rule: what starts before the first unfinished message, and every finished turn."""
    data = read_bytes(path)
    start = options.start_offset
    counter = token_counter(options.tokenizer, semantics=semantics)
    reading = Reading(options, semantics, counter, user_text=options.last_user_text, links=non_empty_id)
    for _, line in complete_lines(data[:start]):
        reading.scan(line)
    cursor = start
    for offset, line in complete_lines(data[start:]):
        reading.feed(line, start + offset)
        cursor = start + offset + len(line) + 1
    messages = list(enumerate(reading.messages.values()))
    finished = [(index, message) for index, message in messages if message.stop_reason is not None]
    end = min((message.offset for _, message in messages if message.stop_reason is None and message.id), default=cursor)

    turns = reading.turns_of(finished)
    rows = [row for offset, row in reading.links.rows if offset < end]
    return ClaudeIncrement(
        turns=turns,
        content=[
            record
            for offset, place in reading.content.places
            if offset < end and (isinstance(place, list) or place.stop_reason is not None)
            for record in records_at(place)
        ],
        events=with_tokens_before([event for offset, event in reading.compactions if offset < end], turns),
        relationships=reading.links.relationships([*rows, *subagent_rows(turns)], end),
        tool_result_events=stamp_spawned([event for offset, event in reading.results.events if offset < end], turns),
        user_turns=[turn for offset, turn in reading.user_turns.records if offset < end],
        evidence=reading.links.evidence(),
        end_offset=end,
        last_user_text=reading.user_text,
    )


def _changed_records(path: str | Path, options: ClaudeOptions, semantics: Semantics) -> ClaudeIncrement:
    """The records of the whole that the part before `start_offset` did not give, or gave otherwise."""
    data = read_bytes(path)
    boundary = data.rfind(b"\n", 0, options.start_offset) + 1
    cursor = max(data.rfind(b"\n") + 1, options.start_offset)
    reading = Reading(options, semantics, _unmeasured)
    reading.on_bad_line = pass_over
    for line in whole_file_lines(data[:boundary]):
        reading.feed(line, 0)
    reading.on_bad_line = options.on_bad_line
    reading.user_turns.measure_from_here(token_counter(options.tokenizer, semantics=semantics))
    before = _whole(reading)
    unanswered = reading.user_turns.pending
    told = {id(place): len(records_at(place)) for _, place in reading.content.places}
    for line in whole_file_lines(data[boundary:cursor]):
        reading.feed(line, 0)
    after = _whole(reading)
    known_rows = {relationship_key(row): row for row in before.relationships}
    return ClaudeIncrement(
        turns=_changed(before.turns, after.turns),
        content=[
            record for _, place in reading.content.places for record in records_at(place)[told.get(id(place), 0) :]
        ],
        events=_changed(before.events, after.events),
        relationships=[row for row in after.relationships if known_rows.get(relationship_key(row)) != row],
        tool_result_events=_changed(before.tool_result_events, after.tool_result_events),
        user_turns=[
            turn
            for index, turn in enumerate(after.user_turns)
            if index >= len(before.user_turns) or (turn is unanswered and turn.following_message_id is not UNSET)
        ],
        evidence=after.evidence,
        end_offset=cursor,
        last_user_text=reading.user_text,
    )


def _changed(before: list[R], after: list[R]) -> list[R]:
    """The records that are new in `after`, or differ from the one at the same place in `before`."""
    return [record for known, record in zip_longest(before, after) if known != record]


def _unmeasured(text: str, byte_len: int) -> int:
    """A `TokenCounter` for what an earlier call has counted."""
    return 0
