"""Why turns were left out, in words (cli.md 8.1 and 8.2).

In: what the sources of turns do not tell. Out: parts of sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from relayburn.analyze.coverage import CoveredTurns, Exclusion
from relayburn.jsnum import locale_text
from relayburn.pricing.ids import id_text

COVERAGE_NAMES = {
    "hasToolCalls": "tool-call records",
    "hasToolResultEvents": "tool-result events",
    "hasSessionRelationships": "session relationships",
    "hasRawContent": "raw content",
    "hasInputTokens": "input tokens",
    "hasOutputTokens": "output tokens",
    "hasReasoningTokens": "reasoning tokens",
    "hasCacheReadTokens": "cacheRead tokens",
    "hasCacheCreateTokens": "cacheCreate tokens",
}
"""What a flag stands for."""


def coverage_names(flags: Iterable[str], separator: str) -> str:
    """The names of `flags`, joined."""
    return separator.join(COVERAGE_NAMES[flag] for flag in flags)


def sources_text(excluded: Sequence[Exclusion]) -> str:
    """The sources of turns that were left out, each with what it lacks in parentheses."""
    return "; ".join(_source(exclusion) for exclusion in excluded)


def _source(exclusion: Exclusion) -> str:
    parts = [_granularities(exclusion), _missing(exclusion)]
    lacks = ", ".join(filter(None, parts))
    source = id_text(exclusion.source)
    return f"{source} ({lacks})" if lacks else source


def analyzed_of(covered: CoveredTurns) -> str:
    """How many turns were looked at and how many not, up to the reason."""
    analyzed, left_out = len(covered.turns), covered.excluded_count
    return f"analyzed {locale_text(analyzed)} of {locale_text(analyzed + left_out)} turns; {locale_text(left_out)}"


def clauses_text(excluded: Sequence[Exclusion]) -> str:
    """What the turns that were left out lack, each source in parentheses."""
    return " and ".join(_clause(exclusion) for exclusion in excluded)


def _clause(exclusion: Exclusion) -> str:
    granularities = _granularities(exclusion)
    parts = [_missing(exclusion), f"{granularities} granularity" if granularities else ""]
    lacks = ", ".join(filter(None, parts))
    source = id_text(exclusion.source)
    return f"{lacks} ({source})" if lacks else source


def _granularities(exclusion: Exclusion) -> str:
    return "+".join(exclusion.granularities)


def _missing(exclusion: Exclusion) -> str:
    names = coverage_names(exclusion.missing_coverage, ", ")
    return f"missing {names}" if names else ""
