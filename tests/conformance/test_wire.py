"""The lines between the harness and a subject."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.entries import DeclaredEntry, PendingEntry
from conformance.stages.registry import Request
from conformance.subject import Admitted, Answered, Broken, Failed
from conformance.wire import (
    Garbage,
    Handshake,
    answer_line,
    handshake_line,
    read_answer,
    read_handshake,
    read_request,
    read_start,
    request_line,
    start_line,
)
from relayburn.semantics import CURRENT

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=10,
)


def test_a_start_names_the_working_copy() -> None:
    assert read_start(start_line(Path("/tmp/copy"))) == Path("/tmp/copy")


def test_a_handshake_survives_the_wire() -> None:
    declared = DeclaredEntry("relayburn.a", "case", 1, "$.x", 1, None, "so")
    pending = PendingEntry("relayburn.b.*", "soon")
    handshake = Handshake("burn-rs", "0.3", ("relayburn.a", "relayburn.b.*"), Admitted((declared,), (pending,)))

    assert read_handshake(handshake_line(handshake)) == handshake
    assert handshake.offers("relayburn.b.c")
    assert not handshake.offers("relayburn.b")


@pytest.mark.properties
@given(JSON)
def test_a_request_survives_the_wire(value: Any) -> None:
    request = Request("relayburn.tiny", {"a": value}, {"b": [value]}, ("fixtures/x",), Path("/tmp/copy"), CURRENT)

    line = request_line(7, request)

    assert b"\n" not in line
    number, read = read_request(line)
    assert (number, repr(read)) == (7, repr(request))


@pytest.mark.parametrize(
    "answer",
    [
        Answered(None),
        Answered({"a": ["\ud800", 1e400, 0.1, True]}),
        Answered(1, {"onLog": ["x"]}),
        Failed("InvalidInput", "no"),
        Failed("TypeError", "documented as one", {"stderr": "x"}),
    ],
)
def test_an_answer_survives_the_wire(answer: Any) -> None:
    assert read_answer(answer_line(3, answer), 3) == answer


def test_an_accident_stays_one() -> None:
    assert read_answer(answer_line(3, Broken("crash", "KeyError: 'a'")), 3) == Broken("crash", "crash: KeyError: 'a'")


def test_an_answer_that_is_no_json_is_sent_as_it_can_be() -> None:
    answer = read_answer(answer_line(3, Answered({"nan": math.nan, "object": Path("x"), (1, 2): 3})), 3)

    assert isinstance(answer, Answered)
    assert math.isnan(answer.output["nan"])
    assert answer.output["object"] == repr(Path("x"))


@pytest.mark.parametrize("line", [b"", b"x", b"[]", b"{}", b'{"start": 2}', b"[" * 100_000])
def test_what_is_no_handshake_is_refused(line: bytes) -> None:
    with pytest.raises(Garbage):
        read_handshake(line)


@pytest.mark.parametrize("field", ["request", "protocol", "semantics", "root", "id"])
def test_a_request_lacks_nothing(field: str) -> None:
    request = Request("relayburn.tiny", {}, {}, (), Path("/tmp/copy"), CURRENT)
    message = json.loads(request_line(1, request))
    del message[field]

    with pytest.raises(Garbage):
        read_request(json.dumps(message).encode())
