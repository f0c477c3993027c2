"""The user's settings: what content is stored, and for how long (ledger.md 10).

In: `config.json` and the environment, each setting resolved on its own: environment, file, default. Out: a `Config`; what
is wrong with the file is told to `warn`, and then it counts as missing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from relayburn import jsjson
from relayburn.errors import HomeUnreadable
from relayburn.jscomplaint import complaint
from relayburn.jsnum import is_number, normalize, to_double, to_number
from relayburn.ledger.home import Home
from relayburn.ledger.private_files import read_file
from relayburn.ledger.store_protocol import Warn
from relayburn.text import trim

STORES = ("full", "hash-only", "off")
"""What can be stored of a session's content."""

Forever = Literal["forever"]
FOREVER: Forever = "forever"
Days = int | float | Forever
"""A number of days, at least 0, or forever."""

_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Config:
    """`store` is one of `STORES`; content older than `retention_days` may be pruned."""

    store: str = "full"
    retention_days: Days = 90


DEFAULTS = Config()


def load_config(home: Home, warn: Warn) -> Config:
    """The settings in force."""
    content = _file_settings(home.config, warn)
    store = _store(home.environ.get("RELAYBURN_CONTENT_STORE")) or _store(content.get("store"))
    days = _first_given(
        retention_days(home.environ.get("RELAYBURN_CONTENT_TTL_DAYS")), retention_days(content.get("retentionDays"))
    )
    return Config(store or DEFAULTS.store, days)


def retention_days(value: Any) -> Days | None:
    """A retention as it is written in a setting or flag; None where it says nothing."""
    if type(value) is str:
        text = trim(value).lower()
        if text == FOREVER:
            return FOREVER
        number = to_number(text) if text else math.nan
    elif is_number(value):
        number = value
    else:
        return None
    double = to_double(number)
    if not math.isfinite(double):
        return None
    return FOREVER if double < 0 else normalize(number)


def retention_ms(days: Days) -> float | None:
    """A retention in milliseconds, None for ever."""
    return None if days == FOREVER else days * _DAY_MS


def _first_given(*candidates: Days | None) -> Days:
    return next((days for days in candidates if days is not None), DEFAULTS.retention_days)


def _store(value: Any) -> str | None:
    lowered = value.lower() if type(value) is str else None
    return lowered if lowered in STORES else None


def _file_settings(path: Path, warn: Warn) -> dict[str, Any]:
    """The `content` settings of the file."""
    try:
        data = read_file(path)
    except HomeUnreadable as error:
        warn(f"[burn] warning: could not read {path}: {error.cause.strerror or error.cause}")
        return {}
    if data is None:
        return {}
    text = data.decode(errors="replace")
    try:
        stored = jsjson.loads(text)
    except ValueError as error:
        warn(f"[burn] warning: invalid JSON in {path} ({complaint(text) or error}); using defaults")
        return {}
    if type(stored) is list:
        return {}
    if type(stored) is not dict:
        warn(f"[burn] warning: {path} is not a JSON object; using defaults")
        return {}
    content = stored.get("content")
    return content if type(content) is dict else {}
