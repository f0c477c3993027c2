"""What is said of one exchange: its verdict, and where the answer differs.

In: a recorded exchange and what a subject answered. Out: a `Result`. Where the reference failed, only a documented
failure is its equal; what goes wrong by accident is an error whatever the reference did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from conformance.compare import agree
from conformance.corpus import Exchange
from conformance.declared import entry_for, left_over, with_whole_places
from conformance.entries import DeclaredEntry
from conformance.explain import Divergence, divergences
from conformance.inputs import StaleInput
from conformance.not_binding import as_recorded
from conformance.pathmap import PathMap
from conformance.subject import Answer, Broken, Failed
from conformance.texts import unfolded


class Verdict(StrEnum):
    """What became of one exchange."""

    MATCH = "match"
    DIVERGED = "diverged"
    ERROR = "error"
    UNSUPPORTED = "unsupported"
    STALE = "stale"
    DECLARED = "declared"
    PENDING = "pending"

    @property
    def passes(self) -> bool:
        """Whether a build with such exchanges may ship."""
        return self in (Verdict.MATCH, Verdict.DECLARED, Verdict.PENDING)


FREE = "differs in nothing that is binding"
"""What is said of a match whose answer is another one where the recording leaves it free."""

# Texts of failures that the specs make binding; of other failures only the fact counts.
NORMATIVE_MESSAGES = (
    "Unsupported user-turn tokenizer: ",  # user-turns.md
    "The text contains a special token that is not allowed: ",  # user-turns.md
    "invalid since: ",  # sdk.md
    "invalid overhead kind: ",  # sdk.md
    "compare: ",  # sdk.md
    "RELAYBURN_STORAGE=",  # ledger.md
    "invalid sessionId for content path: ",  # ledger.md
    "OpenCode event stream ",  # reader-opencode-stream.md
)


@dataclass(frozen=True, slots=True)
class Result:
    """What is said of one exchange.

    `message` tells what no divergence can; `seconds` is the time the subject took; `raw` is the verdict on an answer
    before pending entries are looked at, None where the subject could not be asked; `used` are the declared entries
    that admitted something.
    """

    file: str
    line: int
    area: str
    case: str
    protocol: str
    verdict: Verdict
    message: str = ""
    divergences: tuple[Divergence, ...] = ()
    seconds: float = 0.0
    raw: Verdict | None = None
    used: tuple[DeclaredEntry, ...] = ()

    @property
    def place(self) -> str:
        """The exchange as a command line names it: `recordings/claude/x.jsonl:3`."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict on its way to a `Result`."""

    verdict: Verdict
    message: str = ""
    divergences: tuple[Divergence, ...] = ()
    used: tuple[DeclaredEntry, ...] = ()

    def of(self, exchange: Exchange, seconds: float = 0.0) -> Result:
        """The result for an exchange whose subject was asked, or has nothing that answers."""
        return self._result(exchange, seconds, self.verdict)

    def unasked(self, exchange: Exchange) -> Result:
        """The result for an exchange whose subject could not be asked."""
        return self._result(exchange, 0.0, None)

    def _result(self, exchange: Exchange, seconds: float, raw: Verdict | None) -> Result:
        where = exchange.file, exchange.line, exchange.area, exchange.case, exchange.protocol
        return Result(*where, self.verdict, self.message, self.divergences, seconds, raw, self.used)


UNSUPPORTED = Finding(Verdict.UNSUPPORTED, "nothing answers this protocol, and it is not pending")
_MATCH = Finding(Verdict.MATCH)


def stale(inputs: Sequence[StaleInput]) -> Finding:
    """The fixtures are no longer those of the recording."""
    found = tuple(Divergence(item.path, item.expected, item.actual) for item in inputs)
    return Finding(Verdict.STALE, "; ".join(map(str, inputs)), found)


def judge(exchange: Exchange, answer: Answer, paths: PathMap, declared: Sequence[DeclaredEntry] = ()) -> Finding:
    """The verdict on what a subject answered to `exchange`, in which real paths still stand for recorded ones.

    `declared` are the entries that speak of this exchange.
    """
    if isinstance(answer, Broken):
        return Finding(Verdict.ERROR, f"{answer.kind}: {paths.outward_text(answer.message)}")
    recorded = exchange.recorded.response
    if not isinstance(recorded, dict) or ("output" in recorded) == ("error" in recorded):
        return Finding(Verdict.ERROR, "the recording holds no single output or error to compare with")
    beside = _beside(recorded.get("side"), answer.side, exchange.protocol, paths)
    if isinstance(answer, Failed):
        return _finding((*_on_failure(recorded, answer, paths), *beside), declared)
    if "error" in recorded:
        unfailing = Divergence("$", {"error": recorded["error"]}, paths.outward(answer.output))
        return _finding((unfailing, *beside), declared)
    # Most answers hold no path, so the mapping waits until two values differ.
    if agree(recorded["output"], answer.output):
        return _finding(beside, declared)
    recorded_output = unfolded(exchange.protocol, recorded["output"])
    actual = unfolded(exchange.protocol, paths.outward(answer.output))
    bound = as_recorded(exchange.protocol, exchange.config, recorded_output, actual)
    is_free, actual = bound is not actual, bound
    expected, whole = with_whole_places(recorded_output, actual, declared)
    found = divergences(expected, actual, exchange.protocol)
    finding = _finding((*found, *beside), declared, whole)
    if finding.verdict is Verdict.MATCH and is_free:
        return replace(finding, message=FREE)
    if finding.verdict is Verdict.DECLARED:
        rest = left_over(expected, actual, found, exchange.protocol)
        return replace(finding, verdict=Verdict.DIVERGED, divergences=rest) if rest else finding
    return finding


def _finding(
    found: Sequence[Divergence], declared: Sequence[DeclaredEntry], whole: tuple[DeclaredEntry, ...] = ()
) -> Finding:
    """What to say of `found`, less what is declared, beside places that are declared as a `whole`."""
    if not found and not whole:
        return _MATCH
    entries = [entry_for(item, declared) for item in found]
    used = whole + tuple(entry for entry in entries if entry is not None)
    rest = tuple(item for item, entry in zip(found, entries, strict=True) if entry is None)
    return Finding(Verdict.DIVERGED if rest else Verdict.DECLARED, "", rest, used)


def _on_failure(recorded: dict[str, Any], answer: Failed, paths: PathMap) -> tuple[Divergence, ...]:
    said = paths.outward_text(answer.message)
    if "output" in recorded:
        return (Divergence("$", recorded["output"], {"error": {"name": answer.name, "message": said}}),)
    error = recorded["error"]
    wanted = error.get("message") if isinstance(error, dict) else None
    if not isinstance(wanted, str) or not wanted.startswith(NORMATIVE_MESSAGES) or said == wanted:
        return ()
    return (Divergence("$error.message", wanted, said),)


def _beside(expected: Any, actual: Any, protocol: str, paths: PathMap) -> tuple[Divergence, ...]:
    if expected is None and actual is None:
        return ()
    found = divergences(expected or {}, paths.outward(actual or {}), protocol)
    return tuple(replace(item, path=item.path.replace("$", "$side", 1)) for item in found)
