"""Finding a model in the price table.

In: a model id as logged. Out: its entry, tried under the id itself, under the id behind a gateway and under
the text after the first slash; nothing where none is listed. Rules: pricing.md 5.
"""

from __future__ import annotations

from relayburn.pricing.routing import resolve_provider
from relayburn.pricing.table import ModelRate, PriceTable


def lookup_model_rate(model: str, table: PriceTable) -> ModelRate | None:
    """The entry of `model`, or None: the model is unpriced. Ids are compared as they stand, case and all."""
    if not isinstance(model, str):
        return None
    direct = table.get(model)
    if direct is not None:
        return direct
    routed = resolve_provider(model).normalized_model
    if routed != model and (found := table.get(routed)) is not None:
        return found
    _, slash, rest = model.partition("/")
    return table.get(rest) if slash else None
