"""What reports say of a home that was read by two sets of rules.

In: a `Shell` whose logs were just read. Out: one line on stderr, where turns of other semantics are among those that are
reported. Nothing is said under ts-1.10, as the reference does.
"""

from __future__ import annotations

from relayburn.cli.formats import counted
from relayburn.cli.progress import Progress
from relayburn.cli.shell import Shell
from relayburn.errors import RelayburnError
from relayburn.jsnum import locale_text
from relayburn.sdk.places import wants_archive
from relayburn.semantics import TS_1_10


def tell_mixture(shell: Shell, progress: Progress) -> None:
    """Tell how many turns were read by other rules, from the archive's counts; the first archive of a ledger is built for it."""
    if shell.semantics == TS_1_10:
        return
    from relayburn.ledger.archive.mixture import known_mixture, mixture
    from relayburn.ledger.kept_turns import kept_foreign_turns

    home, semantics = shell.home, shell.semantics
    try:
        found = known_mixture(home, semantics=semantics)
        if found is None:
            if not home.ledger.exists() or not wants_archive(shell.environ):
                return
            with progress.task("building archive"):
                found = mixture(home, semantics=semantics)
        if found.foreign_turns <= kept_foreign_turns(home, semantics):
            # They were told of when all logs were read again, and nothing can be done about them.
            return
    except RelayburnError:
        # Whoever asks the archive next says what is wrong with it.
        return
    shell.remark(
        f"{locale_text(found.foreign_turns)} of {counted(found.turns, 'turn')} in this home were read by "
        f"{found.foreign} rules; `burn state reingest` reads again what still has a log"
    )
