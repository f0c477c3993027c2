"""Which folders an environment names: the user's own, and the home (ledger.md 1).

In: environment variables. Out: paths as text. Imports nothing, for those who cannot wait for `Home`.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def user_folder(environ: Mapping[str, str]) -> str:
    """The folder that the harnesses' logs are looked for in. Raises `NoUserFolder`."""
    folder = environ.get("HOME") or os.path.expanduser("~")  # noqa: PTH111 - `pathlib` takes as long as all the rest
    if folder == "~":
        from relayburn.errors import NoUserFolder

        raise NoUserFolder
    return folder


def home_folder(environ: Mapping[str, str]) -> str:
    """Where the home lies: `RELAYBURN_HOME`, else `~/.relayburn`. Raises `NoUserFolder`."""
    return environ.get("RELAYBURN_HOME") or f"{user_folder(environ)}/.relayburn"
