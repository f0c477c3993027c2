"""What was used at no known price, and what that makes of the findings of its sessions.

In: turns and the price table; findings. Out: unpriced usage by session, its findings, and the given findings with those
of such sessions marked, as their dollars are unknown (findings.md 6). Only under semantics with `report_unpriced`;
the reference shows such usage as $0.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

import msgspec
from msgspec import Struct

from relayburn.analyze.findings import INFO, UNPRICED, Savings, WasteFinding, inspect_action
from relayburn.analyze.sessions import hashable
from relayburn.jsnum import locale_text, normalize
from relayburn.pricing.lookup import lookup_model_rate
from relayburn.pricing.numbers import number
from relayburn.pricing.table import PriceTable
from relayburn.records import UNSET, TurnRecord


class UnpricedUsage(Struct, kw_only=True):
    """The turns of one session whose models have no price, the models as first seen, and their tokens."""

    session_id: str
    turns: int = 0
    models: dict[str, None]
    tokens: float = 0

    @property
    def models_text(self) -> str:
        """The models, separated by commas."""
        return ", ".join(self.models)


def unpriced_usage(turns: Iterable[TurnRecord], table: PriceTable) -> dict[Hashable, UnpricedUsage]:
    """Unpriced usage by session, in first-seen order.

    A session whose turns without a price hold no token is left out: whatever the price, they cost nothing.
    """
    sessions: dict[Hashable, UnpricedUsage] = {}
    for turn in turns:
        if lookup_model_rate(turn.model, table) is not None:
            continue
        key = hashable(turn.session_id)
        if key not in sessions:
            sessions[key] = UnpricedUsage(session_id=turn.session_id, models={})
        usage = sessions[key]
        usage.turns += 1
        usage.models[str(turn.model)] = None
        usage.tokens += _tokens(turn)
    return {key: usage for key, usage in sessions.items() if usage.tokens > 0}


def _tokens(turn: TurnRecord) -> float:
    usage = turn.usage
    counts = [usage.input, usage.output, usage.cache_read, usage.cache_create_5m, usage.cache_create_1h]
    if turn.source != "codex":  # whose output holds the reasoning already
        counts.append(usage.reasoning)
    return normalize(sum(map(number, counts)))


def unpriced_usage_finding(usage: UnpricedUsage) -> WasteFinding:
    """The finding of a session's unpriced usage."""
    return WasteFinding(
        kind="unpriced-usage",
        severity=INFO,
        session_id=usage.session_id,
        title=(
            f"Unpriced usage: {locale_text(usage.tokens)} tokens across {locale_text(usage.turns)} "
            f"turn{'' if usage.turns == 1 else 's'}"
        ),
        detail=(
            f"No pricing is available for {'model' if len(usage.models) == 1 else 'models'}: {usage.models_text}. "
            "Dollar cost is unknown; this finding is ranked by token volume."
        ),
        estimated_savings=Savings(tokens_per_session=usage.tokens),
        actions=[inspect_action(usage.session_id)],
        pricing_status=UNPRICED,
    )


def mark_unpriced(findings: Iterable[WasteFinding], unpriced: Mapping[Hashable, UnpricedUsage]) -> list[WasteFinding]:
    """The findings, those of sessions in `unpriced` without their dollars and with a note why."""
    return [
        _marked(finding, unpriced[key]) if (key := hashable(finding.session_id)) in unpriced else finding
        for finding in findings
    ]


def _marked(finding: WasteFinding, usage: UnpricedUsage) -> WasteFinding:
    if finding.pricing_status == UNPRICED:
        return finding
    savings = finding.estimated_savings
    tokens = usage.tokens if savings.tokens_per_session is UNSET else savings.tokens_per_session
    return msgspec.structs.replace(
        finding,
        detail=(
            f"{finding.detail} Pricing is unavailable for model(s) {usage.models_text}; the dollar estimate is unknown. "
            f"The session contains {locale_text(usage.tokens)} unpriced tokens."
        ),
        estimated_savings=msgspec.structs.replace(savings, tokens_per_session=tokens, usd_per_session=UNSET),
        pricing_status=UNPRICED,
    )
