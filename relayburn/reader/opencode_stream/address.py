"""Where the event stream of an OpenCode server is, and what to say when asking for it.

In: a base URL or the environment. Out: the URL of the stream, normalised by the WHATWG rules, and the request's headers
(reader-opencode-stream.md 8).
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Mapping

import can_ada

from relayburn.errors import InvalidUrl
from relayburn.text import utf8, well_formed

DEFAULT_SERVER_URL = "http://127.0.0.1:4096"
PROJECT_PATH = "/event"
GLOBAL_PATH = "/global/event"
DEFAULT_USER = "opencode"


def resolve_opencode_event_url(
    base_url: str | None = None, *, global_events: bool = False, env: Mapping[str, str] | None = None
) -> str:
    """The URL of the event stream at `base_url`, else at `OPENCODE_SERVER_URL`, else at the default server.

    A URL without a path gets the one for the project's events, or for those of all projects; another path is kept.
    `env` is the process's environment unless given. Raises `InvalidUrl`, also for an empty text.
    """
    if base_url is None:
        base_url = _environment(env).get("OPENCODE_SERVER_URL", DEFAULT_SERVER_URL)
    try:
        url = can_ada.parse(well_formed(base_url))
    except ValueError:
        raise InvalidUrl(base_url) from None
    if url.pathname in ("", "/"):
        url.pathname = GLOBAL_PATH if global_events else PROJECT_PATH
    return url.href


def build_opencode_event_headers(
    env: Mapping[str, str] | None = None, *, last_event_id: str | None = None
) -> dict[str, str]:
    """The headers of the request for a stream that goes on after `last_event_id`.

    `OPENCODE_SERVER_PASSWORD` and `OPENCODE_SERVER_USERNAME` in `env` become Basic authorization.
    """
    env = _environment(env)
    headers = {"Accept": "text/event-stream"}
    if last_event_id:
        headers["Last-Event-ID"] = last_event_id
    if password := env.get("OPENCODE_SERVER_PASSWORD"):
        user = env.get("OPENCODE_SERVER_USERNAME") or DEFAULT_USER
        headers["Authorization"] = f"Basic {b64encode(utf8(f'{user}:{password}')).decode('ascii')}"
    return headers


def _environment(env: Mapping[str, str] | None) -> Mapping[str, str]:
    return os.environ if env is None else env
