"""The gate notices faults, and the catalogue of faults does not rot."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conformance import sensitivity
from conformance.corpus import PROJECT_ROOT
from conformance.fault import Fault
from conformance.faults import FAULTS
from conformance.mutation import Change, Drop, Misspell, Rewrite, Shift
from conformance.sensitivity import main, try_all
from conformance.trial import CAUGHT, SURVIVED, UNUSABLE, Trial
from tests.conformance.tiny import TinyCorpus

NAMES = "relayburn.classifier.normalize_tool_name"
RULES = "relayburn.reader.activity_rules"


@pytest.fixture
def told(corpus: TinyCorpus) -> Path:
    """A corpus that tells one name of a tool, the first of the table, and how many retries there are in nothing."""
    corpus.answers("Edit", protocol=NAMES, args={"name": "apply_patch"})
    corpus.answers(0, protocol="relayburn.classifier.count_retries", area="other", args={"toolCalls": []})
    return corpus.root


def tried(fault: Fault, corpus: Path) -> Trial:
    [(_, trial)] = try_all([fault], jobs=1, corpus=corpus)
    return trial


def test_a_fault_that_changes_an_answer_is_caught_where_it_does(told: Path) -> None:
    trial = tried(Fault("no alias", RULES, Drop("TOOL_ALIASES", 0)), told)

    assert trial == Trial(CAUGHT, f"{NAMES} case:1")


def test_a_fault_that_no_recording_tells_survives(told: Path) -> None:
    trial = tried(Fault("no other alias", RULES, Drop("TOOL_ALIASES", 1)), told)

    assert trial == Trial(SURVIVED, "2 chains agree")


def test_a_line_that_may_differ_proves_nothing() -> None:
    harmless = Rewrite('"""What a stamp holds for', '"""What  a stamp holds for')
    declared = ("archive-bad-record", "ingest-claude-hook")

    trial = tried(Fault("nothing", "relayburn.ledger.stamp", harmless, cases=declared), PROJECT_ROOT)

    assert trial.verdict == SURVIVED


def test_a_fault_is_looked_for_only_where_it_says(told: Path) -> None:
    alias = Drop("TOOL_ALIASES", 0)

    assert tried(Fault("elsewhere", RULES, alias, areas=("other",)), told).verdict == SURVIVED
    assert tried(Fault("here", RULES, alias, protocols=(NAMES,)), told).verdict == CAUGHT


def test_a_fault_that_only_raises_is_unusable(told: Path) -> None:
    change = Rewrite("    return rules.TOOL_ALIASES.get(name, name)\n", "    return rules.TOOL_ALIASES[name, name]\n")

    trial = tried(Fault("it raises", "relayburn.reader.classifier", change), told)

    assert trial.verdict == UNUSABLE
    assert trial.where == f"it only raises (error: {NAMES} case:1)"


@pytest.mark.parametrize(
    ("module", "change", "why"),
    [
        (RULES, Drop("TOOL_ALIASES", 999), "the table has only"),
        (RULES, Rewrite("a text that stands nowhere", ""), "stands 0 times"),
        ("relayburn.recording.proxy", Shift("anything"), "is used by none of 2 chains"),
    ],
)
def test_a_fault_that_does_not_fit_is_unusable(told: Path, module: str, change: Change, why: str) -> None:
    trial = tried(Fault("misfit", module, change), told)

    assert trial.verdict == UNUSABLE
    assert why in trial.where


def test_a_fault_that_breaks_the_import_is_unusable(told: Path, capfd: pytest.CaptureFixture[str]) -> None:
    broken = Rewrite("def normalize_tool_name(", "boom\n\n\ndef normalize_tool_name(")

    trial = tried(Fault("broken", "relayburn.reader.classifier", broken), told)

    assert trial == Trial(UNUSABLE, "its process broke down")
    assert "NameError" in capfd.readouterr().err


def test_each_fault_is_told_with_its_own_trial(told: Path) -> None:
    faults = [
        Fault("caught", RULES, Drop("TOOL_ALIASES", 0)),
        Fault("survivor", RULES, Drop("TOOL_ALIASES", 1)),
        Fault("misfit", RULES, Drop("TOOL_ALIASES", 999)),
        Fault("caught as well", RULES, Misspell("TOOL_ALIASES", 0)),
    ]

    trials = {fault.name: trial.verdict for fault, trial in try_all(faults, jobs=2, corpus=told)}

    assert trials == {"caught": CAUGHT, "survivor": SURVIVED, "misfit": UNUSABLE, "caught as well": CAUGHT}


# The command


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three faults: one that every corpus tells, one that none does, and one that fits nowhere."""
    faults = (
        Fault("tiny: caught", RULES, Drop("TOOL_ALIASES", 0), protocols=(NAMES,)),
        Fault("tiny: survivor", RULES, Drop("TOOL_ALIASES", 0), areas=("no such area",)),
        Fault("tiny: misfit", RULES, Drop("TOOL_ALIASES", 999), protocols=(NAMES,)),
    )
    monkeypatch.setattr(sensitivity, "FAULTS", faults)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.mark.usefixtures("catalogue")
def test_the_command_succeeds_where_every_fault_is_caught() -> None:
    result = run("*: caught")

    assert result.exit_code == 0
    assert "1 of 1 faults caught (1 made mechanically)" in result.output


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("name", ["tiny: survivor", "tiny: misfit"])
def test_the_command_fails_where_one_is_not(name: str) -> None:
    result = run("tiny: caught", name)

    assert result.exit_code == 1
    assert "1 of 2 faults caught" in result.output


@pytest.mark.usefixtures("catalogue")
def test_a_name_that_no_fault_has_is_a_mistake_of_usage() -> None:
    result = run("nothing like it")

    assert result.exit_code == 2
    assert "no fault is called nothing like it" in result.output


@pytest.mark.usefixtures("catalogue")
def test_the_command_lists_faults_without_trying_them() -> None:
    result = run("--list", "tiny: s*")

    assert (result.exit_code, result.output) == (0, f"tiny: survivor  ({RULES})\n")


# The catalogue


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_fault_applies_to_the_source_of_today(fault: Fault) -> None:
    spec = find_spec(fault.module)
    assert spec is not None and spec.origin is not None
    source = Path(spec.origin).read_text(encoding="utf-8")

    changed = fault.change.apply(source)

    assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(source))


def test_half_of_the_catalogue_is_made_mechanically() -> None:
    assert sum(fault.is_mechanical for fault in FAULTS) >= len(FAULTS) / 2


def test_every_fault_says_where_it_is_to_be_looked_for() -> None:
    assert [fault.name for fault in FAULTS if not fault.protocols and not fault.areas] == []
