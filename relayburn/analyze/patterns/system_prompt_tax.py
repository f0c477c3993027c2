"""The fixed prefix of an OpenCode session that every later turn reads from cache again (patterns.md 10)."""

from __future__ import annotations

from relayburn.analyze.findings import WasteFinding, plain_text, session_finding, usd_text
from relayburn.analyze.patterns.session import OPENCODE, Session
from relayburn.jsnum import locale_text, normalize
from relayburn.pricing.numbers import number, plus
from relayburn.records import Record


class SystemPromptTax(Record, kw_only=True):
    """Tokens of the first prompt that are not the user's; `total_cost` in USD of the turns that rode on it, whole."""

    session_id: str
    first_turn_cache_create: float
    first_user_message_tokens: float
    estimated_system_prompt_tokens: float
    riding_turns: int
    total_cost: float


def system_prompt_taxes(session: Session) -> list[SystemPromptTax]:
    """The tax of a session: one row or none."""
    if session.source != OPENCODE or not session.user_turns:
        return []
    usage = session.turns[0].usage
    written = normalize(number(plus(usage.cache_create_5m, usage.cache_create_1h)))
    asked = sum(block.approx_tokens for block in session.user_turns[0].blocks)
    if not asked or not written > asked:
        return []
    riding = [place for place, turn in enumerate(session.turns) if place and number(turn.usage.cache_read) > 0]
    if not riding:
        return []
    cost = 0.0
    for place in riding:
        cost += session.cost(place)
    return [
        SystemPromptTax(
            session_id=session.session_id,
            first_turn_cache_create=written,
            first_user_message_tokens=asked,
            estimated_system_prompt_tokens=written - asked,
            riding_turns=len(riding),
            total_cost=cost,
        )
    ]


def system_prompt_tax_finding(tax: SystemPromptTax) -> WasteFinding:
    """The finding of a prompt tax (findings.md 3)."""
    prompt, riding = tax.estimated_system_prompt_tokens, plain_text(tax.riding_turns)
    return session_finding(
        "system-prompt-tax",
        tax.session_id,
        tax.total_cost,
        f"OpenCode system prompt tax: ~{locale_text(prompt)} tokens × {riding} turn(s)",
        f"First-turn cacheCreate of {locale_text(tax.first_turn_cache_create)} tokens minus the first user message "
        f"({locale_text(tax.first_user_message_tokens)}) leaves ~{locale_text(prompt)} tokens of system prompt + skill "
        f"catalog riding cacheRead across {riding} subsequent turn(s). Total cost {usd_text(tax.total_cost)}.",
        tokens=prompt * tax.riding_turns,
    )
