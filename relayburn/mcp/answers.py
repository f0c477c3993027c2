"""What the tools answer: the verbs of the SDK, as JSON objects (mcp.md 3.1 and 5).

In: an `Inquirer` and arguments that were checked, but for the two tools that take whatever they are given. Out: a JSON
object. Raises `RelayburnError`. A verb is imported when its tool is called, for it brings the database along.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from relayburn import sdk
from relayburn.errors import InvalidOption, RelayburnError
from relayburn.jsjson import truthy
from relayburn.mcp.inquirer import Inquirer
from relayburn.records import Record, to_wire

NOT_REGISTERED = "no session id provided and server was not registered with one"

_FINDINGS = "findings"
_CAPITAL = re.compile("[A-Z]")

Arguments = Mapping[str, Any]


def cost_of_any_session(inquirer: Inquirer, arguments: Any) -> dict[str, Any]:
    """What a session cost, its arguments read as the reference reads them: an id of any type is a session's."""
    from relayburn.sdk.session_costs import NO_TURNS, SessionCost, session_cost

    session: Any = _given(arguments, "sessionId")
    if session is None:
        session = inquirer.session
    if session is None:
        return to_wire(SessionCost(session_id=None, models=[], note=NOT_REGISTERED))
    if truthy(session) and not isinstance(session, str):
        return to_wire(SessionCost(session_id=session, models=[], note=NO_TURNS))
    found = session_cost(inquirer.home, session=session or None, on_log=inquirer.log, semantics=inquirer.semantics)
    return to_wire(found)


def cost_of_session(inquirer: Inquirer, arguments: Any) -> dict[str, Any]:
    """What a session cost; an id that is no text is not given, and one that is empty is a session's without turns."""
    from relayburn.sdk.session_costs import NO_TURNS, SessionCost, session_cost

    ingest_first(inquirer)
    named = _text_given(arguments, "sessionId")
    session = inquirer.session if named is None else named
    if session is None:
        return to_wire(SessionCost(session_id=None, models=[], note=NOT_REGISTERED))
    if not session:
        return to_wire(SessionCost(session_id=session, models=[], note=NO_TURNS))
    found = session_cost(inquirer.home, session=session, on_log=inquirer.log, semantics=inquirer.semantics)
    return to_wire(found)


def fingerprint(inquirer: Inquirer, arguments: Any) -> dict[str, Any]:
    """What changes whenever turns are added; the session of the server is not meant where none is named."""
    session, project = (_text_given(arguments, name) for name in ("sessionId", "project"))
    if session is not None and project is not None:
        raise InvalidOption("fingerprint: pass at most one of sessionId / project")
    ingest_first(inquirer)
    found = sdk.fingerprint(
        inquirer.home, session=session, project=project, on_log=inquirer.log, semantics=inquirer.semantics
    )
    return {"fingerprint": found}


def summary(inquirer: Inquirer, arguments: Arguments) -> dict[str, Any]:
    """What was spent."""
    return _told(inquirer, sdk.summary, {"session": inquirer.session, **arguments})


def hotspots(inquirer: Inquirer, arguments: Arguments) -> dict[str, Any]:
    """Where the money went."""
    asked = {"session": inquirer.session, **arguments}
    if asked.get("groupBy") == _FINDINGS:
        from relayburn.sdk.waste import DETECTORS

        del asked["groupBy"]
        asked["patterns"] = asked.get("patterns") or DETECTORS
    return _told(inquirer, sdk.hotspots, asked, cwd=inquirer.cwd)


def overhead(inquirer: Inquirer, arguments: Arguments) -> dict[str, Any]:
    """What instruction files cost."""
    return _told(inquirer, sdk.overhead, arguments, cwd=inquirer.cwd)


def overhead_trim(inquirer: Inquirer, arguments: Arguments) -> dict[str, Any]:
    """What could be cut of them."""
    if arguments.get("top") == 0:
        raise InvalidOption("overhead trim: top must be a positive safe integer")
    return _told(inquirer, sdk.overhead_trim, arguments, cwd=inquirer.cwd)


def compare(inquirer: Inquirer, arguments: Arguments) -> dict[str, Any]:
    """Models beside each other, over all sessions unless one is named."""
    return _told(inquirer, sdk.compare, {**arguments, "models": list(dict.fromkeys(arguments["models"]))})


def _told(inquirer: Inquirer, verb: Callable[..., Record], arguments: Arguments, **beside: Any) -> dict[str, Any]:
    """What `verb` says after the sessions were read: `arguments` are its options under the names of JSON."""
    options = {option_of(name): value for name, value in arguments.items()}
    ingest_first(inquirer)
    return to_wire(verb(inquirer.home, on_log=inquirer.log, semantics=inquirer.semantics, **options, **beside))


def option_of(argument: str) -> str:
    """What the SDK calls an argument: `group_by` for `groupBy`."""
    return _CAPITAL.sub(lambda letter: f"_{letter[0].lower()}", argument)


def ingest_first(inquirer: Inquirer) -> None:
    """Read what the sessions logged since; where that fails, it is told, and what was read before is looked at."""
    try:
        sdk.ingest(inquirer.home, log=inquirer.log, semantics=inquirer.semantics)
    except RelayburnError as error:
        inquirer.log(f"ingest failed: {error}")


def _given(arguments: Any, name: str) -> Any:
    return arguments.get(name) if isinstance(arguments, dict) else None


def _text_given(arguments: Any, name: str) -> str | None:
    given = _given(arguments, name)
    return given if isinstance(given, str) else None
