"""How many turns of other semantics a home keeps for good, because no log tells of them any more.

In: a home. Out: the number that the last reading of all logs left, so that nobody is told again and again of what cannot
be changed.
"""

from __future__ import annotations

import orjson

from relayburn.ledger.home import Home
from relayburn.ledger.private_files import read_file, replace_file
from relayburn.semantics import Semantics


def kept_foreign_turns(home: Home, semantics: Semantics) -> int:
    """How many turns were kept when all logs were last read under `semantics`; 0 where they never were. Raises `HomeUnreadable`."""
    try:
        stored = orjson.loads(read_file(home.kept_turns) or b"{}")
    except orjson.JSONDecodeError:
        return 0
    count = stored.get(semantics.name) if type(stored) is dict else None
    return count if type(count) is int else 0


def save_kept_foreign_turns(home: Home, semantics: Semantics, count: int) -> None:
    """Remember `count`; what was kept under other semantics is no longer true. Raises `HomeUnwritable`."""
    replace_file(home.kept_turns, [orjson.dumps({semantics.name: count})])
