"""The report as one page that stands alone: HTML without scripts or links."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from conformance.outcome import RunOutcome
from conformance.report.grouping import FailingCase, failing_cases, headline, pending_lines, replaying, verdict_line
from conformance.report.values import counted, money, shown_pair
from conformance.verdict import Result

PLACES_SHOWN = 50

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; color: #222 }
table { border-collapse: collapse; margin: 0.5em 0 1em } th, td { padding: 0.15em 0.8em; text-align: left; vertical-align: top }
tr:nth-child(even) { background: #f6f6f6 } td.count, th.count { text-align: right } code { font-size: 13px; overflow-wrap: anywhere }
.match, .declared, .pass { color: #1a7f37 } .pending { color: #9a6700 }
.diverged, .error, .unsupported, .stale, .fail { color: #cf222e }
"""


def rendered(outcome: RunOutcome) -> str:
    """The page as text; what UTF-8 cannot say is replaced."""
    return "\n".join(_lines(outcome)).encode("utf-8", "replace").decode() + "\n"


def _lines(outcome: RunOutcome) -> Iterator[str]:
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Replay of the recordings</title>'
    yield f"<style>{_STYLE}</style></head><body><h1>Replay of the recordings</h1>"
    yield f'<p class="{"fail" if outcome.exit_code else "pass"}"><strong>{escape(verdict_line(outcome))}</strong></p>'
    yield f"<p>{escape(outcome.subject)}: {escape(headline(outcome))}, in {outcome.seconds:.2f} s.</p>"
    yield from _list("Problems", [f"{problem.kind.value}: {problem.message}" for problem in outcome.problems])
    for case in failing_cases(outcome):
        yield from _case_lines(case, outcome)
    yield from _list("Pending", pending_lines(outcome))
    yield from _list("Left out", [f"{count} of {name}" for name, count in outcome.left_out.items()])
    yield from _list("Notes", list(outcome.notes))
    yield from _counts_table(outcome)
    yield "</body></html>"


def _counts_table(outcome: RunOutcome) -> Iterator[str]:
    occurring = [verdict for verdict, count in outcome.counts.items() if count]
    heads = "".join(f'<th class="count {verdict.value}">{verdict.value}</th>' for verdict in occurring)
    yield f"<h2>Counts</h2><table><tr><th>protocol</th>{heads}</tr>"
    for protocol, counts in outcome.by_protocol.items():
        cells = "".join(f'<td class="count">{counts[verdict] or ""}</td>' for verdict in occurring)
        yield f"<tr><td><code>{escape(protocol)}</code></td>{cells}</tr>"
    yield "</table>"


def _list(title: str, items: list[str]) -> Iterator[str]:
    if items:
        yield f"<h2>{title}</h2><ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"


def _case_lines(case: FailingCase, outcome: RunOutcome) -> Iterator[str]:
    yield f"<h2>{escape(case.title)}</h2>"
    for result in case.results:
        yield from _result_lines(result, replaying(result, outcome))


def _result_lines(result: Result, command: str) -> Iterator[str]:
    verdict = f'<strong class="{result.verdict.value}">{result.verdict.value}</strong>'
    yield f"<p>{verdict} <code>{escape(result.protocol)}</code><br><code>{escape(command)}</code></p>"
    if result.message and not result.divergences:
        yield f"<pre>{escape(result.message)}</pre>"
    if not result.divergences:
        return
    yield '<table><tr><th>path</th><th>expected</th><th>got</th><th class="count">USD</th></tr>'
    for found in result.divergences[:PLACES_SHOWN]:
        cells = "".join(
            f"<td><code>{escape(text)}</code></td>" for text in (found.path, *shown_pair(found.expected, found.actual))
        )
        yield f'<tr>{cells}<td class="count">{money(found.usd_delta)}</td></tr>'
    yield "</table>"
    if len(result.divergences) > PLACES_SHOWN:
        yield f"<p>... and {counted(len(result.divergences) - PLACES_SHOWN, 'more place')}</p>"
