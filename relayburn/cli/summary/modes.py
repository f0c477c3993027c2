"""What a summary can show, each for people and as JSON.

In: a choice that was read from words. Out: functions that take an `Inquiry` and return an exit code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from relayburn.cli.summary import grouped, relationships, tools, tree
from relayburn.cli.summary.inquiry import Inquiry

Show = Callable[[Inquiry], int]


@dataclass(frozen=True, slots=True)
class Mode:
    """One side to show turns from."""

    for_people: Show
    as_json: Show


BY_TOOL = Mode(tools.show_tools, tools.show_tools_as_json)
BY_SUBAGENT_TYPE = Mode(relationships.show_subagent_types, relationships.show_subagent_types_as_json)
BY_RELATIONSHIP = Mode(relationships.show_relationships, relationships.show_relationships_as_json)
BY_SUBAGENT_RELATIONSHIP = Mode(
    relationships.show_subagent_relationships, relationships.show_subagent_relationships_as_json
)


def by(grouping: grouped.Grouping) -> Mode:
    """Turns in groups."""
    return Mode(
        lambda inquiry: grouped.show_as_table(inquiry, grouping),
        lambda inquiry: grouped.show_as_json(inquiry, grouping),
    )


def with_quality(grouping: grouped.Grouping) -> Mode:
    """Turns in groups, and how their sessions ended."""
    return Mode(
        lambda inquiry: grouped.show_with_quality(inquiry, grouping),
        lambda inquiry: grouped.show_with_quality_as_json(inquiry, grouping),
    )


def tree_of(session: str | None) -> Mode:
    """A session with its subagents."""
    return Mode(
        lambda inquiry: tree.show_tree(inquiry, session), lambda inquiry: tree.show_tree_as_json(inquiry, session)
    )
