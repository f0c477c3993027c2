"""`burn compare`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from relayburn.cli import compare as verbs
from relayburn.cli.lenient import run_leniently
from relayburn.cli.shell import Shell
from relayburn.ledger.query import LedgerQuery
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.cli.burning import burn
from tests.cli.shells import said, shell_in, told

NOW_MS = 1_790_000_000_000
SONNET, HAIKU, UNSOLD = "claude-sonnet-4-6", "claude-haiku-4-5", "nobody/sells,this"


@pytest.fixture
def user_home(tmp_path: Path) -> Path:
    """Two turns of Sonnet, one of Haiku, one of a model without a price; 1000 tokens of input each (3 and 1 dollars a million)."""
    file = tmp_path / ".claude/projects/-project/s-1.jsonl"
    file.parent.mkdir(parents=True)
    lines = [_turn(number, model) for number, model in enumerate((SONNET, SONNET, HAIKU, UNSOLD))]
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return tmp_path


def _turn(number: int, model: str) -> dict[str, object]:
    head = {"isSidechain": False, "cwd": "/project", "sessionId": "s-1", "uuid": f"a-{number}", "type": "assistant"}
    usage = {"input_tokens": 1000, "output_tokens": 0}
    answer = {
        "id": f"m-{number}",
        "role": "assistant",
        "model": model,
        "usage": usage,
        "content": [],
        "stop_reason": "end_turn",
    }
    return head | {"parentUuid": None, "timestamp": f"2026-03-12T09:00:0{number}.000Z", "message": answer}


def asked(*models: str, min_sample: float = 2) -> verbs.Question:
    return verbs.Question(models, LedgerQuery(), min_sample=min_sample)


def shell_of(user_home: Path, semantics: Semantics = CURRENT, **variables: str) -> Shell:
    return shell_in(user_home, NOW_MS, semantics=semantics, **variables)


def test_models_stand_beside_each_other_with_what_is_missing_below(user_home: Path) -> None:
    shell = shell_of(user_home)

    assert verbs.show_table(shell, asked(SONNET, HAIKU, "x/never-seen-model-with-a-very-long-name")) == 0
    assert said(shell) == "\n".join(
        [
            "",
            "turns analyzed: 4",
            "",
            "              claude-sonnet-4-6         claude-haiku-4-5          never-seen-model-with-a-very-long-name",
            "Activity      Turns  Cost/turn  1-shot  Turns  Cost/turn  1-shot  Turns  Cost/turn  1-shot",
            "conversation  2      $0.0030    —       1      $0.0010    —       —      —          —",
            "",
            "  low claude-haiku-4-5 sample in 'conversation' (1 turns < 2) — treat as indicative.",
            "  no never-seen-model-with-a-very-long-name data in 'conversation' — no comparison available.",
            "",
            "claude-sonnet-4-6: 2 turns, $0.0060 total",
            "claude-haiku-4-5: 1 turns, $0.0010 total",
            "never-seen-model-with-a-very-long-name: 0 turns, — total",
            "",
        ]
    )


def test_a_model_without_a_price_is_named_on_stderr(user_home: Path) -> None:
    shell = shell_of(user_home)
    verbs.show_table(shell, asked(SONNET, UNSOLD))

    assert f"1 turn had no pricing for model: {UNSOLD}" in told(shell)


def test_csv_quotes_what_holds_a_comma_and_leaves_out_what_is_not_known(user_home: Path) -> None:
    shell = shell_of(user_home)
    verbs.show_csv(shell, asked(SONNET, UNSOLD))

    assert said(shell) == (
        "model,category,turns,editTurns,oneShotTurns,pricedTurns,totalCost,costPerTurn,oneShotRate,cacheHitRate,"
        "medianRetries,noData,insufficientSample\n"
        "claude-sonnet-4-6,conversation,2,0,0,2,0.006,0.003,,0,,false,false\n"
        '"nobody/sells,this",conversation,1,0,0,0,0,,,0,,false,true\n'
    )


def test_json_keeps_the_order_of_its_keys(user_home: Path) -> None:
    shell = shell_of(user_home)
    verbs.show_json(shell, asked(SONNET, HAIKU))
    found = json.loads(said(shell))

    assert list(found) == ["analyzedTurns", "minSample", "models", "categories", "totals", "cells", "fidelity"]
    assert list(found["fidelity"]["excluded"]) == ["total", "aggregateOnly", "costOnly", "partial", "usageOnly"]
    assert found["totals"][SONNET] == {"turns": 2, "totalCost": pytest.approx(0.006, abs=1e-12)}


def test_an_empty_workflow_matches_no_turn_that_has_no_stamp(user_home: Path) -> None:
    shell = shell_of(user_home, TS_1_10)

    assert run_leniently(shell, ["compare", f"{SONNET},{HAIKU}", "--workflow=", "--json"]) == 0
    assert json.loads(said(shell))["analyzedTurns"] == 0


@pytest.mark.parametrize("words", [["--include-partial"], ["--fidelity", "partial", "--no-archive"]])
def test_archive_and_ledger_give_the_same_table(user_home: Path, words: list[str]) -> None:
    shell = shell_of(user_home, TS_1_10)
    run_leniently(shell, ["compare", f"{SONNET},{HAIKU}", "--json", *words])
    found = json.loads(said(shell))

    assert (found["analyzedTurns"], found["fidelity"]["minimum"]) == (4, "partial")
    assert found["totals"][SONNET]["totalCost"] == pytest.approx(0.006, abs=1e-12)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--models", "a,b", "--since", "x"], 2, "burn: --models was removed"),
        ([" a , a ,", "--since", "x"], 2, "burn compare: needs at least 2 models."),
        (["a,b", "--since", "x", "--provider"], 1, "burn: invalid --since: x\n"),
        (["a,b", "--provider=,", "--min-sample", "0"], 2, "burn: --provider requires a value\n"),
        (["a,b", "--min-sample=", "--fidelity", "x"], 2, "burn: invalid --min-sample: \n"),
        (["a,b", "--fidelity", "x", "--json", "--csv"], 2, "burn: invalid --fidelity: x (expected one of full, "),
        (
            ["a,b", "--fidelity", "full", "--include-partial"],
            2,
            "burn: --include-partial conflicts with --fidelity full",
        ),
        (["a,b", "--json", "--csv"], 2, "burn: --json and --csv are mutually exclusive; pick one.\n"),
    ],
)
def test_what_is_wrong_is_told_in_the_references_order(tmp_path: Path, words: list[str], code: int, says: str) -> None:
    shell = shell_of(tmp_path, TS_1_10)

    assert run_leniently(shell, ["compare", *words]) == code
    assert told(shell).startswith(says)
    assert not shell.home.path.exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["compare"], "Missing argument 'MODEL,MODEL[,...]'"),
        (["compare", "a"], "at least two models"),
        (["compare", "a,b", "--json", "--csv"], "--json and --csv cannot be combined"),
        (["compare", "a,b", "--min-sample", "nan"], "'--min-sample'"),
        (["compare", "a,b", "--fidelity", "full", "--include-partial"], "cannot be combined"),
        (["compare", "a,b", "--models", "a,b"], "No such option '--models'"),
    ],
)
def test_misuse_is_told_and_exits_2(tmp_path: Path, words: list[str], says: str) -> None:
    answer = burn(tmp_path, *words)

    assert (answer.returncode, answer.stdout) == (2, "")
    assert says in answer.stderr
