"""What every report works on: logs read first, prices, and how far back to look (cli.md 4 and 6).

In: a `Shell`, its progress, and a flag's text. Out: the report of the pass, the prices in force, a time.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from relayburn.cli.first_steps import tell_first_steps
from relayburn.cli.mixed_home import tell_mixture
from relayburn.cli.pass_notes import Greeting, tell_beside
from relayburn.cli.progress import Progress
from relayburn.cli.scan import Flag
from relayburn.cli.shell import Shell
from relayburn.errors import InvalidOption, Misuse
from relayburn.ingest.report import IngestReport
from relayburn.jsdate import iso
from relayburn.pricing.table import PriceTable
from relayburn.sdk.since import since_ms
from relayburn.text import trim

INGEST = "ingesting latest sessions"


def ingest_first(shell: Shell, progress: Progress) -> IngestReport:
    """One pass over all session files, as every report makes first; gaps are told to `progress`.

    Ctrl-C ends it after the file at hand, with all that was read until then in the ledger: `KeyboardInterrupt`.
    """
    from relayburn.cli.interrupt import Interrupt

    greeting = Greeting(shell)
    with progress.task(INGEST), Interrupt() as interrupted:
        report = read_logs(shell, progress, stop=interrupted, on_warn=progress.warn)
    greeting.tell_if_due()
    tell_beside(shell, report)
    tell_first_steps(shell, report)
    tell_mixture(shell, progress)
    return report


def read_logs(
    shell: Shell, progress: Progress, *, stop: Callable[[], bool], on_warn: Callable[[str], None] | None = None
) -> IngestReport:
    """One pass over all session files, in as many processes as there are processors where there is much to read.

    `stop` is asked after each file.
    """
    from relayburn.ingest.reading_as_needed import ReadAsNeeded
    from relayburn.ingest.sweep import ingest_all

    return ingest_all(
        shell.home,
        log=shell.tell,
        on_progress=progress.update,
        on_warn=on_warn,
        stop=stop,
        readers=progress.watched(ReadAsNeeded(os.cpu_count() or 1)),
        semantics=shell.semantics,
    )


def load_prices(shell: Shell, progress: Progress) -> PriceTable:
    """The prices in force; stderr hears where the user's own cannot be used."""
    from relayburn.pricing.load import load_pricing

    unusable: list[str] = []
    with progress.task("loading pricing snapshot") as tell:
        table = load_pricing(home=shell.home.path, semantics=shell.semantics, on_unusable=unusable.append)
        tell("loaded pricing snapshot")
    for why in unusable:
        shell.remark(why)
    return table


def since_bound(shell: Shell, text: str | None) -> str | None:
    """`--since` as ISO text in UTC; None where it is not given.

    Raises `InvalidOption`, also for an empty text, and `InvalidTime` for a time that no date can hold.
    """
    if text is None:
        return None
    ms = since_ms(shell.home, text)
    if ms is None:
        raise InvalidOption(f"invalid --since: {text}")
    return iso(ms)


def providers(given: Flag | None) -> frozenset[str] | None:
    """The providers that `--provider` names, comma by comma, in lower case; None where it is not given.

    Raises `Misuse` where it names none, or has no value (True).
    """
    if given is None:
        return None
    names = frozenset() if given is True else frozenset(filter(None, (trim(n).lower() for n in given.split(","))))
    if not names:
        raise Misuse("--provider requires a value")
    return names
