"""`burn budget`: whether a limit is kept, for scripts and build servers.

In: a `Shell`, a limit in US dollars and which turns. Out: what of the limit is spent, and exit code 3 above it.
"""

from __future__ import annotations

from dataclasses import dataclass

from relayburn.cli.formats import json_text, usd
from relayburn.cli.loading import ingest_first
from relayburn.cli.progress import progress_of
from relayburn.cli.shell import Shell
from relayburn.cli.unpriced import unpriced_note
from relayburn.jsnum import to_fixed
from relayburn.sdk.since import normalized_since
from relayburn.sdk.spending_over_time import spending_by_period

ABOVE_LIMIT = 3


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit in US dollars, and the turns that it holds for."""

    limit: float
    since: str | None = None
    session: str | None = None
    project: str | None = None


def check_budget(shell: Shell, budget: Budget, *, as_json: bool) -> int:
    """Compare what was spent, fees included, with the limit; at the limit itself it is kept."""
    ingest_first(shell, progress_of(shell))
    found = spending_by_period(
        shell.home,
        unit="month",
        since=budget.since,
        session=budget.session,
        project=budget.project,
        on_log=shell.remark,
        semantics=shell.semantics,
    )
    spent = sum(period.spent.cost + period.spent.fees for period in found)
    unpriced = sum(period.spent.unpriced_turns for period in found)
    above = spent > budget.limit
    since = normalized_since(shell.home, budget.since)
    if as_json:
        answer = {"limit": budget.limit, "spent": spent, "remaining": budget.limit - spent, "exceeded": above}
        shell.say(json_text(answer | {"since": since, "unpricedTurns": unpriced}))
    else:
        share = f" ({to_fixed(spent / budget.limit * 100, 1)} %)" if budget.limit else ""
        span = "in all" if since is None else f"since {since}"
        left = f"{usd(spent - budget.limit)} above it" if above else f"{usd(budget.limit - spent)} left"
        shell.say(f"spent {usd(spent)} of {usd(budget.limit)}{share} {span}: {left} (list prices)")
    if unpriced:
        shell.remark(unpriced_note(unpriced))
    return ABOVE_LIMIT if above else 0
