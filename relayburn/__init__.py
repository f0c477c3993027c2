"""relayburn: what coding agents spent, on what and why, read from their session logs.

The verbs of `relayburn.sdk` are here too: `from relayburn import Ledger, summary`; all but `ingest`, whose name is that of a
package (`Ledger.open().ingest()`, `relayburn.sdk.ingest`). Nothing is imported before it is asked for.
"""

from __future__ import annotations

# Spelt out, because `typing` alone takes a good part of the start of `burn --version`.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

    from relayburn.sdk import (
        Ledger,
        compare,
        fingerprint,
        hotspots,
        ingest_async,
        overhead,
        overhead_trim,
        session_cost,
        spending_by_block,
        spending_by_period,
        standing,
        summary,
        watch,
        watch_async,
    )

__version__ = "0.1.0"

__all__ = [
    "Ledger",
    "__version__",
    "compare",
    "fingerprint",
    "hotspots",
    "ingest_async",
    "overhead",
    "overhead_trim",
    "session_cost",
    "spending_by_block",
    "spending_by_period",
    "standing",
    "summary",
    "watch",
    "watch_async",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from relayburn import sdk

    return getattr(sdk, name)
