"""`burn hotspots`, its words read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from relayburn.cli.shell import Shell
from relayburn.cli.strict.filters import NONE_NAMED, PROJECT, PROVIDER, WORKFLOW
from relayburn.cli.strict.options import given, in_shell
from relayburn.cli.strict.times import SINCE

if TYPE_CHECKING:
    from relayburn.cli.hotspots.looking import Filters

WHOLE = "attribution"
EVERY_KIND = "all"

_HELP = """Where the money went inside sessions, and what of it was wasted.

    What a tool gives back is paid for when it enters the context, and again on each later turn that reads it from the
    cache. Without options: which files, commands and subagents that money went to. New sessions are read first. Amounts
    are what the tokens cost at list price in US dollars, not what was billed; turns of models without a known price
    cost $0, and are named below the report.

    --patterns looks for waste: retries, failures, cancellations, compaction, reverts, edit-heavy, opencode-skill-recall,
    opencode-skill-pruning, opencode-system-prompt, ghost-surface, tool-output-bloat, tool-call-pattern, unpriced-usage;
    kinds of findings (retry-loop, edit-revert, ...) name them as well. --findings ranks what is found. --session ID shows
    one session in detail; --session alone tells what the logs do not.

    \b
    burn hotspots --since 7d
    burn hotspots --group-by bash-verb --all --project ~/work/shop
    burn hotspots --patterns retries,reverts
    burn hotspots --findings --since 30d
    burn hotspots --session 3f0c1c52-7d1e-4f43-9a58-0b8c7f2f9a01
    burn hotspots --session --explain-drift
    burn hotspots --json | jq '.files[:5]'
    """


def _kinds(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """The kinds of waste as they are asked for, none for all. Raises `BadParameter`."""
    from relayburn.cli.hotspots.selection import selected_kinds
    from relayburn.errors import InvalidOption
    from relayburn.semantics import CURRENT

    if value is None or value == EVERY_KIND:
        return value and ""
    try:
        selected_kinds(given(ctx, param, value) or "", CURRENT)
    except InvalidOption as error:
        raise click.BadParameter(str(error)) from None
    return value


@click.command(help=_HELP)
@SINCE
@PROJECT
@WORKFLOW
@PROVIDER
@click.option(
    "--group-by",
    type=click.Choice([WHOLE, "bash", "bash-verb", "file", "subagent"]),
    help="One list alone; attribution, which is the default, shows all four.",
)
@click.option(
    "--patterns",
    metavar="[KINDS]",
    is_flag=False,
    flag_value=EVERY_KIND,
    callback=_kinds,
    help="Waste of these kinds, such as retries,reverts; without a value, of all kinds.",
)
@click.option(
    "--findings", is_flag=True, help="Waste as one list, the most severe first; of all kinds, or of --patterns."
)
@click.option("--all", "every_row", is_flag=True, help="All rows of each list, not only the dearest ten.")
@click.option(
    "--session",
    metavar="[ID]",
    is_flag=False,
    flag_value=NONE_NAMED,
    callback=given,
    help="One session in detail; without a value, which sessions lack results of tool calls, or relationships.",
)
@click.option(
    "--explain-drift", is_flag=True, help="With --session alone: name the sessions whose relationships drifted."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, with all rows.")
@in_shell
def hotspots(
    shell: Shell,
    since: str | None,
    project: str | None,
    workflow: str | None,
    provider: frozenset[str] | None,
    group_by: str | None,
    patterns: str | None,
    findings: bool,
    every_row: bool,
    session: str | None,
    explain_drift: bool,
    as_json: bool,
) -> int:
    """Show where the money went."""
    waste = {"--patterns": patterns is not None, "--findings": findings}
    of_one = {"--since": since, "--project": project, "--workflow": workflow, "--provider": provider}
    lists = {"--group-by": group_by is not None, **waste, "--all": every_row}
    _exclude("--group-by", group_by is not None, waste)
    _exclude("--session", session is not None, lists | {name: value is not None for name, value in of_one.items()})
    _exclude("--explain-drift", explain_drift, lists)
    if explain_drift and session != NONE_NAMED:
        raise click.UsageError("--explain-drift goes with --session alone")

    if session is None:
        filters = _filters(shell, since, project, workflow, provider)
        if any(waste.values()):
            return _waste(shell, filters, patterns or "", findings, every_row, as_json)
        return _attribution(shell, filters, group_by or WHOLE, every_row, as_json)
    if session == NONE_NAMED:
        return _gaps(shell, explain_drift, as_json)
    return _one_session(shell, session, as_json)


def _exclude(name: str, is_given: bool, others: Mapping[str, bool]) -> None:
    """Raise `UsageError` where an option stands beside one that it cannot stand beside."""
    for other, other_is_given in others.items():
        if is_given and other_is_given:
            raise click.UsageError(f"{name} and {other} cannot be combined")


def _filters(
    shell: Shell, since: str | None, project: str | None, workflow: str | None, provider: frozenset[str] | None
) -> Filters:
    from relayburn.cli.hotspots.looking import Filters
    from relayburn.cli.loading import since_bound

    return Filters(since_bound(shell, since), project, workflow, provider)


def _attribution(shell: Shell, filters: Filters, group_by: str, every_row: bool, as_json: bool) -> int:
    from relayburn.cli.hotspots import attribution
    from relayburn.cli.hotspots.rollup_tables import all_rows, first_rows

    rows_of = all_rows if every_row else first_rows
    if group_by == WHOLE:
        if as_json:
            return attribution.show_attribution_json(shell, filters)
        return attribution.show_attribution(shell, filters, rows_of)
    if as_json:
        return attribution.show_rollup_json(shell, filters, group_by)
    return attribution.show_rollup(shell, filters, rows_of, group_by)


def _waste(shell: Shell, filters: Filters, kinds: str, findings: bool, every_row: bool, as_json: bool) -> int:
    from relayburn.cli.hotspots import patterns
    from relayburn.cli.hotspots.rollup_tables import all_rows, first_rows

    if as_json:
        return patterns.show_patterns_json(shell, filters, kinds)
    if findings:
        return patterns.show_findings(shell, filters, kinds)
    return patterns.show_patterns(shell, filters, kinds, all_rows if every_row else first_rows)


def _gaps(shell: Shell, explained: bool, as_json: bool) -> int:
    from relayburn.cli.hotspots.gaps import show_gaps, show_gaps_json

    return (show_gaps_json if as_json else show_gaps)(shell, explained=explained)


def _one_session(shell: Shell, session: str, as_json: bool) -> int:
    from relayburn.cli.hotspots.session import show_session, show_session_json

    return (show_session_json if as_json else show_session)(shell, session)
