"""The report for a pull request: Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.outcome import RunOutcome
from conformance.report.grouping import FailingCase, failing_cases, headline, pending_lines, replaying, verdict_line
from conformance.report.values import counted, money, printable, shown_pair
from conformance.verdict import Result

CASES_SHOWN = 100
PLACES_SHOWN = 8


def rendered(outcome: RunOutcome) -> str:
    """The report as text."""
    return "\n".join(_lines(outcome)) + "\n"


def _lines(outcome: RunOutcome) -> Iterator[str]:
    yield "# Replay of the recordings"
    yield ""
    yield f"**{verdict_line(outcome)}**"
    yield ""
    yield f"{_plain(outcome.subject)}: {headline(outcome)}, in {outcome.seconds:.2f} s."
    if outcome.results:
        yield from _counts_table(outcome)
    yield from _list("Left out", [f"{count} of `{name}`" for name, count in outcome.left_out.items()])
    yield from _list("Pending", [_plain(line) for line in pending_lines(outcome)])
    yield from _list("Problems", [f"{problem.kind.value}: {_plain(problem.message)}" for problem in outcome.problems])
    yield from _list("Notes", [_plain(note) for note in outcome.notes])
    cases = failing_cases(outcome)
    for case in cases[:CASES_SHOWN]:
        yield from _case_lines(case, outcome)
    if len(cases) > CASES_SHOWN:
        yield ""
        yield f"... and {counted(len(cases) - CASES_SHOWN, 'more case')}."


def _counts_table(outcome: RunOutcome) -> Iterator[str]:
    occurring = [verdict for verdict, count in outcome.counts.items() if count]
    yield ""
    yield f"| protocol | {' | '.join(verdict.value for verdict in occurring)} |"
    yield f"|---|{'---:|' * len(occurring)}"
    for protocol, counts in outcome.by_protocol.items():
        yield f"| `{protocol}` | {' | '.join(str(counts[verdict] or '') for verdict in occurring)} |"


def _list(title: str, items: list[str]) -> Iterator[str]:
    if items:
        yield from ("", f"## {title}", "", *(f"- {item}" for item in items))


def _case_lines(case: FailingCase, outcome: RunOutcome) -> Iterator[str]:
    yield from ("", f"## {_plain(case.title)}")
    for result in case.results:
        yield from _result_lines(result, replaying(result, outcome))


def _result_lines(result: Result, command: str) -> Iterator[str]:
    yield from ("", f"`{result.protocol}` is **{result.verdict.value}**: `{command}`")
    if result.message and not result.divergences:
        yield from ("", *(f"> {_plain(line)}" for line in result.message.split("\n")))
    if not result.divergences:
        return
    yield from ("", "| path | expected | got | USD |", "|---|---|---|---:|")
    for found in result.divergences[:PLACES_SHOWN]:
        sides = shown_pair(found.expected, found.actual)
        cells = *map(_code, (found.path, *sides)), money(found.usd_delta)
        yield f"| {' | '.join(cells)} |"
    if len(result.divergences) > PLACES_SHOWN:
        yield from ("", f"... and {counted(len(result.divergences) - PLACES_SHOWN, 'more place')}.")


def _code(text: str) -> str:
    """`text` as code in a table's cell."""
    return f"`{text.replace('|', chr(92) + '|').replace('`', chr(39))}`"


def _plain(text: str) -> str:
    """`text` as it stands, whatever it means to Markdown."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>#|" else char for char in printable(text))
