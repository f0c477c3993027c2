"""`burn overhead`, its words read leniently (cli.md 10).

In: a scan. Out: an exit code; an unknown word or kind is told before anything is read.
"""

from __future__ import annotations

from functools import partial

from relayburn.analyze.overhead_files import KINDS
from relayburn.analyze.overhead_trim import DEFAULT_TOP
from relayburn.cli.lenient.help import OVERHEAD
from relayburn.cli.scan import Scan
from relayburn.cli.shell import Shell
from relayburn.errors import InvalidOption, NothingFound
from relayburn.jsjson import quote
from relayburn.jsnum import to_number

_TRIM = "trim"


def overhead(shell: Shell, found: Scan) -> int:
    """Show what instruction files cost, or what could be cut of them."""
    if found.asks_for_help():
        shell.say(OVERHEAD)
        return 0
    if found.word() not in (None, _TRIM):
        shell.tell(f"unknown overhead subcommand: {found.word()}\n\n{OVERHEAD}")
        return 1
    kind = found.value("kind")
    if kind is not None and kind not in KINDS:
        raise InvalidOption(f"invalid --kind value: {quote(kind)} (expected one of: {', '.join(KINDS)})")

    from relayburn.cli import overhead as verbs

    asked = verbs.Files(project=found.value("project"), since=found.value("since"), kind=kind)
    as_json = found.is_set("json")
    if found.word() is None:
        show = partial(verbs.show_costs_as_json if as_json else verbs.show_costs, shell, asked)
    else:
        # What is no positive number means the default, as the verb has it.
        top = found.value("top")
        show = partial(
            verbs.show_trims_as_json if as_json else verbs.show_trims,
            shell,
            asked,
            DEFAULT_TOP if top is None else to_number(top),
        )
    try:
        return show()
    except NothingFound as error:
        shell.tell(str(error))
        return 1
