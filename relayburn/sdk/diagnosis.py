"""Whether relayburn sees all that there is to see, and can price it.

In: a home. Out: a `Diagnosis`: the logs of each harness, the home, and what needs attention, each with what to do about it.
Logs, ledger and settings are looked at as they lie; nothing is written, nothing is ingested.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from relayburn.errors import PriceFileUnreadable, RelayburnError
from relayburn.ingest.report import UnreadSource
from relayburn.ingest.roots import unread_sources
from relayburn.ingest.survey import PassedOver, Survey, survey
from relayburn.ledger.archive.folder import archive_folder
from relayburn.ledger.archive.freshness import is_current
from relayburn.ledger.archive.manifest import load_manifest
from relayburn.ledger.config import Config, Days, load_config
from relayburn.ledger.cursors import load_cursors
from relayburn.ledger.home import Home
from relayburn.ledger.marks import LedgerMarks, ledger_marks
from relayburn.ledger.store import storage_kind
from relayburn.pricing.ids import id_text
from relayburn.pricing.load import load_pricing, read_catalogue
from relayburn.pricing.rate import rate_for_turn
from relayburn.records import Record, TurnRecord, Usage, from_wire
from relayburn.sdk.places import HomeLike, home_of
from relayburn.semantics import CURRENT, Semantics

ArchiveState = Literal["not built", "up to date", "behind", "unusable"]

_SHOWN = 3
"""How many of many things are named."""
_NOT_PRIVATE = stat.S_IRWXG | stat.S_IRWXO
_MADE_BY_USERS = ("config.json", "models.dev.json")


class Finding(Record):
    """Something that needs attention: where, what, and what to do about it."""

    topic: str
    what: str
    advice: str


class UnpricedTurns(Record):
    """A model that no price is known for, and how many turns it has."""

    model: str
    turns: int


class OpenPath(Record):
    """A file or folder of the home that others than its owner may use; `mode` is octal."""

    path: str
    mode: str


class HomeDiagnosis(Record, kw_only=True):
    """The home itself. `retention_days` is a number or "forever"; `turns_by_semantics` counts ledger lines."""

    path: str
    exists: bool
    mode: str | None
    storage: str
    content_store: str
    retention_days: Days
    archive: ArchiveState
    turns_by_semantics: dict[str, int]
    open_paths: list[OpenPath]


class Diagnosis(Record, kw_only=True):
    """All that was found; `ok` where nothing needs attention."""

    ok: bool
    harnesses: list[Survey]
    unread_sources: list[UnreadSource]
    home: HomeDiagnosis
    unpriced: list[UnpricedTurns]
    findings: list[Finding]


def diagnose(home: HomeLike = None, *, semantics: Semantics = CURRENT) -> Diagnosis:
    """Look at logs, home and prices. What cannot be looked at is a finding, not an error."""
    return _Examination(home_of(home), semantics).diagnosis()


class _Examination:
    """One look at a home; `findings` grow on the way."""

    def __init__(self, home: Home, semantics: Semantics) -> None:
        self._home = home
        self._semantics = semantics
        self._findings: list[Finding] = []

    def diagnosis(self) -> Diagnosis:
        surveys = self._surveys()
        unread = unread_sources(self._home, self._semantics)
        for source in unread:
            self._find("logs", f"{source.path} is not read: {source.what}", _advice_for(source))
        marks = self._marks()
        home = self._home_diagnosis(marks)
        unpriced = self._unpriced(marks)
        return Diagnosis(
            ok=not self._findings,
            harnesses=surveys,
            unread_sources=unread,
            home=home,
            unpriced=unpriced,
            findings=self._findings,
        )

    def _find(self, topic: str, what: str, advice: str) -> None:
        self._findings.append(Finding(topic, what, advice))

    def _surveys(self) -> list[Survey]:
        stored = load_cursors(self._home)
        surveys = survey(self._home, stored if isinstance(stored, dict) else (), semantics=self._semantics)
        if not any(found.files for found in surveys):
            self._find(
                "logs",
                "no session logs of Claude Code, Codex or OpenCode were found",
                "use one of them, or name where it keeps its logs in CLAUDE_CONFIG_DIR, CODEX_HOME or XDG_DATA_HOME",
            )
        for found in surveys:
            for reason, passed_over in _by_reason(found.passed_over):
                self._find(found.harness, f"{_named(passed_over)}: {reason}", _advice_against(reason))
            for unknown in found.unknown_types:
                self._find(
                    found.harness,
                    f"{unknown.lines} lines of a type never seen before, {unknown.type!r}, as in {unknown.path}",
                    "what they cost, if anything, is not counted; look for a newer relayburn, or report the type",
                )
        return surveys

    def _marks(self) -> LedgerMarks:
        try:
            if storage_kind(self._home) != "file":
                return LedgerMarks()
            return ledger_marks(self._home.ledger)
        except RelayburnError as error:
            self._find("ledger", str(error), "make it readable for you, or set RELAYBURN_HOME to another home")
            return LedgerMarks()

    def _home_diagnosis(self, marks: LedgerMarks) -> HomeDiagnosis:
        home = self._home
        config = self._config()
        open_paths = list(_open_paths(home.path))
        if open_paths:
            example, number = open_paths[0], len(open_paths)
            self._find(
                "home",
                f"{number} of its files and folders can be used by others, as {example.path} ({example.mode})",
                f"chmod -R go= {home.path}",
            )
        if len(marks.lines_by_semantics) > 1:
            mix = ", ".join(f"{lines} of {name}" for name, lines in sorted(marks.lines_by_semantics.items()))
            self._find("ledger", f"its turns were read by different rules: {mix}", "burn state reingest")
        try:
            read_catalogue(home.price_override, semantics=self._semantics)
        except PriceFileUnreadable as error:
            if not isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
                self._find("prices", str(error), "correct or remove that file; the shipped prices hold meanwhile")
        return HomeDiagnosis(
            path=str(home.path),
            exists=home.path.is_dir(),
            mode=_mode(home.path),
            storage=home.environ.get("RELAYBURN_STORAGE") or "file",
            content_store=config.store,
            retention_days=config.retention_days,
            archive=self._archive_state(),
            turns_by_semantics=marks.lines_by_semantics,
            open_paths=open_paths,
        )

    def _config(self) -> Config:
        warnings: list[str] = []
        config = load_config(self._home, warnings.append)
        for warning in warnings:
            self._find("settings", warning.removeprefix("[burn] warning: "), f"correct {self._home.config}")
        return config

    def _archive_state(self) -> ArchiveState:
        folder = archive_folder(self._home, self._semantics)
        try:
            if load_manifest(folder) is None:
                return "not built"
            return "up to date" if is_current(self._home, folder) else "behind"
        except RelayburnError as error:
            self._find("archive", str(error), "burn state rebuild archive --full")
            return "unusable"

    def _unpriced(self, marks: LedgerMarks) -> list[UnpricedTurns]:
        table = load_pricing(home=self._home.path, semantics=self._semantics)
        turns: dict[str, int] = {}
        for model in marks.models:
            try:
                turn = from_wire(TurnRecord, model.example)
            except RelayburnError:
                continue
            # Whether there is a price does not depend on the tokens, which a damaged turn may lack.
            if rate_for_turn(replace(turn, usage=Usage()), table, semantics=self._semantics) is None:
                name = id_text(turn.model)
                turns[name] = turns.get(name, 0) + model.turns
        unpriced = [UnpricedTurns(name, turns[name]) for name in sorted(turns, key=lambda name: (-turns[name], name))]
        for model in unpriced:
            self._find(
                "prices",
                f"no price is known for {model.model or 'turns without a model'}, so {model.turns} turns count as $0",
                f"give it a price in {self._home.price_override} (models.dev form), or look for a newer relayburn",
            )
        return unpriced


def _by_reason(passed_over: list[PassedOver]) -> Iterator[tuple[str, list[PassedOver]]]:
    reasons: dict[str, list[PassedOver]] = {}
    for one in passed_over:
        reasons.setdefault(one.reason, []).append(one)
    yield from reasons.items()


def _named(passed_over: list[PassedOver]) -> str:
    named = ", ".join(one.path for one in passed_over[:_SHOWN])
    more = len(passed_over) - _SHOWN
    return named if more <= 0 else f"{named} and {more} more"


def _advice_against(reason: str) -> str:
    if "symbolic link" in reason:
        return "name the folder that it leads to in CLAUDE_CONFIG_DIR, CODEX_HOME or XDG_DATA_HOME"
    if "no JSON" in reason:
        return "nothing can be done about them; if a harness still writes such lines, report it"
    return "make it readable for you (ls -l shows whose it is), then run burn ingest"


def _advice_for(source: UnreadSource) -> str:
    if "OpenCode" in source.what:
        return "what it holds is not in any report; sessions that OpenCode keeps as files are"
    return "its figures are not in any report; logs that are still there are read from where they lie"


def _mode(path: Path) -> str | None:
    try:
        return f"{stat.S_IMODE(path.stat().st_mode):04o}"
    except OSError:
        return None


def _open_paths(home: Path) -> Iterator[OpenPath]:
    """What is not its owner's alone; settings that users make themselves are no secret."""
    for path in [home, *sorted(home.rglob("*"))]:
        if path.parent == home and path.name in _MADE_BY_USERS:
            continue
        try:
            mode = stat.S_IMODE(path.lstat().st_mode)
            if mode & _NOT_PRIVATE and not path.is_symlink():
                yield OpenPath(str(path), f"{mode:04o}")
        except OSError:
            continue
