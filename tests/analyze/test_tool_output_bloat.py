"""Settings files and tool outputs that are too large (tool-output-bloat.md)."""

from __future__ import annotations

import pytest

from relayburn.analyze.claude_settings import (
    ClaudeSettings,
    load_claude_settings,
    project_claude_settings_path,
    user_claude_settings_path,
)
from relayburn.analyze.tool_output_bloat import (
    detect_observed_bloat,
    detect_static_config_bloat,
    detect_tool_output_bloat,
    tool_output_bloat_finding,
)
from relayburn.records import UserTurnBlock
from tests.analyze.waste_records import TABLE, call, event, turn, user_turn

SETTING = "BASH_MAX_OUTPUT_LENGTH"


def test_settings_lie_below_the_home_and_the_project():
    assert user_claude_settings_path("/home/dana/") == "/home/dana/.claude/settings.json"
    assert project_claude_settings_path("/srv/acme/../web//") == "/srv/web/.claude/settings.json"


@pytest.mark.parametrize(
    "stored",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xef\xbb\xbf{}", b'{"a":NaN}', b'{"a":1,}', b"// c\n{}", None],
)
def test_a_file_that_holds_no_json_object_gives_nothing(tmp_path, stored):
    path = tmp_path / "settings.json"
    if stored is not None:
        path.write_bytes(stored)
    assert load_claude_settings(str(path)) is None
    assert load_claude_settings(str(tmp_path)) is None


def test_a_file_gives_its_object_and_the_last_of_repeated_keys_counts(tmp_path):
    path = tmp_path / "settings.json"
    path.write_bytes(b' {"a": 1, "b": "\xff", "a": 9007199254740993} ')
    loaded = load_claude_settings(str(path))
    assert loaded is not None
    assert (loaded.path, loaded.settings) == (str(path), {"a": 9007199254740992, "b": "\ufffd"})


def settings(*values):
    return [ClaudeSettings(path=f"/{place}", settings={"env": {SETTING: value}}) for place, value in enumerate(values)]


def limits(*values, threshold=None):
    found = detect_static_config_bloat(settings(*values), threshold=threshold)
    return [(one.configured_limit, one.evidenced_max_output, one.evidence) for one in found]


@pytest.mark.parametrize(
    ("value", "limit"),
    [
        ("60000", None),
        ("60001", 60001),
        ("\ufeff +60004", 60004),
        ("90000.9", 90000),
        ("90000k", 90000),
        ("90_000", None),
        ("1e6", None),
        ("0x1ffff", None),
        ("-90000", None),
        ("lots", None),
        ("\u0669" * 6, None),
        ("\x1c90000", None),
        ("9" * 400, None),
        ("9007199254740993", 9007199254740992),
    ],
)
def test_a_limit_above_sixty_thousand_characters_is_told(value, limit):
    assert [found[0] for found in limits(value)] == ([] if limit is None else [limit])


def test_characters_are_rounded_up_to_tokens():
    assert limits("60001") == [(60001, 15001, ["/0"])]


@pytest.mark.parametrize(("threshold", "rows"), [(0, 1), (1, 0)])
def test_an_explicit_threshold_of_nothing_counts(threshold, rows):
    assert len(limits("4", threshold=threshold)) == rows


def test_the_last_file_that_sets_a_text_decides():
    assert limits("200000", "90000") == [(90000, 22500, ["/1"])]
    assert limits("200000", "30000") == []
    assert limits("200000", "lots") == []


@pytest.mark.parametrize("value", ["", 30000, None, True, ["30000"]])
def test_a_value_that_is_no_text_overrides_nothing(value):
    assert limits("200000", value) == [(200000, 50000, ["/0"])]


@pytest.mark.parametrize("environment", [None, ["x"], SETTING, 5])
def test_an_environment_that_is_no_object_overrides_nothing(environment):
    files = [*settings("200000"), ClaudeSettings(path="/x", settings={"env": environment})]
    assert detect_static_config_bloat(files)[0].evidence == ["/0"]


def large(tool_use_id="t0", tokens=20_000, **values):
    return event(tool_use_id, "completed", **{"content_length": 4 * tokens} | values)


def observed(events, *records, user_turns=(), **options):
    found = detect_observed_bloat(list(events), list(user_turns), list(records), TABLE, **options)
    return [(one.tool_name, one.occurrence_count, one.evidenced_max_output) for one in found]


@pytest.mark.parametrize(("length", "rows"), [(60_000, []), (60_001, [("<unknown>", 1, 15_001)])])
def test_an_output_above_fifteen_thousand_tokens_is_told(length, rows):
    assert observed([large(content_length=length)]) == rows


def measured(tokens, tool_use_id="t0", kind="tool_result"):
    return user_turn(
        source="claude-code",
        blocks=[UserTurnBlock(kind=kind, tool_use_id=tool_use_id, byte_len=1, approx_tokens=tokens)],
    )


@pytest.mark.parametrize("source", ["tool_result", "function_call_output"])
def test_a_measured_block_sizes_the_output_of_a_result(source):
    assert observed([large(event_source=source)], user_turns=[measured(9), measured(16_000)]) == [
        ("<unknown>", 1, 16_000)
    ]


@pytest.mark.parametrize(
    ("values", "block"),
    [
        ({"event_source": "progress_event"}, measured(16_000)),
        ({}, measured(0)),
        ({}, measured(16_000, kind="text")),
        ({}, measured(16_000, tool_use_id="other")),
        ({"source": "codex"}, measured(16_000)),
        ({"session_id": "other"}, measured(16_000)),
    ],
)
def test_otherwise_the_content_s_length_does(values, block):
    assert observed([large(**values)], user_turns=[block]) == [("<unknown>", 1, 20_000)]


def test_an_output_without_a_size_is_none():
    assert observed([large(content_length=0), event("t", "completed")]) == []


@pytest.mark.parametrize(("small", "rows"), [(0, 19), (1, 1)])
def test_from_twenty_outputs_on_their_own_95th_percentile_may_raise_the_threshold(small, rows):
    # 20 outputs: the 19th smallest is the threshold, and only the largest is above it.
    events = [large(tokens=20_000 + number) for number in range(19)] + [large(tokens=1)] * small
    assert sum(count for _, count, _ in observed(events)) == rows


def test_of_twenty_one_the_twentieth_is_the_threshold():
    assert observed([large(tokens=20_000 + number) for number in range(21)]) == [("<unknown>", 1, 20_020)]


def test_a_given_threshold_stands_alone():
    assert observed([large(tokens=1)] * 25, threshold=0) == [("<unknown>", 25, 1)]


def test_fewer_than_the_wanted_occurrences_are_left_out():
    assert observed([large()] * 2, min_occurrences=3) == []
    assert observed([large()] * 3, min_occurrences=3) == [("<unknown>", 3, 20_000)]


@pytest.mark.parametrize(
    ("name", "tool"), [("shell", "Bash"), ("read", "Read"), ("mcp__x__y", "mcp__x__y"), ("", "<unknown>")]
)
def test_outputs_are_told_by_harness_and_canonical_tool(name, tool):
    assert observed([large()], turn(call(name, tool_id="t0"))) == [(tool, 1, 20_000)]


def costs(records, **values):
    found = detect_observed_bloat([large(tokens=1_000_000, **values)], [], records, TABLE)
    return [one.cost for one in found]


def test_an_output_is_priced_at_its_message_s_model_else_at_its_session_s_first_turn_as_given():
    records = [
        turn(index=1, message_id="late"),
        turn(index=0, message_id="early", model="cheap"),
        turn(index=2, message_id="none", model=""),
    ]
    assert costs(records, message_id="early") == [0.25]
    assert costs(records, message_id="none") == [0]
    assert costs(records, message_id="unknown") == [1]
    assert costs(records, message_id="") == [1]
    assert costs(records, session_id="other") == [0]
    assert costs([turn(model="unpriced")]) == [0]


def test_buckets_are_ranked_by_cost_and_list_their_sessions_by_code_unit():
    records = [turn(call("Bash", tool_id="t0"), session=name) for name in ("\ue000", "\U0001f600", "a")]
    events = [large("x", session_id="a"), *(large(session_id=one.session_id) for one in records)]
    bash, unknown = detect_observed_bloat(events, [], records, TABLE)
    assert (bash.tool_name, bash.evidence) == ("Bash", ["a", "\U0001f600", "\ue000"])
    assert unknown.tool_name == "<unknown>"


def test_settings_come_before_what_was_seen_and_nothing_gives_nothing():
    both = detect_tool_output_bloat(settings=settings("90000"), events=[large()], table=TABLE)
    assert [one.kind for one in both] == ["static-config", "observed-bloat"]
    assert detect_tool_output_bloat(table=TABLE) == []


def test_the_finding_of_a_limit_is_a_warning_about_its_file():
    finding = tool_output_bloat_finding(detect_static_config_bloat(settings("120000"))[0])
    assert (finding.severity, finding.session_id) == ("warn", "/0")
    assert finding.title == "BASH_MAX_OUTPUT_LENGTH configured at 120,000 chars (≈ 30,000 tokens, above 15,000)"
    assert finding.actions[0].text == '"BASH_MAX_OUTPUT_LENGTH": "60000"'


def test_the_finding_of_outputs_tells_their_size_and_cost():
    finding = tool_output_bloat_finding(detect_observed_bloat([large()], [], [turn()], TABLE)[0])
    assert finding.title == "Oversized claude-code <unknown> output: 1× (max 20,000 tok)"
    assert "P95: 20,000 tokens. Estimated next-turn carry cost $0.0200. Avoid" in finding.detail
