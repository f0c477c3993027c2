"""Stages of the ledger: scenarios on a home, and reclassification of one (ledger.md Appendix A, classifier.md 13).

In: recorded steps. Out: what the verbs of relayburn.ledger give, in the recorded form.
"""

from __future__ import annotations

import sqlite3
import uuid
from typing import Any

from conformance.stages.registry import Request, stage
from conformance.stages.scenario import Scene, on_new_process, play, step
from relayburn.ledger import append, content, cursors, high_water_marks, query
from relayburn.ledger.config import load_config, retention_ms
from relayburn.ledger.home import Home
from relayburn.ledger.hook_settings import hook_settings
from relayburn.ledger.identity import fingerprint, identity_hash
from relayburn.ledger.lock import Patience, acquire, lock
from relayburn.ledger.query import LedgerQuery
from relayburn.ledger.rebuild import rebuild_index
from relayburn.ledger.reclassify import ReclassifyReport, reclassify
from relayburn.ledger.stamps import matches, write_stamp

_PROTOCOLS = (
    *("append", "config", "content", "cursors", "hash", "hook_settings", "lock", "paths"),
    *("prune", "query", "stamp", "state", "storage"),
)
for _name in _PROTOCOLS:
    stage(f"relayburn.ledger.{_name}")(play)

on_new_process(append.forget_index)


@step("append_turns")
def append_turns(scene: Scene, recorded: dict[str, Any]) -> None:
    append.append_turns(scene.home, recorded["records"], semantics=scene.semantics)


@step("append_compactions")
def append_compactions(scene: Scene, recorded: dict[str, Any]) -> None:
    append.append_compactions(scene.home, recorded["records"], semantics=scene.semantics)


@step("append_relationships")
def append_relationships(scene: Scene, recorded: dict[str, Any]) -> None:
    append.append_relationships(scene.home, recorded["records"], semantics=scene.semantics)


@step("append_tool_result_events")
def append_tool_result_events(scene: Scene, recorded: dict[str, Any]) -> None:
    append.append_tool_result_events(scene.home, recorded["records"], semantics=scene.semantics)


@step("append_user_turns")
def append_user_turns(scene: Scene, recorded: dict[str, Any]) -> None:
    append.append_user_turns(scene.home, recorded["records"], semantics=scene.semantics)


@step("append_content")
def append_content(scene: Scene, recorded: dict[str, Any]) -> None:
    content.append_content(scene.home, recorded["records"], scene.warn, semantics=scene.semantics)


@step("read_content")
def read_content(scene: Scene, recorded: dict[str, Any]) -> list[Any]:
    selector = recorded["selector"]
    return content.read_content(scene.home, selector["sessionId"], selector.get("messageId"))


@step("list_content")
def list_content(scene: Scene, _recorded: dict[str, Any]) -> list[str]:
    return content.list_content(scene.home)


@step("prune_content")
def prune_content(scene: Scene, recorded: dict[str, Any]) -> dict[str, int]:
    keep = _keep(recorded) if "recoverable" in recorded else None
    report = content.prune_content(scene.home, recorded["older_than_ms"], keep, semantics=scene.semantics)
    return {
        "filesDeleted": report.files_deleted,
        "bytesFreed": report.bytes_freed,
        "skippedRecoverable": report.skipped_recoverable,
    }


def _keep(recorded: dict[str, Any]) -> content.Keep:
    def keep(session_id: str) -> bool:
        if recorded.get("recoverable_throws"):
            raise RuntimeError("as the scenario wants it")
        return session_id in recorded["recoverable"]

    return keep


@step("stamp")
def stamp(scene: Scene, recorded: dict[str, Any]) -> None:
    write_stamp(scene.home, recorded["selector"], recorded["enrichment"], semantics=scene.semantics)


@step("stamp_matches")
def stamp_matches(_scene: Scene, recorded: dict[str, Any]) -> bool:
    return matches(recorded["selector"], recorded["turn"])


@step("query_turns")
def query_turns(scene: Scene, recorded: dict[str, Any]) -> list[Any]:
    return query.query_turns(scene.home, ledger_query(recorded), semantics=scene.semantics)


@step("query_compactions")
def query_compactions(scene: Scene, recorded: dict[str, Any]) -> list[Any]:
    return query.query_compactions(scene.home, ledger_query(recorded), semantics=scene.semantics)


@step("query_relationships")
def query_relationships(scene: Scene, recorded: dict[str, Any]) -> list[Any]:
    return query.query_relationships(scene.home, ledger_query(recorded), semantics=scene.semantics)


@step("query_tool_result_events")
def query_tool_result_events(scene: Scene, recorded: dict[str, Any]) -> list[Any]:
    return query.query_tool_result_events(scene.home, ledger_query(recorded), semantics=scene.semantics)


@step("query_user_turns")
def query_user_turns(scene: Scene, recorded: dict[str, Any]) -> list[Any]:
    return query.query_user_turns(scene.home, ledger_query(recorded), semantics=scene.semantics)


def ledger_query(recorded: dict[str, Any]) -> LedgerQuery:
    """The query of a recorded step; none asks for everything."""
    asked = recorded.get("query") or {}
    return LedgerQuery(
        since=asked.get("since"),
        until=asked.get("until"),
        session_id=asked.get("sessionId"),
        source=asked.get("source"),
        project=asked.get("project"),
        enrichment=asked.get("enrichment"),
    )


@step("load_cursors")
def load_cursors(scene: Scene, _recorded: dict[str, Any]) -> Any:
    return cursors.load_cursors(scene.home)


@step("save_cursors")
def save_cursors(scene: Scene, recorded: dict[str, Any]) -> None:
    cursors.save_cursors(scene.home, recorded["map"], semantics=scene.semantics)


@step("save_cursor_changes")
def save_cursor_changes(scene: Scene, recorded: dict[str, Any]) -> None:
    cursors.save_changed_cursors(scene.home, recorded["before"], recorded["after"], semantics=scene.semantics)


@step("load_hwm")
def load_hwm(scene: Scene, _recorded: dict[str, Any]) -> dict[str, Any]:
    return high_water_marks.load_high_water_marks(scene.home)


@step("save_hwm")
def save_hwm(scene: Scene, recorded: dict[str, Any]) -> None:
    high_water_marks.save_high_water_marks(scene.home, recorded["map"])


@step("load_config")
def config(scene: Scene, _recorded: dict[str, Any]) -> dict[str, Any]:
    # Under the name that the environment gives it, for its path stands in warnings.
    settings = load_config(scene.named_home, scene.warn)
    return {"content": {"store": settings.store, "retentionDays": settings.retention_days}}


@step("retention_ms")
def retention(_scene: Scene, recorded: dict[str, Any]) -> float | None:
    return retention_ms(recorded["value"])


@step("hash")
def record_hash(_scene: Scene, recorded: dict[str, Any]) -> str:
    if recorded["kind"] == "turn_content":
        return fingerprint(recorded["record"])
    return identity_hash(recorded["kind"], recorded["record"])


@step("valid_session_id")
def valid_session_id(_scene: Scene, recorded: dict[str, Any]) -> bool:
    return content.is_safe_session_id(recorded["value"])


@step("content_file_path")
def content_file_path(scene: Scene, recorded: dict[str, Any]) -> str:
    return str(content.content_file(scene.home, recorded["value"]))


@step("paths")
def paths(scene: Scene, _recorded: dict[str, Any]) -> dict[str, str]:
    home = scene.named_home
    located = {name: str(where(home)) for name, where in _PATHS.items()}
    return located | {"archive": str(home.path / "archive.sqlite")}


_PATHS = {
    "home": lambda home: home.path,
    "ledger": lambda home: home.ledger,
    "hwm": lambda home: home.high_water_marks,
    "cursors": lambda home: home.cursors,
    "index": lambda home: home.index,
    "contentIndex": lambda home: home.content_index,
    "pricing": lambda home: home.price_override,
    "config": lambda home: home.config,
    "sqlite": lambda home: home.database,
    "contentDir": lambda home: home.content,
    "lock": lambda home: home.lock_file("ledger"),
    "pending": lambda home: home.pending_stamps,
}


@step("acquire_lock")
def acquire_lock(scene: Scene, recorded: dict[str, Any]) -> dict[str, Any]:
    path = scene.home.lock_file(recorded["name"])
    options = recorded["options"]
    acquire(
        scene.home,
        path,
        Patience(
            fast_retries=options["fastRetries"],
            fast_retry_delay_ms=options["fastRetryDelayMs"],
            slow_retries=options["slowRetries"],
            slow_retry_delay_ms=options["slowRetryDelayMs"],
            stale_ms=options["staleMs"],
        ),
    )
    # The scene's clock stands still, so its holder's file must be of this time too.
    scene.date(path)
    return {"acquired": True, "size": path.stat().st_size}


@step("with_lock_nested")
def with_lock_nested(scene: Scene, recorded: dict[str, Any]) -> dict[str, bool]:
    home, name = scene.home, recorded["name"]
    seen: dict[str, bool] = {}
    with lock(home, name, semantics=scene.semantics):
        seen["during"] = home.lock_file(name).exists()
        with lock(home, name, semantics=scene.semantics):
            seen["inner"] = home.lock_file(name).exists()
        seen["afterInner"] = home.lock_file(name).exists()
    seen["after"] = home.lock_file(name).exists()
    return seen


@step("rebuild_index")
def rebuild(scene: Scene, _recorded: dict[str, Any]) -> dict[str, int]:
    report = rebuild_index(scene.home, semantics=scene.semantics)
    return {"ids": report.ids, "content": report.content}


@step("reclassify")
def reclassify_home(scene: Scene, recorded: dict[str, Any]) -> dict[str, Any]:
    report = reclassify(scene.home, force=recorded.get("force") is True, semantics=scene.semantics)
    return _reclassify_report(report)


@stage("relayburn.ledger.reclassify")
def reclassified(request: Request) -> Any:
    """A scenario, or a home that stands on its own: `args.home`, with the options in `config`."""
    if "home" not in request.args:
        return play(request)
    path = request.root / request.args["home"]
    home = Home(path, path, {})
    append.forget_index()
    report = reclassify(home, force=request.config.get("force") is True, semantics=request.semantics)
    text = home.ledger.read_bytes().decode(errors="replace") if home.ledger.exists() else None
    return {"report": _reclassify_report(report), "ledgerText": text}


def _reclassify_report(report: ReclassifyReport) -> dict[str, Any]:
    return {
        "scanned": report.scanned,
        "processed": report.processed,
        "changed": report.changed,
        "skipped": report.skipped,
        "changedByCategory": report.changed_by_category,
    }


@step("hook_settings")
def hook(_scene: Scene, recorded: dict[str, Any]) -> dict[str, str]:
    made = hook_settings((recorded.get("options") or {}).get("burnBin", "burn"))
    return {"sessionId": "<uuid>" if uuid.UUID(made.session_id).version == 4 else "", "settings": made.settings}


@step("dump_sqlite_store")
def dump_sqlite_store(scene: Scene, _recorded: dict[str, Any]) -> dict[str, Any]:
    database = sqlite3.connect(scene.home.database)
    database.row_factory = sqlite3.Row
    try:
        tables = {name: f"SELECT * FROM {name} ORDER BY {key}" for name, key in _SQLITE_TABLES}
        return {name: [dict(row) for row in database.execute(query)] for name, query in tables.items()}
    finally:
        database.close()


_SQLITE_TABLES = (
    *(("schema_state", "id"), ("locks", "name"), ("turns", "id_hash"), ("compactions", "id_hash")),
    *(("relationships", "id_hash"), ("tool_result_events", "id_hash"), ("user_turns", "id_hash")),
    *(("stamps", "seq"), ("content", "seq")),
)
