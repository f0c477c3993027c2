"""`burn compare`, its words read strictly."""

from __future__ import annotations

import click

from relayburn.cli.shell import Shell
from relayburn.cli.strict.filters import NO_ARCHIVE, PROJECT, PROVIDER, SESSION, WORKFLOW
from relayburn.cli.strict.options import given, in_shell
from relayburn.cli.strict.times import SINCE


@click.command()
@click.argument("models", metavar="MODEL,MODEL[,...]")
@SINCE
@PROJECT
@SESSION
@WORKFLOW
@click.option("--agent", metavar="ID", callback=given, help="Only turns stamped with this agent.")
@PROVIDER
@click.option(
    "--min-sample",
    type=click.IntRange(min=1),
    metavar="N",
    default=5,
    show_default=True,
    help="Below so many turns, a cell is marked as a small sample.",
)
@click.option(
    "--fidelity",
    type=click.Choice(["full", "usage-only", "aggregate-only", "cost-only", "partial"]),
    help="The least that a turn's source must tell; partial counts every turn.  [usage-only]",
)
@click.option("--include-partial", is_flag=True, help="The same as --fidelity partial.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV with a header, a line for each model and activity.")
@NO_ARCHIVE
@in_shell
def compare(
    shell: Shell,
    models: str,
    since: str | None,
    project: str | None,
    session: str | None,
    workflow: str | None,
    agent: str | None,
    provider: frozenset[str] | None,
    min_sample: int,
    fidelity: str | None,
    include_partial: bool,
    as_json: bool,
    as_csv: bool,
    no_archive: bool,
) -> int:
    """Models beside each other, at each kind of work: turns, cost of a turn, and edits that were right at once.

    `burn summary` shows which models there are. Where a model has no turns, or too few to tell, a note says so.

    \b
    burn compare claude-sonnet-4-6,claude-haiku-4-5 --since 30d
    burn compare claude-opus-4-7,gpt-5.3-codex --provider anthropic,openai --csv
    burn compare claude-opus-4-7,claude-sonnet-4-6 --workflow refactor --json

    Amounts are what the tokens cost at list price, not what was billed.
    """
    from relayburn.cli import compare as verbs
    from relayburn.cli.loading import since_bound
    from relayburn.ledger.query import LedgerQuery

    names = verbs.model_names(models)
    if len(names) < 2:
        raise click.UsageError("MODEL,MODEL must name at least two models, with a comma between")
    if include_partial and fidelity not in (None, "partial"):
        raise click.UsageError(f"--include-partial and --fidelity {fidelity} cannot be combined")
    if as_json and as_csv:
        raise click.UsageError("--json and --csv cannot be combined")
    stamps = {"workflowId": workflow, "agentId": agent}
    question = verbs.Question(
        names,
        LedgerQuery(
            since=since_bound(shell, since),
            project=project,
            session_id=session,
            enrichment={key: value for key, value in stamps.items() if value is not None},
        ),
        provider,
        min_sample,
        "partial" if include_partial else fidelity or "usage-only",
    )
    if no_archive:
        shell = shell.with_variable("RELAYBURN_ARCHIVE", "0")
    if as_json:
        return verbs.show_json(shell, question)
    return (verbs.show_csv if as_csv else verbs.show_table)(shell, question)
