"""`burn blocks`: what was spent in each five-hour window, and where the open one is heading.

In: a `Shell` and settled options. Out: a table or JSON, one row a window.
"""

from __future__ import annotations

from datetime import datetime, tzinfo

from msgspec import UNSET

from relayburn.cli.formats import json_text, usd
from relayburn.cli.loading import ingest_first
from relayburn.cli.periods import LIST_PRICE, besides
from relayburn.cli.progress import progress_of
from relayburn.cli.report import Part, Table, write_report
from relayburn.cli.shell import Shell
from relayburn.jsnum import locale_text
from relayburn.records import to_wire
from relayburn.sdk.spending_over_time import BlockSpending, spending_by_block, time_zone


def show_blocks(
    shell: Shell, *, since: str | None, project: str | None, tz: str | None, active: bool, as_json: bool
) -> int:
    """The windows, or with `active` the open one alone."""
    zone = time_zone(tz)
    ingest_first(shell, progress_of(shell))
    found = spending_by_block(
        shell.home,
        since=since,
        project=project,
        on_log=shell.remark,
        semantics=shell.semantics,
    )
    if active:
        found = [block for block in found if block.is_active]
    if as_json:
        shell.say(json_text([to_wire(block) for block in found]))
    elif not found:
        shell.say("no window is open." if active else "no turns match the current filters.")
    else:
        write_report(
            shell,
            [*_table(found, zone), *_outlook(found[-1], zone), *besides([block.spent for block in found]), LIST_PRICE],
        )
    return 0


def _table(found: list[BlockSpending], zone: tzinfo | None) -> list[Part]:
    rows = [["window", "turns", "tokens", "cost", "models"]]
    for block in found:
        models = ", ".join(share.model for share in block.models)
        cells = (locale_text(block.spent.turns), locale_text(block.spent.total_tokens), usd(block.spent.cost), models)
        rows.append([_span(block, zone), *cells])
    return ["", Table(rows), ""]


def _outlook(block: BlockSpending, zone: tzinfo | None) -> list[Part]:
    """What the open window costs an hour, and what it comes to."""
    if (
        block.usd_per_hour is UNSET
        or block.tokens_per_minute is UNSET
        or block.projected_cost is UNSET
        or block.minutes_left is UNSET
    ):
        return []
    hours, minutes = divmod(int(block.minutes_left), 60)
    return [
        f"open until {_local(block.end, zone):%H:%M}, {hours} h {minutes:02} min left",
        f"rate: {usd(block.usd_per_hour)} an hour, {locale_text(round(block.tokens_per_minute))} tokens a minute",
        f"at this rate: {usd(block.projected_cost)} by its end",
        "",
    ]


def _span(block: BlockSpending, zone: tzinfo | None) -> str:
    open_ = " (open)" if block.is_active else ""
    return f"{_local(block.start, zone):%Y-%m-%d %H:%M}–{_local(block.end, zone):%H:%M}{open_}"


def _local(iso: str, zone: tzinfo | None) -> datetime:
    return datetime.fromisoformat(iso).astimezone(zone)
