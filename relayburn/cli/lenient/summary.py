"""`burn summary`, its words read leniently (cli.md 7).

In: a scan. Out: an exit code; what cannot stand together is told before anything is read, in the reference's order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from relayburn.cli.loading import providers, since_bound
from relayburn.cli.scan import Scan
from relayburn.cli.shell import Shell
from relayburn.errors import Misuse, NothingFound

if TYPE_CHECKING:
    from relayburn.cli.summary.modes import Mode

_OTHERS = {
    "by-tag": ("by-tool", "by-provider", "by-subagent-type", "by-relationship", "subagent-tree"),
    "by-tool": ("by-provider", "by-subagent-type", "by-relationship", "subagent-tree"),
    "by-provider": ("by-subagent-type", "by-relationship", "subagent-tree"),
    "by-subagent-type": ("by-relationship", "subagent-tree"),
    "by-relationship": ("subagent-tree",),
    "subagent-tree": (),
}
"""Each mode, and those that it cannot be combined with, in the order in which they are looked at."""

_ON_WITHOUT_VALUE = ("by-tool", "by-provider", "by-subagent-type")


def summary(shell: Shell, found: Scan) -> int:
    """Show what was spent."""
    since = since_bound(shell, found.value("since"))
    paid = providers(found.flags.get("provider"))
    chosen = _chosen(found)

    from relayburn.cli.summary.inquiry import Inquiry, Wanted

    tags = dict(found.tags)
    if (workflow := found.value("workflow")) is not None:
        tags["workflowId"] = workflow
    wanted = Wanted(
        since=since,
        project=found.value("project"),
        session=found.value("session"),
        tags=tags,
        agent=found.value("agent"),
        providers=paid,
        from_archive=not found.is_set("no-archive") and shell.environ.get("RELAYBURN_ARCHIVE") != "0",
    )
    mode = _mode(chosen, found)
    show = mode.as_json if found.is_set("json") else mode.for_people
    try:
        return show(Inquiry.begin(shell, wanted))
    except NothingFound as error:
        # The reference has nothing against text where JSON was asked for.
        shell.say(str(error))
        return 0


def _chosen(found: Scan) -> str | None:
    """The mode that is on. Raises `Misuse` where there are two, or one has a value that it cannot have."""
    if found.is_set("by-tag"):
        raise Misuse("--by-tag requires a tag key (e.g. --by-tag workflow)")
    if found.value("by-relationship") not in (None, "subagent"):
        raise Misuse('--by-relationship accepts only the optional value "subagent"')
    on = [name for name in _OTHERS if name in found.flags]
    on = [name for name in on if name not in _ON_WITHOUT_VALUE or found.is_set(name)]
    for name in on:
        if any(other in on for other in _OTHERS[name]):
            raise Misuse(f"--{name} cannot be combined with {'/'.join(f'--{other}' for other in _OTHERS[name])}")
    return on[0] if on else None


def _mode(chosen: str | None, found: Scan) -> Mode:
    from relayburn.cli.summary import grouped, modes

    match chosen:
        case "by-tool":
            return modes.BY_TOOL
        case "by-subagent-type":
            return modes.BY_SUBAGENT_TYPE
        case "by-relationship":
            return modes.BY_RELATIONSHIP if found.is_set("by-relationship") else modes.BY_SUBAGENT_RELATIONSHIP
        case "subagent-tree":
            named = found.value("subagent-tree")
            return modes.tree_of(found.value("session") if named is None else named)
        case "by-provider":
            grouping = grouped.BY_PROVIDER
        case "by-tag":
            grouping = grouped.by_tag(found.value("by-tag") or "")
        case _:
            grouping = grouped.BY_MODEL
    # The JSON of the reference tells nothing of quality.
    with_quality = found.is_set("quality") and not found.is_set("json")
    return modes.with_quality(grouping) if with_quality else modes.by(grouping)
