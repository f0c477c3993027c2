"""`burn daily`, `weekly`, `monthly`, `blocks`, `budget` and `statusline`."""

from __future__ import annotations

import csv
import json
import time
from pathlib import Path

import pytest

from relayburn.cli.blocks import show_blocks
from relayburn.cli.shell import Shell
from relayburn.cli.statusline import show_line
from relayburn.cli.statusline_count import count
from tests.cli.burning import SESSION, burn, eventually, leave_session
from tests.cli.shells import said, shell_in

# `leave_session` writes one turn of Haiku 4.5 (1 and 5 dollars a million) with 10 tokens in and 3 out.
COST = 25e-6
TURN_MS = 1_773_306_001_000
HOUR_MS = 3_600_000


@pytest.fixture
def user_home(tmp_path: Path) -> Path:
    leave_session(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("command", "unit", "name"),
    [("daily", "day", "2026-03-12"), ("weekly", "week", "2026-03-09"), ("monthly", "month", "2026-03")],
)
def test_each_period_is_a_row(user_home: Path, command: str, unit: str, name: str) -> None:
    told = burn(user_home, command)
    width = max(len(unit), len(name))

    assert told.returncode == 0
    assert told.stdout.splitlines() == [
        "",
        f"{unit:{width}}  turns  input  output  reasoning  cacheRead  cacheCreate  cost",
        f"{name:{width}}  1      10     3       0          0          0            $0.0000",
        "",
        "total cost: $0.0000",
        "Amounts are what the tokens cost at list price, not what was billed.",
    ]


def test_csv_has_a_header_and_unrounded_amounts(user_home: Path) -> None:
    [row] = csv.DictReader(burn(user_home, "daily", "--csv").stdout.splitlines())

    assert (row["day"], row["turns"], row["total_tokens"], row["unpriced_turns"]) == ("2026-03-12", "1", "13", "0")
    assert float(row["cost_usd"]) == pytest.approx(COST)


def test_csv_by_model_names_the_models(user_home: Path) -> None:
    [row] = csv.DictReader(burn(user_home, "monthly", "--csv", "--by-model").stdout.splitlines())

    assert (row["month"], row["model"]) == ("2026-03", "claude-haiku-4-5")


def test_json_holds_each_period_with_its_models(user_home: Path) -> None:
    [day] = json.loads(burn(user_home, "daily", "--json", "--tz", "Asia/Kathmandu").stdout)

    assert (day["name"], day["start"]) == ("2026-03-12", "2026-03-11T18:15:00.000Z")
    assert day["spent"]["cost"] == pytest.approx(COST)
    assert day["models"][0]["spent"] == day["spent"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["daily", "--json", "--csv"], "--json and --csv cannot be combined"),
        (["daily", "--tz", "Mars/Base"], "unknown time zone 'Mars/Base'"),
        (["blocks", "--tz", "Mars/Base"], "unknown time zone 'Mars/Base'"),
        (["budget"], "--limit"),
        (["budget", "--limit", "nan"], "--limit"),
        (["budget", "--limit", "1e400"], "--limit"),
        (["budget", "--limit", "-1"], "--limit"),
    ],
)
def test_misuse_is_told_and_exits_2(tmp_path: Path, words: list[str], says: str) -> None:
    told = burn(tmp_path, *words)

    assert (told.returncode, told.stdout) == (2, "")
    assert says in told.stderr
    assert not (tmp_path / ".relayburn").exists()


@pytest.mark.parametrize("command", ["daily", "blocks", "statusline --wait"])
def test_a_system_zone_a_day_away_is_told(user_home: Path, command: str) -> None:
    told = burn(user_home, *command.split(), TZ="UTC+25:61")

    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.splitlines()[-1].startswith("burn: the system's time zone (TZ) cannot be used: ")
    assert burn(user_home, *command.split(), "--tz", "UTC", TZ="UTC+25:61").returncode == 0


def test_a_time_that_is_none_is_told(user_home: Path) -> None:
    told = burn(user_home, "daily", "--since", "yesterday")

    assert told.returncode != 0
    assert "yesterday" in told.stderr


def test_a_budget_that_is_kept_exits_0_and_one_that_is_not_3(user_home: Path) -> None:
    kept = burn(user_home, "budget", "--limit", "0.01")
    broken = burn(user_home, "budget", "--limit", "0.00001")

    assert (kept.returncode, broken.returncode) == (0, 3)
    assert kept.stdout.startswith("spent $0.0000 of $0.010 (0.3 %) in all: $0.0100 left")
    assert "above it" in broken.stdout


def test_a_budget_is_kept_at_its_limit(user_home: Path) -> None:
    exact = json.loads(burn(user_home, "budget", "--limit", "1", "--json").stdout)["spent"]

    assert burn(user_home, "budget", "--limit", repr(exact)).returncode == 0


def test_a_budget_counts_from_its_beginning(user_home: Path) -> None:
    later = burn(user_home, "budget", "--limit", "0", "--since", "2026-03-13", "--json")

    assert later.returncode == 0
    assert json.loads(later.stdout) == {
        "limit": 0,
        "spent": 0,
        "remaining": 0,
        "exceeded": False,
        "since": "2026-03-13T00:00:00.000Z",
        "unpricedTurns": 0,
    }


def test_the_open_window_is_told_with_its_rate(user_home: Path) -> None:
    shell = shell_in(user_home, TURN_MS + 2 * HOUR_MS)
    show_blocks(shell, since=None, project=None, tz="UTC", active=False, as_json=False)

    assert "2026-03-12 09:00–14:00 (open)" in said(shell)
    assert "open until 14:00, 2 h 59 min left" in said(shell)
    assert "an hour" in said(shell)


def test_only_the_open_window_is_active(user_home: Path) -> None:
    shell = shell_in(user_home, TURN_MS + 6 * HOUR_MS)
    show_blocks(shell, since=None, project=None, tz="UTC", active=True, as_json=False)

    assert said(shell) == "no window is open.\n"


def show(shell: Shell, tz: str | None = "UTC") -> None:
    """What `burn statusline` does when it is not told to wait."""
    home = str(shell.home.path)
    show_line(home, shell.environ, shell.stdin, shell.stdout, semantics="current", tz=tz, now=shell.clock())


def test_the_status_line_is_of_the_last_count(user_home: Path) -> None:
    payload = json.dumps({"session_id": SESSION, "model": {"display_name": "Haiku"}})
    counted = shell_in(user_home, TURN_MS + HOUR_MS, stdin=payload)
    count(counted, session=None, tz="UTC")
    shown = shell_in(user_home, TURN_MS + HOUR_MS, stdin=payload)
    show(shown)

    assert said(shown) == said(counted)
    assert said(shown).startswith("$0.0000 session · $0.0000 today · $0.0000 block ($0.0000/h, 3h 59m left)")


def test_the_first_status_line_has_another_process_count(user_home: Path) -> None:
    first = burn(user_home, "statusline", "--session", SESSION)
    figures = user_home / ".relayburn/statusline.json"
    deadline = time.monotonic() + 30
    while not figures.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    then = burn(user_home, "statusline", "--session", SESSION)

    assert first.stdout == "burn: counting…\n"
    assert then.stdout == "$0.0000 session · $0.00 today\n"


def test_a_window_that_has_ended_since_the_count_is_not_in_the_line(user_home: Path) -> None:
    count(shell_in(user_home, TURN_MS + HOUR_MS), session=None, tz="UTC")
    shown = shell_in(user_home, TURN_MS + 5 * HOUR_MS)
    show(shown)

    assert said(shown) == "$0.0000 today\n"


def test_days_of_another_zone_are_another_count(user_home: Path) -> None:
    count(shell_in(user_home, TURN_MS + HOUR_MS), session=None, tz="UTC")
    shown = shell_in(user_home, TURN_MS + HOUR_MS)
    show(shown, tz="Asia/Tokyo")

    assert said(shown) == "burn: counting…\n"


WHOLE = {"at": TURN_MS, "semantics": "current", "tz": "UTC", "today": "$1", "block": None, "sessions": {}}


@pytest.mark.parametrize(
    "kept",
    [
        *("", "[]", "7", "{}", '{"semantics": "current"}'),
        pytest.param("[" * 100_000, id="nested deeply"),
        *(json.dumps(WHOLE | {"at": at}) for at in (None, "7", float("inf"), True)),
        *(json.dumps(WHOLE | {"today": today}) for today in (None, 7, ["$1"])),
        *(json.dumps(WHOLE | {"sessions": sessions}) for sessions in (None, [], {"one": 7})),
        *(
            json.dumps(WHOLE | {"block": block})
            for block in (7, {}, {"text": "$1", "ends": "5"}, {"text": 1, "ends": 5})
        ),
    ],
)
def test_parts_that_cannot_be_read_are_counted_anew(user_home: Path, kept: str) -> None:
    (user_home / ".relayburn").mkdir()
    (user_home / ".relayburn/statusline.json").write_text(kept)
    shown = shell_in(user_home, TURN_MS)
    show(shown)

    assert said(shown) == "burn: counting…\n"


def test_a_count_of_the_future_is_counted_anew(user_home: Path) -> None:
    figures = user_home / ".relayburn/statusline.json"
    figures.parent.mkdir()
    figures.write_text(json.dumps(WHOLE | {"at": 9e12, "tz": None}))
    then = burn(user_home, "statusline")
    eventually(lambda: json.loads(figures.read_bytes())["at"] < 9e12)

    assert then.stdout == "$1\n"


def test_a_count_runs_no_module_of_the_current_folder(user_home: Path, tmp_path: Path) -> None:
    for name in ("json", "click", "relayburn"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'was-run')!r}, 'w')")
    burn(user_home, "statusline", cwd=tmp_path)
    eventually((user_home / ".relayburn/statusline.json").exists)

    assert not (tmp_path / "was-run").exists()


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_the_line_is_utf8_in_any_locale(user_home: Path, locale: str) -> None:
    burn(user_home, "statusline", "--wait", "--session", SESSION)
    shown = burn(user_home, "statusline", stdin=json.dumps({"session_id": SESSION}), LC_ALL=locale, PYTHONUTF8="0")

    assert shown.stdout == "$0.0000 session · $0.00 today\n"


@pytest.mark.parametrize(
    "payload",
    [
        *("", "no JSON", "[]", '{"session_id": 7}', "null"),
        *(json.dumps({"session_id": name}) for name in ("\ud800", "a\0b")),
        pytest.param("[" * 100_000, id="nested deeply"),
        pytest.param(json.dumps({"session_id": "x" * 300_000}), id="a long name"),
    ],
)
def test_a_harness_that_says_nothing_useful_gets_a_line_all_the_same(tmp_path: Path, payload: str) -> None:
    told = burn(tmp_path, "statusline", stdin=payload)

    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout
