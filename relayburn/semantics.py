"""Which rules hold: the reference's, quirk for quirk, or the corrected ones.

`Semantics` is passed down explicitly, never kept in a global. Each field is one correction, described
with its evidence in docs/semantics.md; `TS_1_10` has none of them, `CURRENT` all.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Semantics:
    """One field per correction of the reference; true means corrected."""

    name: str
    final_usage: bool
    last_record_wins: bool
    exactly_once: bool
    special_tokens_are_text: bool
    prompt_by_parent: bool
    skill_activity: bool
    stop_reasons: bool
    subagent_logs: bool
    all_roots: bool
    count_copies_once: bool
    first_party_prices: bool
    context_tiers: bool
    one_hour_cache_writes: bool
    dated_prices: bool
    snapshot_ids: bool
    report_unpriced: bool
    web_searches: bool
    whole_archive: bool

    @classmethod
    def corrections(cls) -> tuple[str, ...]:
        """The names of all corrections, in declaration order."""
        return tuple(f.name for f in fields(cls) if f.name != "name")

    @classmethod
    def named(cls, name: str) -> Semantics:
        """The semantics called `name`; raises `ValueError` naming the valid ones."""
        try:
            return _BY_NAME[name]
        except KeyError:
            raise ValueError(f"unknown semantics {name!r} (expected one of: {', '.join(_BY_NAME)})") from None


TS_1_10 = Semantics("ts-1.10", *(False,) * len(Semantics.corrections()))
CURRENT = Semantics("current", *(True,) * len(Semantics.corrections()))
_BY_NAME = {semantics.name: semantics for semantics in (TS_1_10, CURRENT)}
