"""An exchange and its line say the same."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relayburn.errors import InvalidExchange
from relayburn.jsjson import loads
from relayburn.recording import RecordedExchange

RECORDINGS = sorted(Path(__file__).parents[2].glob("recordings/*/*.jsonl"))
WHOLE = {"recv_ts_ns": 1, "latency_ns": None, "protocol": "p", "request": {}, "response": None}


def line_of(request: Any) -> bytes:
    return RecordedExchange(1, 2, "p", {"value": request}, {"output": request}).to_line()


def read_back(value: Any) -> Any:
    exchange = RecordedExchange.from_line(line_of(value))
    assert exchange.request == {"value": exchange.response["output"]}
    return exchange.request["value"]


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [{"deeper": value}]
    return value


def test_a_line_is_compact_json_in_the_order_of_the_documentation():
    exchange = RecordedExchange(1, 2, "p", {"args": {"é": 1.5}}, {"output": None}, {"about": "x"}, {"seq": 7})

    assert exchange.to_line().decode() == (
        '{"recv_ts_ns":1,"latency_ns":2,"protocol":"p","request":{"args":{"é":1.5}},'
        '"response":{"output":null},"meta":{"about":"x"},"seq":7}'
    )


def test_an_exchange_without_response_keeps_its_null():
    exchange = RecordedExchange(1, None, "p", {})

    assert b'"response":null' in exchange.to_line()
    assert RecordedExchange.from_line(exchange.to_line()) == exchange


def test_a_missing_meta_stays_missing():
    assert RecordedExchange.from_wire(WHOLE).to_wire() == WHOLE


def test_unknown_keys_survive():
    wire = {"seq": 3, **WHOLE, "line": "not ours", "trace": {"null": None}}

    exchange = RecordedExchange.from_wire(wire)

    assert exchange.extra == {"seq": 3, "line": "not ours", "trace": {"null": None}}
    assert exchange.to_wire() == wire


def test_where_an_exchange_was_read_is_no_part_of_its_value():
    line = RecordedExchange.from_wire(WHOLE).to_line()

    assert RecordedExchange.from_line(line, line=3, byte=99) == RecordedExchange.from_line(line)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("\ud83d alone \udc00", id="lone surrogates"),
        pytest.param({"\udfff": "a key"}, id="a lone surrogate as key"),
        pytest.param("😀 é \u2028 \x00 \x7f \n \r", id="text beyond ASCII and control characters"),
        pytest.param(2**63, id="an integer of 64 bits"),
        pytest.param(-(2**63), id="a negative integer of 64 bits"),
        pytest.param(9007199254740993, id="an integer that no double holds"),
        pytest.param(2**70, id="an integer of 71 bits"),
        pytest.param([math.inf, -math.inf, None], id="numbers that overflow, beside null"),
        pytest.param([5e-324, 1.7976931348623157e308, 0.1, 1e22], id="doubles"),
        pytest.param(nested(100), id="200 levels"),
        pytest.param(nested(200), id="400 levels"),
        pytest.param([{}, [], "", {"": {}}], id="empty things"),
    ],
)
def test_a_hard_value_survives_and_stays_one_line(value: Any):
    assert read_back(value) == value
    assert b"\n" not in line_of(value)


def test_a_hard_value_survives_beside_one_that_orjson_refuses():
    value = ["\udc00", math.inf, {"10": nested(5), "9": [True, False, None, 0.5, -3, "é"]}, ()]

    assert read_back(value) == [*value[:-1], []]


def test_an_overflowing_number_is_spelled_as_one():
    exchange = RecordedExchange.from_line(
        b'{"recv_ts_ns":1,"latency_ns":null,"protocol":"p","request":{"n":[1e400,-1E999]},"response":null}'
    )

    assert b'"n":[1e400,-1e400]' in exchange.to_line()
    assert b'"n":[1e400,-1e400]' in RecordedExchange(1, None, "p", {"n": [10**5000, -(10**5000)]}).to_line()


def test_a_long_integer_keeps_its_digits_on_the_line():
    assert b"123456789012345678901234567890" in line_of(123456789012345678901234567890)


def test_the_sign_and_the_point_of_a_zero_survive():
    assert math.copysign(1, read_back(-0.0)) == -1
    assert type(read_back(1.0)) is float


@pytest.mark.parametrize("value", [math.nan, {1: "a key"}, {"s": {1, 2}}, object(), b"bytes", [*nested(300), math.nan]])
def test_what_json_cannot_say_is_refused(value: Any):
    with pytest.raises(InvalidExchange):
        line_of(value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("recv_ts_ns", "1"),
        ("recv_ts_ns", True),
        ("recv_ts_ns", 1.0),
        ("recv_ts_ns", None),
        ("recv_ts_ns", 2**63),
        ("latency_ns", -1),
        ("latency_ns", False),
        ("latency_ns", 0.5),
        ("protocol", ""),
        ("protocol", None),
        ("request", None),
        ("request", []),
        ("meta", None),
        ("meta", "x"),
    ],
)
def test_a_wrong_value_is_refused_by_its_key_on_both_ways(key: str, value: object):
    with pytest.raises(InvalidExchange, match=f"^{key}: must be ") as reading:
        RecordedExchange.from_wire({**WHOLE, key: value})

    assert reading.value.key == key
    if (key, value) != ("meta", None):
        with pytest.raises(InvalidExchange, match=f"^{key}: must be "):
            dataclasses.replace(RecordedExchange.from_wire(WHOLE), **{key: value}).to_line()


@pytest.mark.parametrize("key", WHOLE)
def test_a_missing_key_is_named(key: str):
    with pytest.raises(InvalidExchange, match=f"^{key}: this key is missing$"):
        RecordedExchange.from_wire({k: v for k, v in WHOLE.items() if k != key})


@pytest.mark.parametrize("wire", [None, [], "text", 1])
def test_a_line_that_is_no_object_is_refused(wire: object):
    with pytest.raises(InvalidExchange, match="must be an object"):
        RecordedExchange.from_wire(wire)


@pytest.mark.parametrize("key", [*WHOLE, "meta"])
def test_a_known_key_cannot_hide_in_extra(key: str):
    with pytest.raises(InvalidExchange, match=key):
        RecordedExchange(1, None, "p", {}, extra={key: {}}).to_line()


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_recorded_line_written_back_has_an_equal_value(path: Path):
    for line in path.read_bytes().split(b"\n")[:-1]:
        written = RecordedExchange.from_line(line).to_line()
        assert loads(written) == loads(line)
        assert RecordedExchange.from_line(written).to_line() == written


# Integers beyond 64 bits are read as the double they name, so they are left to the examples above.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.floats(allow_nan=False) | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
    max_leaves=20,
)
OBJECTS = st.dictionaries(st.text(st.characters()), JSON)
EXCHANGES = st.builds(
    RecordedExchange,
    recv_ts_ns=st.integers(-(2**62), 2**62),
    latency_ns=st.none() | st.integers(0, 2**62),
    protocol=st.text(st.characters(), min_size=1),
    request=OBJECTS,
    response=JSON,
    meta=st.none() | OBJECTS,
    extra=OBJECTS.map(lambda extra: {key: value for key, value in extra.items() if key not in (*WHOLE, "meta")}),
    line=st.none(),
    byte=st.none(),
)


@pytest.mark.properties
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EXCHANGES)
def test_any_exchange_survives_its_line(exchange: RecordedExchange):
    line = exchange.to_line()

    assert RecordedExchange.from_line(line) == exchange
    assert b"\n" not in line
    assert line.decode()
