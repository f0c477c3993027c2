"""Who asks: the home that tools look into, and the session that is meant where none is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from relayburn.ledger.home import Home
from relayburn.semantics import Semantics


@dataclass(frozen=True, slots=True)
class Inquirer:
    """What a tool is given beside its arguments. `cwd` is an absolute path; `log` takes a line for people."""

    home: Home
    semantics: Semantics
    cwd: str
    session: str | None
    log: Callable[[str], None]
