"""`burn compare`, its words read leniently (cli.md 11).

In: a scan. Out: an exit code; what is wrong is told before anything is read, in the reference's order.
"""

from __future__ import annotations

import math

from relayburn.analyze.compare import DEFAULT_MIN_SAMPLE
from relayburn.analyze.fidelity import CLASSES
from relayburn.cli import compare as verbs
from relayburn.cli.lenient.help import COMPARE
from relayburn.cli.loading import providers, since_bound
from relayburn.cli.scan import Scan
from relayburn.cli.shell import Shell
from relayburn.errors import Misuse
from relayburn.jsnum import to_number
from relayburn.ledger.query import LedgerQuery
from relayburn.sdk.comparisons import PARTIAL, USAGE_ONLY

_TOO_FEW = (
    "burn compare: needs at least 2 models. Run `burn summary --by-provider` (or `burn summary --by-tool`) "
    "to see which models have data."
)


def compare(shell: Shell, found: Scan) -> int:
    """Show models beside each other."""
    if found.is_set("help") or found.word() in ("help", "-h", "--help"):
        shell.say(COMPARE)
        return 0
    if "models" in found.flags:
        raise Misuse(
            "--models was removed; pass models as a positional argument "
            "(e.g. `burn compare claude-sonnet-4-6,claude-haiku-4-5`)."
        )
    models = verbs.model_names(found.word() or "")
    if len(models) < 2:
        shell.tell(_TOO_FEW)
        return 2
    since = since_bound(shell, found.value("since"))
    paid = providers(found.flags.get("provider"))
    min_sample = _min_sample(found.value("min-sample"))
    min_fidelity = _min_fidelity(found)
    if found.is_set("json") and found.is_set("csv"):
        raise Misuse("--json and --csv are mutually exclusive; pick one.")

    stamps = {"workflowId": found.value("workflow"), "agentId": found.value("agent")}
    query = LedgerQuery(
        since=since,
        project=found.value("project"),
        session_id=found.value("session"),
        enrichment={key: value for key, value in stamps.items() if value is not None},
    )
    question = verbs.Question(models, query, paid, min_sample, min_fidelity)
    if found.is_set("no-archive"):
        shell = shell.with_variable("RELAYBURN_ARCHIVE", "0")
    if found.is_set("json"):
        return verbs.show_json(shell, question)
    return (verbs.show_csv if found.is_set("csv") else verbs.show_table)(shell, question)


def _min_sample(text: str | None) -> float:
    if text is None:
        return DEFAULT_MIN_SAMPLE
    number = to_number(text)
    if not math.isfinite(number) or number < 1:
        raise Misuse(f"invalid --min-sample: {text}")
    return number


def _min_fidelity(found: Scan) -> str:
    named = found.value("fidelity")
    if named is not None and named not in CLASSES:
        raise Misuse(f"invalid --fidelity: {named} (expected one of {', '.join(CLASSES)})")
    if not found.is_set("include-partial"):
        return named or USAGE_ONLY
    if named not in (None, PARTIAL):
        raise Misuse(f"--include-partial conflicts with --fidelity {named}")
    return PARTIAL
