"""Faults of ingest: which files are read, how far, in which order what they give is written, and what is told of it."""

from __future__ import annotations

from conformance.fault import Fault
from conformance.mutation import Change, Drop, Flip, Misspell, Rewrite, Shift

INGEST = ("relayburn.ingest*", "relayburn.sdk.ingest", "relayburn.ledger.*")


def _in(module: str, name: str, change: Change, protocols: tuple[str, ...] = INGEST) -> Fault:
    return Fault(f"ingest: {name}", f"relayburn.ingest.{module}", change, protocols, areas=("homes", "current"))


FAULTS = (
    _in(
        "sweep",
        "no cursor is saved",
        Rewrite(
            "    save_changed_cursors(home, before, sweep.cursors, semantics=semantics)\n",
            "    save_changed_cursors(home, before, before, semantics=semantics)\n",
        ),
    ),
    _in(
        "sweep",
        "content is read, however it is to be kept",
        Rewrite("load_config(home, log).store, log, semantics)", '"full", log, semantics)'),
    ),
    _in(
        "sweep",
        "turns are counted once a file",
        Rewrite(
            "self.report.count_turns(len(load.turns.texts), is_session",
            "self.report.count_turns(min(len(load.turns.texts), 1), is_session",
        ),
    ),
    _in("sweep", "links between files are not drawn", Rewrite("links.add(outcome.evidence)", "pass")),
    _in("cursors", "a file without news was rewritten", Flip("is_rotated", 3)),
    _in(
        "cursors",
        "another file at the same place is gone on from",
        Rewrite("cursor is None or cursor.inode != state.inode", "cursor is None"),
    ),
    _in("cursors", "a file of the same time was rewritten", Flip("is_rotated", 2)),
    _in("cursors", "the prompt in force is forgotten", Misspell("ClaudeCursor.to_wire", 5)),
    _in("cursors", "counters of results are not stored", Drop("_RESUMED", 7)),
    _in("opencode", "a folder of the same time was rewritten", Flip("plan_opencode", 4)),
    _in("discovery", "folders are visited in the order of their names", Rewrite(".pop()", ".pop(0)")),
    _in(
        "pending_stamps",
        "the youngest stamp is applied first",
        Rewrite("key=lambda found: found[1].spawn_ms)", "key=lambda found: -found[1].spawn_ms)"),
    ),
    _in("pending_stamps", "a stamp waits an hour longer", Shift("TTL_MS", 0)),
    _in("pending_stamps", "a stamp holds for any harness", Drop("_RULES", 0)),
    _in("pending_stamps", "a stamp holds for sessions of an earlier time", Drop("_RULES", 2)),
    _in("pending_stamps", "a stamp holds in any folder", Drop("_RULES", 3)),
    _in("gaps", "only sessions that healed are affected", Flip("GapWatch.record", 0)),
    _in(
        "gaps",
        "a warning is given every time",
        Rewrite(
            "if self.warned is not None and affected <= self.warned:",
            "if self.warned is not None and affected < self.warned:",
        ),
    ),
    _in("gaps", "two are one", Shift("_plural")),
    _in("hook_drafts", "an event before a call is not known", Misspell("draft_event", 0)),
    _in("event_places", "a next event has the number of the last", Shift("_after", 0, -1)),
)
