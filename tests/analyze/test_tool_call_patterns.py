"""Tool-call patterns: sequences that one better tool would replace (tool-call-patterns.md)."""

from __future__ import annotations

import pytest

from relayburn.analyze.sessions import turns_by_session
from relayburn.analyze.tool_call_patterns import detect_tool_call_patterns, tool_call_pattern_finding
from tests.analyze.waste_records import TABLE, call, turn, turns


def found(records, category=None):
    patterns = detect_tool_call_patterns(turns_by_session(records).values(), TABLE)
    return [pattern for pattern in patterns if category in (None, pattern.category)]


def searches(*names):
    return [turn(*map(call, names), index=index) for index in range(3)]


@pytest.mark.parametrize(("count", "rows"), [(2, 0), (3, 1), (7, 1)])
def test_three_turns_that_search_make_a_pattern(count, rows):
    records = [turn(call("Glob"), call("Grep"), call("Read"), index=index) for index in range(count)]
    patterns = found(records)
    assert [(one.occurrence_count, one.estimated_tokens_saved) for one in patterns] == [(count, 2500 * count)] * rows
    assert all(one.sample_turn_indexes == list(range(count))[:5] for one in patterns)


@pytest.mark.parametrize(
    "names",
    [("Glob", "Bash", "Grep", "Grep", "Read"), ("Grep", "Glob", "Read", "Grep", "Read"), ("glob", "grep", "read_file")],
)
def test_the_steps_must_come_in_order_whatever_lies_between(names):
    assert len(found(searches(*names), "search-sequence")) == 1


@pytest.mark.parametrize(
    "names", [("Grep", "Glob", "Read"), ("Glob", "Read", "Grep"), ("Glob", "Grep"), ("GLOB", "Grep", "Read")]
)
def test_other_orders_are_no_search(names):
    assert found(searches(*names), "search-sequence") == []


def test_a_turn_that_searches_twice_counts_once():
    assert found(searches(*("Glob", "Grep", "Read") * 2))[0].occurrence_count == 3


def clusters(*indexes, name="Edit", target="/a"):
    records = [turn(call(name, target), index=index, message_id=str(place)) for place, index in enumerate(indexes)]
    return [one.sample_turn_indexes for one in found(records, "edit-cluster")]


@pytest.mark.parametrize(
    ("indexes", "cluster"),
    [
        ((0, 2, 4), [[0, 2, 4]]),
        ((0, 2, 5), []),
        ((0, 1), []),
        ((3, 3, 3), [[3, 3, 3]]),
        ((0, 1, 2, 10, 11, 12), [[0, 1, 2]]),
        ((0, 1, 2, 10, 11, 12, 13), [[10, 11, 12, 13]]),
        ((9, 0, 4, 2), [[0, 2, 4]]),
        (range(9), [[0, 1, 2, 3, 4]]),
    ],
)
def test_three_edits_of_a_file_within_five_turns_are_a_cluster(indexes, cluster):
    assert clusters(*indexes) == cluster


@pytest.mark.parametrize(
    ("name", "rows"), [("apply_patch", 1), ("write_file", 1), ("NotebookEdit", 1), ("MultiEdit", 0), ("Read", 0)]
)
def test_these_names_edit_a_file_in_one_place(name, rows):
    assert len(clusters(0, 1, 2, name=name)) == rows


def test_a_cluster_saves_all_edits_but_one_and_names_its_file():
    (pattern,) = found(turns(*[call("Edit", "/a", is_error=True)] * 4))
    assert (pattern.occurrence_count, pattern.estimated_tokens_saved, pattern.evidence) == (4, 1200, ["/a"])
    assert clusters(0, 1, 2, target="") == []


def test_clusters_that_save_the_same_stand_as_their_files_were_first_edited():
    records = [turn(call("Edit", "/z"), call("Edit", "/a"), index=index) for index in range(3)]
    assert [pattern.evidence for pattern in found(records)] == [["/z"], ["/a"]]


@pytest.mark.parametrize(
    ("command", "category", "tokens"),
    [
        ("git status -sb", "bash-git-state", 800),
        ("cd x && git -C y diff", "bash-git-state", 800),
        ("git log", "bash-git-state", 800),
        ("python -m pytest -q", "bash-test-run", 1200),
        ("cargo test", "bash-test-run", 1200),
        ("go test ./...", "bash-test-run", 1200),
        ("npm run test:unit", "bash-test-run", 1200),
        ("pnpm test", "bash-test-run", 1200),
        ("gh api repos", "bash-gh-pr", 600),
        ("gh pr view 1", "bash-gh-pr", 600),
        ("gh pr", "bash-gh-pr", 600),
    ],
)
@pytest.mark.parametrize("name", ["Bash", "bash", "exec_command", "shell"])
def test_one_such_command_is_a_pattern(name, command, category, tokens):
    (pattern,) = found([turn(call(name, command))])
    assert (pattern.category, pattern.estimated_tokens_saved) == (category, tokens)


@pytest.mark.parametrize(
    "command", ["git commit", "git", "cargo build", "npm t", "npm testing", "npx jest", "gh issue list", "gh prx", ""]
)
def test_other_commands_are_none(command):
    assert found([turn(call("Bash", command))]) == []


def test_other_tools_run_no_commands():
    assert found([turn(call("local_shell", "git status"), call("BASH", "git status"))]) == []


def test_commands_tell_their_distinct_verbs_and_the_first_five_turns():
    records = turns(*(call("Bash", f"git {verb}") for verb in ("log", "diff", "log", "status", "log", "log")))
    (pattern,) = found([*records, turn(call("Bash", "git log"), index=0)])
    assert (pattern.occurrence_count, pattern.sample_turn_indexes) == (7, [0, 1, 2, 3, 4])
    assert pattern.evidence == ["git log", "git diff", "git status"]


@pytest.mark.parametrize(
    ("models", "price"),
    [
        (["m", "cheap", "cheap"], 0.25),
        (["m", "cheap"], 1),
        (["unpriced", "unpriced", "m"], 0),
        (["", "", "m"], 0),
        (["x/m"], 1),
    ],
)
def test_the_model_with_the_most_turns_sets_the_price_the_first_seen_among_equals(models, price):
    records = [turn(call("Bash", "git log"), model=model, index=index) for index, model in enumerate(models)]
    (pattern,) = found(records)
    assert pattern.estimated_usd_saved == pytest.approx(800 * len(models) * price / 1e6, abs=1e-12)


def test_patterns_of_all_sessions_are_ranked_by_dollars_then_tokens_then_as_found():
    records = [
        turn(call("Bash", "gh api"), call("Bash", "git log"), session="free", model="unpriced"),
        turn(call("Bash", "gh api"), session="a"),
        turn(call("Bash", "gh api"), session="b"),
        turn(call("Bash", "gh api"), session="cheap", model="cheap"),
    ]
    ranked = [(one.session_id, one.estimated_tokens_saved) for one in found(records)]
    assert ranked == [("a", 600), ("b", 600), ("cheap", 600), ("free", 800), ("free", 600)]


def test_the_finding_shows_three_pieces_of_evidence_and_counts_the_rest():
    records = turns(*(call("Bash", command) for command in ("jest", "pytest", "vitest", "go test", "npm test")))
    finding = tool_call_pattern_finding(found(records)[0])
    assert finding.title == "Vanilla test run via Bash: 5×"
    assert finding.detail.endswith(
        "6,000 tokens ($0.0060 at this session's input rate). Evidence: jest, pytest, vitest, +2 more."
    )
    assert finding.actions[0].text == "burn hotspots --session s"


def test_a_finding_without_evidence_says_nothing_of_it():
    finding = tool_call_pattern_finding(found(searches("Glob", "Grep", "Read"))[0])
    assert finding.title == "Glob → Grep → Read sequence: 3×"
    assert finding.detail.endswith("at this session's input rate).")
