"""Which gateway a model id names, and the id behind it.

In: a model id as logged and the routing rules in force. Out: the provider that a rule names and the id
without the gateway's part. Rules: provider.md 1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from msgspec import UNSET, Struct, UnsetType


class RoutingRule(Struct, frozen=True):
    """One rule: `pattern` is a literal prefix of the model id, or a compiled expression searched in it."""

    name: str
    provider: str
    pattern: str | re.Pattern[str]


class Route(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What the rules make of a model id; provider and rule are absent where none matched."""

    normalized_model: str
    provider: str | UnsetType = UNSET
    matched_rule: str | UnsetType = UNSET


_REST = r"([^\n\r\u2028\u2029]+)\Z"

DEFAULT_RULES: tuple[RoutingRule, ...] = (
    RoutingRule("synthetic-fireworks", "synthetic", re.compile(r"\Aaccounts/fireworks/models/" + _REST)),
    RoutingRule("synthetic-explicit", "synthetic", re.compile(r"\Asynthetic/" + _REST)),
    RoutingRule("synthetic-huggingface", "synthetic", re.compile(r"\Ahf:(?:[^/]+/)?" + _REST)),
)


def resolve_provider(model: str, rules: Sequence[RoutingRule] = DEFAULT_RULES) -> Route:
    """The route of `model`: the first rule that matches wins."""
    for rule in rules:
        rest = _rest(model, rule.pattern)
        if rest is not None:
            return Route(normalized_model=rest, provider=rule.provider, matched_rule=rule.name)
    return Route(normalized_model=model)


def _rest(model: str, pattern: str | re.Pattern[str]) -> str | None:
    if isinstance(pattern, str):
        return model[len(pattern) :] if model.startswith(pattern) else None
    match = pattern.search(model)
    if match is None:
        return None
    group: Any = match[1] if pattern.groups else None
    # Without a group the reference cuts as many characters as matched from the front, wherever the match was.
    return model[len(match[0]) :] if group is None else group
