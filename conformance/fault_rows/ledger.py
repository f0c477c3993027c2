"""Faults of the ledger: which records are written, what stamps say, what is asked for, how files look."""

from __future__ import annotations

from conformance.fault import Fault
from conformance.mutation import Change, Drop, Flip, Misspell, Rewrite, Shift

LEDGER = ("relayburn.ledger.*", "relayburn.ingest*")


def _in(module: str, name: str, change: Change, protocols: tuple[str, ...] = LEDGER) -> Fault:
    return Fault(f"ledger: {name}", f"relayburn.ledger.{module}", change, protocols, areas=("homes", "current"))


FAULTS = (
    # Which records are the same one.
    _in(
        "identity",
        "a turn's identity leaves out its session",
        Rewrite('"turn": ("source", "sessionId", "messageId")', '"turn": ("source", "source", "messageId")'),
    ),
    _in(
        "identity",
        "a compaction is known without its time",
        Rewrite('"compaction": ("source", "sessionId", "ts")', '"compaction": ("source", "sessionId", "source")'),
    ),
    _in(
        "batch",
        "a record is known by its line",
        Rewrite("text_hash(identity_text(kind, record))", "text_hash(str(json_bytes(record)))"),
    ),
    _in(
        "identity",
        "a relationship is known without its agent",
        Rewrite('*("relatedSessionId", "agentId", "parentToolUseId")', '*("relatedSessionId", "parentToolUseId")'),
    ),
    _in("identity", "hashes are one digit longer", Shift("text_hash")),
    _in("identity", "a fingerprint holds one more letter of the arguments", Shift("_FINGERPRINT_PREFIX")),
    _in("identity", "a fingerprint knows no five-minute writes", Misspell("_fingerprint_parts", 6)),
    _in(
        "file_store",
        "the last record of an identity is written too",
        Rewrite("if identity in index.ids or identity in seen:", "if identity in index.ids:"),
    ),
    _in(
        "file_store",
        "turns of one batch that are alike are written once",
        Rewrite(
            "            seen.add(identity)\n            fresh.append(number)\n        if not (before",
            "            seen.add(identity)\n            index.fingerprints.update(batch.fingerprints[number : number + 1])\n            fresh.append(number)\n        if not (before",
        ),
    ),
    _in(
        "file_store",
        "a stamp is written after its relationship",
        Rewrite(
            'before + b"".join(_lines(batch, fresh, semantics))', 'b"".join(_lines(batch, fresh, semantics)) + before'
        ),
    ),
    _in("line_index", "a torn line swallows the next one", Rewrite('            os.pwrite(ledger, b"\\n", end)\n', "")),
    _in("index", "as many fingerprints are kept as fit, and one more", Shift("FINGERPRINTS_KEPT")),
    # Stamps.
    _in(
        "stamp",
        "the earliest stamp has the last word",
        Rewrite(
            "sorted(stamps, key=lambda stamp: code_unit_key(stamp.ts))",
            "sorted(stamps, key=lambda stamp: code_unit_key(stamp.ts), reverse=True)",
        ),
    ),
    _in(
        "stamp",
        "stamps stand in the order of the file",
        Rewrite("sorted(stamps, key=lambda stamp: code_unit_key(stamp.ts))", "list(stamps)"),
    ),
    _in(
        "stamp",
        "a range ends before its last moment",
        Rewrite("(last and is_before(last, ts))", "(last and not is_before(ts, last))"),
    ),
    _in(
        "stamp",
        "a range begins after its first moment",
        Rewrite("not (is_before(ts, first) or", "not ((first and not is_before(first, ts)) or"),
    ),
    _in(
        "stamp",
        "a part of a selector that disagrees does not matter",
        Rewrite('                return False\n    if "range"', '                continue\n    if "range"'),
    ),
    _in(
        "stamps",
        "a spawned session is related to itself",
        Rewrite('"relatedSessionId": parent', '"relatedSessionId": session'),
    ),
    _in("stamps", "a spawned session has no agent", Misspell("_spawn_relationship", 2)),
    # What is asked for.
    _in(
        "query",
        "until is exclusive",
        Rewrite("(query.until and is_before(query.until, ts))", "(query.until and not is_before(ts, query.until))"),
    ),
    _in(
        "query",
        "since is exclusive",
        Rewrite("not (is_before(ts, query.since) or", "not ((query.since and not is_before(query.since, ts)) or"),
    ),
    _in(
        "query",
        "a record without a time is out of time",
        Rewrite(
            'return not record.get("ts") or _in_time(query, record)',
            'return bool(record.get("ts")) and _in_time(query, record) or not (query.since or query.until)',
        ),
    ),
    _in(
        "query",
        "a related session is another one",
        Rewrite('_agrees(\n        query.session_id, record.get("relatedSessionId")\n    )', "False"),
    ),
    _in("query", "a project is its folder alone", Misspell("_of_project", 1)),
    # Lines, settings, names.
    _in("lines", "any version is ours", Rewrite("or version != 1", "or version < 1")),
    _in("config", "content is kept two thirds as long", Rewrite("90", "60")),
    _in("session_names", "a name may be one letter longer", Rewrite("{0,127}", "{0,128}")),
    _in("hook_settings", "an event is not told of", Drop("_FOR_SESSIONS", 3)),
    _in("file_content", "a sidecar as old as the limit is too young", Flip("_prunable_size", 0)),
)
