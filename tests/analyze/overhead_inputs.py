"""Turns, prices and instruction files for the tests of overhead: readable builders and strategies that mix them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from relayburn.analyze.markdown_sections import ParsedFile, parse_markdown
from relayburn.analyze.overhead_files import LoadedFile, OverheadFile
from relayburn.pricing.table import PriceTable, table_from_wire
from relayburn.records import TurnRecord, Usage

MODEL = "claude-x"
CHEAP = "claude-small"


def prices(scale: float = 1.0, **of_model: Any) -> PriceTable:
    """`MODEL` at 0.5 USD per million cached tokens and `CHEAP` at 0.25, all prices times `scale`."""
    return table_from_wire(
        {
            MODEL: {"input": 3 * scale, "output": 15 * scale, "cacheRead": 0.5 * scale, "cacheWrite": 4 * scale}
            | of_model,
            CHEAP: {"input": 1 * scale, "output": 5 * scale, "cacheRead": 0.25 * scale, "cacheWrite": 1 * scale},
        }
    )


def turn(session: str = "s1", cache_read: Any = 10_000, index: Any = 0, **values: Any) -> TurnRecord:
    """A Claude Code turn that reads `cache_read` tokens from cache."""
    defaults: dict[str, Any] = {
        "source": "claude-code",
        "session_id": session,
        "message_id": f"{session}-{index}",
        "turn_index": index,
        "ts": "2026-03-02T09:00:00.000Z",
        "model": MODEL,
        "usage": Usage(cache_read=cache_read),
        "tool_calls": [],
    }
    return TurnRecord(**defaults | values)


def text_of_tokens(tokens: int) -> str:
    """A file of exactly that many tokens, one section without headings."""
    return "x" * (4 * tokens)


def parsed(text: str, path: str = "/p/CLAUDE.md") -> ParsedFile:
    """`text` as the sections of a file."""
    return parse_markdown(path, text)


def loaded(text: str, *sources: str, path: str = "/p/CLAUDE.md") -> LoadedFile:
    """`text` as a file that `sources` load."""
    file = OverheadFile(kind="claude-md", path=path, applies_to=list(sources) or ["claude-code"])
    return LoadedFile(file=file, parsed=parse_markdown(path, text))


MARKDOWN = st.lists(
    st.one_of(
        st.sampled_from(
            ["# ", "## ", "### ", "##", "\n", "\n", "\n", "\r\n", "\r", "\r\r\n", "```", "````", "~~~", " ", "\t"]
        ),
        st.sampled_from(["a", "word", "é", "🙂", "\ufeff", "\u2028", "\u0085", "\x1c", "\ud800"]),
    ),
    max_size=30,
).map("".join)
"""Texts that are dense in what the Markdown rules look at."""

ANY_TEXT = st.text(st.characters())
"""Any text, lone surrogates included."""

TURNS = st.lists(
    st.builds(
        turn,
        session=st.sampled_from(["s1", "s2", "s3", "10"]),
        cache_read=st.integers(0, 60),
        index=st.integers(0, 5),
        source=st.sampled_from(["claude-code", "codex", "opencode"]),
        model=st.sampled_from([MODEL, CHEAP, f"anthropic/{MODEL}", "unpriced"]),
    ),
    max_size=12,
)
"""Turns of some sessions, many of them near the size of a small file."""
