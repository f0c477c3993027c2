"""The report for build servers: JUnit XML, one test case for each exchange."""

from __future__ import annotations

import re
from collections import defaultdict
from xml.etree import ElementTree

from conformance.outcome import Problem, RunOutcome
from conformance.report.values import counted, money, shown_pair
from conformance.verdict import Result, Verdict

# XML 1.0 has no way to say these.
_UNSAYABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ELEMENTS = {
    Verdict.DIVERGED: "failure",
    Verdict.ERROR: "error",
    Verdict.UNSUPPORTED: "error",
    Verdict.STALE: "error",
    Verdict.PENDING: "skipped",
}


def rendered(outcome: RunOutcome) -> str:
    """The XML as text."""
    grouped: dict[str, list[Result]] = defaultdict(list)
    for result in outcome.results:
        grouped[result.protocol].append(result)
    root = ElementTree.Element("testsuites", name="relayburn conformance", time=f"{outcome.seconds:.6f}")
    for protocol in outcome.by_protocol:
        _add_suite(root, protocol, grouped[protocol])
    if outcome.problems:
        _add_problems(root, outcome.problems)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _add_suite(root: ElementTree.Element, protocol: str, results: list[Result]) -> None:
    elements = [_ELEMENTS.get(result.verdict) for result in results]
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        name=protocol,
        tests=str(len(results)),
        failures=str(elements.count("failure")),
        errors=str(elements.count("error")),
        skipped=str(elements.count("skipped")),
        time=f"{sum(result.seconds for result in results):.6f}",
    )
    for result, element in zip(results, elements, strict=True):
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=_sayable(f"{protocol}.{result.case}"),
            name=_sayable(result.place),
            time=f"{result.seconds:.6f}",
        )
        if element is not None:
            told = ElementTree.SubElement(case, element, message=_sayable(_headline(result)), type=result.verdict.value)
            told.text = _sayable(_details(result))


def _add_problems(root: ElementTree.Element, problems: tuple[Problem, ...]) -> None:
    count = str(len(problems))
    suite = ElementTree.SubElement(
        root, "testsuite", name="problems", tests=count, failures="0", errors=count, skipped="0"
    )
    for problem in problems:
        case = ElementTree.SubElement(
            suite, "testcase", classname="problems", name=_sayable(problem.file or problem.kind.value)
        )
        ElementTree.SubElement(case, "error", message=_sayable(problem.message), type=problem.kind.value)


def _headline(result: Result) -> str:
    if result.divergences and result.verdict is Verdict.DIVERGED:
        return f"{counted(len(result.divergences), 'difference')}, the first at {result.divergences[0].path}"
    return result.message.split("\n")[0] or result.verdict.value


def _details(result: Result) -> str:
    lines = result.message.split("\n") if result.message else []
    for found in result.divergences:
        lines.append(f"{found.path} {money(found.usd_delta)}".rstrip())
        expected, actual = shown_pair(found.expected, found.actual)
        lines += [f"  expected {expected}", f"  got      {actual}"]
    return "\n".join(lines)


def _sayable(text: str) -> str:
    return _UNSAYABLE.sub("\ufffd", text)
