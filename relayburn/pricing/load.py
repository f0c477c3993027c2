"""The price table in force: the one that ships, with the user's own prices on top.

In: the ledger home, or an override file by name, in the form of models.dev. Out: a price table (pricing.md 4).
Nothing is fetched; the shipped file is read when first asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from relayburn.errors import InvalidInput, PriceFileUnreadable
from relayburn.jsjson import loads
from relayburn.pricing.flatten import flatten
from relayburn.pricing.table import PriceTable, table_from_wire
from relayburn.records import UNSET, UnsetType
from relayburn.semantics import Semantics

OVERRIDE_NAME = "models.dev.json"
_SHIPPED = Path(__file__).parent / "data" / "prices.json"


def load_pricing(
    override_path: str | Path | UnsetType | None = UNSET,
    *,
    home: Path,
    semantics: Semantics,
    builtin: PriceTable | UnsetType = UNSET,
    on_unusable: Callable[[str], object] | None = None,
) -> PriceTable:
    """The prices in force: `builtin` (default: those that ship) with the override's entries in place of theirs.

    `home` is the ledger home, where the override lies unless `override_path` names another file. An override that
    cannot be read or used counts as none; under `report_unpriced`, `on_unusable` hears why one that is there is not used.
    """
    base = load_builtin_pricing(semantics=semantics) if builtin is UNSET else builtin
    path = home / OVERRIDE_NAME if override_path is UNSET or override_path is None else Path(override_path)
    if override_path == "":
        return base
    try:
        override = read_catalogue(path, semantics=semantics)
    except PriceFileUnreadable as error:
        is_there = not isinstance(error.cause, FileNotFoundError)
        if is_there and semantics.report_unpriced and on_unusable is not None:
            on_unusable(f"{error}; the prices that ship are used")
        return base
    return {**base, **override}


def read_catalogue(path: Path, *, semantics: Semantics) -> PriceTable:
    """The price table of a catalogue file. Raises `PriceFileUnreadable`."""
    try:
        # A byte order mark stays, and makes it no JSON.
        return flatten(loads(path.read_bytes().decode("utf-8", "replace")), semantics=semantics)
    except (OSError, ValueError, InvalidInput) as error:
        raise PriceFileUnreadable(path, error) from error


def load_builtin_pricing(*, semantics: Semantics) -> PriceTable:
    """The prices that ship: those of the vendors, or under ts-1.10 the reference's own figures where it lists a model."""
    return _shipped_table("models" if semantics.first_party_prices else "reference")


def shipped_prices_origin() -> str:
    """Where the shipped prices come from, and of which date they are."""
    shipped = _shipped()
    return f"{shipped['source']}, {shipped['date']}"


@cache
def _shipped() -> dict[str, Any]:
    return orjson.loads(_SHIPPED.read_bytes())


@cache
def _shipped_table(part: str) -> PriceTable:
    return table_from_wire({model: row["rate"] for row in _shipped()[part] for model in row["ids"]})
