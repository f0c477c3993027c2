"""`burn summary`, its words read strictly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from relayburn.cli.shell import Shell
from relayburn.cli.strict.filters import AGENT, NO_ARCHIVE, NONE_NAMED, PROJECT, PROVIDER, SESSION, TAG, WORKFLOW
from relayburn.cli.strict.options import given, in_shell
from relayburn.cli.strict.times import SINCE

if TYPE_CHECKING:
    from relayburn.cli.summary.modes import Mode

_HELP = """What was spent, by model; or by provider, tool, tag, subagent or kind of session.

    New sessions are read first. Amounts are what the tokens cost at list price in US dollars, not what was billed; turns of
    models without a known price count, but cost $0, and are named below the report. A token count that some turns of a row
    do not report has a `*`, one that none of them reports is `—`.

    \b
    burn summary --since 7d
    burn summary --by-tool --project ~/work/shop
    burn summary --by-tag team --provider anthropic,openai
    burn summary --workflow wf-42 --quality
    burn summary --subagent-tree 3f0c1c52-7d1e-4f43-9a58-0b8c7f2f9a01
    burn summary --since 2026-03-01 --json | jq .totalCost.total
    """


@click.command(help=_HELP)
@SINCE
@PROJECT
@SESSION
@WORKFLOW
@TAG
@AGENT
@PROVIDER
@click.option("--by-provider", is_flag=True, help="One row for each provider that was paid.")
@click.option(
    "--by-tool",
    is_flag=True,
    help="One row for each tool: what a prompt cost is put on the calls of the turn before, by the size of their results.",
)
@click.option("--by-tag", metavar="KEY", callback=given, help="One row for each value that stamps give to KEY.")
@click.option("--by-subagent-type", is_flag=True, help="One row for each type of subagent.")
@click.option(
    "--by-relationship",
    is_flag=False,
    flag_value="all",
    type=click.Choice(["all", "subagent"]),
    help="One row for each way in which sessions began: root, continuation, fork, subagent; or subagents alone.",
)
@click.option(
    "--subagent-tree",
    metavar="[ID]",
    is_flag=False,
    flag_value=NONE_NAMED,
    callback=given,
    help="A session with all subagents below it: this one, else that of --session.",
)
@click.option("--quality", is_flag=True, help="Also how sessions ended, and how often an edit was right at once.")
@NO_ARCHIVE
@click.option("--json", "as_json", is_flag=True, help="JSON: one object (with --by-subagent-type one array).")
@in_shell
def summary(
    shell: Shell,
    since: str | None,
    project: str | None,
    session: str | None,
    workflow: str | None,
    tags: dict[str, str],
    agent: str | None,
    provider: frozenset[str] | None,
    by_provider: bool,
    by_tool: bool,
    by_tag: str | None,
    by_subagent_type: bool,
    by_relationship: str | None,
    subagent_tree: str | None,
    quality: bool,
    no_archive: bool,
    as_json: bool,
) -> int:
    """Show what was spent."""
    chosen = {
        "--by-tag": by_tag is not None,
        "--by-tool": by_tool,
        "--by-provider": by_provider,
        "--by-subagent-type": by_subagent_type,
        "--by-relationship": by_relationship is not None,
        "--subagent-tree": subagent_tree is not None,
    }
    on = [name for name, is_on in chosen.items() if is_on]
    if len(on) > 1:
        raise click.UsageError(f"{on[0]} and {on[1]} cannot be combined")
    if quality and on and on[0] not in ("--by-tag", "--by-provider"):
        raise click.UsageError(f"{on[0]} and --quality cannot be combined")
    tree_is_named = subagent_tree not in (None, NONE_NAMED)
    if tree_is_named and session is not None:
        raise click.UsageError("--subagent-tree ID and --session cannot be combined")
    if subagent_tree == NONE_NAMED and session is None:
        raise click.UsageError("--subagent-tree requires the id of a session, as its value or by --session")
    if workflow is not None and "workflowId" in tags:
        raise click.UsageError("--workflow and --tag workflowId=... cannot be combined")

    from relayburn.cli.loading import since_bound
    from relayburn.cli.summary import grouped, modes
    from relayburn.cli.summary.inquiry import Inquiry, Wanted
    from relayburn.sdk.places import wants_archive

    grouping = grouped.BY_PROVIDER if by_provider else grouped.BY_MODEL if by_tag is None else grouped.by_tag(by_tag)
    mode: Mode = modes.with_quality(grouping) if quality else modes.by(grouping)
    if by_tool:
        mode = modes.BY_TOOL
    elif by_subagent_type:
        mode = modes.BY_SUBAGENT_TYPE
    elif by_relationship is not None:
        mode = modes.BY_SUBAGENT_RELATIONSHIP if by_relationship == "subagent" else modes.BY_RELATIONSHIP
    elif subagent_tree is not None:
        mode = modes.tree_of(subagent_tree if tree_is_named else session)
    if no_archive:
        shell = shell.with_variable("RELAYBURN_ARCHIVE", "0")
    wanted = Wanted(
        since=since_bound(shell, since),
        project=project,
        session=session,
        tags=tags if workflow is None else tags | {"workflowId": workflow},
        agent=agent,
        providers=provider,
        from_archive=wants_archive(shell.environ),
    )
    return (mode.as_json if as_json else mode.for_people)(Inquiry.begin(shell, wanted))
