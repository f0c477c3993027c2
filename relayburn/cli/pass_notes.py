"""What is told of a pass besides its report: what a home keeps, what was damaged, what nobody reads.

In: a `Shell`, and the report of a pass. Out: lines on stderr. The reference tells none of this, so nothing is told under
ts-1.10.
"""

from __future__ import annotations

from relayburn.cli.formats import counted
from relayburn.cli.shell import Shell
from relayburn.ingest.report import IngestReport, UnreadSource
from relayburn.semantics import TS_1_10


class Greeting:
    """What a home keeps, told once, where there was none before and now is."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._is_due = shell.semantics != TS_1_10 and not shell.home.path.exists()

    def tell_if_due(self) -> None:
        """Tell it, if a home has been made meanwhile."""
        home = self._shell.home
        if not (self._is_due and home.path.exists()):
            return
        from relayburn.ledger.config import load_config

        self._is_due = False
        keeps_content = load_config(home, _unheard).store == "full"
        self._shell.tell(
            f"[burn] {home.path} is new: it keeps what your sessions cost and {'' if keeps_content else 'nothing of '}what "
            "was said in them, readable by you alone and sent nowhere; to keep no content, set RELAYBURN_CONTENT_STORE=off "
            'or put {"content": {"store": "off"}} into its config.json'
        )


def tell_beside(shell: Shell, report: IngestReport) -> None:
    """Tell of files that are damaged and of stores that nobody reads."""
    if shell.semantics == TS_1_10:
        return
    for file in report.damaged:
        shell.tell(f"[burn] {file.path}: {counted(file.bad_lines, 'line')} no JSON, left out")
    for source in report.unread_sources:
        shell.tell(f"[burn] {source.path}: {_unread(source)}")


def _unread(source: UnreadSource) -> str:
    return f"{source.what}, which cannot be read; all figures are without it"


def _unheard(_line: str) -> None:
    """Whoever ingests tells of bad settings."""
