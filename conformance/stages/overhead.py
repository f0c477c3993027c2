"""Instruction files: finding, parsing, attribution and trimming (overhead.md 1-7)."""

from __future__ import annotations

from typing import Any

from conformance.pathmap import VIRTUAL_ROOT, PathMap
from conformance.stages.registry import Request, stage
from relayburn.analyze.markdown_sections import ParsedFile, parse_markdown
from relayburn.analyze.overhead import Attribution, attribute_files, attribute_overhead
from relayburn.analyze.overhead_files import (
    LoadedFile,
    OverheadFile,
    describe_applies_to,
    find_claude_md_files,
    find_overhead_files,
    load_claude_md_file,
    load_overhead_file,
    read_overhead_text,
)
from relayburn.analyze.overhead_trim import DEFAULT_TOP, TrimRecommendation, trim_diff, trim_recommendations
from relayburn.jsnum import to_number
from relayburn.pricing.table import PriceTable, table_from_wire
from relayburn.records import TurnRecord, from_wire, to_wire


@stage("relayburn.analyze.overhead")
def overhead(request: Request) -> Any:
    found = find_overhead_files(request.args["project"])
    loaded = [load_overhead_file(file) for file in found]
    attribution = attribute_overhead(loaded, _turns(request), _prices(request), semantics=request.semantics)
    return {"found": to_wire(found), "attribution": to_wire(attribution)}


@stage("relayburn.analyze.overhead.find_overhead_files")
def overhead_files(request: Request) -> Any:
    return to_wire(find_overhead_files(request.args["project"]))


@stage("relayburn.analyze.overhead.find_claude_md_files")
def claude_md_files(request: Request) -> Any:
    return find_claude_md_files(request.args["project"])


@stage("relayburn.analyze.overhead.load_overhead_file")
def loaded_file(request: Request) -> Any:
    return to_wire(load_overhead_file(from_wire(OverheadFile, request.args["file"])))


@stage("relayburn.analyze.overhead.load_claude_md_file")
def loaded_claude_md(request: Request) -> Any:
    return to_wire(load_claude_md_file(request.args["path"]))


@stage("relayburn.analyze.overhead.parse_claude_md")
def parsed_claude_md(request: Request) -> Any:
    return to_wire(parse_markdown(request.args["path"], request.args["text"]))


@stage("relayburn.analyze.overhead.attribute_claude_md")
def claude_md_attribution(request: Request) -> Any:
    files = [from_wire(ParsedFile, file) for file in request.args["files"]]
    return to_wire(attribute_files(files, _turns(request), _prices(request), semantics=request.semantics))


@stage("relayburn.analyze.overhead.attribute_overhead")
def overhead_attribution(request: Request) -> Any:
    files = [from_wire(LoadedFile, file) for file in request.args["files"]]
    return to_wire(attribute_overhead(files, _turns(request), _prices(request), semantics=request.semantics))


@stage("relayburn.analyze.overhead.describe_applies_to")
def applies_to(request: Request) -> Any:
    return describe_applies_to(request.args["appliesTo"])


@stage("relayburn.analyze.overhead_trim")
def trims(request: Request) -> Any:
    loaded = [load_overhead_file(file) for file in find_overhead_files(request.args["project"])]
    attribution = attribute_overhead(loaded, _turns(request), _prices(request), semantics=request.semantics)
    return [
        _trims_of_file(request, file.file.path, trim_recommendations(file.attribution, _top(request)))
        for file in attribution.per_file
    ]


def _trims_of_file(request: Request, path: str, recommendations: list[TrimRecommendation]) -> Any:
    text = read_overhead_text(path)
    return {
        "path": path,
        "recommendations": to_wire(recommendations),
        "diffs": [_diff(request, path, text, recommendation) for recommendation in recommendations],
    }


@stage("relayburn.analyze.overhead_trim.build_trim_recommendations")
def recommendations(request: Request) -> Any:
    attribution = from_wire(Attribution, request.args["attribution"])
    return to_wire(trim_recommendations(attribution, _top(request)))


@stage("relayburn.analyze.overhead_trim.render_unified_diff_for_recommendation")
def diff(request: Request) -> Any:
    args = request.args
    return _diff(request, args["filePath"], args["fileText"], from_wire(TrimRecommendation, args["rec"]))


def _diff(request: Request, path: str, text: str, recommendation: TrimRecommendation) -> str:
    # The diff shows paths without their first slash, which the way out could not map back: here they are as recorded.
    recorded = PathMap(str(request.root)).outward_text
    return trim_diff(
        recorded(path),
        text,
        recommendation,
        recorded(request.args.get("baseDir") or ""),
        working_directory=VIRTUAL_ROOT,
    )


def _turns(request: Request) -> list[TurnRecord]:
    return [from_wire(TurnRecord, turn) for turn in request.args["turns"]]


def _prices(request: Request) -> PriceTable:
    return table_from_wire(request.args["pricing"])


def _top(request: Request) -> float:
    return to_number(request.args.get("topN", DEFAULT_TOP))
