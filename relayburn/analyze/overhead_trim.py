"""What could be cut from an instruction file, and what that would save.

In: what a file's sections cost. Out: the dearest sections with a heading, and for each a diff that removes it
(overhead.md 6 and 7). Nothing is read or written here: the caller gives the file's text.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from relayburn import jspath
from relayburn.analyze.markdown_sections import Section, lines_of, normalized_line_ends
from relayburn.analyze.overhead import Attribution, SectionCost
from relayburn.jsnum import to_fixed
from relayburn.records import Record

DEFAULT_TOP = 3
_USD_DIGITS = 4


class TrimRecommendation(Record, kw_only=True):
    """A section that could go, and what that would have saved, USD: per session on average, and in all sessions."""

    file_path: str
    section: Section
    projected_savings_per_session: float
    projected_savings_across_window: float
    token_share: float


def trim_recommendations(attribution: Attribution, top: float = DEFAULT_TOP) -> list[TrimRecommendation]:
    """The first `top` sections with a heading, in the attribution's order, free ones too.

    A fraction is cut off, and a negative `top` leaves out that many at the end, as JavaScript's `slice` does.
    """
    headed = [section for section in attribution.section_costs if section.section.level != 0]
    return [
        TrimRecommendation(
            file_path=section.file_path,
            section=section.section,
            projected_savings_per_session=section.cost_per_session,
            projected_savings_across_window=section.total_cost,
            token_share=section.token_share,
        )
        for section in _first(headed, top)
    ]


def _first(sections: list[SectionCost], top: float) -> list[SectionCost]:
    if math.isnan(top):
        return []
    if math.isinf(top):
        return sections if top > 0 else []
    return sections[: int(top)]


def trim_diff(
    file_path: str, text: str, recommendation: TrimRecommendation, base_dir: str = "", *, working_directory: str
) -> str:
    """A unified diff without context, and without a final line feed, that removes the recommended section's lines.

    `text` is the file's, whose CRLF count as LF; lines beyond its end are not there to be removed. The path is shown as
    seen from `base_dir` where it lies below; relative paths start at `working_directory`, which is absolute.
    """
    section = recommendation.section
    removed = _lines_of_section(section, text)
    display = _display_path(file_path, base_dir, working_directory)
    head = (
        f"# TRIM: {section.heading}",
        f"# projected savings per session: ${to_fixed(recommendation.projected_savings_per_session, _USD_DIGITS)}",
        f"# projected savings across window: ${to_fixed(recommendation.projected_savings_across_window, _USD_DIGITS)}",
        f"--- a/{display}",
        f"+++ b/{display}",
        f"@@ -{section.start_line},{len(removed)} +{section.start_line},0 @@",
    )
    return "\n".join((*head, "\n".join(f"-{line}" for line in removed)))


def _lines_of_section(section: Section, text: str) -> Sequence[str]:
    lines = lines_of(normalized_line_ends(text))
    return lines[max(0, section.start_line - 1) : max(0, section.end_line)]


def _display_path(file_path: str, base_dir: str, working_directory: str) -> str:
    relative = base_dir and jspath.relative(base_dir, file_path, working_directory)
    # A folder whose name only begins with two dots fails this test too, as in the reference.
    shown = relative if relative and not relative.startswith("..") else file_path
    return shown.lstrip("/")
