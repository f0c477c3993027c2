"""`burn doctor`: what it finds, what it advises, and that it touches nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from relayburn.cli.doctor import show_json, show_text
from relayburn.ingest.sweep import ingest_all
from relayburn.ledger.home import Home
from relayburn.semantics import CURRENT, TS_1_10
from tests.cli.burning import burn, leave_session
from tests.cli.shells import said, shell_in

_NOW = 1_773_300_000_000.0


@pytest.fixture
def user_home(tmp_path: Path) -> Path:
    """A user's home with one session of Claude Code, ingested."""
    leave_session(tmp_path)
    _ingest(tmp_path)
    return tmp_path


def _ingest(user_home: Path, semantics: Any = CURRENT) -> None:
    ingest_all(Home(user_home / ".relayburn", user_home, {}), log=print, semantics=semantics)


def _diagnosis(user_home: Path, **variables: str) -> tuple[int, Any]:
    shell = shell_in(user_home, _NOW, **variables)
    code = show_json(shell)
    return code, json.loads(said(shell))


def _findings(user_home: Path, **variables: str) -> list[str]:
    return [
        f"{one['topic']}: {one['what']} -> {one['advice']}" for one in _diagnosis(user_home, **variables)[1]["findings"]
    ]


def _add_lines(log: Path, *lines: object) -> None:
    with log.open("a") as file:
        file.writelines(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)


def test_where_all_is_well_the_exit_code_is_0(user_home: Path) -> None:
    code, found = _diagnosis(user_home)

    assert (code, found["ok"], found["findings"]) == (0, True, [])
    claude = found["harnesses"][0]
    assert [root["files"] for root in claude["roots"]] == [1, 0]
    assert claude["notIngested"] == 0
    assert found["home"] | {"path": ""} == {
        "path": "",
        "exists": True,
        "mode": "0700",
        "storage": "file",
        "contentStore": "full",
        "retentionDays": 90,
        "archive": "not built",
        "turnsBySemantics": {"current": 1},
        "openPaths": [],
    }


def test_people_are_told_in_words(user_home: Path) -> None:
    shell = shell_in(user_home, _NOW)

    assert show_text(shell) == 0
    lines = said(shell).splitlines()
    assert lines[0] == "session logs:"
    assert f"home: {user_home}/.relayburn (0700)" in lines
    assert "content of sessions: full, kept for 90 days" in lines
    assert lines[-1] == "all is well."


def test_nothing_is_written(tmp_path: Path) -> None:
    leave_session(tmp_path)
    before = sorted(tmp_path.rglob("*"))

    burn(tmp_path, "doctor")

    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_home_has_no_logs_and_is_told_where_they_were_looked_for(tmp_path: Path) -> None:
    told = burn(tmp_path, "doctor")

    assert (told.returncode, told.stderr) == (1, "")
    for folder in (".claude/projects", ".codex/sessions", ".local/share/opencode/storage/session"):
        assert str(tmp_path / folder) in told.stdout
    assert "no session logs" in told.stdout
    assert "CLAUDE_CONFIG_DIR" in told.stdout


def test_lines_of_a_type_never_seen_before_are_named(user_home: Path) -> None:
    log = next(user_home.glob(".claude/projects/*/*.jsonl"))
    _add_lines(log, {"type": "invoice", "version": "9.1.0"}, {"type": "invoice"}, {"type": "summary"}, {"type": 7}, [1])

    (finding,) = _findings(user_home)

    assert finding.startswith(f"claude: 2 lines of a type never seen before, 'invoice', as in {log} -> ")
    assert _diagnosis(user_home)[1]["harnesses"][0]["versions"] == {"9.1.0": 1}


def test_new_kinds_of_codex_events_and_opencode_parts_are_named(user_home: Path) -> None:
    rollout = user_home / ".codex/sessions/2026/03/12/rollout-x.jsonl"
    rollout.parent.mkdir(parents=True)
    _add_lines(
        rollout,
        {"type": "session_meta", "payload": {"id": "x", "cli_version": "0.99.0"}},
        {"type": "event_msg", "payload": {"type": "token_count"}},
        {"type": "event_msg", "payload": {"type": "teleported"}},
        {"type": "response_item", "payload": []},
    )
    storage = user_home / ".local/share/opencode/storage"
    files = {
        "session/p/ses_1.json": {"id": "ses_1", "version": "1.2.3"},
        "message/ses_1/msg_1.json": {"id": "msg_1", "role": "assistant"},
        "part/msg_1/prt_1.json": {"type": "text"},
        "part/msg_1/prt_2.json": {"type": "hologram"},
    }
    for name, value in files.items():
        (storage / name).parent.mkdir(parents=True, exist_ok=True)
        (storage / name).write_text(json.dumps(value))

    _, found = _diagnosis(user_home)

    codex, opencode = found["harnesses"][1:]
    assert codex["versions"] == {"0.99.0": 1}
    assert [one["type"] for one in codex["unknownTypes"]] == ["event_msg/teleported", "response_item"]
    assert opencode["versions"] == {"1.2.3": 1}
    assert [one["type"] for one in opencode["unknownTypes"]] == ["part/hologram"]
    assert (codex["notIngested"], opencode["notIngested"]) == (1, 1)


def test_damaged_lines_are_counted_but_not_one_that_is_being_written(user_home: Path) -> None:
    log = next(user_home.glob(".claude/projects/*/*.jsonl"))
    _add_lines(log, "{oops", '{"type": "user", "text": "\\ud800"}')
    with log.open("a") as file:
        file.write('{"type": "assis')

    assert [line.partition(" -> ")[0] for line in _findings(user_home)] == [
        f"claude: {log}: 1 of its lines are no JSON; the rest is read"
    ]


def test_what_is_passed_over_is_named_with_the_reason(user_home: Path) -> None:
    projects = user_home / ".claude/projects"
    (projects / "elsewhere").symlink_to(user_home)
    (projects / "-somewhere/link.jsonl").symlink_to(projects / "nothing.jsonl")

    (finding,) = _findings(user_home)

    assert f"{projects}/elsewhere" in finding
    assert f"{projects}/-somewhere/link.jsonl: a symbolic link, which is not followed -> " in finding


def test_a_model_without_a_price_is_named_with_its_turns(tmp_path: Path) -> None:
    log = leave_session(tmp_path)
    log.write_text(log.read_text().replace("claude-haiku-4-5", "claude-nobody-knows"))
    _ingest(tmp_path)

    code, found = _diagnosis(tmp_path)

    assert code == 1
    assert found["unpriced"] == [{"model": "claude-nobody-knows", "turns": 1}]
    assert "models.dev.json" in found["findings"][0]["advice"]


def test_a_turn_that_lost_its_usage_stands_for_its_model(user_home: Path) -> None:
    _ingest(user_home)
    ledger = user_home / ".relayburn/ledger.jsonl"
    ledger.write_text(ledger.read_text().replace('"usage":', '"used":').replace("claude-haiku-4-5", "nobody"))
    code, found = _diagnosis(user_home)

    assert (code, found["unpriced"]) == (1, [{"model": "nobody", "turns": 1}])


def test_turns_read_by_different_rules_are_told(user_home: Path) -> None:
    leave_session(user_home, "c0ffee00-0000-4000-8000-000000000002")
    _ingest(user_home, TS_1_10)

    (finding,) = _findings(user_home)

    assert finding == (
        "ledger: its turns were read by different rules: 1 of current, 1 of ts-1.10 -> burn state reingest"
    )


def test_a_home_that_others_may_read_is_told_with_the_command_that_closes_it(user_home: Path) -> None:
    home = user_home / ".relayburn"
    home.chmod(0o755)
    (home / "ledger.jsonl").chmod(0o644)
    (home / "config.json").write_text("{}")

    (finding,) = _findings(user_home)

    assert finding == f"home: 2 of its files and folders can be used by others, as {home} (0755) -> chmod -R go= {home}"


def test_settings_and_prices_that_cannot_be_used_are_told(user_home: Path) -> None:
    (user_home / ".relayburn/config.json").write_text("{")
    (user_home / ".relayburn/models.dev.json").write_text("{")

    topics = [finding.partition(":")[0] for finding in _findings(user_home)]

    assert topics == ["settings", "prices"]


def test_stores_that_nobody_reads_are_named(user_home: Path) -> None:
    for name in (".agentworkforce/burn/burn.sqlite", ".local/share/opencode/opencode.db"):
        (user_home / name).parent.mkdir(parents=True)
        (user_home / name).write_bytes(b"")

    code, found = _diagnosis(user_home)

    assert code == 1
    assert [Path(one["path"]).name for one in found["unreadSources"]] == ["opencode.db", "burn"]
    assert len(found["findings"]) == 2


@pytest.mark.parametrize("built", [["state", "rebuild", "archive"]])
def test_the_archive_is_up_to_date_or_behind(user_home: Path, built: list[str]) -> None:
    burn(user_home, *built)
    states = [_diagnosis(user_home)[1]["home"]["archive"]]
    leave_session(user_home, "c0ffee00-0000-4000-8000-000000000002")
    _ingest(user_home)
    states.append(_diagnosis(user_home)[1]["home"]["archive"])

    assert states == ["up to date", "behind"]


def test_a_diagnosis_can_be_asked_for_of_any_home(tmp_path: Path, user_home: Path) -> None:
    _, found = _diagnosis(user_home, RELAYBURN_HOME=str(tmp_path / "elsewhere"), RELAYBURN_CONTENT_STORE="off")

    assert found["home"]["path"] == str(tmp_path / "elsewhere")
    assert (found["home"]["exists"], found["home"]["contentStore"]) == (False, "off")
