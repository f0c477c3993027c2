"""The verdict on every kind of answer, from stages in this process."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from typing import Any

import pytest

from conformance.stages.registry import Request, Sided
from conformance.verdict import Verdict
from relayburn.errors import InvalidInput, RelayburnError, UnsupportedTokenizer
from tests.conformance.tiny import TinyCorpus, in_process, only, replay, stages

TURN = {"id": "a", "usage": {"input": 5}, "cost": 0.25, "done": True, "files": ["x", "y"]}


def raising(error: BaseException) -> Callable[[Request], Any]:
    """A stage that raises `error`."""

    def stage(request: Request) -> Any:
        raise error

    return stage


def returning(output: Any) -> Callable[[Request], Any]:
    """A stage that returns `output`."""
    return lambda request: output


@pytest.mark.parametrize(
    ("output", "verdict"),
    [
        (TURN, Verdict.MATCH),
        (dict(reversed(TURN.items())), Verdict.MATCH),
        (TURN | {"cost": 0.25 + 0.5e-9}, Verdict.MATCH),
        (TURN | {"usage": {"input": 5.0}}, Verdict.MATCH),
        (TURN | {"files": ("x", "y")}, Verdict.MATCH),
        (TURN | {"cost": 0.25 + 2e-9}, Verdict.DIVERGED),
        (TURN | {"cost": math.nan}, Verdict.DIVERGED),
        (TURN | {"done": 1}, Verdict.DIVERGED),
        (TURN | {"usage": {}}, Verdict.DIVERGED),
        (TURN | {"more": None}, Verdict.DIVERGED),
        (TURN | {"files": ["y", "x"]}, Verdict.DIVERGED),
        (None, Verdict.DIVERGED),
        ({1: 2}, Verdict.DIVERGED),
        (object(), Verdict.DIVERGED),
        (b"bytes", Verdict.DIVERGED),
    ],
)
def test_an_output_is_compared(corpus: TinyCorpus, output: Any, verdict: Verdict) -> None:
    corpus.answers(TURN)

    outcome = replay(corpus, stages(tiny=returning(output)))

    assert only(outcome).verdict is verdict
    assert outcome.exit_code == (0 if verdict is Verdict.MATCH else 1)


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (InvalidInput("in our words"), Verdict.MATCH),
        (RelayburnError(), Verdict.MATCH),
        (TypeError("Cannot read properties of null"), Verdict.ERROR),
        (NotImplementedError(), Verdict.ERROR),
        (KeyError("a"), Verdict.ERROR),
        (RecursionError(), Verdict.ERROR),
        (MemoryError(), Verdict.ERROR),
        (SystemExit(0), Verdict.ERROR),
        (GeneratorExit(), Verdict.ERROR),
        (OSError("ENOENT"), Verdict.ERROR),
    ],
)
def test_only_our_documented_failures_equal_the_references(
    corpus: TinyCorpus, error: BaseException, verdict: Verdict
) -> None:
    corpus.fails("Cannot read properties of null", "TypeError")
    corpus.answers(1, protocol="relayburn.after")

    result, after = replay(corpus, stages(tiny=raising(error), after=returning(1))).results

    assert (result.verdict, after.verdict) == (verdict, Verdict.MATCH)


def test_an_answer_where_the_reference_failed_diverges(corpus: TinyCorpus) -> None:
    corpus.fails("no")

    assert only(replay(corpus, stages(tiny=returning(None)))).verdict is Verdict.DIVERGED


@pytest.mark.parametrize(
    ("error", "verdict"), [(InvalidInput("no"), Verdict.DIVERGED), (ValueError("no"), Verdict.ERROR)]
)
def test_a_failure_where_the_reference_answered_is_none(corpus: TinyCorpus, error: Exception, verdict: Verdict) -> None:
    corpus.answers(1)

    assert only(replay(corpus, stages(tiny=raising(error)))).verdict is verdict


@pytest.mark.parametrize(
    ("recorded", "name", "verdict"),
    [
        ("Unsupported user-turn tokenizer: gpt2", "gpt2", Verdict.MATCH),
        ("Unsupported user-turn tokenizer: gpt2", "gpt3", Verdict.DIVERGED),
        ("Some other tokenizer message", "gpt2", Verdict.MATCH),
    ],
)
def test_a_binding_message_must_be_said_as_it_is(
    corpus: TinyCorpus, recorded: str, name: str, verdict: Verdict
) -> None:
    corpus.fails(recorded)

    assert only(replay(corpus, stages(tiny=raising(UnsupportedTokenizer(name))))).verdict is verdict


def test_an_error_tells_what_and_where(corpus: TinyCorpus) -> None:
    corpus.answers(1)

    message = only(replay(corpus, stages(tiny=raising(TypeError("not a text"))))).message

    assert message.startswith("crash: TypeError: not a text (")
    assert "tests/conformance/test_verdicts.py" in message


def test_a_stage_that_hangs_is_stopped_and_the_run_goes_on(corpus: TinyCorpus) -> None:
    def hang(request: Request) -> Any:
        while True:
            try:
                time.sleep(60)
            except Exception:  # noqa: BLE001 - a stage that swallows what it can
                continue

    corpus.answers(1)
    corpus.answers(1, protocol="relayburn.after")
    started = time.monotonic()

    make = in_process({"relayburn.tiny": hang, "relayburn.after": returning(1)}, timeout=0.3)
    result, after = replay(corpus, make).results

    assert (result.verdict, result.message) == (Verdict.ERROR, "hang: no answer within 0.3 s")
    assert after.verdict is Verdict.MATCH
    assert time.monotonic() - started < 10


def test_an_unknown_protocol_is_unsupported_and_fails(corpus: TinyCorpus) -> None:
    corpus.answers(1, protocol="relayburn.unheard_of")

    outcome = replay(corpus, stages(tiny=returning(1)))

    assert only(outcome).verdict is Verdict.UNSUPPORTED
    assert outcome.exit_code == 1


@pytest.mark.parametrize("response", [None, [], {}, {"output": 1, "error": {}}, {"side": {}}])
def test_a_recording_without_a_single_answer_is_an_error(corpus: TinyCorpus, response: Any) -> None:
    corpus.record(response)

    assert only(replay(corpus, stages(tiny=returning(None)))).verdict is Verdict.ERROR


@pytest.mark.parametrize(
    ("answer", "paths"),
    [
        (Sided({"onLog": ["fell back"]}, 1), []),
        (Sided({"onLog": ["fell"]}, 1), ["$side.onLog[0]"]),
        (Sided({"onLog": ["fell back"]}, 2), ["$"]),
        (Sided({}, 1), ["$side.onLog"]),
        (1, ["$side.onLog"]),
        (Sided({"onLog": ["fell back"]}, failure=InvalidInput("no")), ["$"]),
    ],
)
def test_what_is_said_beside_the_answer_counts(corpus: TinyCorpus, answer: Any, paths: list[str]) -> None:
    corpus.record({"output": 1, "side": {"onLog": ["fell back"]}})

    assert [found.path for found in only(replay(corpus, stages(tiny=returning(answer)))).divergences] == paths


def test_saying_more_than_the_reference_diverges(corpus: TinyCorpus) -> None:
    corpus.answers(1)

    assert only(replay(corpus, stages(tiny=returning(Sided({"stderr": "x"}, 1))))).verdict is Verdict.DIVERGED


def test_what_a_stage_prints_is_no_part_of_a_report(corpus: TinyCorpus, capsys: pytest.CaptureFixture[str]) -> None:
    corpus.answers(None)

    assert replay(corpus, stages(tiny=lambda request: print("noise"))).exit_code == 0
    assert capsys.readouterr() == ("", "noise\n")


@pytest.mark.parametrize(
    ("stdout", "verdict"),
    [
        ('{"totalCost": 0.5, "n": 1}\n', Verdict.MATCH),
        ('{\n  "n": 1,\n  "totalCost": 0.5000000001\n}\n', Verdict.MATCH),
        ('{"n": true, "totalCost": 0.5}\n', Verdict.DIVERGED),
        ("n 1\n", Verdict.DIVERGED),
        ("", Verdict.DIVERGED),
    ],
)
def test_json_on_stdout_of_a_command_is_compared_as_json(corpus: TinyCorpus, stdout: str, verdict: Verdict) -> None:
    corpus.answers({"stdout": '{"n": 1, "totalCost": 0.5}\n', "stderr": "{}"}, protocol="relayburn.cli")

    result = only(replay(corpus, stages(cli=returning({"stdout": stdout, "stderr": "{}"}))))

    assert result.verdict is verdict


def test_text_elsewhere_is_compared_as_text(corpus: TinyCorpus) -> None:
    corpus.answers({"stdout": "[1]"})
    corpus.answers({"stderr": "[1]"}, protocol="relayburn.cli")

    outcome = replay(corpus, stages(tiny=returning({"stdout": "[ 1 ]"}), cli=returning({"stderr": "[ 1 ]"})))

    assert [result.verdict for result in outcome.results] == [Verdict.DIVERGED, Verdict.DIVERGED]


def test_json_within_json_of_a_server_is_compared_as_json(corpus: TinyCorpus) -> None:
    def reply(inner: str) -> dict[str, list[str | None]]:
        return {"replies": ['{"id":1,"result":{"content":[{"type":"text","text":"' + inner + '"}]}}', None, "not json"]}

    corpus.answers(reply(r"{\"totalUSD\":0.5,\"n\":1}"), protocol="relayburn.mcp")
    corpus.answers(reply(r"{\"totalUSD\":0.5,\"n\":2}"), protocol="relayburn.mcp")

    outcome = replay(corpus, stages(mcp=returning(reply(r"{ \"n\":1, \"totalUSD\":0.5000000001}"))))

    assert [result.verdict for result in outcome.results] == [Verdict.MATCH, Verdict.DIVERGED]
    assert [found.path for found in outcome.results[1].divergences] == ["$.replies[0].result.content[0].text.n"]


@pytest.mark.parametrize("change", ["LEFT_BEHIND", "HOME"])
def test_a_stage_that_changes_the_environment_changes_nothing_for_the_next(corpus: TinyCorpus, change: str) -> None:
    before = os.environ.get(change)
    corpus.answers(None, config={"any": 1})
    corpus.answers(None, config={"any": 1})
    seen: list[str | None] = []

    def stage(request: Request) -> None:
        seen.append(os.environ.get(change))
        os.environ[change] = "changed"

    replay(corpus, stages(tiny=stage))

    assert "changed" not in seen
    assert os.environ.get(change) == before


def test_a_match_that_makes_use_of_what_is_free_is_counted(corpus: TinyCorpus) -> None:
    corpus.answers({"stdout": "1.10.0\n"}, protocol="relayburn.cli")
    corpus.answers({"stdout": "1.10.0\n"}, protocol="relayburn.cli")
    answers = iter([{"stdout": "0.1.0\n"}, {"stdout": "1.10.0\n"}])

    outcome = replay(corpus, stages(cli=lambda request: next(answers)))

    assert [result.verdict for result in outcome.results] == [Verdict.MATCH] * 2
    assert outcome.notes == (
        "of the matches, 1 differ in wording or numbers that bind nobody: conformance/not_binding.py",
    )
