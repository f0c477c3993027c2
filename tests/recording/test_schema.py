"""The shipped schema holds for what is recorded and refuses what the reader refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from relayburn.errors import InvalidExchange
from relayburn.recording import RecordedExchange, ReplayReader, schema, validate

RECORDINGS = Path(__file__).parents[2] / "recordings"
WHOLE: dict[str, Any] = {"recv_ts_ns": 1, "latency_ns": 0, "protocol": "relayburn.x", "request": {}, "response": None}


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_the_schema_is_one():
    Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_key_is_described():
    assert all(entry["description"] for entry in schema()["properties"].values())


def test_every_recorded_line_holds_to_the_schema():
    paths = sorted(RECORDINGS.glob("**/*.jsonl"))
    assert paths
    for path in paths:
        for exchange in ReplayReader(path):
            validate(exchange)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"latency_ns": None},
        {"response": {"output": None}},
        {"response": {"error": {"name": "E", "message": "m"}, "side": {"stderr": "x"}}},
        {"response": ["anything"], "protocol": "http"},
        {"request": {"input": "anything"}, "protocol": "http"},
        {"meta": {"semantics": "current", "mine": 1}, "seq": 4},
        {"request": {"input": [{"path": "a", "sha256": None}], "config": {"other": 1}, "args": {}}},
    ],
)
def test_an_exchange_that_fits_passes(change: dict[str, Any]):
    validate({**WHOLE, **change})
    validate(RecordedExchange.from_wire({**WHOLE, **change}))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"recv_ts_ns": "1"}, "recv_ts_ns"),
        ({"recv_ts_ns": 1.0}, "recv_ts_ns"),
        ({"latency_ns": -1}, "latency_ns"),
        ({"protocol": ""}, "protocol"),
        ({"request": []}, "request"),
        ({"meta": None}, "meta"),
        ({"meta": {"semantics": "ts-1.11"}}, "meta.semantics"),
        ({"meta": {"about": 1}}, "meta.about"),
        ({"request": {"args": []}}, "request.args"),
        ({"request": {"input": [{"path": "a"}]}}, "request.input[0]"),
        ({"request": {"input": [{"path": "a", "sha256": "ABC"}]}}, "request.input[0].sha256"),
        ({"request": {"config": {"visible_bytes": -1}}}, "request.config.visible_bytes"),
        ({"request": {"config": {"setup": [{"op": "write", "path": "a"}]}}}, "request.config.setup[0]"),
        ({"response": {"output": 1, "error": {}}}, "response"),
        ({"response": {}}, "response"),
    ],
)
def test_an_exchange_that_does_not_fit_is_refused_by_its_place(change: dict[str, Any], place: str):
    with pytest.raises(InvalidExchange) as error:
        validate({**WHOLE, **change})
    assert error.value.key is not None
    assert error.value.key.startswith(place)


@pytest.mark.parametrize(
    "change",
    [
        {key: value}
        for key in ("recv_ts_ns", "latency_ns", "protocol", "request", "response", "meta")
        for value in (None, True, -1, 0, 2**63 - 1, 2**63, 0.5, "", "x", [], {})
    ],
    ids=str,
)
def test_reader_and_schema_agree_on_the_outer_keys(change: dict[str, Any]):
    wire = {**WHOLE, "protocol": "http", **change}

    try:
        RecordedExchange.from_wire(wire)
    except InvalidExchange:
        readable = False
    else:
        readable = True

    assert Draft202012Validator(schema()).is_valid(wire) == readable


@pytest.mark.parametrize("key", ["recv_ts_ns", "latency_ns", "protocol", "request", "response"])
def test_reader_and_schema_agree_on_missing_keys(key: str):
    wire = {name: value for name, value in WHOLE.items() if name != key}

    assert not Draft202012Validator(schema()).is_valid(wire)
    with pytest.raises(InvalidExchange, match=key):
        validate(wire)


def test_a_missing_jsonschema_is_said_plainly():
    code = f"""
import sys
sys.modules["jsonschema"] = None
from relayburn.errors import RelayburnError
from relayburn.recording import validate
try:
    validate({WHOLE!r})
except RelayburnError as error:
    print(error)
"""
    assert run(code) == "this needs the package jsonschema: pip install 'relayburn[dev]'\n"


def test_recording_loads_nothing_that_it_may_not_need():
    loaded = run("import sys, relayburn.recording; print(*sys.modules)").split()

    assert not {"jsonschema", "zstandard", "hypothesis"} & set(loaded)
