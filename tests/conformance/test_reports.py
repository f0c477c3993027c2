"""What the reports look like, for a small fixed outcome."""

from __future__ import annotations

import io
import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from conformance.admission import PendingState
from conformance.entries import ABSENT, PendingEntry
from conformance.explain import Divergence
from conformance.outcome import Problem, ProblemKind, RunOutcome
from conformance.report import html, junit, markdown, terminal
from conformance.report import json as json_report
from conformance.verdict import Result, Verdict

pytestmark = pytest.mark.golden


def result(
    protocol: str,
    verdict: Verdict,
    *,
    case: str = "forks",
    line: int = 1,
    message: str = "",
    found: tuple[Divergence, ...] = (),
) -> Result:
    """A result of area `claude`."""
    file = f"recordings/claude/{case}.jsonl"
    return Result(file, line, "claude", case, protocol, verdict, message, found, 0.25, verdict)


FAILING = RunOutcome(
    subject="relayburn 1.0, in process",
    results=(
        result("relayburn.sdk.summary", Verdict.DIVERGED, line=3, found=(Divergence("$.totalCost", 1.5, 1.25, -0.25),)),
        result(
            "relayburn.reader.claude",
            Verdict.DIVERGED,
            line=2,
            found=(
                Divergence("$.turns[1]", {"id": "msg_2", "text": "x" * 400}, ABSENT),
                Divergence("$.content[0].text", "y" * 300 + "one" + "z" * 300, "y" * 300 + "two"),
                *(Divergence(f"$.turns[{number}].usage.input", number, True) for number in range(2, 14)),
            ),
        ),
        result("relayburn.reader.claude", Verdict.MATCH),
        result(
            "relayburn.classifier.session",
            Verdict.ERROR,
            case="odd <&> | `case`",
            message="crash: [x] \ud800\x00\nstderr: y",
        ),
        result("relayburn.unheard_of", Verdict.UNSUPPORTED, case="unknown", message="nothing answers this protocol"),
        result(
            "relayburn.reader.codex",
            Verdict.STALE,
            case="old",
            message="fixtures/x: recorded with aa, now bb",
            found=(Divergence("fixtures/x", "aa", "bb"),),
        ),
        result("relayburn.mcp", Verdict.DECLARED, case="framing"),
        result("relayburn.cli", Verdict.PENDING, case="later"),
    ),
    problems=(
        Problem(
            ProblemKind.UNREADABLE,
            "recordings/claude/torn.jsonl, line 3, byte 120: torn",
            "recordings/claude/torn.jsonl",
        ),
        Problem(ProblemKind.IDLE_DECLARED, "relayburn.mcp framing:2 $.x: known"),
    ),
    left_out={"relayburn.flow": 4},
    pending=(
        PendingState(PendingEntry("relayburn.cli", "soon"), 1, 0, 0),
        PendingState(PendingEntry("relayburn.a.*", "soon", frozenset({"y", "x"})), 2, 2, 1),
        PendingState(PendingEntry("relayburn.b.*", "soon"), 2, 2, 2),
    ),
    notes=("the subject wrote 70000 bytes to stderr",),
    seconds=2.5,
    command="python -m conformance --subject 'burn-rs --serve'",
)
PASSING = RunOutcome("relayburn 1.0, in process", (result("relayburn.reader.claude", Verdict.MATCH),), seconds=1.0)
NOTHING = RunOutcome("relayburn", problems=(Problem(ProblemKind.NOTHING, "no exchange was replayed"),))
OUTCOMES = {"failing": FAILING, "passing": PASSING, "nothing": NOTHING}

every_outcome = pytest.mark.parametrize("outcome", OUTCOMES.values(), ids=OUTCOMES)


def printed(outcome: RunOutcome) -> str:
    """The terminal's report without colour."""
    text = io.StringIO()
    terminal.show(outcome, Console(file=text, width=120, highlight=False))
    return "\n".join(line.rstrip() for line in text.getvalue().encode("utf-8", "backslashreplace").decode().split("\n"))


@every_outcome
def test_the_terminal_report(outcome: RunOutcome, snapshot: SnapshotAssertion) -> None:
    assert printed(outcome) == snapshot


@every_outcome
def test_the_markdown_report(outcome: RunOutcome, snapshot: SnapshotAssertion) -> None:
    assert markdown.rendered(outcome).encode("utf-8", "backslashreplace").decode() == snapshot


@every_outcome
def test_the_junit_report(outcome: RunOutcome, snapshot: SnapshotAssertion) -> None:
    assert junit.rendered(outcome) == snapshot


@every_outcome
def test_the_json_report(outcome: RunOutcome, snapshot: SnapshotAssertion) -> None:
    assert json_report.rendered(outcome) == snapshot


def test_the_html_report_stands_alone_and_says_everything() -> None:
    page = html.rendered(FAILING)

    assert not re.search(r"<script|<link|src=|href=", page)
    for told in ("-0.25 USD", "odd &lt;&amp;&gt; | `case`", "$.turns[13].usage.input", "UNUSABLE"):
        assert told in page


@every_outcome
def test_the_junit_report_is_well_formed_and_counts_rightly(outcome: RunOutcome) -> None:
    suites = ElementTree.fromstring(junit.rendered(outcome))

    tests = sum(int(suite.attrib["tests"]) for suite in suites)
    assert tests == len(suites.findall(".//testcase")) == len(outcome.results) + len(outcome.problems)


def test_the_json_report_counts_every_verdict() -> None:
    told: dict[str, Any] = json.loads(json_report.rendered(FAILING))

    assert told["exchanges"] == 8
    assert {verdict.value: told[verdict.value] for verdict in Verdict} == {
        "match": 1,
        "diverged": 2,
        "error": 1,
        "unsupported": 1,
        "stale": 1,
        "declared": 1,
        "pending": 1,
    }
    assert told["by_protocol"]["relayburn.reader.claude"]["match"] == 1
    assert {entry["verdict"] for entry in told["divergences"]} == {"diverged", "error", "unsupported", "stale"}
    assert told["divergences"][0].keys() >= {
        "protocol",
        "case",
        "line",
        "path",
        "expected",
        "actual",
        "usd_delta",
        "file",
    }


def test_the_earliest_stage_stands_first_in_its_case_and_its_case_among_the_others() -> None:
    order = [item.protocol for item in FAILING.failures]

    assert order == [
        "relayburn.reader.claude",
        "relayburn.sdk.summary",
        "relayburn.reader.codex",
        "relayburn.classifier.session",
        "relayburn.unheard_of",
    ]


@pytest.mark.parametrize(
    ("verdicts", "problems", "code"),
    [
        ([Verdict.MATCH, Verdict.DECLARED, Verdict.PENDING], [], 0),
        ([Verdict.MATCH, Verdict.DIVERGED], [], 1),
        ([Verdict.ERROR], [], 1),
        ([Verdict.UNSUPPORTED], [], 1),
        ([Verdict.STALE], [], 1),
        ([Verdict.MATCH], [ProblemKind.IDLE_DECLARED], 1),
        ([Verdict.MATCH], [ProblemKind.IDLE_PENDING], 1),
        ([Verdict.MATCH], [ProblemKind.UNREADABLE], 2),
        ([Verdict.DIVERGED], [ProblemKind.UNREADABLE, ProblemKind.IDLE_DECLARED], 2),
        ([], [ProblemKind.NOTHING], 2),
        ([], [ProblemKind.IMPOSSIBLE], 2),
    ],
)
def test_the_exit_code_follows_from_what_is_told(
    verdicts: list[Verdict], problems: list[ProblemKind], code: int
) -> None:
    results = tuple(result("relayburn.tiny", verdict, line=line) for line, verdict in enumerate(verdicts))

    assert RunOutcome("x", results, tuple(Problem(kind, "") for kind in problems)).exit_code == code


def test_every_recorded_protocol_has_a_place_in_the_order_of_stages() -> None:
    from conformance.corpus import PROJECT_ROOT, Corpus
    from conformance.stage_order import STAGE_ORDER, stage_rank

    corpus = Corpus(PROJECT_ROOT)
    protocols = {exchange.protocol for file in corpus.files() for exchange in corpus.exchanges(file)}

    assert {protocol for protocol in protocols if stage_rank(protocol) == len(STAGE_ORDER)} == set()


def test_a_terminal_is_never_given_what_it_would_obey() -> None:
    told = result("relayburn.tiny", Verdict.ERROR, message="crash: \x1b]0;title\x07\x1b[2J\r\x9b1m\ud800")

    assert "crash: \\x1b]0;title\\x07\\x1b[2J\\r\\x9b1m\\ud800" in printed(RunOutcome("x", (told,)))
