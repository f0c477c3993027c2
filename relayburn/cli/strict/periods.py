"""`burn daily`, `weekly` and `monthly`, their words read strictly."""

from __future__ import annotations

import click

from relayburn.analyze.calendar import Unit
from relayburn.cli.shell import Shell
from relayburn.cli.strict.filters import PROJECT, SESSION
from relayburn.cli.strict.options import in_shell
from relayburn.cli.strict.times import SINCE, TZ, UNTIL

_EXAMPLES = """
    \b
    burn {name}
    burn {name} --since 30d --by-model
    burn {name} --tz Europe/Berlin --csv > spending.csv

    Amounts are what the tokens cost at list price, not what was billed."""


def _command(name: str, unit: Unit, says: str) -> click.Command:
    @SINCE
    @UNTIL
    @SESSION
    @PROJECT
    @TZ
    @click.option("--by-model", is_flag=True, help="One row for each model.")
    @click.option("--json", "as_json", is_flag=True, help="One JSON array.")
    @click.option("--csv", "as_csv", is_flag=True, help="CSV with a header, amounts unrounded.")
    @in_shell
    def run(
        shell: Shell,
        since: str | None,
        until: str | None,
        session: str | None,
        project: str | None,
        tz: str | None,
        by_model: bool,
        as_json: bool,
        as_csv: bool,
    ) -> int:
        from relayburn.cli import periods

        if as_json and as_csv:
            raise click.UsageError("--json and --csv cannot be combined")
        asked = periods.Periods(unit, tz, since, until, session, project, by_model)
        if as_json:
            return periods.show_json(shell, asked)
        return periods.show_csv(shell, asked) if as_csv else periods.show_table(shell, asked)

    return click.command(name, help=says + "\n" + _EXAMPLES.format(name=name))(run)


daily = _command("daily", "day", "What was spent on each day.")
weekly = _command("weekly", "week", "What was spent in each week, Monday to Sunday; a week is named by its Monday.")
monthly = _command("monthly", "month", "What was spent in each month.")
