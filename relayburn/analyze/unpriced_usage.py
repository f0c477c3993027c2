"""What was used at no known price, and what that makes of the findings of its sessions.

In: turns and the price table; findings. Out: unpriced usage by session, its findings, and the given findings with those
of such sessions marked, as their dollars are unknown (findings.md 6). Under ts-1.10 there is none: the reference shows
such usage as $0.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import msgspec

from relayburn.analyze.findings import INFO, UNPRICED, Savings, WasteFinding, inspect_action
from relayburn.analyze.sessions import by_session, hashable
from relayburn.jsnum import locale_text
from relayburn.pricing.table import PriceTable
from relayburn.pricing.unpriced import UnpricedUsage, summarize_unpriced
from relayburn.records import UNSET, Record, TurnRecord
from relayburn.semantics import Semantics


def unpriced_by_session(
    turns: Iterable[TurnRecord], table: PriceTable, *, semantics: Semantics
) -> dict[Hashable, UnpricedUsage]:
    """The unpriced usage of each session that has some.

    A session whose turns without a price hold no token is left out: whatever the price, they cost nothing.
    """
    if not semantics.report_unpriced:
        return {}
    sessions = {
        session: summarize_unpriced(records, table, semantics=semantics)
        for session, records in by_session(turns).items()
    }
    return {session: usage for session, usage in sessions.items() if usage.tokens > 0}


class SessionUnpriced(Record, kw_only=True):
    """What one session used at no known price."""

    session_id: Any
    usage: UnpricedUsage


def unpriced_sessions(unpriced: Mapping[Hashable, UnpricedUsage]) -> list[SessionUnpriced]:
    """The sessions of `unpriced`, in their order."""
    return [SessionUnpriced(session_id=session, usage=usage) for session, usage in unpriced.items()]


def unpriced_usage_finding(session_id: Any, usage: UnpricedUsage) -> WasteFinding:
    """The finding of a session's unpriced usage."""
    return WasteFinding(
        kind="unpriced-usage",
        severity=INFO,
        session_id=session_id,
        title=(
            f"Unpriced usage: {locale_text(usage.tokens)} tokens across {locale_text(usage.turns)} "
            f"turn{'' if usage.turns == 1 else 's'}"
        ),
        detail=(
            f"No pricing is available for {'model' if len(usage.models) == 1 else 'models'}: {_models(usage)}. "
            "Dollar cost is unknown; this finding is ranked by token volume."
        ),
        estimated_savings=Savings(tokens_per_session=usage.tokens),
        actions=[inspect_action(session_id)],
        pricing_status=UNPRICED,
    )


def mark_unpriced(findings: Iterable[WasteFinding], unpriced: Mapping[Hashable, UnpricedUsage]) -> list[WasteFinding]:
    """The findings, those of sessions in `unpriced` without their dollars and with a note why."""
    return [
        _marked(finding, unpriced[session]) if (session := hashable(finding.session_id)) in unpriced else finding
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
            f"{finding.detail} Pricing is unavailable for model(s) {_models(usage)}; the dollar estimate is unknown. "
            f"The session contains {locale_text(usage.tokens)} unpriced tokens."
        ),
        estimated_savings=msgspec.structs.replace(savings, tokens_per_session=tokens, usd_per_session=UNSET),
        pricing_status=UNPRICED,
    )


def _models(usage: UnpricedUsage) -> str:
    return ", ".join(model.model for model in usage.models)
