"""What OpenCode's skills cost again and again (patterns.md 10).

A skill that is called twice puts its text into the context twice; and a skill's text is never evicted from it, so that
every later turn that reads the cache carries it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from relayburn.analyze.findings import WasteFinding, plain_text, session_finding, usd_text
from relayburn.analyze.patterns.session import OPENCODE, PlacedCall, Session
from relayburn.analyze.sessions import text_of
from relayburn.pricing.numbers import number
from relayburn.records import Record

SKILL_TOOL = "skill"
MIN_CALLS = 2


class SkillRecallDup(Record, kw_only=True):
    """One skill called several times in a session; `cost` in USD of the turns that did."""

    session_id: str
    skill_name: str
    call_count: int
    first_turn_index: int
    last_turn_index: int
    cost: float


class SkillPruningProtection(Record, kw_only=True):
    """One skill call and the `riding_turns` that carried it; `cost` in USD of the call's turn and of these, whole."""

    session_id: str
    skill_name: str
    invoked_turn_index: int
    riding_turns: int
    last_cached_turn_index: int
    cost: float


def skill_recall_dups(session: Session) -> list[SkillRecallDup]:
    """The skills that a session called more than once, in the order of their first calls."""
    calls: dict[str, list[int]] = {}
    for position, call in _skill_calls(session):
        calls.setdefault(text_of(call.skill_name), []).append(position)
    return [
        SkillRecallDup(
            session_id=session.session_id,
            skill_name=skill,
            call_count=len(positions),
            first_turn_index=session.turn_index(positions[0]),
            last_turn_index=session.turn_index(positions[-1]),
            cost=session.cost_once(positions),
        )
        for skill, positions in calls.items()
        if len(positions) >= MIN_CALLS
    ]


def skill_pruning_protection(session: Session) -> list[SkillPruningProtection]:
    """Every skill call of a session that later turns carried, in order."""
    calls = list(_skill_calls(session))
    if not calls:
        return []
    riding = [place for place, turn in enumerate(session.turns) if number(turn.usage.cache_read) > 0]
    indexes = [session.turn_index(place) for place in riding]
    costs = _costs_from_here(session, riding)
    found: list[SkillPruningProtection] = []
    for position, call in calls:
        invoked = session.turn_index(position)
        first_rider = bisect_right(indexes, invoked)
        if first_rider == len(riding):
            continue
        found.append(
            SkillPruningProtection(
                session_id=session.session_id,
                skill_name=text_of(call.skill_name),
                invoked_turn_index=invoked,
                riding_turns=len(riding) - first_rider,
                last_cached_turn_index=indexes[-1],
                cost=session.cost(position) + costs[first_rider],
            )
        )
    return found


def _costs_from_here(session: Session, places: list[int]) -> list[float]:
    """For each of `places` the cost of its turn and of all after it, added once and not for every call."""
    costs = [0.0] * (len(places) + 1)
    for rank in reversed(range(len(places))):
        costs[rank] = costs[rank + 1] + session.cost(places[rank])
    return costs


def _skill_calls(session: Session) -> Iterator[PlacedCall]:
    if session.source != OPENCODE:
        return iter(())
    return (placed for placed in session.calls if placed.call.name == SKILL_TOOL and text_of(placed.call.skill_name))


def skill_recall_dup_finding(dup: SkillRecallDup) -> WasteFinding:
    """The finding of a skill that was called several times (findings.md 3)."""
    count = plain_text(dup.call_count)
    return session_finding(
        "skill-recall-dup",
        dup.session_id,
        dup.cost,
        f'OpenCode skill "{dup.skill_name}" called {count}× without dedup',
        f"OpenCode does not deduplicate skill tool results, so each of the {count} calls (turns "
        f"{plain_text(dup.first_turn_index)}-{plain_text(dup.last_turn_index)}) re-injects the full SKILL.md content into "
        f"context. Cumulative turn cost {usd_text(dup.cost)}.",
    )


def skill_pruning_protection_finding(protection: SkillPruningProtection) -> WasteFinding:
    """The finding of a skill that rode in cache (findings.md 3)."""
    return session_finding(
        "skill-pruning-protection",
        protection.session_id,
        protection.cost,
        f'OpenCode skill "{protection.skill_name}" rode in cache {plain_text(protection.riding_turns)} turn(s)',
        "Skill tool results are listed in OpenCode's PRUNE_PROTECTED_TOOLS and never evict during compaction. Invoked at "
        f"turn {plain_text(protection.invoked_turn_index)}; still in cacheRead at turn "
        f"{plain_text(protection.last_cached_turn_index)}. Invoke + riding-turn cost {usd_text(protection.cost)}.",
    )
