"""Stop reasons as one closed set, whatever the harness wrote (correction `stop_reasons`; records.md 9)."""

from __future__ import annotations

from functools import lru_cache

from relayburn.text import trim

_NAMES = {
    "stop": "end-turn",
    "length": "max-tokens",
    "tool-calls": "tool-use",
    **{
        name: name
        for name in ("end-turn", "max-tokens", "tool-use", "pause-turn", "stop-sequence", "refusal", "silent")
    },
}


@lru_cache(maxsize=64)
def normalize_stop_reason(text: str) -> str:
    """The stop reason that a log's text stands for; `silent` for one that is not known."""
    return _NAMES.get(trim(text).lower().replace("_", "-"), "silent")
