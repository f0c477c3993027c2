"""What one session file gives a pass: its records, and where the next pass goes on.

A `Task` is one file that has to be read; reading it needs nothing but the task, so that any process can do it, and gives
a `Harvest`. A `Load` is a harvest made ready for the ledger: serialised and hashed. A file that need not be read is
`Settled` from the start, one that cannot be is `Failed`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from relayburn.errors import RelayburnError
from relayburn.ingest.candidate import Candidate
from relayburn.jsjson import compact
from relayburn.ledger.batch import Batch, SessionContent, prepare, prepare_content
from relayburn.reader.claude import Evidence
from relayburn.records import Record, to_wire
from relayburn.semantics import Semantics

Wire = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Harvest:
    """The records of one file in wire form.

    `session_id` is the one that gaps are noted for; `cursor` what is to be stored for the file; `candidate` is set where
    the session may claim a pending stamp. A subagent's log is no session of its own. `bad_lines` are
    the lines, or an OpenCode session's files, that are no JSON.
    """

    path: str
    session_id: str
    cursor: Wire
    turns: Sequence[Wire] = ()
    content: Sequence[Wire] = ()
    compactions: Sequence[Wire] = ()
    relationships: Sequence[Wire] = ()
    tool_result_events: Sequence[Wire] = ()
    user_turns: Sequence[Wire] = ()
    evidence: Evidence | None = None
    candidate: Candidate | None = None
    is_session: bool = True
    bad_lines: int = 0


@dataclass(frozen=True, slots=True)
class Load:
    """A harvest made ready: `turns` are appended first, `content` next, then `rest`, all in the order of ingest.md 3.

    `calls` counts the tool calls in the turns, `results` the contents of tool results.
    """

    path: str
    session_id: str
    cursor: Wire
    turns: Batch
    content: tuple[SessionContent, ...]
    rest: tuple[Batch, ...]
    calls: int
    results: int
    evidence: Evidence | None
    candidate: Candidate | None
    is_session: bool
    bad_lines: int


@dataclass(frozen=True, slots=True)
class Settled:
    """A file that gives nothing new; `cursor` is what is to be stored for it, None to leave what is there."""

    path: str
    cursor: Wire | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that could not be read."""

    path: str
    reason: str


class Task(Protocol):
    """One file that has to be read."""

    @property
    def path(self) -> str:
        """The session file."""
        ...

    @property
    def semantics(self) -> Semantics:
        """The rules to read it by."""
        ...

    @property
    def weight(self) -> int:
        """About how many bytes that means."""
        ...

    def read(self) -> Harvest:
        """What is new in it. Raises `RelayburnError`."""
        ...


Step = Task | Settled | Failed
"""What is to be done about one file."""

Outcome = Load | Settled | Failed
"""What became of it."""


def weight_of(step: Step) -> int:
    """About how many bytes are to be read."""
    return 0 if isinstance(step, Settled | Failed) else step.weight


def outcome_of(task: Task) -> Load | Failed:
    """Read the file of `task` and make its records ready. Raises nothing that the file could be the reason of."""
    try:
        return load_of(task.read(), task.semantics)
    except (RelayburnError, OSError, MemoryError, RecursionError) as error:
        return Failed(task.path, str(error) or type(error).__name__)


def load_of(harvest: Harvest, semantics: Semantics) -> Load:
    """`harvest`, ready for the ledger."""
    rest = (
        ("compaction", harvest.compactions),
        ("relationship", harvest.relationships),
        ("tool_result_event", harvest.tool_result_events),
        ("user_turn", harvest.user_turns),
    )
    return Load(
        path=harvest.path,
        session_id=harvest.session_id,
        cursor=harvest.cursor,
        turns=prepare("turn", harvest.turns, semantics=semantics),
        content=prepare_content(harvest.content),
        rest=tuple([prepare(kind, records, semantics=semantics) for kind, records in rest if records]),
        calls=sum([len(turn["toolCalls"]) for turn in harvest.turns]),
        results=sum([record["kind"] == "tool_result" for record in harvest.content]),
        evidence=harvest.evidence,
        candidate=harvest.candidate,
        is_session=harvest.is_session,
        bad_lines=harvest.bad_lines,
    )


def session_key(session_id: Any) -> str:
    """A session id as a key: itself, or the JSON text of one that is no text, as logs copied unchecked can have it."""
    return session_id if isinstance(session_id, str) else compact(session_id)


def wires(records: Sequence[Record]) -> list[Wire]:
    """Records in wire form."""
    return to_wire(records)
