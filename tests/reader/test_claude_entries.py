"""The two roads by which a line of a Claude log becomes an entry must lead to the same place."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.reader.claude import entries
from relayburn.reader.claude.entries import Block, Entry, Message, decode, decode_untyped
from tests.reader.claude_lines import JSON_VALUES, assistant, user

LINE_KEYS = [*Entry.__struct_encode_fields__, "unknown"]
MESSAGE_KEYS = [*Message.__struct_encode_fields__, "unknown"]
BLOCK_KEYS = [*Block.__struct_encode_fields__, "unknown"]


def by_the_untyped_road(line: bytes) -> Entry | None:
    value = decode_untyped(line)
    return None if value is None else entries._entry(value)


def odd(keys: list[str], values: st.SearchStrategy[Any] = JSON_VALUES) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(keys), values, max_size=6)


_BLOCKS = st.lists(odd(BLOCK_KEYS) | JSON_VALUES, max_size=3)
_USAGE = st.dictionaries(
    st.sampled_from(["input_tokens", "output_tokens", "cache_creation", "cache_read_input_tokens"]),
    JSON_VALUES | st.dictionaries(st.just("ephemeral_1h_input_tokens"), JSON_VALUES),
)
_MESSAGES = st.builds(
    lambda odd_keys, content, usage: {**odd_keys, "content": content, "usage": usage},
    odd(MESSAGE_KEYS),
    _BLOCKS | JSON_VALUES,
    _USAGE | JSON_VALUES,
)
ODD_LINES = st.builds(
    lambda odd_keys, message: {**odd_keys, "message": message}, odd(LINE_KEYS), _MESSAGES | JSON_VALUES
)


@pytest.mark.properties
@given(ODD_LINES)
def test_both_roads_give_the_same_entry(value: dict[str, Any]) -> None:
    line = json.dumps(value).encode()

    assert decode(line) == by_the_untyped_road(line)


@pytest.mark.properties
@given(ODD_LINES, st.data())
def test_both_roads_refuse_the_same_lines(value: dict[str, Any], data: st.DataObject) -> None:
    line = bytearray(json.dumps(value).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        line[data.draw(st.integers(0, len(line) - 1))] = data.draw(st.integers(0, 255))
    broken = bytes(line).replace(b"\n", b" ")

    assert decode(broken) == by_the_untyped_road(broken)


@pytest.mark.properties
@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_an_entry_or_nothing(line: bytes) -> None:
    assert decode(line) == by_the_untyped_road(line)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"  ",
        b"\xef\xbb\xbf",
        b"[]",
        b"7",
        b"null",
        b'"text"',
        b"{",
        b'{"type":"user"} x',
        b'{"type":NaN}',
        b"{'type':1}",
        b'{"a":"\x01"}',
    ],
)
def test_what_is_no_json_object_has_no_effect(line: bytes) -> None:
    assert decode(line) is None


def test_a_byte_order_mark_is_trimmed_away() -> None:
    line = b"\xef\xbb\xbf" + json.dumps(user("hello")).encode()

    assert decode(line) == decode(line[3:])


def test_a_lone_surrogate_is_kept() -> None:
    entry = decode(b'{"type":"user","message":{"content":"a\\ud800b"}}')

    assert entry is not None
    assert entry.message == Message(content="a\ud800b")


def test_bytes_that_are_not_utf8_become_replacement_characters() -> None:
    entry = decode(b'{"type":"user","message":{"content":"a\xff\xc3b"}}')

    assert entry is not None
    assert entry.message == Message(content="a\ufffd\ufffdb")


def test_a_null_usage_is_told_from_a_missing_one() -> None:
    without = decode(json.dumps(assistant(usage=...)).encode())
    null = decode(json.dumps(assistant(usage=None)).encode())

    assert without is not None and without.message is not None
    assert null is not None and null.message is not None
    assert without.message.usage is msgspec.UNSET
    assert null.message.usage is None


@pytest.mark.parametrize("depth", [200, 900, 5000, 100_000])
def test_deep_nesting_is_read_or_malformed_but_never_a_crash(depth: int) -> None:
    nested = b"[" * depth + b"]" * depth

    for line in (
        b'{"type":"user","toolUseResult":' + nested + b"}",
        b'{"type":"user","message":{"content":[{"type":"tool_result","content":' + nested + b"}]}}",
    ):
        entry = decode(line)

        assert entry is None or entry.type == "user"
        if depth <= 200:
            assert entry is not None
