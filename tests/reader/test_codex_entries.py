"""The two roads by which a line of a rollout becomes a `Line` must lead to the same place."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.jsjson import as_doubles
from relayburn.reader.codex import entries
from relayburn.reader.codex.entries import Block, Info, Line, Payload, TokenUsage, decode
from tests.reader.codex_lines import JSON_VALUES

LINE_KEYS = [*Line.__struct_encode_fields__, "unknown"]
PAYLOAD_KEYS = [*Payload.__struct_encode_fields__, "unknown"]
USAGE_KEYS = [*TokenUsage.__struct_encode_fields__, "unknown"]


def seen(line: Line | None) -> Any:
    """What of a line the reader uses: all of it as doubles, but of `changes` only the keys."""
    if line is None or line.payload is None:
        return None
    payload = line.payload
    fields = {name: getattr(payload, name) for name in payload.__struct_fields__}
    if payload.changes is not None:
        fields["changes"] = list(payload.changes)
    if isinstance(payload.summary, str):
        fields["summary"] = None
    if payload.info is not None and payload.info.total_token_usage is None:
        fields["info"] = None
    return as_doubles(msgspec.to_builtins([line.type, line.timestamp, fields]))


def by_the_untyped_road(line: bytes) -> Line | None:
    value = entries._untyped(line)
    return None if value is None else entries._line(value)


def odd(keys: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(keys), JSON_VALUES, max_size=6)


_BLOCKS = st.lists(odd(["text", "type"]) | JSON_VALUES, max_size=3)
_INFO = st.fixed_dictionaries({"total_token_usage": odd(USAGE_KEYS) | JSON_VALUES})
_PAYLOADS = st.builds(
    lambda odd_keys, nested: {**odd_keys, **nested},
    odd(PAYLOAD_KEYS),
    st.fixed_dictionaries(
        {}, optional={"content": _BLOCKS, "summary": _BLOCKS, "info": _INFO, "changes": odd(["b", "1", "a", "0"])}
    ),
)
ODD_LINES = st.builds(
    lambda odd_keys, payload: {**odd_keys, "payload": payload}, odd(LINE_KEYS), _PAYLOADS | JSON_VALUES
)


@pytest.mark.properties
@given(ODD_LINES)
def test_both_roads_give_the_same_line(value: dict[str, Any]) -> None:
    line = json.dumps(value).encode()

    assert seen(decode(line)) == seen(by_the_untyped_road(line))


@pytest.mark.properties
@given(ODD_LINES, st.data())
def test_both_roads_refuse_the_same_lines(value: dict[str, Any], data: st.DataObject) -> None:
    line = bytearray(json.dumps(value).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        line[data.draw(st.integers(0, len(line) - 1))] = data.draw(st.integers(0, 255))
    broken = bytes(line).replace(b"\n", b" ")

    assert seen(decode(broken)) == seen(by_the_untyped_road(broken))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b" \r",
        b"\xef\xbb\xbf",
        b"[]",
        b"7",
        b"null",
        b"{",
        b"{}",
        b'{"payload":null}',
        b'{"payload":"text"}',
        b'{"payload":{}} x',
        b'{"payload":{"type":NaN}}',
        b'{"payload":{"type":"\x01"}}',
    ],
)
def test_a_line_without_a_payload_object_has_no_effect(line: bytes) -> None:
    assert seen(decode(line)) is None


def test_an_array_is_a_payload_without_members() -> None:
    line = decode(b'{"type":"compacted","payload":[1]}')

    assert line == Line("compacted", None, Payload())


def test_a_field_of_the_wrong_type_counts_as_missing_and_the_others_hold() -> None:
    line = decode(
        b'{"type":"response_item","payload":{"type":"message","role":7,"content":[5,{"text":"a"},{"text":1}]}}'
    )

    assert line is not None
    assert line.payload == Payload(type="message", content=[Block("a"), Block()])


@pytest.mark.parametrize("usage", ["0", "false", '""', "null"])
def test_a_falsy_usage_is_none(usage: str) -> None:
    assert seen(decode(_token_count(usage))) == seen(Line("event_msg", None, Payload(type="token_count")))


@pytest.mark.parametrize("usage", ["1", "true", '"x"', "[]", "{}"])
def test_any_truthy_usage_counts(usage: str) -> None:
    line = decode(_token_count(usage))

    assert line is not None and line.payload is not None
    assert line.payload.info == Info(TokenUsage())


def _token_count(usage: str) -> bytes:
    return b'{"type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":%b}}}' % usage.encode()


def test_lone_surrogates_and_broken_bytes_are_kept_readable() -> None:
    line = decode(b'{"payload":{"output":"a\\ud800b","name":"\xff\xc3x"}}')

    assert line is not None
    assert line.payload == Payload(output="a\ud800b", name="\ufffd\ufffdx")


@pytest.mark.parametrize("depth", [200, 900, 5000, 100_000])
def test_deep_nesting_is_read_or_malformed_but_never_a_crash(depth: int) -> None:
    nested = b"[" * depth + b"]" * depth

    for field in (b"unknown", b"output", b"info"):
        line = decode(b'{"type":"response_item","payload":{"%b":%b}}' % (field, nested))

        assert line is None or line.type == "response_item"
        if depth <= 200:
            assert line is not None
