"""Whether a home was read by one set of rules (docs/semantics.md).

In: a home. Out: how many of its turns were read by other rules than those that it is asked by; `burn state reingest`
reads them again.
"""

from __future__ import annotations

from relayburn.ledger.archive.mixture import Mixture, mixture
from relayburn.sdk.places import HomeLike, home_of
from relayburn.semantics import CURRENT, Semantics


def mixed_semantics(home: HomeLike = None, *, semantics: Semantics = CURRENT) -> Mixture:
    """How many turns of the ledger were written under other semantics. Raises what reading the home raises."""
    return mixture(home_of(home), semantics=semantics)
