"""The envelope of findings: severity, texts, ranking, unpriced usage and the pass over all detectors (findings.md)."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import pytest

from relayburn.analyze.claude_settings import ClaudeSettings
from relayburn.analyze.findings import (
    Savings,
    WasteFinding,
    ratio_text,
    session_finding,
    severity_of,
    sort_findings,
    usd_text,
)
from relayburn.analyze.ghost_surface.candidates import SurfacePlaces
from relayburn.analyze.ghost_surface.use import surface_use
from relayburn.analyze.patterns.cancellation_runs import CancellationRun, cancellation_run_finding
from relayburn.analyze.patterns.compaction_losses import CompactionLoss, LostWork, compaction_loss_finding
from relayburn.analyze.patterns.content import EditText
from relayburn.analyze.patterns.edit_heavy import EditHeavySession, edit_heavy_finding
from relayburn.analyze.patterns.edit_reverts import EditRevert, RevertPreview, edit_revert_finding
from relayburn.analyze.patterns.evidence import Evidence, Surface
from relayburn.analyze.patterns.failure_runs import ErrorSignature, FailureRun, failure_run_finding
from relayburn.analyze.patterns.opencode_skills import (
    SkillPruningProtection,
    SkillRecallDup,
    skill_pruning_protection_finding,
    skill_recall_dup_finding,
)
from relayburn.analyze.patterns.retry_loops import RetryLoop, retry_loop_finding
from relayburn.analyze.patterns.system_prompt_tax import SystemPromptTax, system_prompt_tax_finding
from relayburn.analyze.unpriced_usage import unpriced_by_session
from relayburn.analyze.waste import WASTE_DETECTORS, WASTE_KINDS, find_waste
from relayburn.jsnum import locale_text
from relayburn.records import UNSET, Usage
from relayburn.semantics import CURRENT, TS_1_10
from tests.analyze.waste_records import TABLE, call, event, evidence, failed, turn, turns


@pytest.mark.parametrize(
    ("amount", "severity"),
    [(0.5, "high"), (0.49999999, "warn"), (0.05, "warn"), (0.04999999, "info"), (0, "info"), (-1, "info")],
)
def test_the_unrounded_amount_decides_the_severity(amount, severity):
    assert severity_of(amount) == severity


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0.03125, "$0.0313"),
        (0.09375, "$0.0938"),
        (0.00015, "$0.0001"),
        (0.04999999, "$0.0500"),
        (1234567.891, "$1234567.8910"),
        (1e21, "$1e+21"),
        (-0.0, "$0.0000"),
        (-0.1, "$-0.1000"),
        (0, "$0.0000"),
    ],
)
def test_dollars_have_four_decimals_and_an_exact_tie_goes_away_from_zero(amount, text):
    assert usd_text(amount) == text


@pytest.mark.parametrize(
    ("ratio", "text"), [(4.25, "4.3"), (8.75, "8.8"), (4.05, "4.0"), (math.inf, "∞"), (21 / 5, "4.2")]
)
def test_a_ratio_has_one_decimal(ratio, text):
    assert ratio_text(ratio) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (999, "999"),
        (1000, "1,000"),
        (-1234567, "-1,234,567"),
        (1234.5, "1,234.5"),
        (1.0005, "1.001"),
        (0.0004, "0"),
        (-0.0, "-0"),
        (1e21, "1,000,000,000,000,000,000,000"),
        (123456789012345680001, "123,456,789,012,345,680,000"),
        (math.inf, "∞"),
        (math.nan, "NaN"),
    ],
)
def test_counts_have_separators_and_at_most_three_decimals(number, text):
    assert locale_text(number) == text


def loop(**values):
    defaults = {
        "session_id": "s",
        "tool": "Bash",
        "args_hash": "a",
        "attempts": 4,
        "start_turn_index": 3,
        "end_turn_index": 6,
        "cost": 0.25,
    }
    return RetryLoop(**defaults | values)


@pytest.mark.parametrize(
    ("values", "title"),
    [
        ({}, "Retry loop: Bash failed 4× in a row"),
        ({"target": "npm test"}, "Retry loop: Bash npm test failed 4× in a row"),
        ({"target": "", "error_signature": ""}, "Retry loop: Bash failed 4× in a row"),
        ({"error_signature": "it's"}, "Retry loop: Bash failed 4× in a row: 'it's'"),
    ],
)
def test_a_retry_loop_tells_target_and_signature_where_there_are_any(values, title):
    assert retry_loop_finding(loop(**values)).title == title


def test_a_finding_offers_to_inspect_its_session_and_keeps_its_event_source():
    finding = retry_loop_finding(loop(event_source="mixed"))
    assert (finding.severity, finding.estimated_savings, finding.event_source) == (
        "warn",
        Savings(usd_per_session=0.25),
        "mixed",
    )
    assert [(one.type, one.label, one.text) for one in finding.actions] == [
        ("command", "Inspect this session", "burn hotspots --session s")
    ]
    assert retry_loop_finding(loop()).event_source is UNSET


def run_values(**values):
    return {
        "session_id": "s",
        "length": 3,
        "start_turn_index": 1,
        "end_turn_index": 3,
        "tools_involved": ["Bash", "Read"],
        "cost": 0,
    } | values


def test_a_failure_run_lists_its_tools_and_errors():
    plain = failure_run_finding(FailureRun(**run_values())).detail
    assert "failed across 2 distinct tool(s) (Bash, Read). Cumulative turn cost $0.0000" in plain
    assert plain.endswith("or asking for help.")
    errors = [ErrorSignature(tool="Bash", first_line="boom"), ErrorSignature(tool="Read", first_line="bang")]
    told = failure_run_finding(FailureRun(**run_values(error_signatures=errors))).detail
    assert told.endswith("or asking for help. Errors: Bash='boom'; Read='bang'.")


@pytest.mark.parametrize(("length", "title"), [(1, "1 cancelled tool call"), (2, "2 cancelled tool calls")])
def test_one_cancelled_call_is_singular(length, title):
    assert cancellation_run_finding(CancellationRun(**run_values(length=length))).title == f"Cancellation run: {title}"


@pytest.mark.parametrize(
    ("files", "text"),
    [
        ([], " Compacted window: 5 edit(s), 2 bash, 1 read(s)."),
        (["a", "b", "c"], " Compacted window: 5 edit(s), 2 bash, 1 read(s) on a, b, c."),
        (["a", "b", "c", "d", "e"], " Compacted window: 5 edit(s), 2 bash, 1 read(s) on a, b, c +2 more."),
    ],
)
def test_a_compaction_tells_of_three_files(files, text):
    work = LostWork(files=files, bash_count=2, edit_count=5, read_count=1)
    loss = CompactionLoss(session_id="s", ts="T", tokens_before_compact=1000, cache_lost_cost=0, lost_work=work)
    finding = compaction_loss_finding(loss)
    assert finding.title == "Compaction lost 1,000 cached tokens"
    assert finding.detail.endswith("subsequent turns." + text)


@pytest.mark.parametrize(("tokens", "saved"), [(0, UNSET), (7, 7)])
def test_a_compaction_saves_tokens_only_where_it_lost_some(tokens, saved):
    loss = CompactionLoss(session_id="s", ts="T", tokens_before_compact=tokens, cache_lost_cost=0.1)
    assert compaction_loss_finding(loss).estimated_savings == Savings(tokens_per_session=saved, usd_per_session=0.1)


def test_a_revert_shows_its_preview_as_it_stands():
    preview = RevertPreview(first_edit=EditText(old="a", new="b\n"), revert=EditText(old="b'", new="a"))
    values = {"session_id": "s", "file_path": "/a", "first_edit_turn_index": 1, "revert_turn_index": 3, "span_turns": 2}
    finding = edit_revert_finding(EditRevert(**values, cost=0.1, sample_preview=preview))
    assert finding.title == "Edit revert on /a"
    assert finding.detail.endswith(" First edit: 'a' → 'b\n'. Revert: 'b'' → 'a'.")
    assert edit_revert_finding(EditRevert(**values, cost=0.1)).detail.endswith("was erased.")


@pytest.mark.parametrize(("cost", "severity"), [(9, "warn"), (0.5, "warn"), (0.05, "warn"), (0.04, "info")])
def test_an_edit_heavy_session_is_never_more_than_a_warning(cost, severity):
    session = EditHeavySession(
        source="codex", session_id="s", read_count=0, edit_count=5, ratio=math.inf, likely_retries=1, cost=cost
    )
    finding = edit_heavy_finding(session)
    assert (finding.severity, finding.estimated_savings.usd_per_session) == (severity, cost)
    assert finding.title == "Edit-heavy session: 5 edits / 0 reads (ratio ∞)"


def test_opencode_findings_tell_their_figures():
    dup = SkillRecallDup(session_id="s", skill_name="pdf", call_count=2, first_turn_index=1, last_turn_index=5, cost=0)
    assert skill_recall_dup_finding(dup).title == 'OpenCode skill "pdf" called 2× without dedup'
    ride = SkillPruningProtection(
        session_id="s", skill_name="pdf", invoked_turn_index=1, riding_turns=9, last_cached_turn_index=12, cost=0
    )
    assert skill_pruning_protection_finding(ride).title == 'OpenCode skill "pdf" rode in cache 9 turn(s)'
    tax = SystemPromptTax(
        session_id="s",
        first_turn_cache_create=12_000,
        first_user_message_tokens=500,
        estimated_system_prompt_tokens=11_500,
        riding_turns=3,
        total_cost=0.5,
    )
    finding = system_prompt_tax_finding(tax)
    assert (finding.title, finding.severity) == ("OpenCode system prompt tax: ~11,500 tokens × 3 turn(s)", "high")
    assert finding.estimated_savings == Savings(tokens_per_session=34_500, usd_per_session=0.5)


def finding(name, cost=0.0, **values):
    made = session_finding("k", name, cost, name, "")
    return WasteFinding(**{key: getattr(made, key) for key in WasteFinding.__struct_fields__} | values)


def test_findings_are_ranked_by_severity_then_dollars_and_ties_stay():
    given = [
        finding("info", 0.01),
        finding("no dollars", estimated_savings=Savings(tokens_per_session=9), severity="warn"),
        finding("first", 0.2),
        finding("high", 0.6),
        finding("second", 0.2),
        finding("zero", severity="warn"),
        finding("negative", -1, severity="warn"),
    ]
    ranked = [one.title for one in sort_findings(given)]
    assert ranked == ["high", "first", "second", "no dollars", "zero", "negative", "info"]


def test_unpriced_findings_come_first_by_tokens():
    def unpriced(name, tokens, severity="info"):
        savings = Savings(tokens_per_session=tokens)
        return finding(name, severity=severity, pricing_status="unpriced", estimated_savings=savings)

    given = [
        finding("priced", 9),
        unpriced("few", 1),
        unpriced("none", UNSET),
        unpriced("many", 5),
        unpriced("warn", 5, "warn"),
    ]
    assert [one.title for one in sort_findings(given)] == ["warn", "many", "few", "none", "priced"]


USAGE = Usage(input=1, output=20, reasoning=300, cache_read=4000, cache_create_5m=50_000, cache_create_1h=600_000)


@pytest.mark.parametrize(("source", "tokens"), [("claude-code", 654_321), ("codex", 654_021)])
def test_unpriced_tokens_are_all_that_were_reported_but_codex_s_reasoning_once(source, tokens):
    records = [turn(model="x", usage=USAGE, source=source), turn()]
    (usage,) = unpriced_by_session(records, TABLE, semantics=CURRENT).values()
    assert (usage.turns, usage.tokens) == (1, tokens)


def test_a_session_whose_unpriced_turns_hold_no_token_is_priced():
    assert unpriced_by_session([turn(model="<synthetic>", usage=Usage())], TABLE, semantics=CURRENT) == {}


def looping(model, **values):
    return [turn(failed(), index=index, model=model, **values) for index in range(3)]


def waste(records, kinds=WASTE_KINDS, semantics=CURRENT):
    return find_waste(evidence(records, semantics=semantics), kinds)


def test_unpriced_usage_is_a_finding_and_marks_the_others_of_its_session():
    records = [*looping("x"), turn(index=3, model="y"), *looping("m", session="t")]
    marked, usage, priced = waste(records)
    assert (usage.kind, usage.severity, usage.estimated_savings) == (
        "unpriced-usage",
        "info",
        Savings(tokens_per_session=4_000_000),
    )
    assert usage.title == "Unpriced usage: 4,000,000 tokens across 4 turns"
    assert usage.detail.startswith("No pricing is available for models: x, y. Dollar cost is unknown;")
    assert (marked.kind, marked.severity, marked.pricing_status) == ("retry-loop", "info", "unpriced")
    assert marked.estimated_savings == Savings(tokens_per_session=4_000_000)
    assert marked.detail.endswith(
        " Pricing is unavailable for model(s) x, y; the dollar estimate is unknown. The session contains 4,000,000 unpriced tokens."
    )
    assert (priced.session_id, priced.estimated_savings.usd_per_session, priced.pricing_status) == ("t", 3, UNSET)


def test_one_unpriced_turn_of_one_model_is_singular():
    (usage,) = waste([turn(model="x")])
    assert usage.title == "Unpriced usage: 1,000,000 tokens across 1 turn"
    assert usage.detail.startswith("No pricing is available for model: x.")


def test_a_finding_keeps_its_own_tokens_when_it_is_marked():
    records = [turn(call("Bash", "git log"), model="x")]
    (marked,) = waste(records, ["tool-call-pattern"])
    assert marked.estimated_savings == Savings(tokens_per_session=800)


def test_the_reference_s_rules_know_no_unpriced_usage():
    assert [one.kind for one in waste(looping("x"), semantics=TS_1_10)] == ["retry-loop"]
    assert waste(looping("x"), semantics=TS_1_10)[0].pricing_status is UNSET


def test_only_the_wanted_kinds_are_looked_for():
    records = [*looping("x"), turn(call("Bash", "git log"), index=3)]
    assert [one.kind for one in waste(records, ["retry-loop"])] == ["retry-loop"]
    assert waste(records, ["no such kind"]) == []


def test_the_pass_finds_waste_of_every_sort(tmp_path):
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "a.md").write_text("x")
    records = turns(call("Bash", "git log", tool_id="t0"), *[failed()] * 3)
    whole = replace(
        evidence(records, tool_result_events=[event("t0", "completed", content_length=90_000, session_id="elsewhere")]),
        settings=[ClaudeSettings(path="/s", settings={"env": {"BASH_MAX_OUTPUT_LENGTH": "90000"}})],
        surface=Surface(
            surface_use(records, TABLE, lambda _: []),
            SurfacePlaces(str(tmp_path), "/none", ("/none",), "/"),
            "/archive",
        ),
    )
    assert [(one.kind, one.severity) for one in find_waste(whole)] == [
        ("retry-loop", "high"),
        ("tool-output-bloat", "warn"),
        ("tool-call-pattern", "info"),
        ("ghost-agent", "info"),
        ("tool-output-bloat", "info"),
    ]


def test_rows_have_names_of_their_own_and_inputs_that_exist():
    assert len(set(WASTE_KINDS)) == len(WASTE_DETECTORS)
    names = {field.name for field in fields(Evidence)}
    assert all(set(row.inputs) <= names for row in WASTE_DETECTORS)
