"""What `burn overhead` does once its words are understood (cli.md 10).

In: a `Shell` and which files are asked for. Out: what a project's instruction files cost to carry, or what cutting their
sections would save, for people or as JSON, and an exit code; `NothingFound` where there are none.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import UNSET

from relayburn import jspath
from relayburn.analyze.overhead import SectionCost
from relayburn.analyze.overhead_files import describe_applies_to
from relayburn.analyze.overhead_trim import DEFAULT_TOP
from relayburn.cli.formats import counted, json_text, plural, usd
from relayburn.cli.loading import ingest_first
from relayburn.cli.progress import progress_of
from relayburn.cli.report import Part, Table, write_report
from relayburn.cli.shell import Shell
from relayburn.cli.unpriced import warn_of_unpriced
from relayburn.errors import NothingFound
from relayburn.jsnum import to_fixed
from relayburn.records import to_wire
from relayburn.sdk.instruction_files import (
    ALL_TIME,
    Overhead,
    OverheadFileCost,
    OverheadFileSize,
    OverheadTrim,
    overhead,
    overhead_trim,
)

if TYPE_CHECKING:
    from relayburn.sdk.options import OverheadOptions

_HEADER = ("lines", "heading", "tokens", "cost/session", "%file")
_LINE_WIDTH = 4


@dataclass(frozen=True, slots=True)
class Files:
    """The files of `project` (else of the folder the shell stands in), those of `kind`; turns count from `since` on."""

    project: str | None = None
    since: str | None = None
    kind: str | None = None

    @property
    def window(self) -> str:
        """The time that is looked at, as it was asked for."""
        return ALL_TIME if self.since is None else self.since


def show_costs(shell: Shell, asked: Files) -> int:
    """What the files cost, for people."""
    found = _costs(shell, asked)
    if not found.files:
        raise _none(asked, found.project)
    parts: list[Part] = ["", f"Overhead files in {found.project}:", ""]
    for size, cost in zip(found.files, found.per_file, strict=True):
        parts += [*_block(shell, asked, size, cost), ""]
    parts.append(f"Grand total (all overhead files, {asked.window}): {usd(found.grand_total)}")
    write_report(shell, parts)
    warn_of_unpriced(shell, found.unpriced_models)
    return 0


def show_costs_as_json(shell: Shell, asked: Files) -> int:
    """What the files cost, as one JSON object."""
    found = _costs(shell, asked)
    if not found.files:
        raise _none(asked, found.project)
    shell.say(json_text(to_wire(found)))
    return 0


def show_trims(shell: Shell, asked: Files, top: float = DEFAULT_TOP) -> int:
    """What could be cut, as diffs: of each file the `top` dearest sections."""
    found = _trims(shell, asked, top)
    if not found.summary.files_analyzed:
        raise _none(asked, found.project)
    if not found.recommendations:
        write_report(shell, ["# no trim candidates — overhead files have no headed sections"])
        return 0
    write_report(shell, list(_diffs(found)))
    return 0


def show_trims_as_json(shell: Shell, asked: Files, top: float = DEFAULT_TOP) -> int:
    """What could be cut, as one JSON object."""
    found = _trims(shell, asked, top)
    if not found.summary.files_analyzed:
        raise _none(asked, found.project)
    shell.say(json_text(to_wire(found)))
    return 0


def _costs(shell: Shell, asked: Files) -> Overhead:
    progress = progress_of(shell)
    ingest_first(shell, progress)
    with progress.task("attributing overhead cost") as tell:
        found = overhead(shell.home, semantics=shell.semantics, **_options(shell, asked))
        tell(f"attributed overhead cost across {counted(len(found.files), 'file')}")
    return found


def _trims(shell: Shell, asked: Files, top: float) -> OverheadTrim:
    progress = progress_of(shell)
    ingest_first(shell, progress)
    with progress.task("building trim recommendations") as tell:
        found = overhead_trim(shell.home, top=top, semantics=shell.semantics, **_options(shell, asked))
        tell(f"built {counted(len(found.recommendations), 'recommendation')}")
    return found


def _options(shell: Shell, asked: Files) -> OverheadOptions:
    return {
        "project": asked.project,
        "since": asked.since,
        "kind": asked.kind,
        "cwd": shell.cwd,
        "on_log": shell.remark,
    }


def _none(asked: Files, project: str) -> NothingFound:
    if asked.kind is None:
        return NothingFound(
            f"no overhead files found at {project} (looked for CLAUDE.md, .claude/CLAUDE.md, AGENTS.md)"
        )
    return NothingFound(f"no {asked.kind} overhead files found at {project}")


def _block(shell: Shell, asked: Files, size: OverheadFileSize, cost: OverheadFileCost) -> list[Part]:
    """One file: its size, what it cost, and its sections, dearest first."""
    place = jspath.relative(shell.cwd, size.path, shell.cwd) or size.path
    heading = (
        f"{posixpath.basename(size.path)} ({place}) — {size.total_lines} lines, ~{_tokens(size.tokens)} tokens"
        f" — applies to: {describe_applies_to(size.applies_to)}"
    )
    paid = cost.attribution
    if not size.tokens:
        return [heading, "  (empty file — no attribution)"]
    if not paid.session_count:
        return [heading, "  no matching sessions in window."]
    rows = [_HEADER, *(_row(section) for section in paid.section_costs)]
    return [
        heading,
        f"  Cost per session:   avg {usd(paid.per_session_avg)}, p95 {usd(paid.per_session_p95)}",
        f"  Cost over {asked.window}: {usd(paid.total_cost)} across {paid.session_count} session"
        f"{plural(paid.session_count)}",
        "  Sections ranked by cost:",
        Table(rows, indent="    ") if paid.section_costs else "    (no sections)",
    ]


def _row(cost: SectionCost) -> tuple[str, ...]:
    section = cost.section
    return (
        f"{section.start_line:>{_LINE_WIDTH}}-{section.end_line:>{_LINE_WIDTH}}",
        section.heading,
        _tokens(section.tokens),
        usd(cost.cost_per_session),
        f"{to_fixed(cost.token_share * 100, 1)}%",
    )


def _tokens(count: int) -> str:
    return f"{to_fixed(count / 1000, 1)}k" if count >= 1000 else str(count)


def _diffs(found: OverheadTrim) -> Iterator[Part]:
    yield "# burn overhead trim — projected savings if trimmed"
    yield "# (recommendations only; burn never modifies your overhead files)"
    for (file, applies_to), trims in groupby(
        found.recommendations, key=lambda trim: (trim.file, describe_applies_to(trim.applies_to))
    ):
        yield ""
        yield f"# === {posixpath.basename(file)} (applies to: {applies_to}) ==="
        for trim in trims:
            yield ""
            yield "" if trim.diff is UNSET else trim.diff
