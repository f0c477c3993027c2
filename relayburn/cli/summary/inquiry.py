"""Which turns a summary is about, and how they are found (cli.md 6 and 7).

In: a `Shell` and the filters. Out: turns, read from the archive, or by a walk over the ledger where that fails or is asked
for; rows of sessions' relationships. Progress is told of every step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Self, TypeVar

from relayburn.analyze.provider import provider_for
from relayburn.analyze.session_links import sessions_of_agent
from relayburn.analyze.soundness import is_sound
from relayburn.cli.formats import counted
from relayburn.cli.loading import ingest_first, load_prices
from relayburn.cli.progress import Progress, progress_of
from relayburn.cli.shell import Shell
from relayburn.errors import RelayburnError
from relayburn.ingest.report import IngestReport
from relayburn.ledger import query as ledger
from relayburn.ledger.query import LedgerQuery
from relayburn.pricing.ids import id_text
from relayburn.pricing.table import PriceTable
from relayburn.pricing.unpriced import UnpricedUsage, summarize_unpriced
from relayburn.records import SessionRelationshipRecord, TurnRecord, UserTurnRecord, from_wire

Enrichment = Mapping[str, Any]
"""What stamps say of a turn."""

_AGENT_KEYS = ("agentId", "parentAgentId")

T = TypeVar("T")


class Stamped(NamedTuple):
    """A turn, and what its stamps say."""

    turn: TurnRecord
    enrichment: Enrichment


@dataclass(frozen=True, slots=True)
class Wanted:
    """The turns that are asked for. `since` is an ISO time, `tags` are values of stamps, `providers` in lower case.

    `agent` asks for the turns of an agent and of all that it started; `from_archive` says where to look first.
    """

    since: str | None = None
    project: str | None = None
    session: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    agent: str | None = None
    providers: frozenset[str] | None = None
    from_archive: bool = True

    def query(self) -> LedgerQuery:
        """What of this the ledger can be asked."""
        return LedgerQuery(
            since=self.since, project=self.project, session_id=self.session, enrichment=self.tags or None
        )


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A summary at work: what was ingested, the prices, and the sessions that belong to the agent asked for."""

    shell: Shell
    progress: Progress
    wanted: Wanted
    ingested: IngestReport
    table: PriceTable
    linked: frozenset[str]

    @classmethod
    def begin(cls, shell: Shell, wanted: Wanted) -> Self:
        """Ingest, load the prices, and find the sessions of the agent that is asked for."""
        progress = progress_of(shell)
        ingested = ingest_first(shell, progress)
        table = load_prices(shell, progress)
        begun = cls(shell, progress, wanted, ingested, table, frozenset())
        return begun if wanted.agent is None else replace(begun, linked=begun._linked_sessions(wanted.agent))

    def of_session(self, session: str) -> Self:
        """The same question about one session."""
        return replace(self, wanted=replace(self.wanted, session=session))

    def turns(self) -> list[TurnRecord]:
        """The turns that are asked for."""
        if self.wanted.agent is not None or not self.shell.semantics.whole_archive:
            return [stamped.turn for stamped in self.stamped_turns()]
        found = self.from_archive(self._archived, len)
        if found is None:
            return [stamped.turn for stamped in self.walked_turns()]
        return [turn for turn in self._sound(found) if self._is_paid_to_wanted(turn)]

    def stamped_turns(self) -> list[Stamped]:
        """The turns that are asked for, with what their stamps say."""
        found = self.from_archive(self._archived_with_stamps, len)
        return self.walked_turns() if found is None else self._wanted_of(found)

    def walked_turns(self) -> list[Stamped]:
        """`stamped_turns` from the ledger itself, in its order."""
        with self.progress.task("reading ledger turns") as tell:
            found = ledger.query_turns(self.shell.home, self.wanted.query(), semantics=self.shell.semantics)
            tell(f"read {counted(len(found), 'ledger turn')}")
        return self._wanted_of([Stamped(from_wire(TurnRecord, turn), turn["enrichment"]) for turn in found])

    def from_archive(self, read: Callable[[], T], count: Callable[[T], int]) -> T | None:
        """What `read` finds in an archive that is up to date, and in how many turns; None where it cannot be used."""
        if not self.wanted.from_archive:
            return None
        from relayburn.ledger.archive.refresh import refresh_archive

        try:
            with self.progress.task("updating archive") as tell:
                applied = refresh_archive(self.shell.home, semantics=self.shell.semantics)
                tell(f"updated archive: {counted(applied, 'turn')} applied")
            with self.progress.task("querying archive") as tell:
                found = read()
                tell(f"read {counted(count(found), 'archive turn')}")
        except RelayburnError as error:
            self.shell.remark(f"archive read failed ({error}); falling back to ledger walk")
            return None
        return found

    def relationships(self, session: str | None = None) -> list[SessionRelationshipRecord]:
        """The rows on either side of which `session` stands; without one, all rows."""
        query = LedgerQuery(session_id=session)
        found = ledger.query_relationships(self.shell.home, query, semantics=self.shell.semantics)
        return [from_wire(SessionRelationshipRecord, row) for row in found]

    def user_turns(self) -> list[UserTurnRecord]:
        """The user turns of the time and session that are asked for; they know of no project."""
        from relayburn.sdk.reading import Reading

        shell, wanted = self.shell, self.wanted
        reading = Reading(shell.home, shell.semantics, shell.remark, may_use_archive=wanted.from_archive)
        return reading.user_turns(LedgerQuery(since=wanted.since, session_id=wanted.session))

    def unpriced(self, turns: Iterable[TurnRecord]) -> UnpricedUsage:
        """What of `turns` has no price."""
        return summarize_unpriced(turns, self.table, semantics=self.shell.semantics)

    def tell_of_damaged(self, damaged: int, turns: int) -> None:
        """Say how many of the turns that were read cannot be counted, where there are any."""
        if damaged:
            self.shell.remark(f"{damaged} of {turns} turns in the ledger are damaged; they are left out")

    def _linked_sessions(self, agent: str) -> frozenset[str]:
        with self.progress.task("resolving agent session tree") as tell:
            linked = sessions_of_agent(agent, self.relationships())
            tell(f"resolved {counted(len(linked), 'linked session')}")
        return frozenset(linked)

    def _archived(self) -> list[TurnRecord]:
        from relayburn.ledger.archive.reading import read_turns

        return read_turns(self.shell.home, self.wanted.query(), semantics=self.shell.semantics)

    def _archived_with_stamps(self) -> list[Stamped]:
        from relayburn.ledger.archive.reading import read_stamped_turns

        found = read_stamped_turns(self.shell.home, self.wanted.query(), semantics=self.shell.semantics)
        return [Stamped(turn, said) for turn, said in found]

    def _wanted_of(self, found: list[Stamped]) -> list[Stamped]:
        sound = [stamped for stamped in found if is_sound(stamped.turn)]
        self.tell_of_damaged(len(found) - len(sound), len(found))
        return [stamped for stamped in sound if self._is_of_agent(stamped) and self._is_paid_to_wanted(stamped.turn)]

    def _sound(self, found: list[TurnRecord]) -> list[TurnRecord]:
        sound = [turn for turn in found if is_sound(turn)]
        self.tell_of_damaged(len(found) - len(sound), len(found))
        return sound

    def _is_of_agent(self, stamped: Stamped) -> bool:
        agent = self.wanted.agent
        if agent is None or id_text(stamped.turn.session_id) in self.linked:
            return True
        return any(stamped.enrichment.get(key) == agent for key in _AGENT_KEYS)

    def _is_paid_to_wanted(self, turn: TurnRecord) -> bool:
        return self.wanted.providers is None or provider_for(turn).provider.lower() in self.wanted.providers
