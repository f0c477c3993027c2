"""Which turns are looked at, and how they are read while progress is told (cli.md 5, 6 and 8).

In: a `Shell` and the filters. Out: the turns with the prices in force, and what else analyses ask for.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from relayburn.analyze.provider import filter_turns_by_provider
from relayburn.analyze.result_sizes import measured_by_session
from relayburn.analyze.sessions import by_session, hashable
from relayburn.cli.formats import counted
from relayburn.cli.loading import ingest_first, load_prices
from relayburn.cli.progress import Progress, progress_of
from relayburn.cli.shell import Shell
from relayburn.ledger.query import LedgerQuery
from relayburn.pricing.table import PriceTable
from relayburn.records import ContentRecord, ToolResultEventRecord, TurnRecord, UserTurnRecord
from relayburn.sdk.places import wants_archive
from relayburn.sdk.reading import Reading


@dataclass(frozen=True, slots=True)
class Filters:
    """Which turns: from `since` on (ISO text in UTC), of a project or its key, of a workflow, paid to `providers`."""

    since: str | None = None
    project: str | None = None
    workflow: str | None = None
    providers: frozenset[str] | None = None

    @property
    def query(self) -> LedgerQuery:
        """The query of turns; the ledger knows of no providers."""
        stamped = None if self.workflow is None else {"workflowId": self.workflow}
        return LedgerQuery(since=self.since, project=self.project, enrichment=stamped)

    @property
    def beside(self) -> LedgerQuery:
        """The query of all other records, which belong to no project or workflow."""
        return LedgerQuery(since=self.since)


@dataclass(frozen=True)
class Look:
    """What there is to look at: `turns` that the filters let through, in order."""

    reading: Reading
    progress: Progress
    prices: PriceTable
    filters: Filters
    turns: list[TurnRecord]

    @cached_property
    def sessions(self) -> dict[Hashable, Any]:
        """The ids of the sessions of all turns, as first seen."""
        return {hashable(turn.session_id): turn.session_id for turn in self.turns}

    def user_turns(self, purpose: str) -> dict[Hashable, list[UserTurnRecord]]:
        """The user turns of these sessions."""
        with self.progress.task(f"reading user turns for {purpose}") as tell:
            found = by_session(self.reading.user_turns(self.filters.beside))
            kept = {session: found[session] for session in self.sessions if session in found}
            tell(f"read user turns for {counted(len(kept), 'session')}")
        return kept

    def measured(self) -> dict[Hashable, dict[str, float]]:
        """The sizes of tool results that the user turns of these sessions tell, in tokens, by tool use id."""
        with self.progress.task("reading user turns for attribution") as tell:
            sizes = self.reading.over_user_turns(
                self.filters.beside,
                lambda found: measured_by_session(each for each in found if hashable(each.session_id) in self.sessions),
            )
            tell(f"read user turns for {counted(len(sizes), 'session')}")
        return sizes

    def unread_content(self) -> dict[Hashable, Iterable[ContentRecord]]:
        """What is stored of the texts of these sessions, each read when it is looked at."""
        with self.progress.task("reading content sidecars") as tell:
            found = {key: self.reading.unread_content(session) for key, session in self.sessions.items()}
            tell(f"read content for {counted(len(found), 'session')}")
        return found

    def content(self) -> dict[Hashable, list[ContentRecord]]:
        """What is stored of the texts of these sessions."""
        with self.progress.task("reading content for pattern detectors") as tell:
            found = {key: self.reading.content(session) for key, session in self.sessions.items()}
            tell(f"read content for {counted(len(found), 'session')}")
        return found

    def tool_result_events(self, purpose: str) -> list[ToolResultEventRecord]:
        """The tool result events of these sessions."""
        with self.progress.task(f"reading tool-result events for {purpose}") as tell:
            events = self._tool_result_events
            tell(f"read {counted(len(events), 'tool-result event')}")
        return events

    @cached_property
    def _tool_result_events(self) -> list[ToolResultEventRecord]:
        found = self.reading.tool_result_events(self.filters.beside)
        return [event for event in found if hashable(event.session_id) in self.sessions]

    def of(self, turns: list[TurnRecord]) -> Look:
        """The same, with some of the turns alone."""
        return Look(self.reading, self.progress, self.prices, self.filters, turns)


def reading_of(shell: Shell) -> Reading:
    """How the home of `shell` is read; where the archive cannot be used, that is told."""
    return Reading(shell.home, shell.semantics, shell.remark, wants_archive(shell.environ))


def look(shell: Shell, filters: Filters) -> Look:
    """Ingest what is new, then read the turns that `filters` let through. Raises `HomeUnreadable`, `UnsupportedStorage`."""
    progress = progress_of(shell)
    ingest_first(shell, progress)
    prices = load_prices(shell, progress)
    reading = reading_of(shell)
    with progress.task("reading ledger turns") as tell:
        turns = filter_turns_by_provider(reading.recorded_turns(filters.query), filters.providers)
        tell(f"read {counted(len(turns), 'turn')}")
    return Look(reading, progress, prices, filters, turns)
