"""The JSON Schema of a recording's line, which ships with the package, and checking against it.

In: an exchange or a line's JSON object. Out: nothing, or an `InvalidExchange` that names the place.
The reader checks the outer keys by itself; the schema also knows the form of `relayburn.*` requests and answers.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from relayburn.errors import InvalidExchange, MissingPackage
from relayburn.recording.exchange import RecordedExchange


def schema() -> dict[str, Any]:
    """The schema (JSON Schema 2020-12) of one line, a fresh copy."""
    return json.loads(resources.files("relayburn.recording").joinpath("schema.json").read_text("utf-8"))


def validate(exchange: RecordedExchange | dict[str, Any]) -> None:
    """Check an exchange, or a line's JSON object, against the schema.

    Raises `InvalidExchange` for what the reader would refuse and for what fits the schema least, and
    `MissingPackage` where `jsonschema` is not installed.
    """
    validator = _validator()
    if not isinstance(exchange, RecordedExchange):
        exchange = RecordedExchange.from_wire(exchange)
    value = exchange.to_wire()
    if validator.is_valid(value):
        return
    from jsonschema.exceptions import best_match

    error = best_match(validator.iter_errors(value))
    raise InvalidExchange(error.json_path.removeprefix("$").removeprefix(".") or None, error.message)


@cache
def _validator() -> Any:
    try:
        from jsonschema import Draft202012Validator
    except ModuleNotFoundError:
        raise MissingPackage("jsonschema", "dev") from None
    return Draft202012Validator(schema())
