"""Ids of any JSON type, as texts to group by.

Logs give model and session ids; the readers copy some of them unchecked, so that a record may hold a number, null
or a whole object in their place (records.md 1). Grouping and looking up need texts.
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from relayburn.jsjson import compact


def id_text(value: Any) -> str:
    """`value` where it is a text, its JSON text where it is something else; what is missing or null is empty."""
    if isinstance(value, str):
        return value
    return "" if value is UNSET or value is None else compact(value)
