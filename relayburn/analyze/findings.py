"""One envelope for what every waste detector finds: severity, texts, savings, actions, ranking.

In: what a detector says about one piece of waste. Out: a `WasteFinding`, and lists of them in order. How money,
ratios and counts are written stands here once (findings.md 1, 2 and 5). A finding whose session has turns without a
price is `unpriced` (findings.md 6); under ts-1.10 there is none.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from relayburn.jsnum import number_text, to_fixed
from relayburn.records import UNSET, OptionalText, Record, UnsetType

HIGH = "high"
WARN = "warn"
INFO = "info"
SEVERITIES = (HIGH, WARN, INFO)
"""From the most to the least severe, which is how findings are ranked."""

HIGH_USD = 0.5
WARN_USD = 0.05

UNPRICED = "unpriced"

OptionalNumber = float | UnsetType


class Savings(Record, kw_only=True):
    """What could be saved, in tokens and US dollars; an absent figure is not estimated."""

    tokens_per_session: OptionalNumber = UNSET
    usd_per_session: OptionalNumber = UNSET
    usd_per_month: OptionalNumber = UNSET


class Action(Record, kw_only=True):
    """What the reader can do: run a `command`, `paste` a text, or write a `file-content` at a path."""

    type: str
    label: str
    text: OptionalText = UNSET
    path: OptionalText = UNSET
    content: OptionalText = UNSET


class WasteFinding(Record, kw_only=True):
    """One piece of waste, ready to be shown."""

    kind: str
    severity: str
    session_id: str
    title: str
    detail: str
    estimated_savings: Savings
    actions: list[Action]
    event_source: OptionalText = UNSET
    pricing_status: OptionalText = UNSET


def session_finding(
    kind: str,
    session_id: str,
    cost: float,
    title: str,
    detail: str,
    *,
    tokens: OptionalNumber = UNSET,
    event_source: OptionalText = UNSET,
) -> WasteFinding:
    """The usual finding: `cost` in USD decides the severity and can be saved, the session can be inspected."""
    return WasteFinding(
        kind=kind,
        severity=severity_of(cost),
        session_id=session_id,
        title=title,
        detail=detail,
        estimated_savings=Savings(tokens_per_session=tokens, usd_per_session=cost),
        actions=[inspect_action(session_id)],
        event_source=event_source,
    )


def inspect_action(session_id: str) -> Action:
    """The command that shows the session; the id is not quoted."""
    return Action(type="command", label="Inspect this session", text=f"burn hotspots --session {session_id}")


def severity_of(usd: float) -> str:
    """The severity of an amount, which is not rounded before."""
    if usd >= HIGH_USD:
        return HIGH
    return WARN if usd >= WARN_USD else INFO


def usd_text(amount: float) -> str:
    """An amount with four decimals: `$0.0313`."""
    return f"${to_fixed(amount, 4)}"


def ratio_text(ratio: float) -> str:
    """A ratio with one decimal, or the sign of infinity."""
    return "∞" if math.isinf(ratio) else to_fixed(ratio, 1)


def plain_text(number: float) -> str:
    """A number in JavaScript's shortest form, without separators."""
    return number_text(number)


def sort_findings(findings: Iterable[WasteFinding]) -> list[WasteFinding]:
    """Unpriced findings first, by tokens; then by severity and dollars. Ties keep their order (findings.md 5, 6)."""
    return sorted(findings, key=_rank)


def _rank(finding: WasteFinding) -> tuple[bool, float, int, float]:
    savings = finding.estimated_savings
    priced = finding.pricing_status != UNPRICED
    return (
        priced,
        0 if priced else -_figure(savings.tokens_per_session),
        SEVERITIES.index(finding.severity) if finding.severity in SEVERITIES else len(SEVERITIES),
        -_figure(savings.usd_per_session),
    )


def _figure(figure: OptionalNumber | None) -> float:
    return 0 if figure is UNSET or figure is None else figure
