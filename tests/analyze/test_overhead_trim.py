"""What is recommended for trimming, and the diffs that would do it."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.analyze.markdown_sections import Section, lines_of, normalized_line_ends
from relayburn.analyze.overhead import attribute_files
from relayburn.analyze.overhead_trim import TrimRecommendation, trim_diff, trim_recommendations
from relayburn.semantics import TS_1_10
from tests.analyze.overhead_inputs import MARKDOWN, TURNS, parsed, prices, turn

GUIDE = "intro\n## A\n1\n## B\n12\n## C\n123\n## D\n1234\n"


def recommended(text: str, turns=(), **top: float) -> list[TrimRecommendation]:
    return trim_recommendations(attribute_files([parsed(text)], turns, prices(), semantics=TS_1_10), **top)


def recommendation(start: int, end: int, per_session: float = 0, across: float = 0) -> TrimRecommendation:
    section = Section(heading="## A", level=2, start_line=start, end_line=end, bytes=1, tokens=1)
    return TrimRecommendation(
        file_path="elsewhere",
        section=section,
        projected_savings_per_session=per_session,
        projected_savings_across_window=across,
        token_share=1,
    )


def diff(text: str = "# T\n## A\nx\n", path: str = "/r/CLAUDE.md", base: str = "", **values) -> str:
    return trim_diff(path, text, recommendation(**{"start": 2, "end": 3} | values), base, working_directory="/work")


def displayed(path: str, base: str = "") -> str:
    return diff(path=path, base=base).split("\n")[3].removeprefix("--- a/")


def test_the_dearest_sections_come_first_and_preambles_never():
    assert [each.section.heading for each in recommended(GUIDE, [turn()])] == ["## D", "## C", "## B"]


def test_a_recommendation_saves_what_the_section_cost():
    attribution = attribute_files([parsed(GUIDE)], [turn(), turn("s2", cache_read=0)], prices(), semantics=TS_1_10)
    (first,) = trim_recommendations(attribution, 1)
    dearest = next(row for row in attribution.section_costs if row.section.level)
    assert first.projected_savings_across_window == dearest.total_cost
    assert first.projected_savings_per_session == dearest.cost_per_session == dearest.total_cost / 2


def test_sections_that_cost_nothing_are_recommended_too():
    assert len(recommended(GUIDE)) == 3


@pytest.mark.parametrize(
    ("top", "count"),
    [
        (0, 0),
        (1, 1),
        (2.9, 2),
        (99, 4),
        (-1, 3),
        (-1.9, 3),
        (-99, 0),
        (math.inf, 4),
        (-math.inf, 0),
        (math.nan, 0),
        (1e300, 4),
    ],
)
def test_top_cuts_as_javascript_slices(top: float, count: int):
    assert len(recommended(GUIDE, top=top)) == count


def test_a_diff_names_the_savings_and_removes_the_lines():
    assert diff(per_session=0.0123456, across=1.5, base="/r") == (
        "# TRIM: ## A\n"
        "# projected savings per session: $0.0123\n"
        "# projected savings across window: $1.5000\n"
        "--- a/CLAUDE.md\n"
        "+++ b/CLAUDE.md\n"
        "@@ -2,2 +2,0 @@\n"
        "-## A\n"
        "-x"
    )


def test_lines_beyond_the_end_of_the_file_are_not_removed():
    assert diff(start=3, end=9).endswith("@@ -3,1 +3,0 @@\n-x")
    assert diff(start=8, end=9).endswith("@@ -8,0 +8,0 @@\n")


def test_removed_lines_lose_their_crlf_but_keep_a_carriage_return_inside():
    assert diff("# T\r\n## A\rB\r\nx\r\n").endswith("\n-## A\rB\n-x")


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0.03125, "0.0313"), (0.99995, "1.0000"), (123456.78905, "123456.7891"), (1e21, "1e+21"), (0, "0.0000")],
)
def test_dollars_are_rounded_half_away_from_zero_on_the_exact_value(amount: float, text: str):
    assert f"per session: ${text}\n" in diff(per_session=amount)


@pytest.mark.parametrize(
    ("path", "base", "shown"),
    [
        ("/r/.claude/CLAUDE.md", "/r", ".claude/CLAUDE.md"),
        ("/r/sub/../CLAUDE.md", "/r/", "CLAUDE.md"),
        ("/r/CLAUDE.md", "", "r/CLAUDE.md"),
        ("./CLAUDE.md", "", "./CLAUDE.md"),
        ("//r/CLAUDE.md", "", "r/CLAUDE.md"),
        ("/r/CLAUDE.md", "/other", "r/CLAUDE.md"),
        ("/r/..hidden/CLAUDE.md", "/r", "r/..hidden/CLAUDE.md"),
        ("/r/CLAUDE.md", "/r/CLAUDE.md", "r/CLAUDE.md"),
        ("p/CLAUDE.md", "/work", "p/CLAUDE.md"),
        ("/work/p/CLAUDE.md", "p", "CLAUDE.md"),
        ("/work/p/CLAUDE.md", ".", "p/CLAUDE.md"),
    ],
)
def test_a_path_is_shown_from_the_base_folder_where_it_lies_below(path: str, base: str, shown: str):
    assert displayed(path, base) == shown


def applied(lines: list[str], patch: str) -> list[str]:
    """`lines` after `patch`, checked as `patch` would: every removed line must stand where the hunk says."""
    *_, _old, _new, hunk = patch.split("\n")[:6]
    start, count = map(int, re.fullmatch(r"@@ -(\d+),(\d+) \+\d+,0 @@", hunk).groups())
    body = patch.split("\n")[6:]
    assert body == [f"-{line}" for line in lines[start - 1 : start - 1 + count]]
    return lines[: start - 1] + lines[start - 1 + count :]


@pytest.mark.properties
@given(MARKDOWN, TURNS, st.floats(-5, 5))
def test_an_applied_diff_removes_exactly_the_lines_of_the_section(text, turns, top):
    lines = lines_of(normalized_line_ends(text))
    for each in recommended(text, turns, top=top):
        patch = trim_diff("/p/CLAUDE.md", text, each, working_directory="/")
        section = each.section
        assert applied(lines, patch) == lines[: section.start_line - 1] + lines[section.end_line :]
