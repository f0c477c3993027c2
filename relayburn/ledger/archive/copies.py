"""Which turns are copies, in SQL: relayburn/ledger/copies.py over the rows of the archive.

In: rows of turns with the archive's columns. Out: what a message and its copies have in common, kept with each row; which
turns count, and which rows of other tables stand beside those that do not.
"""

from __future__ import annotations

from relayburn.ledger.archive.database import literal
from relayburn.ledger.copies import LONG_ID, OPENCODE, TOKENS
from relayburn.ledger.tables import COMPACTIONS, TOOL_RESULT_EVENTS, TURNS, USER_TURNS, Table

COPY_KEY = "copy_key"
"""The column of turns with the hash of what a message and its copies have in common; NULL where nothing tells."""

COPIES = "copied_turns"
"""The turns that do not count: place, source, session_id, message_id, and `keeper`, the session whose copy counts."""

# Not DuckDB's own hash, which may change from one version to the next, and segments stay.
_HASH = "md5_number_lower(to_json({})::VARCHAR)"
_ID = _HASH.format("{'source': source, 'message': message_id}")
_SAID = f"'model': model, 'used': [{', '.join(f'coalesce({name}, 0)' for name in TOKENS)}], 'calls': calls"
_SAYS = " OR ".join(["len(calls) > 0", *(f"coalesce({name}, 0) <> 0" for name in TOKENS)])
_IS_OPENCODE = f"source IS NOT DISTINCT FROM {literal(OPENCODE)}"
_IS_LONG = f"coalesce(length(message_id), 0) >= {LONG_ID}"
_COPY_KEY = f"""CASE
    WHEN {_IS_LONG} AND NOT {_IS_OPENCODE} THEN {_ID}
    WHEN NOT ({_SAYS}) THEN CASE WHEN {_IS_LONG} THEN {_ID} END
    WHEN {_IS_OPENCODE} THEN {_HASH.format(f"{{'source': source, 'ts': ts, {_SAID}}}")}
    WHEN message_id <> '' THEN {_HASH.format(f"{{'source': source, 'message': message_id, {_SAID}}}")}
END"""


def with_copy_keys(turns: str) -> str:
    """The rows of turns that `turns` selects, in their order, with their copy keys."""
    calls = "list_transform(tool_calls, lambda c: c.tool_use_id)"
    return f"SELECT * EXCLUDE (calls), {_COPY_KEY} AS {COPY_KEY} FROM (SELECT *, {calls} AS calls FROM ({turns}))"


def decisions(rows: str) -> tuple[str, ...]:
    """Statements that find the turns that do not count, of all `rows` of turns, replaced ones included.

    Only sessions are looked at that have a message in common with another one.
    """
    session = "coalesce(session_id, '') AS session"
    shared = (
        f"SELECT {COPY_KEY} FROM {rows} WHERE {COPY_KEY} IS NOT NULL "
        f"GROUP BY {COPY_KEY} HAVING min(hash(session_id)) <> max(hash(session_id))"
    )
    sharing = f"SELECT DISTINCT source, {session} FROM {rows} SEMI JOIN ({shared}) USING ({COPY_KEY})"
    looked_at = f"SELECT {', '.join(TURNS.key)}, {session}, place, {COPY_KEY}, ts FROM {rows}"
    newest = (
        f"SELECT source, session, message_id, max(place) AS place, arg_max({{'key': {COPY_KEY}, 'ts': ts}}, place) AS newest "
        f"FROM ({looked_at}) AS turn SEMI JOIN ({sharing}) AS sharing "
        "ON turn.session = sharing.session AND turn.source IS NOT DISTINCT FROM sharing.source "
        "GROUP BY source, session_id, session, message_id"
    )
    started = "SELECT source, session, min(nullif(newest.ts, '')) AS started FROM newest_turns GROUP BY source, session"
    rank = "min({'late': started IS NULL, 'started': coalesce(started, ''), 'session': began.session})"
    keepers = (
        f"SELECT newest.key AS key, {rank}.session AS keeper FROM newest_turns AS turn JOIN ({started}) AS began "
        "ON turn.session = began.session AND turn.source IS NOT DISTINCT FROM began.source "
        "WHERE newest.key IS NOT NULL GROUP BY newest.key"
    )
    copies = (
        "SELECT place, source, session AS session_id, message_id, keeper FROM newest_turns "
        f"JOIN ({keepers}) AS kept ON newest.key = kept.key WHERE keeper <> session"
    )
    return (
        f"CREATE TEMP TABLE newest_turns AS {newest}",
        f"CREATE TABLE {COPIES} AS {copies}",
        "DROP TABLE newest_turns",
    )


def stands_beside_a_copy(table: Table, rows: str, turns: str) -> str:
    """The condition that a row called `r`, of `rows` of `table`, does not count; `turns` are all rows of turns."""
    match table.kind:
        case USER_TURNS.kind:
            return _names_in(COPIES, "message_id", "r.following_message_id")
        case TOOL_RESULT_EVENTS.kind:
            calls = (
                "(SELECT source, session_id, call.tool_use_id AS call FROM (SELECT copied.source, copied.session_id, "
                f"unnest(turn.tool_calls) AS call FROM {COPIES} AS copied JOIN {turns} AS turn USING (place)))"
            )
            return f"{_names_in(COPIES, 'message_id', 'r.message_id')} OR {_names_in(calls, 'call', 'r.tool_use_id')}"
        case COMPACTIONS.kind:
            kept = "k.source IS NOT DISTINCT FROM c.source AND coalesce(k.session_id, '') = c.keeper"
            after = f"EXISTS (SELECT 1 FROM {rows} AS k WHERE {kept} AND k.preceding_message_id = c.message_id)"
            compacted = f"(SELECT c.* FROM {COPIES} AS c WHERE {after})"
            return _names_in(compacted, "message_id", "r.preceding_message_id")
    return "false"


def _names_in(table: str, named: str, column: str) -> str:
    """The condition that `column` of row `r` is in the column `named` of `table`, for the session of `r`."""
    same = "c.source IS NOT DISTINCT FROM r.source AND c.session_id = coalesce(r.session_id, '')"
    return f"EXISTS (SELECT 1 FROM {table} AS c WHERE {same} AND c.{named} = {column})"
