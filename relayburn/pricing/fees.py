"""What is charged by the piece, not by the token: web searches that the vendor's own tool makes.

In: a model and how many searches its turns made. Out: US dollars at list price, None where no price is known. Anthropic
charges 10 dollars for 1,000 searches (platform.claude.com, Pricing, "Web search tool"; fetches of pages are free). The logs
of Codex and OpenCode tell no number of searches, so nothing can be counted there.
"""

from __future__ import annotations

from relayburn.pricing.rate import is_anthropic

ANTHROPIC_USD_PER_SEARCH = 10 / 1000


def web_search_fee(model: str, searches: int) -> float | None:
    """What `searches` of `model` cost."""
    return searches * ANTHROPIC_USD_PER_SEARCH if is_anthropic(model) else None
