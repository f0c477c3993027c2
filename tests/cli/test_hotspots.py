"""`burn hotspots`: what holds whatever the sessions, both readings of its words, and what only `current` says."""

from __future__ import annotations

import io
import json
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.cli.hotspots.attribution import show_attribution, show_attribution_json, show_rollup_json
from relayburn.cli.hotspots.gaps import show_gaps_json
from relayburn.cli.hotspots.looking import Filters
from relayburn.cli.hotspots.patterns import show_findings, show_patterns_json
from relayburn.cli.hotspots.rollup_tables import MOST_ROWS, all_rows, first_rows
from relayburn.cli.hotspots.session import show_session, show_session_json
from relayburn.cli.lenient import run_leniently
from relayburn.cli.shell import Shell
from relayburn.cli.strict import run_strictly
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.cli.burning import burn
from tests.cli.shells import said, shell_in, told
from tests.ledger.records import NOW_MS, event, relationship, turn, user_turn
from tests.ledger.records import said as content

FLAGS = ("InputTokens", "OutputTokens", "ReasoningTokens", "CacheReadTokens", "CacheCreateTokens")
FLAGS += ("ToolCalls", "ToolResultEvents", "SessionRelationships", "RawContent")

EVERYTHING = Filters()

Line = tuple[str, dict[str, Any]]
Strictly = Callable[..., tuple[int, str, str]]


def fidelity(*missing: str, granularity: str = "per-turn") -> dict[str, Any]:
    return {
        "granularity": granularity,
        "coverage": {f"has{flag}": flag not in missing for flag in FLAGS},
        "class": "partial",
    }


def usage(*, new: int = 0, read: int = 0, written: int = 0, output: int = 0) -> dict[str, int]:
    tokens = {"input": new, "output": output, "reasoning": 0, "cacheRead": read}
    return tokens | {"cacheCreate5m": written, "cacheCreate1h": 0}


def call(number: int, name: str, target: str, **more: Any) -> dict[str, Any]:
    return {"id": f"t{number}", "name": name, "argsHash": f"h-{name}-{target}", "target": target, **more}


def home_with(user_home: Path, lines: Iterable[Line]) -> Path:
    """A home whose ledger holds `lines`, kinds with records, as `current` writes them."""
    home = user_home / ".relayburn"
    home.mkdir(parents=True, exist_ok=True)
    whole = [{"v": 1, "kind": kind, "semantics": "current", "record": record} for kind, record in lines]
    home.joinpath("ledger.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in whole))
    return user_home


def shell_of(user_home: Path, semantics: Semantics = CURRENT, **variables: str) -> Shell:
    return shell_in(user_home, NOW_MS, semantics=semantics, **variables)


def as_json(user_home: Path, *words: str) -> Any:
    """What the reference's command says in JSON."""
    shell = shell_of(user_home, TS_1_10)
    run_leniently(shell, ["hotspots", "--json", *words])
    return json.loads(said(shell))


def reads(session: str = "s-1", files: int = 3, model: str = "claude-sonnet-4-6", **more: Any) -> list[Line]:
    """A session that reads one file a turn, each of another size."""
    lines: list[Line] = []
    for index in range(files + 1):
        calls = [call(index, "Read", f"/src/{index:02}.py")] if index < files else []
        ts = f"2026-11-10T10:{index:02}:00.000Z"
        record = turn(f"{session}-m{index}", session, turnIndex=index, ts=ts, model=model, toolCalls=calls, **more)
        lines.append(("turn", record | {"usage": usage(new=100, read=5_000 * index, written=1_000, output=50)}))
        block = {"kind": "tool_result", "toolUseId": f"t{index}", "byteLen": 400, "approxTokens": 100 + 10 * index}
        lines.append(("user_turn", user_turn(f"{session}-u{index}", sessionId=session, ts=ts, blocks=[block])))
    return lines


def retries(session: str, times: int = 3, model: str = "claude-sonnet-4-6") -> list[Line]:
    """A session that calls the same failing command several times, and is cancelled in between."""
    lines: list[Line] = []
    for index in range(times):
        calls = [call(index, "Bash", "make", isError=True)]
        lines.append(("turn", turn(f"{session}-m{index}", session, turnIndex=index, model=model, toolCalls=calls)))
    return lines


@st.composite
def ledgers(draw: st.DrawFn) -> list[list[Line]]:
    """The lines of a few sessions, each with turns, calls and results of any size, some of unknown size or price."""
    sessions = []
    for number in range(draw(st.integers(1, 4))):
        session, lines, given_ids = f"s-{number}", [], 0
        for index in range(draw(st.integers(1, 6))):
            calls = []
            for _ in range(draw(st.integers(0, 3))):
                name = draw(st.sampled_from(["Read", "Edit", "Bash", "Task", "Grep"]))
                calls.append(call(given_ids, name, draw(st.sampled_from(["/a.py", "/b.py", "git status", ""]))))
                given_ids += 1
            tokens = st.integers(0, 50_000)
            used = usage(new=draw(tokens), read=draw(tokens), written=draw(tokens), output=draw(tokens))
            model = draw(st.sampled_from(["claude-sonnet-4-6", "claude-haiku-4-5", "nobody/sells-this"]))
            ts = f"2026-11-10T{10 + number}:{index:02}:00.000Z"
            record = turn(f"{session}-m{index}", session, turnIndex=index, ts=ts, model=model, toolCalls=calls)
            lines.append(("turn", record | {"usage": used}))
        blocks = [
            {"kind": "tool_result", "toolUseId": f"t{one}", "byteLen": 4, "approxTokens": draw(st.integers(0, 30_000))}
            for one in range(given_ids)
            if draw(st.booleans())
        ]
        if blocks:
            lines.append(("user_turn", user_turn(f"{session}-u", sessionId=session, blocks=blocks)))
        sessions.append(lines)
    return sessions


def together(sessions: Sequence[Sequence[Line]]) -> list[Line]:
    return [line for session in sessions for line in session]


@given(ledgers())
def test_no_more_is_attributed_than_was_paid(sessions: list[list[Line]]) -> None:
    with TemporaryDirectory() as folder:
        found = as_json(home_with(Path(folder), together(sessions)))

    for session in found["sessions"]:
        assert session["attributedCost"] <= session["grandCost"] + 1e-9
    assert found["attributedTotal"] + found["unattributedTotal"] == pytest.approx(found["grandTotal"])
    rows = [row["totalCost"] for kind in ("files", "bash", "subagents") for row in found[kind]]
    assert sum(rows) <= found["attributedTotal"] + 1e-9
    assert sum(row["totalCost"] for row in found["bashVerbs"]) == pytest.approx(
        sum(row["totalCost"] for row in found["bash"])
    )


@given(ledgers(), st.randoms(use_true_random=False))
def test_the_order_of_sessions_only_orders_the_answer(sessions: list[list[Line]], chance: random.Random) -> None:
    shuffled = list(sessions)
    chance.shuffle(shuffled)
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        straight = as_json(home_with(Path(one), together(sessions)))
        mixed = as_json(home_with(Path(other), together(shuffled)))

    assert _unordered(mixed) == _unordered(straight)
    for total in ("grandTotal", "attributedTotal", "unattributedTotal"):
        assert mixed[total] == pytest.approx(straight[total], abs=1e-9)


def _unordered(found: dict[str, Any]) -> dict[str, Any]:
    """Sessions and rows without their order, and without what depends on the last digits of sums or on who came first."""

    def row(one: dict[str, Any]) -> str:
        kept = {key: value for key, value in one.items() if not key.startswith(("first", "top"))}
        rounded = {key: round(value, 6) if isinstance(value, float) else value for key, value in kept.items()}
        return json.dumps(rounded, sort_keys=True)

    lists = ("sessions", "files", "bashVerbs", "bash", "subagents")
    return {key: sorted(map(row, found[key])) for key in lists} | {"fidelity": found["fidelity"]}


def test_all_rows_begin_with_the_ten_that_are_shown_else(tmp_path: Path) -> None:
    home_with(tmp_path, reads(files=MOST_ROWS + 4))
    few, every = shell_of(tmp_path), shell_of(tmp_path)

    show_attribution(few, EVERYTHING, first_rows)
    show_attribution(every, EVERYTHING, all_rows)

    shown, whole = ([row.split() for row in said(shell).split("\n")] for shell in (few, every))
    first = next(number for number, row in enumerate(shown) if row[:1] == ["path"])
    assert shown[: first + 1 + MOST_ROWS] == whole[: first + 1 + MOST_ROWS]
    assert len(whole) == len(shown) + 4


def test_json_has_all_rows(tmp_path: Path) -> None:
    home_with(tmp_path, reads(files=MOST_ROWS + 4))

    assert len(as_json(tmp_path)["files"]) == MOST_ROWS + 4


@pytest.mark.parametrize("semantics", [TS_1_10, CURRENT])
def test_a_slice_that_tells_too_little_is_refused_and_says_why(tmp_path: Path, semantics: Semantics) -> None:
    mute = turn(fidelity=fidelity("ToolResultEvents", granularity="per-message"))
    home_with(tmp_path, [("turn", mute)])
    shell = shell_of(tmp_path, semantics)

    assert show_attribution_json(shell, EVERYTHING) == 2
    found = json.loads(said(shell))
    assert found["fidelity"]["refused"] is True
    assert found["refusalReason"] == (
        "burn hotspots: 1/1 turns lack tool-call/tool-result coverage required for hotspots attribution. Sources: "
        "claude-code (per-message, missing tool-result events). No hotspots analysis was performed."
    )
    assert found["refusalReason"] in told(shell)


def test_turns_of_other_sources_are_left_out_and_counted(tmp_path: Path) -> None:
    mute = turn("x", "s-9", source="codex", fidelity=fidelity("ToolCalls", "ToolResultEvents"))
    home_with(tmp_path, [*reads(), ("turn", mute)])
    shell = shell_of(tmp_path, TS_1_10)

    show_attribution(shell, EVERYTHING, first_rows)

    left_out = "1 excluded for missing tool-call records, tool-result events, per-turn granularity (codex)"
    assert f"\nanalyzed 4 of 5 turns; {left_out}\n" in said(shell)


def test_each_detector_says_which_turns_it_could_not_look_at(tmp_path: Path) -> None:
    mute = turn("x", "s-9", source="codex", fidelity=fidelity("RawContent"))
    home_with(tmp_path, [*reads(), ("turn", mute)])

    found = as_json(tmp_path, "--patterns=reverts,retries,compaction")

    reverts, retry, compaction = found["fidelity"]["perDetector"]
    assert (reverts["kind"], reverts["analyzed"], reverts["excluded"]) == ("reverts", 4, 1)
    assert [row["missingCoverage"] for row in reverts["excludedBySource"]] == [["hasRawContent"]]
    assert (retry["analyzed"], compaction["analyzed"], "excludedBySource" in retry) == (5, 5, False)
    assert (found["turnsAnalyzed"], found["fidelity"]["excluded"]) == (5, 0)


def test_refused_patterns_name_every_detector(tmp_path: Path) -> None:
    home_with(tmp_path, [("turn", turn(fidelity=fidelity("ToolCalls")))])
    shell = shell_of(tmp_path, TS_1_10)

    assert run_leniently(shell, ["hotspots", "--patterns=retries,edit-heavy"]) == 2
    lines = told(shell).splitlines()
    assert [line.partition(":")[0].strip() for line in lines[1:-1]] == ["retries", "edit-heavy"]
    assert said(shell) == ""


def test_looking_for_retries_shows_cancelled_calls_too(tmp_path: Path) -> None:
    lines = [*retries("s-1"), ("tool_result_event", event(toolUseId="t1", status="cancelled"))]
    home_with(tmp_path, lines)

    assert as_json(tmp_path, "--patterns=edit-heavy")["cancelledRuns"] == []
    assert len(as_json(tmp_path, "--patterns=retries")["cancelledRuns"]) == 1
    shell = shell_of(tmp_path, TS_1_10)
    run_leniently(shell, ["hotspots", "--patterns=retries"])
    assert "\nCancelled tool/subagent runs\nsession" in said(shell)


def test_patterns_are_shown_in_one_order_however_they_are_asked_for(tmp_path: Path) -> None:
    home_with(tmp_path, retries("s-1"))
    shells = [shell_of(tmp_path, TS_1_10) for _ in range(2)]

    run_leniently(shells[0], ["hotspots", "--patterns=retries,failures"])
    run_leniently(shells[1], ["hotspots", "--patterns= failures,,retries , failures"])

    assert said(shells[0]) == said(shells[1])
    asked = as_json(tmp_path, "--patterns=failures,retries")["fidelity"]["perDetector"]
    assert [row["kind"] for row in asked] == ["failures", "retries"]


def test_a_pattern_that_does_not_exist_is_told_of_after_the_logs_were_read(tmp_path: Path) -> None:
    shell = shell_of(tmp_path, TS_1_10, RELAYBURN_PROGRESS="1")

    assert run_leniently(shell, ["hotspots", "--patterns=nope"]) == 1
    assert "[burn] read 0 turns\n" in told(shell)
    assert told(shell).splitlines()[-1].startswith('burn: unknown --patterns value "nope". Valid: retries, failures, ')


def test_lenient_words_without_their_values_are_passed_over(tmp_path: Path) -> None:
    home_with(tmp_path, reads())
    plain, odd = shell_of(tmp_path, TS_1_10), shell_of(tmp_path, TS_1_10)

    run_leniently(plain, ["hotspots"])
    run_leniently(odd, ["hotspots", "--nonsense", "--json", "yes", "--findings=no", "--project="])

    assert said(odd) == said(plain)


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (["--since=", "--provider"], 1, "burn: invalid --since: \n"),
        (["--provider=,", "--patterns"], 2, "burn: --provider requires a value\n"),
        (["--session", "none-such"], 1, "burn hotspots --session: no turns found for session none-such\n"),
    ],
)
def test_lenient_misuse(tmp_path: Path, words: list[str], code: int, line: str) -> None:
    shell = shell_of(tmp_path, TS_1_10)

    assert run_leniently(shell, ["hotspots", *words]) == code
    assert (said(shell), told(shell)) == ("", line)


def test_usage_without_a_price_is_named(tmp_path: Path) -> None:
    home_with(tmp_path, [*reads(), *retries("s-2", model="nobody/sells-this")])
    shell = shell_of(tmp_path)

    show_attribution_json(shell, EVERYTHING)

    found = json.loads(said(shell))
    assert (found["unpricedTurns"], [row["model"] for row in found["unpricedModels"]]) == (3, ["nobody/sells-this"])
    assert "3 turns had no pricing for model: nobody/sells-this" in told(shell)
    assert "unpricedTurns" not in as_json(tmp_path)


def test_findings_of_unpriced_sessions_come_first_and_without_dollars(tmp_path: Path) -> None:
    home_with(tmp_path, [*retries("s-1"), *retries("s-2", model="nobody/sells-this")])
    shell = shell_of(tmp_path)

    show_findings(shell, EVERYTHING, "")

    rows = [row.split()[:4] for row in said(shell).splitlines()[5:]]
    assert [row[2] for row in rows] == ["s-2", "s-2", "s-1"]
    assert {row[1] for row in rows} == {"unpriced-usage", "retry-loop"}
    assert [row[3] == "—" for row in rows] == [True, True, False]
    assert "3 turns had no pricing for model: nobody/sells-this" in told(shell)


def test_kinds_of_findings_name_patterns_too(tmp_path: Path) -> None:
    home_with(tmp_path, retries("s-1"))
    by_name, by_kind = shell_of(tmp_path), shell_of(tmp_path)

    show_patterns_json(by_name, EVERYTHING, "retries,opencode-system-prompt")
    show_patterns_json(by_kind, EVERYTHING, "retry-loop,system-prompt-tax")

    assert said(by_kind) == said(by_name)
    assert run_leniently(shell_of(tmp_path, TS_1_10), ["hotspots", "--patterns=retry-loop"]) == 1


def test_one_list_is_that_of_the_whole(tmp_path: Path) -> None:
    home_with(tmp_path, reads())
    whole, one = shell_of(tmp_path), shell_of(tmp_path)

    show_attribution_json(whole, EVERYTHING)
    show_rollup_json(one, EVERYTHING, "file")

    assert json.loads(said(one)) == {"kind": "file", "rows": json.loads(said(whole))["files"]}


@pytest.mark.parametrize("show", [show_attribution_json, lambda shell, wanted: show_patterns_json(shell, wanted, "")])
def test_archive_and_ledger_give_the_same_answer(tmp_path: Path, show: Any) -> None:
    lines = [
        *reads(),
        *retries("s-2"),
        ("tool_result_event", event(sessionId="s-2", toolUseId="t1", status="cancelled")),
    ]
    home_with(tmp_path, lines)
    by_archive = shell_of(tmp_path)
    by_walk = shell_of(tmp_path, replace(CURRENT, whole_archive=False))
    told_to_walk = shell_of(tmp_path, RELAYBURN_ARCHIVE="0")

    for shell in (by_archive, by_walk, told_to_walk):
        show(shell, EVERYTHING)

    assert said(by_archive) == said(by_walk) == said(told_to_walk)
    assert not told(by_archive)


def test_a_session_shows_how_its_calls_ended_and_whom_it_is_related_to(tmp_path: Path) -> None:
    ended = [("t1", "running"), ("t1", "errored"), ("t1", "errored"), ("t2", "unknown")]
    events = [event(number, toolUseId=name, status=status) for number, (name, status) in enumerate(ended)]
    related = relationship("fork", sessionId="s-2", relatedSessionId="s-1")
    lines: list[Line] = [*retries("s-1"), ("relationship", related), ("relationship", relationship())]
    lines += [("tool_result_event", one) for one in reversed(events)]
    home_with(tmp_path, [*lines, ("tool_result_event", event(sessionId="s-2", toolUseId="t9"))])
    shell = shell_of(tmp_path)

    assert show_session(shell, "s-1") == 0

    text = said(shell)
    ending = "tool results: 1 of 3 tool calls errored across 2 linked sessions (completed 1, cancelled 0, unknown 1)"
    assert f"\nturns: 3\n{ending}\n" in text
    rows = [row.split() for row in text.split("\n\n")[1].splitlines()]
    assert [row[:2] for row in rows[2:]] == [["s-1", "root"], ["s-2", "fork"]]
    rows = [row.split() for row in text.split("\n\n")[2].splitlines()]
    assert [(row[0], row[2], row[4]) for row in rows[2:5]] == [
        ("t1", "0", "running"),
        *[("t1", n, "errored") for n in "12"],
    ]
    assert text.count("errored (2x)") == 2


def test_a_session_shows_five_rows_of_each_list(tmp_path: Path) -> None:
    home_with(tmp_path, reads(files=8))
    shell = shell_of(tmp_path, TS_1_10)

    assert show_session_json(shell, "s-1") == 0

    found = json.loads(said(shell))
    assert (len(found["topFiles"]), found["turnsAnalyzed"]) == (5, 9)
    assert found["topFiles"] == as_json(tmp_path)["files"][:5]
    assert found["totals"]["grandCost"] == pytest.approx(as_json(tmp_path)["grandTotal"])


def test_results_that_were_not_stored_are_gaps(tmp_path: Path) -> None:
    home_with(tmp_path, [*reads("s-1"), *reads("s-2"), ("turn", turn("x", "s-3", source="gemini-api"))])
    stored = content(session="s-2", kind="tool_result", toolResult={"toolUseId": "t0", "content": "x"})
    folder = tmp_path / ".relayburn/content"
    folder.mkdir()
    folder.joinpath("s-2.jsonl").write_text(f"{json.dumps(stored)}\n")
    shell = shell_of(tmp_path)

    show_gaps_json(shell, explained=False)

    counts = {"sessions": 2, "sessionsWithToolCalls": 2, "gappedSessions": 1, "orphanToolCalls": 3, "degradedPct": 50}
    assert json.loads(said(shell))["adapters"] == [{"adapter": "claude", **counts}]


def test_a_subagent_that_only_its_environment_tells_of_has_drifted(tmp_path: Path) -> None:
    def spawned(session: str, source: str, **more: Any) -> Line:
        return "relationship", relationship("subagent", sessionId=session, source=source, **more)

    lines = [*reads("s-1"), *reads("s-2"), *reads("s-3"), *reads("s-4", source="codex")]
    lines += [spawned(f"s-{number}", "spawn-env", relatedSessionId="lead") for number in (4, 2, 1)]
    lines += [spawned("s-3", "spawn-env"), spawned("s-2", "native-claude", relatedSessionId="s-1")]
    home_with(tmp_path, lines)
    shell = shell_of(tmp_path)

    show_gaps_json(shell, explained=True)

    reason = {"reason": "spawn-env-without-native", "envParentAgentId": "lead"}
    details = [{"sessionId": "s-1", "adapter": "claude", **reason}]
    assert json.loads(said(shell))["relationshipDrift"] == {"sessions": 1, "details": details}


@pytest.fixture
def strictly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Strictly:
    """`burn hotspots` read strictly, in this process: its exit code, stdout and stderr."""
    for name in ("RELAYBURN_HOME", "RELAYBURN_SEMANTICS", "CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        code = run_strictly(["hotspots", *words])
        return code, *capsys.readouterr()

    return run


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--pattern"], "--patterns"),
        (["--patterns", "nope"], "unknown --patterns value"),
        (["--patterns", ""], "the value is empty"),
        (["--session", ""], "the value is empty"),
        (["--group-by", "tool"], "'tool' is not one of"),
        (["--group-by", "file", "--findings"], "--group-by and --findings cannot be combined"),
        (["--session", "s-1", "--since", "7d"], "--session and --since cannot be combined"),
        (["--session", "--patterns"], "--session and --patterns cannot be combined"),
        (["--session", "s-1", "--explain-drift"], "--explain-drift goes with --session alone"),
        (["--provider", " , "], "--provider requires a value"),
    ],
)
def test_strict_misuse_does_nothing_and_says_what_is_wrong(
    strictly: Strictly, tmp_path: Path, words: list[str], complaint: str
) -> None:
    code, out, err = strictly(*words)

    assert (code, out) == (2, "")
    assert complaint in err
    assert not (tmp_path / ".relayburn").exists()


def test_an_empty_home_says_where_sessions_are_looked_for(tmp_path: Path) -> None:
    done = burn(tmp_path, "hotspots")

    assert done.returncode == 0
    assert f"{tmp_path}/.claude/projects" in done.stderr


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        ([], "Top Bash verbs by cost"),
        (["--group-by", "file", "--all"], "/src/11.py"),
        (["--patterns"], "Usage without a known price"),
        (["--findings", "--patterns", "retries"], "retry-loop"),
        (["--session", "s-1"], "session: s-1"),
        (["--session"], "Content-capture gaps by adapter"),
        (["--session", "--explain-drift", "--json"], '"details": []'),
        (["--json", "--project", "elsewhere"], '"turnsAnalyzed": 0'),
    ],
)
def test_strict_words_choose_what_is_shown(strictly: Strictly, tmp_path: Path, words: list[str], holds: str) -> None:
    home_with(tmp_path, [*reads(files=12), *retries("s-2")])

    code, out, err = strictly(*words)

    assert (code, err) == (0, "")
    assert holds in out


DAMAGED: list[Line] = [
    ("turn", turn("bad", toolCalls=5)),
    ("turn", turn("worse", usage=None)),
    ("turn", turn("odd", turnIndex={})),
    ("turn", turn("nameless", toolCalls=[call(0, "Read", "/a.py") | {"id": []}])),
    ("user_turn", user_turn("bad", blocks=["x"])),
    ("tool_result_event", event(eventIndex="first")),
]


@pytest.mark.parametrize(("semantics", "damage"), [*((TS_1_10, [damaged]) for damaged in DAMAGED), (CURRENT, DAMAGED)])
def test_damaged_records_are_told_of_and_left_out(tmp_path: Path, semantics: Semantics, damage: list[Line]) -> None:
    home_with(tmp_path / "whole", reads())
    home_with(tmp_path / "damaged", [*reads(), *damage])
    whole, damaged = (shell_of(tmp_path / name, semantics) for name in ("whole", "damaged"))

    for shell in (whole, damaged):
        show_patterns_json(shell, EVERYTHING, "retries,tool-output-bloat,tool-call-pattern,opencode-system-prompt")

    assert said(damaged) == said(whole)
    assert "in the ledger are damaged; they are left out\n" in told(damaged)
    assert "damaged" not in told(whole)
