"""`burn summary`: what it shows from each side, what it tells besides, and what it refuses."""

from __future__ import annotations

import io
import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

from relayburn.cli.lenient import run_leniently
from relayburn.cli.shell import Shell
from relayburn.cli.strict import run_strictly
from relayburn.cli.summary import grouped, modes
from relayburn.cli.summary.inquiry import Inquiry, Wanted
from relayburn.errors import InvalidInput
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.archive.ledgers import ledger, line, stamp
from tests.cli.burning import burn, leave_session
from tests.cli.shells import said, shell_in, told
from tests.ledger.records import NOW_MS, home_at, relationship, turn, user_turn

SONNET, HAIKU, UNSOLD = "claude-sonnet-4-6", "claude-haiku-4-5", "nobody-sells-this"
# Input of Sonnet 4.6 costs 3 dollars a million tokens, that of Haiku 4.5 one.
DOLLAR_OF_HAIKU = {"input": 1_000_000} | dict.fromkeys(
    ("output", "reasoning", "cacheRead", "cacheCreate5m", "cacheCreate1h"), 0
)
BY_MODEL = modes.by(grouped.BY_MODEL)

Line = bytes


def spent(message: str, session: str = "s-1", model: str = HAIKU, **more: Any) -> Line:
    """A ledger line of a turn of a million tokens of input."""
    return line("turn", turn(message, session, model=model, usage=DOLLAR_OF_HAIKU, **more), semantics="current")


def calling(*names: str) -> list[dict[str, Any]]:
    return [{"id": f"t-{name}", "name": name, "argsHash": "h"} for name in names]


def asked(
    user_home: Path, mode: modes.Mode = BY_MODEL, *, semantics: Semantics = CURRENT, env: Any = None, **wanted: Any
) -> Shell:
    """The shell in which a summary was shown to people."""
    shell = shell_in(user_home, NOW_MS, semantics=semantics, **(env or {}))
    assert mode.for_people(Inquiry.begin(shell, Wanted(**wanted))) == 0
    return shell


def answer(user_home: Path, mode: modes.Mode = BY_MODEL, *, semantics: Semantics = CURRENT, **wanted: Any) -> Any:
    """A summary as JSON."""
    shell = shell_in(user_home, NOW_MS, semantics=semantics)
    assert mode.as_json(Inquiry.begin(shell, Wanted(**wanted))) == 0
    return json.loads(said(shell))


def leave(user_home: Path, *lines: Line) -> Path:
    ledger(home_at(user_home / ".relayburn"), *lines)
    return user_home


@pytest.fixture
def spending(tmp_path: Path) -> Path:
    """Two turns of Haiku, one of Sonnet, one without a price."""
    return leave(
        tmp_path,
        spent("m-1", stopReason="end-turn"),
        spent("m-2", stopReason="tool-use", toolCalls=calling("Read")),
        spent("m-3", "s-2", SONNET, webSearches=2),
        spent("m-4", "s-2", UNSOLD, source="opencode"),
    )


def test_models_stand_dearest_first_with_what_they_add_up_to(spending: Path) -> None:
    assert said(asked(spending)) == "\n".join(
        [
            "",
            "ingested 0 new sessions (+0 turns)",
            "",
            "turns analyzed: 4",
            "",
            "model              turns  input      output  reasoning  cacheRead  cacheCreate  cost",
            "claude-sonnet-4-6  1      1,000,000  0       0          0          0            $3.00",
            "claude-haiku-4-5   2      2,000,000  0       0          0          0            $2.00",
            "nobody-sells-this  1      1,000,000  0       0          0          0            $0.00",
            "",
            "total cost: $5.00",
            "  input $5.00 / output $0.00 / reasoning $0.00 / cacheRead $0.00 / cacheCreate $0.00",
            "  besides: $0.020 for 2 web searches",
            "",
            "Turn outcomes: 1 end_turn, 0 max_tokens, 0 refusal, 0 pause, 1 tool_use, 2 none",
            "",
            "fidelity: 4 unknown (use --json for per-field coverage)",
            "",
        ]
    )


def test_what_has_no_price_is_counted_and_named(spending: Path) -> None:
    found = answer(spending)

    assert found["unpricedTurns"] == 1
    assert [model["model"] for model in found["unpricedModels"]] == [UNSOLD]
    assert f"warning: 1 turn had no pricing for model: {UNSOLD} — " in told(asked(spending))


def test_the_reference_tells_none_of_what_current_adds(spending: Path) -> None:
    found, shell = answer(spending, semantics=TS_1_10), asked(spending, semantics=TS_1_10)

    assert list(found) == ["ingest", "turns", "totalCost", "byModel", "fidelity"]
    assert "outcomes" not in said(shell)
    assert told(shell) == ""


@pytest.mark.parametrize(
    ("grouping", "rows_of"),
    [
        (grouped.BY_MODEL, lambda found: found["byModel"]),
        (grouped.BY_PROVIDER, lambda found: found["byProvider"]),
        (grouped.by_tag("team"), lambda found: found["byTag"]["rows"]),
    ],
)
@pytest.mark.parametrize("from_archive", [True, False])
def test_rows_add_up_to_the_total(spending: Path, grouping: Any, rows_of: Any, from_archive: bool) -> None:
    found = answer(spending, modes.by(grouping), from_archive=from_archive)

    assert sum(row["turns"] for row in rows_of(found)) == found["turns"] == 4
    assert sum(row["cost"]["total"] for row in rows_of(found)) == pytest.approx(found["totalCost"]["total"])
    assert sum(cell["fields"]["input"]["known"] for cell in found["fidelity"]["perCell"]["cells"]) == 4


def test_the_order_in_which_sessions_were_ingested_changes_nothing(tmp_path: Path) -> None:
    sessions = [
        [
            spent(
                f"m-{session}-{at}", f"s-{session}", (HAIKU, SONNET)[at % 2], ts=f"2026-03-0{session}T10:0{at}:00.000Z"
            )
            for at in range(4)
        ]
        for session in range(1, 6)
    ]
    found = []
    for seed in range(3):
        random.Random(seed).shuffle(sessions)
        home = tmp_path / str(seed)
        leave(home, *(each for session in sessions for each in session))
        found += [answer(home, mode) for mode in (BY_MODEL, modes.BY_TOOL)]

    assert found[::2] == [found[0]] * 3
    assert found[1::2] == [found[1]] * 3


def test_a_tag_has_a_row_for_each_value_and_for_none(tmp_path: Path) -> None:
    leave(
        tmp_path,
        spent("m-1"),
        spent("m-2", "s-2"),
        spent("m-3", "s-3"),
        stamp({"sessionId": "s-2"}, {"team": "blue"}),
        stamp({"sessionId": "s-3"}, {"team": ""}),
    )

    rows = answer(tmp_path, modes.by(grouped.by_tag("team")))["byTag"]["rows"]

    assert [row["value"] for row in rows] == ["(unset)", "blue", "unknown"]
    assert answer(tmp_path, tags={"team": "blue"})["turns"] == 1


def test_a_count_that_some_turns_do_not_report_is_marked(tmp_path: Path) -> None:
    told_nothing = {"granularity": "per-turn", "class": "partial", "coverage": {"hasInputTokens": True}}
    leave(
        tmp_path, spent("m-1"), spent("m-2", fidelity=told_nothing), spent("m-3", model=SONNET, fidelity=told_nothing)
    )

    lines = said(asked(tmp_path)).splitlines()

    assert lines[6].split()[:4] == [SONNET, "1", "1,000,000", "—"]
    assert lines[7].split()[:4] == [HAIKU, "2", "2,000,000", "0*"]
    assert "* partial coverage: 2 of 3 turns omitted per-turn token data" in lines
    assert "fidelity: 2 partial / 1 unknown (use --json for per-field coverage)" in lines


def test_cache_writes_that_are_texts_are_shown_as_the_reference_adds_them(tmp_path: Path) -> None:
    leave(tmp_path, spent("m-1").replace(b'"cacheCreate5m":0', b'"cacheCreate5m":"7"'))

    assert said(asked(tmp_path)).splitlines()[6].split()[6] == "070"


def test_tools_bear_what_their_results_cost_to_read(tmp_path: Path) -> None:
    blocks = [
        {"kind": "tool_result", "toolUseId": f"t-{name}", "byteLen": size} for name, size in (("Read", 3), ("LS", 1))
    ]
    between = user_turn(
        precedingMessageId="m-1", followingMessageId="m-2", blocks=[b | {"approxTokens": 1} for b in blocks]
    )
    saving = calling("relay")[0] | {"replacedTools": ["Read"], "collapsedCalls": 2}
    leave(
        tmp_path,
        spent("m-1", toolCalls=[*calling("Read", "LS"), saving], ts="2026-03-01T10:00:00.000Z"),
        spent("m-2", turnIndex=1, ts="2026-03-01T10:01:00.000Z"),
        line("user_turn", between),
    )

    assert said(asked(tmp_path, modes.BY_TOOL)).splitlines() == [
        "",
        "turns analyzed: 2",
        "",
        "tool   calls  attributedCost  savedTokens",
        "Read   1      $0.750          -",
        "LS     1      $0.250          -",
        "relay  1      $0.00           4,400",
        "",
        "attributedCost = turn N ingest cost assigned to turn N-1 tool_use blocks by user-turn byte size when available, "
        "otherwise split evenly.",
        "unattributed cost (no prior tool call or non-tool user text): $1.00",
        "estimated savings from replacement tools: ~4,400 tokens across 1 call (2 collapsed vanilla calls)",
    ]
    found = answer(tmp_path, modes.BY_TOOL)
    assert found["byTool"][2]["savings"] == {"calls": 1, "collapsedCalls": 2, "estimatedTokensSaved": 4400}
    assert (found["unattributed"], found["unpricedTurns"]) == (1, 0)


@pytest.fixture
def family(tmp_path: Path) -> Path:
    """A session that started two agents, one of which started another."""
    return leave(
        tmp_path,
        line("relationship", relationship()),
        line("relationship", relationship("subagent", relatedSessionId="s-1", agentId="a-1", subagentType="Plan")),
        line("relationship", relationship("subagent", relatedSessionId="a-1", agentId="a-2")),
        line("relationship", relationship("subagent", relatedSessionId="s-1", agentId="a-3", subagentType="Look")),
        line("relationship", relationship("subagent", sessionId="s-7", relatedSessionId="planner", agentId="a-7")),
        spent("m-1"),
        spent("m-2", subagent={"isSidechain": True, "agentId": "a-1"}),
        spent("m-3", subagent={"isSidechain": True, "agentId": "a-2"}),
        spent("m-4", subagent={"isSidechain": True, "agentId": "a-2"}),
        spent("m-5", subagent={"isSidechain": True, "agentId": "a-3"}),
        spent("m-6", "s-6"),
        spent("m-7", "s-7"),
        stamp({"sessionId": "s-6"}, {"parentAgentId": "planner"}),
    )


def test_a_tree_is_drawn_dearest_branch_first(family: Path) -> None:
    assert said(asked(family, modes.tree_of("s-1"))).splitlines() == [
        "",
        "session: s-1",
        "total: $5.00 across 5 turns",
        "",
        f"main ({HAIKU})  $5.00  [5 turns]",
        f"├─ Plan ({HAIKU})  $3.00  [3 turns]",
        f"│  └─ (unknown) ({HAIKU})  $2.00  [2 turns]",
        f"└─ Look ({HAIKU})  $1.00  [1 turn]",
    ]


def test_a_tree_may_begin_at_an_agent_and_end_in_nothing(family: Path) -> None:
    assert answer(family, modes.tree_of("a-1"))["cumulativeTurns"] == 3
    assert said(asked(family, modes.tree_of("nobody"))) == "no turns found for session nobody\n"


def test_a_tree_of_nobody_is_no_json(family: Path) -> None:
    asked_for = "summary", "--subagent-tree", "nobody", "--json"
    current, reference = burn(family, *asked_for), burn(family, "--semantics", "ts-1.10", *asked_for)

    assert (current.returncode, current.stdout) == (1, "")
    assert current.stderr == "burn: no turns found for session nobody\n"
    assert (reference.returncode, reference.stdout) == (0, "no turns found for session nobody\n")


def test_a_very_deep_tree_is_drawn_but_is_no_json(tmp_path: Path) -> None:
    rows = (relationship("subagent", relatedSessionId=f"a-{at}", agentId=f"a-{at + 1}") for at in range(2000))
    leave(
        tmp_path,
        spent("m-1", subagent={"isSidechain": True, "agentId": "a-2000"}),
        *(line("relationship", r) for r in rows),
    )

    assert said(asked(tmp_path, modes.tree_of("a-0"))).count("└─ ") == 2000
    with pytest.raises(InvalidInput, match="too deep"):
        answer(tmp_path, modes.tree_of("a-0"))


def test_relationships_are_told_by_kind_and_subagents_by_type(family: Path) -> None:
    found = answer(family, modes.BY_RELATIONSHIP)["relationships"]
    of_subagents = answer(family, modes.BY_SUBAGENT_RELATIONSHIP)

    assert [(row["relationshipType"], row["sessionCount"], row["turnCount"]) for row in found] == [
        ("root", 1, 1),
        ("subagent", 1, 4),
    ]
    assert of_subagents["relationships"] == found[1:]
    assert [row["subagentType"] for row in of_subagents["subagentTypes"]] == ["(unknown)", "Plan", "Look"]
    assert said(asked(family, modes.BY_RELATIONSHIP)).startswith("\nrelationships: 2\n\nrelationshipType  sessionCount")


def test_subagent_types_are_an_array(family: Path) -> None:
    assert [row["invocations"] for row in answer(family, modes.BY_SUBAGENT_TYPE)] == [3]
    assert said(asked(family, modes.BY_SUBAGENT_TYPE)).startswith("\nsubagent invocations: 3\n\nsubagentType")


def test_an_agent_has_the_turns_stamped_with_it_and_those_of_sessions_that_it_started(family: Path) -> None:
    shell = asked(family, agent="planner", env={"RELAYBURN_PROGRESS": "1"})

    assert "turns analyzed: 2\n" in said(shell)
    assert "[burn] resolved 1 linked session\n" in told(shell)
    assert answer(family, agent="s-1")["turns"] == 5
    assert answer(family, agent="nobody")["turns"] == 0


def test_quality_is_told_below_and_in_json(spending: Path) -> None:
    mode = modes.with_quality(grouped.BY_MODEL)

    assert "quality — sessions: 2\n  outcomes: 0 completed" in said(asked(spending, mode))
    assert [session["sessionId"] for session in answer(spending, mode)["quality"]["outcomes"]] == ["s-1", "s-2"]


@pytest.mark.parametrize("mode", [BY_MODEL, modes.BY_TOOL, modes.by(grouped.by_tag("team"))])
def test_an_archive_that_fails_is_told_of_and_the_ledger_says_the_same(spending: Path, mode: modes.Mode) -> None:
    expected = answer(spending, mode)
    archive = spending / ".relayburn/archive"
    for file in sorted(archive.rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()
    archive.rmdir()
    archive.write_text("no folder")

    shell = shell_in(spending, NOW_MS)
    assert mode.as_json(Inquiry.begin(shell, Wanted())) == 0

    assert json.loads(said(shell)) == expected
    assert told(shell).count("burn: archive read failed (") == 1
    assert "); falling back to ledger walk\n" in told(shell)


def test_a_home_whose_name_is_no_text_is_answered_from_its_ledger(tmp_path: Path) -> None:
    home = tmp_path / os.fsdecode(b"\xff\xfe")
    leave_session(tmp_path)
    answer = burn(tmp_path, "summary", "--json", "--ledger-path", str(home))

    assert (answer.returncode, json.loads(answer.stdout)["turns"]) == (0, 1)
    assert answer.stderr.splitlines()[-1].startswith("burn: archive read failed (cannot use the archive ")


def test_progress_tells_every_step(spending: Path) -> None:
    shell = asked(spending, modes.BY_TOOL, env={"RELAYBURN_PROGRESS": "1"})

    assert [text for text in told(shell).splitlines() if text.startswith("[burn]")][-6:] == [
        "[burn] querying archive",
        "[burn] read 4 archive turns",
        "[burn] reading user turns for tool attribution",
        "[burn] read user turns for 0 sessions",
        "[burn] attributing tool cost",
        "[burn] attributed cost to 1 tool",
    ]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--by-tag"], "--by-tag requires a tag key (e.g. --by-tag workflow)"),
        (["--by-relationship=root"], '--by-relationship accepts only the optional value "subagent"'),
        (["--provider", " , "], "--provider requires a value"),
        (
            ["--subagent-tree", "--by-tool"],
            "--by-tool cannot be combined with --by-provider/--by-subagent-type/--by-relationship/--subagent-tree",
        ),
        (["--subagent-tree", "x", "--by-relationship"], "--by-relationship cannot be combined with --subagent-tree"),
    ],
)
def test_the_reference_refuses_before_it_reads(tmp_path: Path, words: list[str], complaint: str) -> None:
    leave_session(tmp_path)
    shell = shell_in(tmp_path, NOW_MS, semantics=TS_1_10)

    assert run_leniently(shell, ["summary", *words]) == 2

    assert told(shell) == f"burn: {complaint}\n"
    assert not (tmp_path / ".relayburn").exists()


def test_the_reference_asks_for_the_id_of_a_tree_only_after_ingest(tmp_path: Path) -> None:
    leave_session(tmp_path)
    shell = shell_in(tmp_path, NOW_MS, semantics=TS_1_10)

    assert run_leniently(shell, ["summary", "--subagent-tree"]) == 2

    assert told(shell) == "burn: --subagent-tree requires a session id (positional or --session)\n"
    assert (tmp_path / ".relayburn/ledger.jsonl").exists()


@pytest.mark.parametrize("since", ["soon", "", "99999999999m"])
def test_a_time_that_is_none_fails(tmp_path: Path, since: str) -> None:
    shell = shell_in(tmp_path, NOW_MS, semantics=TS_1_10)

    assert run_leniently(shell, ["summary", f"--since={since}"]) == 1

    assert told(shell) in (f"burn: invalid --since: {since}\n", "burn: Invalid time value\n")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--by-tool", "--by-provider"], "--by-tool and --by-provider cannot be combined"),
        (["--by-tool", "--quality"], "--by-tool and --quality cannot be combined"),
        (["--by-relationship", "root"], "'root' is not one of 'all', 'subagent'"),
        (["--subagent-tree", "--json"], "--subagent-tree requires the id of a session"),
        (["--subagent-tree", "x", "--session", "y"], "--subagent-tree ID and --session cannot be combined"),
        (["--workflow", "w", "--tag", "workflowId=v"], "--workflow and --tag workflowId=... cannot be combined"),
        (["--provider", ","], "--provider requires a value"),
        (["--tag", "team"], "'team' is not of the form key=value"),
        (["--session="], "the value is empty"),
        (["--since", "soon"], "'soon' is no time"),
        (["--since="], "'' is no time"),
        (["stray"], "stray"),
        (["--by-tools"], "--by-tool"),
    ],
)
def test_misuse_is_told_in_one_line(
    tmp_path: Path,
    words: list[str],
    complaint: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    # pytest's own is none that a shell could stand in.
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))

    assert run_strictly(["summary", *words]) == 2

    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert complaint in err
    assert not (tmp_path / ".relayburn").exists()


@pytest.mark.parametrize("semantics", ["current", "ts-1.10"])
def test_a_new_user_sees_what_was_spent(tmp_path: Path, semantics: str) -> None:
    leave_session(tmp_path)

    shown = burn(tmp_path, "summary", RELAYBURN_SEMANTICS=semantics)

    assert shown.returncode == 0
    assert "ingested 1 new session (+1 turns)\n\nturns analyzed: 1\n" in shown.stdout


def test_the_words_of_the_strict_command_choose_what_is_shown(family: Path) -> None:
    tree = burn(family, "summary", "--subagent-tree", "--session", "s-1", "--json")
    kinds = burn(family, "summary", "--by-relationship", "subagent", "--json", RELAYBURN_ARCHIVE="0")
    stamped = burn(family, "summary", "--tag", "parentAgentId=planner", "--provider", "Anthropic", "--json")

    assert json.loads(tree.stdout)["cumulativeTurns"] == 5
    assert json.loads(kinds.stdout)["relationships"][0]["relationshipType"] == "subagent"
    assert json.loads(stamped.stdout)["turns"] == 1
