"""Faults of what counts once though several logs hold it."""

from __future__ import annotations

from conformance.fault import Fault
from conformance.mutation import Change, Rewrite, Shift

CASES = ("count-copies-once-*",)
WALK = "relayburn.ledger.copies"
ARCHIVE = "relayburn.ledger.archive.copies"


def _in(module: str, name: str, change: Change) -> Fault:
    return Fault(f"copies: {name}", module, change, areas=("current",), cases=CASES)


FAULTS = (
    _in(
        WALK,
        "the latest session keeps the copy",
        Rewrite("min(earliest.get(key, rank), rank)", "max(earliest.get(key, rank), rank)"),
    ),
    _in(WALK, "a fork counts twice", Rewrite("yield None if keeper == name.session else keeper", "yield None")),
    _in(
        WALK,
        "the session with the first name keeps the copy, whenever it began",
        Rewrite('rank = (ts is None, ts or "", name.session)', 'rank = (False, "", name.session)'),
    ),
    _in(
        WALK,
        "a copied OpenCode message is looked for by its id",
        Rewrite('return source, _column(turn, "ts"), *said', "return source, message, *said"),
    ),
    _in(WALK, "an id that is a count tells alone", Shift("LONG_ID", 0, -19)),
    _in(
        WALK,
        "a long id needs the same tokens too",
        Rewrite("if is_long and source != OPENCODE:", "if is_long and source is None:"),
    ),
    _in(
        WALK,
        "prompts of copied turns count",
        Rewrite('return _name(record, "followingMessageId") in self.keepers', "return False"),
    ),
    _in(
        WALK,
        "results of copied calls count",
        Rewrite(' or _name(record, "toolUseId") in self.calls', ""),
    ),
    _in(ARCHIVE, "in the archive the latest session keeps the copy", Rewrite("""rank = "min({""", """rank = "max({""")),
    _in(
        ARCHIVE,
        "in the archive an id that is a count tells alone",
        Rewrite(">= {LONG_ID}", ">= 1"),
    ),
    _in(
        "relayburn.ledger.archive.segments",
        "copies of what an earlier build read are not found",
        Rewrite('WHERE low <> session OR high <> session") > 0', 'WHERE low <> session OR high <> session") < 0'),
    ),
    _in(
        "relayburn.reader.codex.session_lines",
        "a fork takes the id of the parent whose lines it repeats",
        Rewrite("if not (payload.id and work.session_id and payload.id != work.session_id):", "if work is not None:"),
    ),
)
