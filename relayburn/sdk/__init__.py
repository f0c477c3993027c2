"""The verbs: what relayburn can be asked, from Python (sdk.md).

    from relayburn import Ledger, summary

    summary(since="7d").total_cost              # US dollars, of the home that the environment names
    Ledger.open("/path/to/home").hotspots()     # the same verbs, of another home

A verb takes a home (or its path) first and the rest by keyword, and returns a record; `to_wire` gives its JSON form. Home
and semantics are arguments, never globals. What fails on purpose is a `RelayburnError`. Nothing is imported before it
is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relayburn.sdk.comparisons import Comparison, compare, compare_from_archive
    from relayburn.sdk.diagnosis import Diagnosis, diagnose
    from relayburn.sdk.fingerprints import fingerprint
    from relayburn.sdk.handle import Ledger
    from relayburn.sdk.hotspot_reports import HotspotFindings, HotspotReport, HotspotRows, hotspots
    from relayburn.sdk.ingesting import ingest, ingest_async, watch, watch_async
    from relayburn.sdk.instruction_files import Overhead, OverheadTrim, overhead, overhead_trim
    from relayburn.sdk.mixtures import Mixture, mixed_semantics
    from relayburn.sdk.session_costs import SessionCost, session_cost
    from relayburn.sdk.spending_over_time import BlockSpending, PeriodSpending, spending_by_block, spending_by_period
    from relayburn.sdk.standings import Standing, standing
    from relayburn.sdk.summaries import Summary, summary

__all__ = [
    "BlockSpending",
    "Comparison",
    "Diagnosis",
    "HotspotFindings",
    "HotspotReport",
    "HotspotRows",
    "Ledger",
    "Mixture",
    "Overhead",
    "OverheadTrim",
    "PeriodSpending",
    "SessionCost",
    "Standing",
    "Summary",
    "compare",
    "compare_from_archive",
    "diagnose",
    "fingerprint",
    "hotspots",
    "ingest",
    "ingest_async",
    "mixed_semantics",
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

_HOMES = {
    "comparisons": ("Comparison", "compare", "compare_from_archive"),
    "diagnosis": ("Diagnosis", "diagnose"),
    "fingerprints": ("fingerprint",),
    "handle": ("Ledger",),
    "hotspot_reports": ("HotspotFindings", "HotspotReport", "HotspotRows", "hotspots"),
    "ingesting": ("ingest", "ingest_async", "watch", "watch_async"),
    "instruction_files": ("Overhead", "OverheadTrim", "overhead", "overhead_trim"),
    "mixtures": ("Mixture", "mixed_semantics"),
    "session_costs": ("SessionCost", "session_cost"),
    "spending_over_time": ("BlockSpending", "PeriodSpending", "spending_by_block", "spending_by_period"),
    "standings": ("Standing", "standing"),
    "summaries": ("Summary", "summary"),
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
