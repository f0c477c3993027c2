"""What a project's instruction files cost to carry, and what cutting them would save (sdk.md 7 and 8).

In: a home and a project. Out: each file with its sections and what they cost; or the sections that could go, dearest first,
each with a diff.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET, UnsetType

from relayburn import jspath
from relayburn.analyze.markdown_sections import Section
from relayburn.analyze.overhead import Attribution, FileAttribution, attribute_overhead
from relayburn.analyze.overhead_files import (
    KINDS,
    LoadedFile,
    find_overhead_files,
    load_overhead_file,
    read_overhead_text,
)
from relayburn.analyze.overhead_trim import DEFAULT_TOP, TrimRecommendation, trim_diff, trim_recommendations
from relayburn.errors import InvalidOption
from relayburn.jsjson import compact
from relayburn.jsnum import is_number
from relayburn.ledger.query import LedgerQuery
from relayburn.pricing.unpriced import UnpricedModel, summarize_unpriced
from relayburn.reader.git import resolve_project
from relayburn.records import OptionalText, Record
from relayburn.sdk.places import HomeLike, folder_of, home_of
from relayburn.sdk.reading import OnLog, Reading, unheard
from relayburn.sdk.since import normalized_since
from relayburn.semantics import CURRENT, Semantics

ALL_TIME = "all time"


class OverheadFileSize(Record, kw_only=True):
    """An instruction file: where it lies, who loads it, how large it and its sections are."""

    kind: str
    path: str
    applies_to: list[str]
    total_lines: int
    bytes: int
    tokens: int
    sections: list[Section]
    grouping_level: int


class OverheadFileCost(Record, kw_only=True):
    """What one file cost those who load it."""

    path: str
    kind: str
    applies_to: list[str]
    attribution: Attribution


class Overhead(Record, kw_only=True):
    """The instruction files of `project` and their cost in US dollars.

    `unpriced_turns` and `unpriced_models` tell of turns that load such files and that no price is known for, which cost 0
    here; under ts-1.10 they are absent.
    """

    project: str
    files: list[OverheadFileSize]
    per_file: list[OverheadFileCost]
    grand_total: float = 0
    unpriced_turns: int | UnsetType = UNSET
    unpriced_models: list[UnpricedModel] | UnsetType = UNSET


class TrimmedSection(Record, kw_only=True):
    """A section that could go: lines from 1, inclusive."""

    heading: str
    start_line: int
    end_line: int
    tokens: int


class ProjectedSavings(Record, kw_only=True):
    """What a cut would have saved: USD a session on average and in all, tokens, and the share of the file's bytes."""

    per_session_usd: float
    across_window_usd: float
    tokens: int
    token_share: float


class Trim(Record, kw_only=True):
    """One cut; `file` is seen from the project, `diff` makes the cut."""

    file: str
    kind: str
    applies_to: list[str]
    section: TrimmedSection
    projected_savings: ProjectedSavings
    diff: OptionalText = UNSET


class TrimSummary(Record, kw_only=True):
    """All cuts together, USD."""

    files_analyzed: int = 0
    files_with_recommendations: int = 0
    total_recommendations: int = 0
    total_projected_savings_per_session: float = 0
    total_projected_savings_across_window: float = 0


class OverheadTrim(Record, kw_only=True):
    """What could be cut from the instruction files of `project`."""

    project: str
    since: str
    recommendations: list[Trim]
    summary: TrimSummary


def overhead(
    home: HomeLike = None,
    *,
    project: str | None = None,
    since: str | None = None,
    kind: str | None = None,
    cwd: str | os.PathLike[str] | None = None,
    on_log: OnLog = unheard,
    semantics: Semantics = CURRENT,
) -> Overhead:
    """What the instruction files of `project` (by default of `cwd`) cost, `kind` of them, `since` a time.

    Kinds are `claude-md` and `agents-md`. Raises `InvalidOption`, `OverheadFileUnreadable`, `HomeUnreadable`,
    `UnsupportedStorage`.
    """
    gathered = _gathered(Reading(home_of(home), semantics, on_log), project, since, kind, folder_of(cwd))
    found = Overhead(
        project=gathered.project,
        files=[_size(file) for file in gathered.files],
        per_file=[_cost(file) for file in gathered.per_file],
        grand_total=gathered.grand_total,
    )
    if semantics.report_unpriced:
        found.unpriced_models = list(gathered.unpriced)
        found.unpriced_turns = sum(model.turns for model in gathered.unpriced)
    return found


def overhead_trim(
    home: HomeLike = None,
    *,
    project: str | None = None,
    since: str | None = None,
    kind: str | None = None,
    top: float = DEFAULT_TOP,
    include_diff: bool = True,
    cwd: str | os.PathLike[str] | None = None,
    on_log: OnLog = unheard,
    semantics: Semantics = CURRENT,
) -> OverheadTrim:
    """What could be cut: of each file the `top` dearest sections, by default with a diff. Raises as `overhead` does."""
    folder = folder_of(cwd)
    gathered = _gathered(Reading(home_of(home), semantics, on_log), project, since, kind, folder)
    trims = [
        [_trim(file, found, gathered.project) for found in trim_recommendations(file.attribution, _top(top))]
        for file in gathered.per_file
    ]
    if include_diff is not False:
        for file, found in zip(gathered.per_file, trims, strict=True):
            _add_diffs(file, found, gathered.project, _top(top), folder)
    every = [trim for found in trims for trim in found]
    summary = TrimSummary(
        files_analyzed=len(gathered.files),
        files_with_recommendations=sum(bool(found) for found in trims),
        total_recommendations=len(every),
    )
    for trim in every:
        summary.total_projected_savings_per_session += trim.projected_savings.per_session_usd
        summary.total_projected_savings_across_window += trim.projected_savings.across_window_usd
    return OverheadTrim(
        project=gathered.project,
        since=ALL_TIME if since is None else since,
        recommendations=every,
        summary=summary,
    )


@dataclass(frozen=True, slots=True)
class _Gathered:
    project: str
    files: Sequence[LoadedFile] = ()
    per_file: Sequence[FileAttribution] = ()
    grand_total: float = 0
    unpriced: Sequence[UnpricedModel] = ()


def _gathered(reading: Reading, project: Any, since: Any, kind: Any, folder: str) -> _Gathered:
    path = jspath.absolute(project or folder, folder)
    if kind is not None and kind not in KINDS:
        raise InvalidOption(f"invalid overhead kind: {compact(kind)} (expected one of: {', '.join(KINDS)})")
    found = [file for file in find_overhead_files(path) if kind is None or file.kind == kind]
    if not found:
        return _Gathered(path)
    files = [load_overhead_file(file) for file in found]
    key = resolve_project(path).project_key
    query = LedgerQuery(project=path if key is UNSET else key, since=normalized_since(reading.home, since))
    turns, table = reading.turns(query), reading.prices()
    attribution = attribute_overhead(files, turns, table, semantics=reading.semantics)
    loading = {source for file in found for source in file.applies_to}
    unpriced = summarize_unpriced(
        (turn for turn in turns if turn.source in loading), table, semantics=reading.semantics
    )
    return _Gathered(path, files, attribution.per_file, attribution.grand_total, unpriced.models)


def _size(loaded: LoadedFile) -> OverheadFileSize:
    file, parsed = loaded.file, loaded.parsed
    return OverheadFileSize(
        kind=file.kind,
        path=file.path,
        applies_to=file.applies_to,
        total_lines=parsed.total_lines,
        bytes=parsed.bytes,
        tokens=parsed.tokens,
        sections=parsed.sections,
        grouping_level=parsed.grouping_level,
    )


def _cost(found: FileAttribution) -> OverheadFileCost:
    file = found.file
    return OverheadFileCost(path=file.path, kind=file.kind, applies_to=file.applies_to, attribution=found.attribution)


def _trim(file: FileAttribution, found: TrimRecommendation, project: str) -> Trim:
    section = found.section
    return Trim(
        file=_seen_from(project, file.file.path),
        kind=file.file.kind,
        applies_to=file.file.applies_to,
        section=TrimmedSection(
            heading=section.heading,
            start_line=section.start_line,
            end_line=section.end_line,
            tokens=section.tokens,
        ),
        projected_savings=ProjectedSavings(
            per_session_usd=found.projected_savings_per_session,
            across_window_usd=found.projected_savings_across_window,
            tokens=section.tokens,
            token_share=found.token_share,
        ),
    )


def _add_diffs(file: FileAttribution, trims: Sequence[Trim], project: str, top: float, folder: str) -> None:
    if not trims:
        return
    path = file.file.path
    text = read_overhead_text(path)
    for trim, found in zip(trims, trim_recommendations(file.attribution, top), strict=True):
        trim.diff = trim_diff(path, text, found, project, working_directory=folder)


def _seen_from(project: str, path: str) -> str:
    relative = jspath.relative(project, path, project)
    return path if relative.startswith("..") else relative


def _top(top: Any) -> float:
    """How many sections of a file; what is no positive number means the default."""
    return math.floor(top) if is_number(top) and math.isfinite(top) and top > 0 else DEFAULT_TOP
