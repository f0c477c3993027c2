"""Processes that read one file: the one that looked at it earlier does not append later."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from relayburn.errors import InvalidInput
from relayburn.ingest.appended_sources import CountedSources, sources_of
from relayburn.ingest.hook import ingest_claude_hook
from relayburn.ledger.cursors import save_changed_cursors
from relayburn.semantics import CURRENT, TS_1_10
from tests.ingest.users import SESSION, User, answer, append, prompt
from tests.ledger.processes import ROOT


def late_ingester(someone: User) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.ingest.late_ingester", str(someone.user_home), str(someone.home.path)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def hook(someone: User, transcript: Path) -> None:
    payload = json.dumps({"session_id": SESSION, "transcript_path": str(transcript), "hook_event_name": "Stop"})
    ingest_claude_hook(someone.home, payload, log=someone.said.append)


def test_a_slow_pass_does_not_put_back_an_older_version_of_a_turn(tmp_path: Path) -> None:
    someone = User(tmp_path)
    path = someone.claude(prompt("hi"), answer("m1", 5))
    with late_ingester(someone) as slow:
        assert slow.stdout is not None
        assert slow.stdin is not None
        assert slow.stdout.readline() == "has read\n"
        append(path, answer("m1", 50, second=2), answer("m2", 7, second=3))
        someone.ingest()
        assert someone.outputs() == {"m1": 50, "m2": 7}
        said, _ = slow.communicate("go on\n")

    someone.forget_process()
    assert slow.returncode == 0
    assert said == "0\n"
    assert someone.outputs() == {"m1": 50, "m2": 7}
    assert someone.ingest().appended_turns == 0


def test_a_slow_pass_does_not_put_back_what_a_hook_has_brought(tmp_path: Path) -> None:
    someone = User(tmp_path)
    path = someone.claude(prompt("hi"), answer("m1", 5))
    with late_ingester(someone) as slow:
        assert slow.stdout is not None
        slow.stdout.readline()
        append(path, answer("m1", 50, second=2))
        hook(someone, path)
        slow.communicate("go on\n")

    someone.forget_process()
    assert someone.outputs() == {"m1": 50}
    someone.ingest()
    assert someone.outputs() == {"m1": 50}


def test_news_of_other_files_do_not_matter(tmp_path: Path) -> None:
    someone = User(tmp_path)
    someone.claude(prompt("hi"), answer("m1", 5))
    with late_ingester(someone) as slow:
        assert slow.stdout is not None
        slow.stdout.readline()
        someone.claude(prompt("hi", sessionId="other"), answer("m2", 7, sessionId="other"), session="other")
        other = CountedSources(someone.home, CURRENT)
        assert other.append("another file", other.look("another file"), lambda: [1])
        said, _ = slow.communicate("go on\n")

    assert said == "1\n"


def test_one_sees_what_others_append_and_not_what_it_appends_itself(tmp_path: Path) -> None:
    home = User(tmp_path).home
    one, other = CountedSources(home, CURRENT), CountedSources(home, CURRENT)
    looked, looked_too = one.look("a"), other.look("a")

    assert one.append("a", looked, lambda: [0, 2])
    assert one.append("a", looked, lambda: [1])
    assert not other.append("a", looked_too, lambda: [1])
    assert other.append("a", other.look("a"), lambda: [0])
    assert one.append("a", looked, lambda: [0])


def test_what_was_appended_before_a_failure_counts(tmp_path: Path) -> None:
    home = User(tmp_path).home
    one, other = CountedSources(home, CURRENT), CountedSources(home, CURRENT)
    looked = other.look("a")

    def fail() -> list[int]:
        raise InvalidInput("no")

    with pytest.raises(InvalidInput):
        one.append("a", one.look("a"), fail)

    assert not other.append("a", looked, lambda: [1])


def test_the_reference_lets_everybody_append(tmp_path: Path) -> None:
    home = User(tmp_path).home
    sources = sources_of(home, TS_1_10)

    assert sources.append("a", sources.look("a"), lambda: [1])
    assert not home.sources.exists()


def test_a_cursor_is_not_set_back(tmp_path: Path) -> None:
    someone = User(tmp_path)
    early, late, elsewhere = (
        {"kind": "claude", "inode": inode, "offsetBytes": offset, "mtimeMs": offset}
        for inode, offset in ((1, 10), (1, 20), (2, 5))
    )
    save_changed_cursors(someone.home, {}, {"/a.jsonl": late})

    save_changed_cursors(someone.home, {}, {"/a.jsonl": early})
    assert someone.cursors() == {"a.jsonl": late}
    save_changed_cursors(someone.home, {}, {"/a.jsonl": elsewhere})
    assert someone.cursors() == {"a.jsonl": elsewhere}


def test_many_ingests_hooks_and_a_growing_log_end_with_the_last_version_of_each_turn(tmp_path: Path) -> None:
    someone = User(tmp_path)
    path = someone.claude(prompt("hi"), answer("m0", 1))
    command = [sys.executable, "-m", "tests.ingest.again_and_again", str(someone.user_home), str(someone.home.path)]
    running = [
        subprocess.Popen([*command, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
    for number in range(120):
        append(path, answer(f"m{number // 6}", number, second=number % 60))
        time.sleep(0.01)
    for process in running:
        process.communicate("stop\n")

    assert [process.returncode for process in running] == [0] * 4
    someone.forget_process()
    assert someone.outputs() == {f"m{number}": 6 * number + 5 for number in range(20)}
