"""What a line of a client is."""

from __future__ import annotations

import pytest

from relayburn.mcp.framing import Incoming, Notification, Refusal, Request, as_reference, as_text, strictly


@pytest.mark.parametrize(
    ("line", "is_what"),
    [
        ('{"id":1,"method":"ping","params":{"a":1,"_meta":{"progressToken":1}}}', Request(1, "ping", {"a": 1})),
        ('{"id":null,"method":"ping","params":[1]}\r', Request(None, "ping", None)),
        ('{"id":9}', Refusal(9, -32601, "method not found: undefined")),
        ('{"id":9,"method":null}', Refusal(9, -32601, "method not found: null")),
        ('{"id":9,"method":["ping"]}', Refusal(9, -32601, "method not found: ping")),
        ('{"method":"ping"}', None),
        ("[]", None),
        ("\ufeff \t", None),
        ("null", Refusal(None, -32600, "invalid request")),
    ],
)
def test_the_reference_takes_any_object_with_an_id_for_a_request(line: str, is_what: Incoming) -> None:
    assert as_reference(line) == is_what


@pytest.mark.parametrize(
    ("line", "is_what"),
    [
        ('{"id":1,"method":"ping","params":{"_meta":{}}}', Request(1, "ping", {"_meta": {}})),
        ('{"id":[],"method":5}', Refusal([], -32600, "invalid request", "bad request shape: no method")),
        ('{"method":"notifications/initialized"}', Notification("notifications/initialized", None)),
        ("{}", None),
        ("[]", Refusal(None, -32600, "invalid request", "bad request shape: no object")),
    ],
)
def test_strictly_a_request_is_an_object_with_an_id_and_a_method(line: str, is_what: Incoming) -> None:
    assert strictly(line) == is_what


@pytest.mark.parametrize("read", [as_reference, strictly])
def test_what_is_no_json_is_refused_and_told_of(read) -> None:
    found = read('{"a":}')

    assert isinstance(found, Refusal)
    assert (found.id, found.code, found.message) == (None, -32700, "parse error")
    assert found.log is not None
    assert found.log.startswith("parse error: ")


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (1.5e-7, "1.5e-7"), ({}, "[object Object]"), ([1, [None, "a"], {}], "1,,a,[object Object]")],
)
def test_values_become_texts_as_in_javascript(value: object, text: str) -> None:
    assert as_text(value) == text
