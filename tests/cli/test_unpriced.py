"""What `burn daily` and `burn budget` say of turns without a price."""

from __future__ import annotations

from pathlib import Path

import pytest

from relayburn.cli.budget import Budget, check_budget
from relayburn.cli.periods import Periods, show_table
from relayburn.cli.unpriced import unpriced_note
from tests.cli.burning import leave_session
from tests.cli.shells import said, shell_in, told

NOW_MS = 1_773_306_001_000
NOTE = "1 turn had no price and counts as $0.00; see `burn doctor`"


@pytest.fixture
def user_home(tmp_path: Path) -> Path:
    log = leave_session(tmp_path)
    log.write_text(log.read_text().replace("claude-haiku-4-5", "nobody-knows"))
    return tmp_path


def test_periods_say_below_the_total_how_many_turns_have_no_price(user_home: Path) -> None:
    shell = shell_in(user_home, NOW_MS)
    show_table(shell, Periods("day", tz="UTC"))

    assert f"\n{NOTE}.\n" in said(shell)


def test_a_budget_says_beside_its_answer_how_many_turns_have_no_price(user_home: Path) -> None:
    shell = shell_in(user_home, NOW_MS)

    assert check_budget(shell, Budget(limit=1), as_json=True) == 0
    assert f"burn: {NOTE}\n" in told(shell)
    assert "no price" not in said(shell)


def test_many_turns_are_grouped_by_thousands() -> None:
    assert unpriced_note(2000) == "2,000 turns had no price and count as $0.00; see `burn doctor`"
