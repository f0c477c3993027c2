"""How a ghost is told, and what to do about it: archive the file, or edit the config that declares it.

In: a ghost and the folder for what is archived. Out: its finding (ghost-surface.md 6).
"""

from __future__ import annotations

from relayburn.analyze.findings import Action, Savings, WasteFinding, severity_of, usd_text
from relayburn.analyze.ghost_surface.detect import Ghost
from relayburn.jsnum import locale_text, number_text
from relayburn.jspath import joined

_CATALOG_NOTE = (
    " Cost is reported as $0 here because the OpenCode catalog-bloat detector already attributes this entry — see "
    "`burn hotspots --patterns opencode-system-prompt`."
)


def archive_folder(home: str) -> str:
    """Where ghosts are moved to, for the user whose home is `home`."""
    return joined(home, ".relayburn", "ghost-archive")


def ghost_finding(ghost: Ghost, archive: str) -> WasteFinding:
    """The finding of a ghost; its severity follows the cost of one session. `archive` is a folder's path."""
    observed = ""
    if ghost.session_count != 0:
        sessions = number_text(ghost.session_count)
        observed = f" Observed across {sessions} {ghost.source} session(s) in the lookback window."
    name = _last_part(ghost.path).partition("#")[0]
    return WasteFinding(
        kind=ghost.kind,
        severity=severity_of(ghost.cost_per_session),
        session_id=f"ghost:{ghost.path}",
        title=f"Ghost {ghost.kind.removeprefix('ghost-')}: {name} ({ghost.source})",
        detail=(
            f"{ghost.path} is part of the user-installed {ghost.source} surface (~{locale_text(ghost.size_tokens)} tokens) "
            "but its basename was never invoked as a tool / agent / command / prompt in the observed window."
            f"{observed} Per-session cost {usd_text(ghost.cost_per_session)}; cumulative {usd_text(ghost.cost)}."
            + (_CATALOG_NOTE if ghost.counted_by_catalog_bloat is True else "")
        ),
        estimated_savings=Savings(tokens_per_session=ghost.size_tokens, usd_per_session=ghost.cost_per_session),
        actions=[_action(ghost, archive)],
    )


def _action(ghost: Ghost, archive: str) -> Action:
    file, hash_sign, pointer = ghost.path.partition("#")
    if hash_sign:
        return Action(
            type="paste",
            label=f"Remove ghost {ghost.kind} from {_last_part(file)}",
            text=f"Edit {file} and remove the entry at {pointer}.",
        )
    return Action(
        type="command",
        label=f"Archive ghost {ghost.kind}",
        text=f"mkdir -p {_quoted(archive)} && mv {_quoted(ghost.path)} {_quoted(archive + '/')}",
    )


def _last_part(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _quoted(text: str) -> str:
    """`text` as one word of a shell command."""
    return "'" + text.replace("'", "'\\''") + "'"
