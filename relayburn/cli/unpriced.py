"""What reports say of turns that no price is known for.

In: their counts, by model where it is known. Out: keys of JSON, a warning on stderr, or the text of a note.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import UnsetType

from relayburn.cli.formats import counted, plural
from relayburn.cli.shell import Shell
from relayburn.pricing.unpriced import UnpricedModel, UnpricedUsage
from relayburn.records import to_wire


def unpriced_wire(shell: Shell, unpriced: UnpricedUsage) -> dict[str, Any]:
    """`unpricedTurns` and, where there are any, `unpricedModels`; nothing where rules do not tell of them."""
    if not shell.semantics.report_unpriced:
        return {}
    models = {"unpricedModels": to_wire(unpriced.models)} if unpriced.models else {}
    return {"unpricedTurns": unpriced.turns, **models}


def unpriced_note(turns: int) -> str:
    """What is said of `turns` whose models `burn doctor` names."""
    verb = "counts" if turns == 1 else "count"
    return f"{counted(turns, 'turn')} had no price and {verb} as $0.00; see `burn doctor`"


def warn_of_unpriced(shell: Shell, models: Sequence[UnpricedModel] | UnsetType) -> None:
    """Name the models without a price, on stderr, where there are any and rules tell of them."""
    if not models:
        return
    turns, names = sum(model.turns for model in models), ", ".join(model.model or "unknown" for model in models)
    shell.tell(
        f"warning: {counted(turns, 'turn')} had no pricing for model{plural(len(models))}: "
        f"{names} — their cost is reported as $0.\n"
        f"  add their prices to {shell.home.price_override}; `burn prices` lists the models that have one"
    )
