"""The report for a person at a terminal.

In: a run's outcome. Out: counts for each protocol, then the failures by case with the earliest stage first, where
each differs, and the command that replays just that.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.outcome import RunOutcome
from conformance.report.grouping import FailingCase, failing_cases, headline, pending_lines, replaying, verdict_line
from conformance.report.values import counted, money, printable, shown_pair
from conformance.verdict import Result, Verdict

CASES_SHOWN = 40
RESULTS_SHOWN = 5
PLACES_SHOWN = 8
_STYLES = {
    Verdict.MATCH: "green",
    Verdict.DECLARED: "cyan",
    Verdict.PENDING: "bold yellow",
    Verdict.DIVERGED: "bold red",
    Verdict.ERROR: "bold red",
    Verdict.UNSUPPORTED: "red",
    Verdict.STALE: "magenta",
}
_PASS_STYLE, _FAIL_STYLE = "bold green", "bold red"


def show(outcome: RunOutcome, console: Console) -> None:
    """Print the report."""
    if outcome.results:
        console.print(_counts_table(outcome))
    for line in _lines(outcome):
        console.print(line, soft_wrap=True)


def _counts_table(outcome: RunOutcome) -> Table:
    occurring = [verdict for verdict, count in outcome.counts.items() if count]
    table = Table(box=None, pad_edge=False, show_footer=True)
    table.add_column("protocol", "all", no_wrap=True)
    for verdict in occurring:
        total = str(outcome.counts[verdict])
        table.add_column(verdict.value, total, justify="right", style=_STYLES[verdict])
    for protocol, counts in outcome.by_protocol.items():
        table.add_row(protocol, *(str(counts[verdict] or "") for verdict in occurring))
    return table


def _lines(outcome: RunOutcome) -> Iterator[Text]:
    for protocol, count in outcome.left_out.items():
        yield Text(
            f"left out: {counted(count, 'exchange')} of {protocol}, which the subject does not offer", style="yellow"
        )
    if outcome.pending:
        yield Text("\nPENDING, still to be written:", style="bold yellow")
        for line in pending_lines(outcome):
            yield Text(f"  {line}", style="yellow")
    cases = failing_cases(outcome)
    for case in cases[:CASES_SHOWN]:
        yield from _case_lines(case, outcome)
    if len(cases) > CASES_SHOWN:
        yield Text(f"\n... and {counted(len(cases) - CASES_SHOWN, 'more case')} (--json names all)", style="bold")
    for problem in outcome.problems:
        yield Text(f"\n{problem.kind.value}: {printable(problem.message)}", style=_FAIL_STYLE)
    for note in outcome.notes:
        yield Text(f"\nnote: {printable(note)}", style="yellow")
    yield Text("")
    yield Text(f"{outcome.subject}: {headline(outcome)}")
    yield Text(f"{outcome.seconds:.2f} s, of which {outcome.stage_seconds:.2f} s in the subject", style="dim")
    yield Text(verdict_line(outcome), style=_FAIL_STYLE if outcome.exit_code else _PASS_STYLE)


def _case_lines(case: FailingCase, outcome: RunOutcome) -> Iterator[Text]:
    yield Text(f"\n{case.title}", style="bold")
    for result in case.results[:RESULTS_SHOWN]:
        yield from _result_lines(result, replaying(result, outcome))
    if len(case.results) > RESULTS_SHOWN:
        yield Text(f"  ... and {counted(len(case.results) - RESULTS_SHOWN, 'more exchange')} of this case")


def _result_lines(result: Result, command: str) -> Iterator[Text]:
    head = Text("  ")
    head.append(result.verdict.value, style=_STYLES[result.verdict])
    head.append(f"  {result.protocol}  {result.place}")
    yield head
    if result.message and not result.divergences:
        for line in result.message.split("\n"):
            yield Text(f"    {printable(line)}")
    for found in result.divergences[:PLACES_SHOWN]:
        place = Text("    ")
        place.append(found.path, style="bold")
        if found.usd_delta is not None:
            place.append(f"  {money(found.usd_delta)}", style="bold magenta")
        yield place
        expected, actual = shown_pair(found.expected, found.actual)
        yield Text(f"      expected {expected}", style="green")
        yield Text(f"      got      {actual}", style="red")
    if len(result.divergences) > PLACES_SHOWN:
        yield Text(f"    ... and {counted(len(result.divergences) - PLACES_SHOWN, 'more place')}")
    yield Text(f"    {command}", style="dim")
