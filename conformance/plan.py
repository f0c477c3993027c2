"""What to replay, and how; and the session that does it.

In: the words of a command line, as a `Plan`. Out: a `Session`, in whichever process.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from conformance.corpus import PROJECT_ROOT, Corpus
from conformance.entries import DECLARED_FILE, PENDING_FILE, read_declared, read_pending
from conformance.external import External
from conformance.inprocess import InProcess
from conformance.selection import EVERYTHING, Selection
from conformance.session import Session, SubjectMaker
from conformance.stages.registry import all_stages
from conformance.subject import Admitted, Subject
from conformance.workspace import Workspace

DEFAULT_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to replay, and how.

    `subject` is a command, None for this project's own stages; `timeout` is in seconds, for one exchange; `shuffle` is
    the seed of the order, None for that of the corpus. `declared` and `pending` are files of entries; None stands for
    what the subject itself admits (for this project's own stages: the files beside this module).
    """

    corpus: Path = PROJECT_ROOT
    selection: Selection = EVERYTHING
    subject: str | None = None
    timeout: float = DEFAULT_TIMEOUT
    jobs: int = 1
    shuffle: int | None = None
    requires_all: bool = False
    declared: Path | None = None
    pending: Path | None = None

    @property
    def admissions_must_serve(self) -> bool:
        """Whether an entry that speaks of no exchange fails the run.

        Entries speak of one corpus: the one they were given for, else this project's. They are held to all of it,
        so a selection proves nothing against them.
        """
        given = self.declared is not None or self.pending is not None
        return self.selection.is_everything and (given or self.corpus.resolve() == PROJECT_ROOT)

    @property
    def command(self) -> str:
        """The command line that replays with the same subject and corpus, up to what to replay."""
        words = ["python", "-m", "conformance"]
        if self.corpus.resolve() != PROJECT_ROOT:
            words += ["--corpus", str(self.corpus)]
        if self.subject is not None:
            words += ["--subject", self.subject]
        return shlex.join(words)


def own_admissions() -> Admitted:
    """What this project admits of its own stages. Raises `EntriesUnusable`."""
    return Admitted(read_declared(DECLARED_FILE), read_pending(PENDING_FILE))


def open_session(plan: Plan, corpus: Corpus, make: SubjectMaker | None = None, within: Path | None = None) -> Session:
    """A session of `plan`; `make` gives another subject than the plan names. Raises `ReplayImpossible`."""
    return Session(
        corpus,
        make or _maker(plan),
        requires_all=plan.requires_all or plan.subject is None,
        declared=None if plan.declared is None else read_declared(plan.declared),
        pending=None if plan.pending is None else read_pending(plan.pending),
        within=within,
    )


def _maker(plan: Plan) -> SubjectMaker:
    def own_stages(workspace: Workspace) -> Subject:
        return InProcess(all_stages(), plan.timeout, workspace, own_admissions())

    def program(workspace: Workspace) -> Subject:
        return External(plan.subject or "", plan.timeout, workspace.root)

    return own_stages if plan.subject is None else program
