"""`burn overhead` and `burn overhead trim`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from relayburn.cli import overhead as verbs
from relayburn.cli.lenient import run_leniently
from relayburn.cli.shell import Shell
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.cli.burning import burn
from tests.cli.shells import said, shell_in, told

NOW_MS = 1_790_000_000_000
# 4000 bytes are 1000 tokens, which at the cache-read price of Sonnet 4.6 (0.3 dollars a million) cost 0.0003 dollars a ride.
RIDE = 1000 / 1_000_000 * 0.3


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a CLAUDE.md of 1000 tokens in two sections, which one turn of Sonnet 4.6 reads from its cache."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "CLAUDE.md").write_text(f"# Rules\n{'a' * 991}\n# More\n{'b' * 2992}\n")
    leave_turn(tmp_path, folder, "claude-sonnet-4-6")
    return folder


def leave_turn(user_home: Path, folder: Path, model: str) -> None:
    """Write the log of a session in `folder` with one turn of `model`, which reads 2000 tokens from its cache."""
    head = {"isSidechain": False, "cwd": str(folder), "sessionId": "s-1", "uuid": "a-1", "type": "assistant"}
    usage = {"input_tokens": 1, "output_tokens": 1, "cache_read_input_tokens": 2000}
    answer = {
        "id": "m-1",
        "role": "assistant",
        "model": model,
        "usage": usage,
        "content": [],
        "stop_reason": "end_turn",
    }
    line = head | {"parentUuid": None, "timestamp": "2026-03-12T09:00:01.000Z", "message": answer}
    file = user_home / ".claude/projects/-project/s-1.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(line) + "\n")


def shell_at(folder: Path, semantics: Semantics = CURRENT, **variables: str) -> Shell:
    return replace(shell_in(folder.parent, NOW_MS, semantics=semantics, **variables), cwd=str(folder))


def test_each_file_is_told_with_its_sections_dearest_first(project: Path) -> None:
    shell = shell_at(project)

    assert verbs.show_costs(shell, verbs.Files()) == 0
    assert said(shell) == "\n".join(
        [
            "",
            f"Overhead files in {project}:",
            "",
            "CLAUDE.md (CLAUDE.md) — 4 lines, ~1.0k tokens — applies to: claude-code",
            "  Cost per session:   avg $0.0003, p95 $0.0003",
            "  Cost over all time: $0.0003 across 1 session",
            "  Sections ranked by cost:",
            "    lines      heading  tokens  cost/session  %file",
            "       3-   4  # More   750     $0.0002       75.0%",
            "       1-   2  # Rules  250     $0.0001       25.0%",
            "",
            "Grand total (all overhead files, all time): $0.0003",
            "",
        ]
    )


def test_a_window_is_named_as_it_was_asked_for(project: Path) -> None:
    shell = shell_at(project)
    verbs.show_costs(shell, verbs.Files(since="1h"))

    assert "  no matching sessions in window.\n" in said(shell)
    assert "Grand total (all overhead files, 1h): $0.00" in said(shell)


def test_json_keeps_the_order_of_its_keys(project: Path) -> None:
    shell = shell_at(project)
    verbs.show_costs_as_json(shell, verbs.Files())
    found = json.loads(said(shell))

    assert list(found) == ["project", "files", "perFile", "grandTotal", "unpricedTurns", "unpricedModels"]
    assert list(found["files"][0]["sections"][0]) == ["heading", "level", "startLine", "endLine", "bytes", "tokens"]
    assert found["grandTotal"] == pytest.approx(RIDE, abs=1e-12)
    assert found["unpricedTurns"] == 0


def test_turns_without_a_price_are_named_and_never_pass_for_free(tmp_path: Path) -> None:
    (tmp_path / "CLAUDE.md").write_text("# Rules\n")
    leave_turn(tmp_path, tmp_path, "nobody-sells-this")
    shell = shell_at(tmp_path, HOME=str(tmp_path))
    verbs.show_costs(shell, verbs.Files())

    assert "1 turn had no pricing for model: nobody-sells-this" in told(shell)


def test_the_reference_says_nothing_of_turns_without_a_price(project: Path) -> None:
    shell = shell_at(project, TS_1_10)
    run_leniently(shell, ["overhead", "--json"])

    assert list(json.loads(said(shell))) == ["project", "files", "perFile", "grandTotal"]


def test_trims_are_diffs_of_the_dearest_sections(project: Path) -> None:
    shell = shell_at(project)

    assert verbs.show_trims(shell, verbs.Files(), 1) == 0
    assert said(shell) == "\n".join(
        [
            "# burn overhead trim — projected savings if trimmed",
            "# (recommendations only; burn never modifies your overhead files)",
            "",
            "# === CLAUDE.md (applies to: claude-code) ===",
            "",
            "# TRIM: # More",
            "# projected savings per session: $0.0002",
            "# projected savings across window: $0.0002",
            "--- a/CLAUDE.md",
            "+++ b/CLAUDE.md",
            "@@ -3,2 +3,0 @@",
            "-# More",
            f"-{'b' * 2992}",
            "",
        ]
    )


def test_a_project_without_files_is_named(tmp_path: Path) -> None:
    for words in (["overhead"], ["overhead", "--json"], ["overhead", "trim", "--json"]):
        answer = burn(tmp_path, *words)
        assert (answer.returncode, answer.stdout) == (1, "")
        says = f"burn: no overhead files found at {tmp_path} (looked for CLAUDE.md, .claude/CLAUDE.md, AGENTS.md)"
        assert answer.stderr.splitlines()[-1] == says


def test_a_wrong_time_is_only_told_where_there_are_files(project: Path) -> None:
    shell, elsewhere = shell_at(project, TS_1_10), shell_at(project, TS_1_10)

    assert run_leniently(shell, ["overhead", "--since", "soon"]) == 1
    assert told(shell) == "burn: invalid since: soon (expected ISO timestamp or relative range like 7d)\n"
    assert run_leniently(elsewhere, ["overhead", "--since", "soon", "--kind", "agents-md"]) == 1
    assert told(elsewhere) == f"no agents-md overhead files found at {project}\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["overhead", "bogus"], "'bogus' is not 'trim'"),
        (["overhead", "--kind", "readme"], "'--kind'"),
        (["overhead", "--top", "2"], "--top is only of use with trim"),
        (["overhead", "trim", "--top", "0"], "'--top'"),
    ],
)
def test_misuse_is_told_and_exits_2(tmp_path: Path, words: list[str], says: str) -> None:
    answer = burn(tmp_path, *words)

    assert (answer.returncode, answer.stdout) == (2, "")
    assert says in answer.stderr
