"""What a pass over the session files did (ingest.md 2 and 10).

`IngestReport` is what every ingest verb returns; the counters are those of the reference.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FileFailure:
    """A session file that could not be read to its end, and why; the next pass tries it again."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class DamagedFile:
    """A session file of which some new lines (of an OpenCode session: files) are no JSON; the rest was read."""

    path: str
    bad_lines: int


@dataclass(frozen=True, slots=True)
class UnreadSource:
    """A store of session data that was found but cannot be read: where it lies, and what it is."""

    path: str
    what: str


@dataclass(slots=True)
class IngestReport:
    """`scanned_sessions` files were found, `ingested_sessions` of them gave turns, `appended_turns` in all.

    Turns are counted as read: one that the ledger knows already counts here, though it is not written again. The rest is
    beyond the reference: pending stamps that found their session, files that failed or are damaged, sources that nobody reads, and
    whether the pass was asked to stop before its end.
    """

    scanned_sessions: int = 0
    ingested_sessions: int = 0
    appended_turns: int = 0
    applied_pending_stamps: int = 0
    failures: list[FileFailure] = field(default_factory=list)
    damaged: list[DamagedFile] = field(default_factory=list)
    unread_sources: list[UnreadSource] = field(default_factory=list)
    stopped: bool = False

    def count_turns(self, turns: int, *, is_session: bool = True) -> None:
        """Count a file that gave `turns` turns; the log of a subagent is no session of its own."""
        self.appended_turns += turns
        self.ingested_sessions += is_session and turns > 0

    def counters(self) -> dict[str, int]:
        """The reference's report."""
        return {
            "scannedSessions": self.scanned_sessions,
            "ingestedSessions": self.ingested_sessions,
            "appendedTurns": self.appended_turns,
        }
