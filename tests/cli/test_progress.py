"""When progress is told, and in which lines."""

from __future__ import annotations

import pytest

from relayburn.cli.progress import Progress, is_told


@pytest.mark.parametrize(
    ("environ", "on_terminal", "told"),
    [
        ({}, False, False),
        ({}, True, True),
        ({"CI": "true"}, True, False),
        ({"CI": "1"}, True, True),
        ({"RELAYBURN_PROGRESS": " YES "}, False, True),
        ({"RELAYBURN_PROGRESS": "on", "CI": "true"}, False, True),
        ({"RELAYBURN_PROGRESS": "0"}, True, False),
        ({"RELAYBURN_PROGRESS": "maybe"}, False, False),
        ({"RELAYBURN_PROGRESS": "maybe"}, True, True),
    ],
)
def test_the_environment_says_whether_progress_is_told(environ: dict[str, str], on_terminal: bool, told: bool) -> None:
    assert is_told(environ, on_terminal) is told


def test_a_task_is_told_when_it_starts_and_when_it_is_done() -> None:
    lines: list[str] = []
    progress = Progress(lines.append)

    with progress.task("reading ledger turns") as done:
        progress.warn("claude: 1 session")
        done("read 3 turns")

    assert lines == ["[burn] reading ledger turns", "⚠ claude: 1 session", "[burn] read 3 turns"]


def test_a_task_that_fails_is_told_of_and_the_failure_goes_on() -> None:
    lines: list[str] = []

    with pytest.raises(OSError, match="gone"), Progress(lines.append).task("loading pricing snapshot"):
        raise OSError("gone")

    assert lines == ["[burn] loading pricing snapshot", "[burn] loading pricing snapshot failed"]
