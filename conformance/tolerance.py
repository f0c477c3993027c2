"""How far our dollars are from the recorded ones, and both from exact arithmetic: `python -m conformance.tolerance`.

In: every recording of the analyses. Out: per protocol the largest deviation of our figures from the recorded ones, of the
recorded ones from the same sums in fractions, and of ours from those. Exit code 0: none exceeds 1e-9 USD; 1: one
does, or a figure is missing; 2: there was nothing to look at.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from conformance.corpus import PROJECT_ROOT, Corpus, Exchange
from conformance.errors import CannotAsk
from conformance.exact import ORACLES, exact
from conformance.jsonpath import Path, written
from conformance.money import is_money
from conformance.stages.registry import Stage, all_stages
from conformance.workspace import Workspace
from relayburn.errors import RelayburnError
from relayburn.semantics import TS_1_10

LIMIT = Fraction(1, 10**9)
PROTOCOLS = "relayburn.analyze."


@dataclass(slots=True)
class Deviation:
    """The largest of some deviations, in USD, how many there were and where the largest is."""

    largest: Fraction = Fraction(0)
    figures: int = 0
    place: str = ""

    def note(self, one: Fraction, other: Fraction, place: str) -> None:
        """One more pair of figures that should be the same."""
        self.figures += 1
        if not self.place or abs(one - other) > self.largest:
            self.largest = abs(one - other)
            self.place = place


@dataclass(slots=True)
class Comparison:
    """One protocol: our figures, the recorded ones and the exact ones against each other."""

    ours_to_recorded: Deviation = field(default_factory=Deviation)
    recorded_to_exact: Deviation = field(default_factory=Deviation)
    ours_to_exact: Deviation = field(default_factory=Deviation)
    missing: list[str] = field(default_factory=list)

    @property
    def passes(self) -> bool:
        """Whether every figure was there, and none is too far off."""
        deviations = (self.ours_to_recorded, self.recorded_to_exact, self.ours_to_exact)
        return not self.missing and all(deviation.largest <= LIMIT for deviation in deviations)


def compare_all(corpus: Corpus) -> dict[str, Comparison]:
    """The comparisons by protocol, of those whose answers hold money.

    Of a key that only may be money, as `total` is, the figures decide: amounts have fractions of a dollar.
    """
    comparisons: dict[str, Comparison] = {}
    stages = all_stages()
    with Workspace(corpus.root) as workspace:
        for exchange in _exchanges(corpus):
            stage = stages.get(exchange.protocol)
            if stage is not None and any(_amounts(exchange)):
                comparison = comparisons.setdefault(exchange.protocol, Comparison())
                _compare(exchange, stage, workspace, comparison)
                workspace.settle()
    return dict(sorted(comparisons.items()))


def _exchanges(corpus: Corpus) -> Iterator[Exchange]:
    for file in corpus.files():
        yield from (exchange for exchange in corpus.exchanges(file) if exchange.protocol.startswith(PROTOCOLS))


def _recorded(exchange: Exchange) -> Any:
    return (exchange.recorded.response or {}).get("output")


def _amounts(exchange: Exchange) -> Iterator[Path]:
    """Where an answer holds amounts of money that are no whole dollars."""
    for path, number in _numbers(_recorded(exchange)).items():
        if number.denominator > 1 and is_money(path, exchange.protocol):
            yield path


def _compare(exchange: Exchange, stage: Stage, workspace: Workspace, comparison: Comparison) -> None:
    place = f"{exchange.file}:{exchange.line}"
    try:
        request = workspace.prepare(exchange)
        output = stage(request)
    except (CannotAsk, RelayburnError) as error:
        comparison.missing.append(f"{place}: {error}")
        return
    recorded, ours, due = _numbers(_recorded(exchange)), _numbers(output), set(_amounts(exchange))
    oracle = ORACLES.get(exchange.protocol)
    if oracle is not None and request.semantics is TS_1_10:
        told = dict(oracle(request, _recorded(exchange)))
        comparison.missing += [f"{place} {written(path)} is not told exactly" for path in due - told.keys()]
        due |= told.keys()
        _note(comparison.recorded_to_exact, recorded, told, place)
        _note(comparison.ours_to_exact, ours, told, place)
    comparison.missing += [f"{place} {written(path)}" for path in due if not (path in recorded and path in ours)]
    _note(comparison.ours_to_recorded, ours, {path: recorded[path] for path in due if path in recorded}, place)


def _note(deviation: Deviation, ones: Mapping[Path, Fraction], others: Mapping[Path, Fraction], place: str) -> None:
    for path, other in others.items():
        if path in ones:
            deviation.note(ones[path], other, f"{place} {written(path)}")


def _numbers(output: Any) -> dict[Path, Fraction]:
    """Every number of an answer, by where it stands."""
    numbers: dict[Path, Fraction] = {}
    todo: list[tuple[Path, Any]] = [((), output)]
    while todo:
        path, value = todo.pop()
        if isinstance(value, dict):
            todo.extend(((*path, key), item) for key, item in value.items())
        elif isinstance(value, list | tuple):
            todo.extend(((*path, index), item) for index, item in enumerate(value))
        elif type(value) in (int, float):
            numbers[path] = exact(value)
    return numbers


def report(comparisons: dict[str, Comparison]) -> Iterator[str]:
    """The table, and below it what is missing or too far off."""
    yield f"{'largest deviation in USD':58}{'figures':>8}{'ours-recorded':>15}{'recorded-exact':>16}{'ours-exact':>12}"
    for protocol, comparison in comparisons.items():
        columns = (comparison.recorded_to_exact, comparison.ours_to_exact)
        told = [f"{float(column.largest):.2e}" if column.figures else "-" for column in columns]
        first = comparison.ours_to_recorded
        yield f"{protocol:58}{first.figures:8}{float(first.largest):15.2e}{told[0]:>16}{told[1]:>12}"
    for comparison in comparisons.values():
        yield from (f"MISSING {place}" for place in comparison.missing)
        for deviation in (comparison.ours_to_recorded, comparison.recorded_to_exact, comparison.ours_to_exact):
            if deviation.largest > LIMIT:
                yield f"TOO FAR {float(deviation.largest):.2e} {deviation.place}"


def main() -> int:
    """Compare, print the table, and say by the exit code whether all is within the limit."""
    comparisons = compare_all(Corpus(PROJECT_ROOT))
    for line in report(comparisons):
        print(line)
    if not comparisons:
        return 2
    return 0 if all(comparison.passes for comparison in comparisons.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
