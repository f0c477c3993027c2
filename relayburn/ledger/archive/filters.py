"""A query of the ledger as SQL over the archive's turns, and what only Python can decide: stamps.

In: a `LedgerQuery`. Out: a condition with its parameters, and whether a turn has the enrichment that is asked for
(archive.md 6, compare.md 2).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relayburn.ledger.archive.schema_v3 import PROMOTED
from relayburn.ledger.query import LedgerQuery
from relayburn.semantics import Semantics

_PATH_SIGNS = (".", "[")


def condition(query: LedgerQuery) -> tuple[str, list[Any]]:
    """Which rows of turns are asked for, stamps aside; times and ids are compared byte by byte."""
    given: list[tuple[str, list[Any]]] = [
        ("ts >= ?", [query.since]),
        ("ts <= ?", [query.until]),
        ("(project = ? OR project_key = ?)", [query.project, query.project]),
        ("session_id = ?", [query.session_id]),
        ("source = ?", [query.source]),
    ]
    used = [(sql, values) for sql, values in given if values[0]]
    return " AND ".join(sql for sql, _ in used) or "true", [value for _, values in used for value in values]


def is_enriched(
    asked: Mapping[str, Any] | None, enrichment: Mapping[str, Any], *, semantics: Semantics, absent: str | None = None
) -> bool:
    """Whether `enrichment` has every value that is `asked` for. What it lacks counts as `absent`.

    Under ts-1.10 a key with a dot or a bracket is a path into the map, which is flat, so that nothing is found there.
    """
    return all(_value(key, enrichment, semantics, absent) == value for key, value in (asked or {}).items())


def _value(key: str, enrichment: Mapping[str, Any], semantics: Semantics, absent: str | None) -> Any:
    if key in PROMOTED.values():
        return enrichment.get(key)
    if not semantics.whole_archive and any(sign in key for sign in _PATH_SIGNS):
        return absent
    return enrichment.get(key, absent)
