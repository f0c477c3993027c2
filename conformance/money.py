"""Which figures of an answer are money. This is the one place that decides it.

In: where a figure stands. Out: whether it is an amount in USD, for which the tolerance is 1e-9 however large it is. The
words of the innermost key that says anything decide; a key that says nothing (`input`, a list index) leaves it to the key around it, and
in the end to the words of the protocol's name.
"""

from __future__ import annotations

import re

from conformance.jsonpath import Path

_AMOUNTS = "bill cost costs dollar dollars price prices pricing saved savings spend usd"
_QUANTITIES = (
    "bytes calls chars count counts hours index length lines ms rate ratio retries runs score seconds sessions share "
    "tokens turns usage"
)
_SUMMARIES = "average avg mean median p95 total totals"

# In the order in which they are asked: `costPerTurn` is money, `totalTokens` is none, `total` alone is.
_WORDS = tuple(
    (says_money, frozenset(words.split()))
    for says_money, words in ((True, _AMOUNTS), (False, _QUANTITIES), (True, _SUMMARIES))
)
_WORD = re.compile(r"[A-Z]+[0-9]*(?![a-z])|[A-Z]?[a-z]+[0-9]*|[0-9]+")


def is_money(path: Path, protocol: str) -> bool:
    """Whether the figure at `path` in an answer of `protocol` is an amount of money."""
    for step in (*reversed(path), *reversed(protocol.split("."))):
        if isinstance(step, str):
            verdict = _says(step)
            if verdict is not None:
                return verdict
    return False


def _says(key: str) -> bool | None:
    words = {word.lower() for word in _WORD.findall(key)}
    return next((verdict for verdict, telling in _WORDS if words & telling), None)
