"""How an instruction file is cut into sections, and what each weighs."""

from __future__ import annotations

import pytest
from hypothesis import given

from relayburn.analyze.markdown_sections import ParsedFile, Section, lines_of, normalized_line_ends, parse_markdown
from relayburn.text import js_pattern, utf8_length
from tests.analyze.overhead_inputs import ANY_TEXT, MARKDOWN


def headings(text: str) -> list[str]:
    return [section.heading for section in parse_markdown("CLAUDE.md", text).sections]


def ranges(text: str) -> list[tuple[int, int]]:
    return [(section.start_line, section.end_line) for section in parse_markdown("CLAUDE.md", text).sections]


def test_a_file_knows_its_lines_bytes_tokens_and_sections():
    assert parse_markdown("/p/CLAUDE.md", "intro\n## A\nä\n") == ParsedFile(
        path="/p/CLAUDE.md",
        total_lines=3,
        bytes=14,
        tokens=4,
        sections=[
            Section(heading="(preamble)", level=0, start_line=1, end_line=1, bytes=6, tokens=2),
            Section(heading="## A", level=2, start_line=2, end_line=3, bytes=8, tokens=2),
        ],
        grouping_level=2,
    )


def test_level_two_headings_group_and_a_title_above_them_is_preamble():
    assert headings("# Title\n## A\n# Other\n### deep\n## B\n") == ["(preamble)", "## A", "## B"]


def test_level_one_headings_group_where_there_is_no_level_two():
    assert headings("# A\n### deep\n# B\n") == ["# A", "# B"]


def test_deeper_headings_never_group():
    parsed = parse_markdown("CLAUDE.md", "### A\ntext\n### B\n")
    assert parsed.grouping_level == 0
    assert [section.heading for section in parsed.sections] == ["(preamble)"]


def test_a_heading_on_the_first_line_leaves_no_preamble():
    assert ranges("## A\nx\n## B\ny") == [(1, 2), (3, 4)]


@pytest.mark.parametrize(
    ("text", "lines", "size", "tokens", "sections"),
    [
        ("", 0, 0, 0, 0),
        ("\n", 0, 1, 1, 0),
        ("\n\n", 2, 2, 1, 1),
        ("a", 1, 1, 1, 1),
        ("a\n", 1, 2, 1, 1),
        ("abcde", 1, 5, 2, 1),
    ],
)
def test_one_final_line_feed_is_weighed_but_starts_no_line(
    text: str, lines: int, size: int, tokens: int, sections: int
):
    parsed = parse_markdown("CLAUDE.md", text)
    assert (parsed.total_lines, parsed.bytes, parsed.tokens, len(parsed.sections)) == (lines, size, tokens, sections)


def test_a_last_line_without_line_feed_weighs_a_byte_less():
    assert [section.bytes for section in parse_markdown("CLAUDE.md", "## A\n## B").sections] == [5, 4]


def test_crlf_weighs_as_one_byte_and_is_replaced_in_one_pass():
    assert parse_markdown("CLAUDE.md", "a\r\nb\r\n").bytes == 4
    assert normalized_line_ends("a\r\r\nb") == "a\r\nb"


def test_a_lone_carriage_return_ends_no_line():
    assert parse_markdown("CLAUDE.md", "a\rb").total_lines == 1


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("##  A  B  ", "## A  B"),
        ("## A ##", "## A ##"),
        ("##\tA", "## A"),
        ("##\rA", "## A"),
        ("##\u00a0A\ufeff", "## A"),
        ("## A\u2028", "## A"),
        ("## \u200bA", "## \u200bA"),
        ("## \u0085", "## \u0085"),
    ],
)
def test_the_text_of_a_heading_starts_and_ends_with_what_javascript_calls_no_space(line: str, heading: str):
    assert headings(line) == [heading]


@pytest.mark.parametrize(
    "line",
    [
        "##A",
        " ## A",
        "####### A",
        "## ",
        "##",
        "##\u0085A",
        "\ufeff## A",
        "## A\rB",
        "## A\u2028B",
        "## A\u2029B",
        "##\u200bA",
    ],
)
def test_what_only_looks_like_a_heading_is_text(line: str):
    assert headings(line) == ["(preamble)"]


def test_headings_in_a_fence_are_text():
    assert headings("## A\n```sh\n## no\n```\n## B\n") == ["## A", "## B"]


def test_a_fence_ends_only_with_at_least_as_many_of_its_own_characters_and_nothing_else():
    assert headings("## A\n````\n```\n~~~~\n```` x\n## no\n`````\n## B\n") == ["## A", "## B"]


def test_a_line_of_code_between_backticks_opens_a_fence():
    assert headings("## A\n```x```\n## no\n") == ["## A"]


def test_an_unclosed_fence_swallows_the_rest():
    assert headings("## A\n  ~~~\n## no\n# no\n") == ["## A"]


def test_a_byte_order_mark_hides_a_heading_but_no_fence():
    assert headings("\ufeff## A\n## B\n") == ["(preamble)", "## B"]
    assert headings("\ufeff```\n## no\n```\n## B\n") == ["(preamble)", "## B"]


def test_a_line_of_much_white_space_is_read_in_no_time():
    assert headings("## " + " " * 200_000 + "\r\u2028" + " " * 200_000 + "x\ry") == ["(preamble)"]


@pytest.mark.properties
@given(MARKDOWN | ANY_TEXT)
def test_sections_tile_the_file_and_their_bytes_add_up(text: str):
    parsed = parse_markdown("CLAUDE.md", text)
    normalized = normalized_line_ends(text)
    following = 1
    for section in parsed.sections:
        assert section.start_line == following <= section.end_line
        following = section.end_line + 1
    assert following == parsed.total_lines + 1
    assert parsed.bytes == utf8_length(normalized)
    assert sum(section.bytes for section in parsed.sections) == parsed.bytes or normalized == "\n"
    assert all(0 <= 4 * section.tokens - section.bytes < 4 for section in parsed.sections)


@pytest.mark.properties
@given(MARKDOWN)
def test_each_section_but_the_preamble_opens_with_its_heading(text: str):
    pattern = js_pattern(r"^(#{1,6})\s+(.*\S)\s*$")
    parsed = parse_markdown("CLAUDE.md", text)
    lines = lines_of(normalized_line_ends(text))
    for section in parsed.sections:
        if section.level:
            match = pattern.match(lines[section.start_line - 1])
            assert match and section.heading == f"{match[1]} {match[2]}"
            assert section.level == len(match[1]) == parsed.grouping_level
        else:
            assert section.start_line == 1


@pytest.mark.properties
@given(MARKDOWN)
def test_without_fences_every_heading_of_the_grouping_level_opens_a_section(text: str):
    text = text.replace("`", "").replace("~", "")
    pattern = js_pattern(r"^(#{1,6})\s+(.*\S)\s*$")
    found = [match[1] for line in lines_of(normalized_line_ends(text)) if (match := pattern.match(line))]
    level = 2 if "##" in found else 1 if "#" in found else 0
    sections = [section for section in parse_markdown("CLAUDE.md", text).sections if section.level]
    assert len(sections) == found.count("#" * level) * (level > 0)
