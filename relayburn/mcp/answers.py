"""What the tools answer: the verbs of the SDK, as JSON objects (mcp.md 3.1 and 5).

In: an `Inquirer` and arguments that were checked, but for the two tools that take whatever they are given. Out: a JSON
object. Raises `RelayburnError`. The SDK is imported when a tool is called, for it brings the database along.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relayburn.errors import InvalidOption, RelayburnError
from relayburn.jsjson import truthy
from relayburn.mcp.inquirer import Inquirer
from relayburn.records import to_wire

NOT_REGISTERED = "no session id provided and server was not registered with one"

_ATTRIBUTION, _FINDINGS = "attribution", "findings"

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
    from relayburn import sdk

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
    from relayburn import sdk

    ingest_first(inquirer)
    found = sdk.summary(
        inquirer.home,
        session=arguments.get("session", inquirer.session),
        project=arguments.get("project"),
        since=arguments.get("since"),
        tags=arguments.get("tags"),
        group_by_tag=arguments.get("groupByTag"),
        on_log=inquirer.log,
        semantics=inquirer.semantics,
    )
    return to_wire(found)


def hotspots(inquirer: Inquirer, arguments: Arguments) -> dict[str, Any]:
    """Where the money went."""
    from relayburn import sdk
    from relayburn.sdk.waste import DETECTORS

    group_by, patterns = arguments.get("groupBy", _ATTRIBUTION), arguments.get("patterns", ())
    if group_by == _FINDINGS:
        group_by, patterns = _ATTRIBUTION, patterns or DETECTORS
    ingest_first(inquirer)
    found = sdk.hotspots(
        inquirer.home,
        session=arguments.get("session", inquirer.session),
        project=arguments.get("project"),
        since=arguments.get("since"),
        group_by=group_by,
        patterns=patterns,
        workflow=arguments.get("workflow"),
        provider=arguments.get("provider"),
        cwd=inquirer.cwd,
        on_log=inquirer.log,
        semantics=inquirer.semantics,
    )
    return to_wire(found)


def overhead(inquirer: Inquirer, arguments: Arguments) -> dict[str, Any]:
    """What instruction files cost."""
    from relayburn import sdk

    ingest_first(inquirer)
    found = sdk.overhead(
        inquirer.home,
        project=arguments.get("project"),
        since=arguments.get("since"),
        kind=arguments.get("kind"),
        cwd=inquirer.cwd,
        on_log=inquirer.log,
        semantics=inquirer.semantics,
    )
    return to_wire(found)


def overhead_trim(inquirer: Inquirer, arguments: Arguments) -> dict[str, Any]:
    """What could be cut of them."""
    from relayburn import sdk

    if arguments.get("top") == 0:
        raise InvalidOption("overhead trim: top must be a positive safe integer")
    ingest_first(inquirer)
    found = sdk.overhead_trim(
        inquirer.home,
        project=arguments.get("project"),
        since=arguments.get("since"),
        kind=arguments.get("kind"),
        top=arguments.get("top", 3),
        include_diff=arguments.get("includeDiff", True),
        cwd=inquirer.cwd,
        on_log=inquirer.log,
        semantics=inquirer.semantics,
    )
    return to_wire(found)


def compare(inquirer: Inquirer, arguments: Arguments) -> dict[str, Any]:
    """Models beside each other, over all sessions unless one is named."""
    from relayburn import sdk

    ingest_first(inquirer)
    found = sdk.compare(
        inquirer.home,
        models=list(dict.fromkeys(arguments["models"])),
        session=arguments.get("session"),
        project=arguments.get("project"),
        since=arguments.get("since"),
        workflow=arguments.get("workflow"),
        agent=arguments.get("agent"),
        provider=arguments.get("provider"),
        min_sample=arguments.get("minSample", 5),
        min_fidelity=arguments.get("minFidelity", "usage-only"),
        on_log=inquirer.log,
        semantics=inquirer.semantics,
    )
    return to_wire(found)


def ingest_first(inquirer: Inquirer) -> None:
    """Read what the sessions logged since; where that fails, it is told, and what was read before is looked at."""
    from relayburn.sdk.ingesting import ingest

    try:
        ingest(inquirer.home, log=inquirer.log, semantics=inquirer.semantics)
    except RelayburnError as error:
        inquirer.log(f"ingest failed: {error}")


def _given(arguments: Any, name: str) -> Any:
    return arguments.get(name) if isinstance(arguments, dict) else None


def _text_given(arguments: Any, name: str) -> str | None:
    given = _given(arguments, name)
    return given if isinstance(given, str) else None
