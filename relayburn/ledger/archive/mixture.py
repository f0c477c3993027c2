"""How much of a home was read by other rules than those that it is asked by.

In: a home. Out: how many of the turns in its ledger were written under other semantics, as the archive's manifest counts
them, so that nothing is read but that.
"""

from __future__ import annotations

from relayburn.ledger.archive.folder import archive_folder
from relayburn.ledger.archive.manifest import LedgerState, load_manifest
from relayburn.ledger.archive.refresh import refresh_archive
from relayburn.ledger.home import Home
from relayburn.records import Record
from relayburn.semantics import CURRENT, TS_1_10, Semantics


class Mixture(Record, kw_only=True, frozen=True):  # ty: ignore[invalid-frozen-dataclass-subclass] - structs may
    """`foreign_turns` of all `turns`, replaced ones included, were read by the rules that are called `foreign`."""

    foreign: str
    foreign_turns: int = 0
    turns: int = 0

    @property
    def is_mixed(self) -> bool:
        """Whether there are turns that were read by other rules."""
        return self.foreign_turns > 0


def known_mixture(home: Home, *, semantics: Semantics = CURRENT) -> Mixture | None:
    """What the archive of `home`, as it is, knows of turns of other semantics; None where there is none of this ledger.

    What was appended since it was built is not counted.
    """
    manifest = load_manifest(archive_folder(home, semantics))
    ledger = LedgerState.of(home.ledger)
    if manifest is None or manifest.ledger is None or ledger is None or manifest.ledger.inode != ledger.inode:
        return None
    foreign = CURRENT.name if semantics.name == TS_1_10.name else TS_1_10.name
    count = sum(segment.foreign_turns for segment in manifest.segments)
    return Mixture(foreign=foreign, foreign_turns=count, turns=manifest.rows("turns"))


def mixture(home: Home, *, semantics: Semantics = CURRENT) -> Mixture:
    """`known_mixture` of an archive that is brought up to date first. Raises as `refresh_archive` does."""
    refresh_archive(home, semantics=semantics)
    return known_mixture(home, semantics=semantics) or Mixture(foreign=TS_1_10.name)
