"""The verbs of one home.

In: a home and the semantics to read it by, named once. Out: every verb of the SDK as a method.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from typing import Unpack

from relayburn.ingest.report import IngestReport
from relayburn.ledger.home import Home
from relayburn.sdk.comparisons import Comparison, compare
from relayburn.sdk.fingerprints import fingerprint
from relayburn.sdk.hotspot_reports import HotspotFindings, HotspotReport, HotspotRows, hotspots
from relayburn.sdk.ingesting import ingest, ingest_async, watch, watch_async
from relayburn.sdk.instruction_files import Overhead, OverheadTrim, overhead, overhead_trim
from relayburn.sdk.options import (
    CompareOptions,
    FingerprintOptions,
    HotspotsOptions,
    IngestAsyncOptions,
    IngestOptions,
    OverheadOptions,
    OverheadTrimOptions,
    PeriodOptions,
    SessionCostOptions,
    StandingOptions,
    SummaryOptions,
    TurnOptions,
    WatchOptions,
)
from relayburn.sdk.places import HomeLike, home_of
from relayburn.sdk.session_costs import SessionCost, session_cost
from relayburn.sdk.spending_over_time import BlockSpending, PeriodSpending, spending_by_block, spending_by_period
from relayburn.sdk.standings import Standing, standing
from relayburn.sdk.summaries import Summary, summary
from relayburn.semantics import CURRENT, Semantics


class Ledger:
    """One home, read by one semantics. Opening it touches nothing and checks nothing."""

    def __init__(self, home: Home, semantics: Semantics = CURRENT) -> None:
        self.home = home
        self.semantics = semantics

    @classmethod
    def open(cls, home: HomeLike = None, *, semantics: Semantics = CURRENT) -> Ledger:
        """The ledger of `home`, by default of the home that the environment names."""
        return cls(home_of(home), semantics)

    def ingest(self, **options: Unpack[IngestOptions]) -> IngestReport:
        """Append what is new in the session logs."""
        return ingest(self.home, semantics=self.semantics, **options)

    async def ingest_async(self, **options: Unpack[IngestAsyncOptions]) -> IngestReport:
        """Append what is new in the session logs, while others work."""
        return await ingest_async(self.home, semantics=self.semantics, **options)

    def watch(self, **options: Unpack[WatchOptions]) -> Generator[IngestReport]:
        """Append what is new in the session logs, again and again; a report for each time that there was something."""
        return watch(self.home, semantics=self.semantics, **options)

    def watch_async(self, **options: Unpack[WatchOptions]) -> AsyncGenerator[IngestReport]:
        """Append what is new in the session logs, again and again, while others work."""
        return watch_async(self.home, semantics=self.semantics, **options)

    def summary(self, **options: Unpack[SummaryOptions]) -> Summary:
        """What was spent: in all, by tool and by model."""
        return summary(self.home, semantics=self.semantics, **options)

    def session_cost(self, **options: Unpack[SessionCostOptions]) -> SessionCost:
        """What one session cost so far."""
        return session_cost(self.home, semantics=self.semantics, **options)

    def fingerprint(self, **options: Unpack[FingerprintOptions]) -> str:
        """What tells whether any turn is new."""
        return fingerprint(self.home, semantics=self.semantics, **options)

    def spending_by_period(self, **options: Unpack[PeriodOptions]) -> list[PeriodSpending]:
        """What was spent in each day, week or month."""
        return spending_by_period(self.home, semantics=self.semantics, **options)

    def spending_by_block(self, **options: Unpack[TurnOptions]) -> list[BlockSpending]:
        """What was spent in each window of five hours."""
        return spending_by_block(self.home, semantics=self.semantics, **options)

    def standing(self, **options: Unpack[StandingOptions]) -> Standing:
        """Where spending stands right now."""
        return standing(self.home, semantics=self.semantics, **options)

    def overhead(self, **options: Unpack[OverheadOptions]) -> Overhead:
        """What a project's instruction files cost to carry."""
        return overhead(self.home, semantics=self.semantics, **options)

    def overhead_trim(self, **options: Unpack[OverheadTrimOptions]) -> OverheadTrim:
        """What could be cut from a project's instruction files."""
        return overhead_trim(self.home, semantics=self.semantics, **options)

    def hotspots(self, **options: Unpack[HotspotsOptions]) -> HotspotReport | HotspotRows | HotspotFindings:
        """Where the money went inside sessions."""
        return hotspots(self.home, semantics=self.semantics, **options)

    def compare(self, **options: Unpack[CompareOptions]) -> Comparison:
        """How models compare at each kind of work."""
        return compare(self.home, semantics=self.semantics, **options)
