"""`burn ingest --watch`: passes when something changes, an OpenCode server's stream, and an end in order."""

from __future__ import annotations

import json
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.cli.burning import SESSION, burn, burning, eventually, leave_session
from tests.reader.event_server import STREAM_HEAD, Connection, EventServer
from tests.reader.opencode_tree import START_MS, tokens

_RESIDENT_MB = 35

_WAYS = pytest.mark.parametrize(
    ("words", "semantics", "number"),
    [
        ([], "current", signal.SIGINT),
        (["--no-fsevents", "--interval", "50"], "current", signal.SIGTERM),
        (["--interval", "50"], "ts-1.10", signal.SIGINT),
    ],
    ids=["events", "polling", "reference"],
)


def _turns(user_home: Path) -> list[str]:
    ledger = user_home / ".relayburn/ledger.jsonl"
    lines = ledger.read_text().splitlines() if ledger.exists() else []
    return [line["record"]["messageId"] for line in map(json.loads, lines) if line["kind"] == "turn"]


def _outputs(user_home: Path) -> dict[str, int]:
    """The output tokens of each message, the last line of the ledger counting."""
    lines = map(json.loads, (user_home / ".relayburn/ledger.jsonl").read_text().splitlines())
    turns = [line["record"] for line in lines if line["kind"] == "turn"]
    return {turn["messageId"]: turn["usage"]["output"] for turn in turns}


def _cursors(user_home: Path) -> dict[str, Any]:
    file = user_home / ".relayburn/cursors.json"
    return json.loads(file.read_text())["files"] if file.exists() else {}


def _go_on(log: Path) -> None:
    """Let the session of `log` have a second turn."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    again = lines[1] | {"uuid": "a-2", "timestamp": "2026-03-12T09:00:02.000Z"}
    again["message"] = lines[1]["message"] | {"id": "m-2"}
    with log.open("a") as file:
        file.write(f"{json.dumps(again)}\n")


@_WAYS
def test_what_changes_is_ingested_until_a_signal_comes(
    tmp_path: Path, words: list[str], semantics: str, number: int
) -> None:
    log = leave_session(tmp_path)
    with burning(tmp_path, "ingest", "--watch", *words, RELAYBURN_SEMANTICS=semantics) as process:
        eventually(lambda: _turns(tmp_path) == ["m-1"])
        _go_on(log)
        eventually(lambda: _turns(tmp_path) == ["m-1", "m-2"])
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=30)

    assert (process.returncode, stdout) == (0, "")
    told = [line for line in stderr.splitlines() if " is new: " not in line]
    assert told[0].startswith("[burn] ingest: foreground ingest every ")
    assert told[1:] == ["[burn] ingest: ingested 1 session (+1 turn)"] * 2
    assert _cursors(tmp_path)[str(log)]["offsetBytes"] == log.stat().st_size


def test_a_quiet_watch_says_nothing(tmp_path: Path) -> None:
    leave_session(tmp_path)
    with burning(tmp_path, "ingest", "--watch", "--quiet") as process:
        eventually(lambda: _turns(tmp_path))
        process.send_signal(signal.SIGTERM)

        assert process.communicate(timeout=30) == ("", "")
    assert process.returncode == 0


def test_a_pass_that_is_made_when_the_signal_comes_keeps_what_it_has(tmp_path: Path) -> None:
    for session in range(1000):
        leave_session(tmp_path, f"s{session}")
    with burning(tmp_path, "ingest", "--watch") as process:
        eventually((tmp_path / ".relayburn/ledger.jsonl").exists)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)

    assert process.returncode == 0
    assert 0 < len(_turns(tmp_path)) == len(_cursors(tmp_path)) < 1000


def test_a_home_that_fails_is_told_and_the_watch_goes_on(tmp_path: Path) -> None:
    leave_session(tmp_path)
    home = tmp_path / ".relayburn"
    home.write_text("a file where the home should be")
    with burning(tmp_path, "ingest", "--watch", "--no-fsevents", "--interval", "50") as process:
        assert process.stderr is not None
        process.stderr.readline()
        assert process.stderr.readline().startswith("[burn] ingest: cannot ")
        home.unlink()
        _go_on(leave_session(tmp_path))
        eventually(lambda: len(_turns(tmp_path)) == 2)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)

    assert process.returncode == 0


def test_a_watch_ingests_and_hooks_at_once_agree_on_a_growing_session(tmp_path: Path) -> None:
    log = leave_session(tmp_path)
    answer = json.loads(log.read_text().splitlines()[1])
    payload = json.dumps({"session_id": SESSION, "transcript_path": str(log), "hook_event_name": "Stop"})

    def grow() -> None:
        for number in range(100):
            usage = answer["message"]["usage"] | {"output_tokens": number}
            line = answer | {
                "uuid": f"a-{number}",
                "message": answer["message"] | {"id": f"m-{number // 5}", "usage": usage},
            }
            with log.open("a") as file:
                file.write(f"{json.dumps(line)}\n")
            time.sleep(0.02)

    def ingest(number: int) -> str:
        words = ["ingest", "--hook", "claude"] if number % 3 == 0 else ["ingest"]
        told = burn(tmp_path, *words, stdin=payload)
        return told.stderr if told.returncode else ""

    with burning(tmp_path, "ingest", "--watch", "--interval", "20") as watch, ThreadPoolExecutor(9) as pool:
        growing = pool.submit(grow)
        failures = list(pool.map(ingest, range(12)))
        growing.result()
        eventually(lambda: _outputs(tmp_path) == {f"m-{turn}": 5 * turn + 4 for turn in range(20)})
        watch.send_signal(signal.SIGTERM)
        _, stderr = watch.communicate(timeout=30)

    assert (failures, watch.returncode) == ([""] * 12, 0)
    assert "skipping" not in stderr
    burn(tmp_path, "ingest")
    assert _outputs(tmp_path) == {f"m-{turn}": 5 * turn + 4 for turn in range(20)}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="resident size is asked of /proc")
def test_an_idle_watch_is_small(tmp_path: Path) -> None:
    leave_session(tmp_path)
    with burning(tmp_path, "ingest", "--watch") as process:
        eventually(lambda: _cursors(tmp_path))
        time.sleep(1)
        status = Path(f"/proc/{process.pid}/status").read_text()
        maps = Path(f"/proc/{process.pid}/maps").read_text()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)

    resident_mb = int(status.partition("VmRSS:")[2].split()[0]) / 1000
    print(f"resident: {resident_mb:.1f} MB")
    assert resident_mb < _RESIDENT_MB
    assert "duckdb" not in maps
    assert "quicktok" not in maps


def _events(session: str) -> list[bytes]:
    """A session of one turn, as an OpenCode server tells it."""
    head = {"sessionID": session, "time": {"created": START_MS + int(session[-1])}}
    asked = {"id": f"{session}-u", "role": "user", **head}
    answered = {"id": f"{session}-a", "role": "assistant", **head, "tokens": tokens(5, 7), "modelID": "m"}
    told = [
        ("session.created", {"info": {"id": session}}),
        ("message.updated", {"info": asked}),
        ("message.updated", {"info": answered}),
        ("session.idle", {"sessionID": session}),
    ]
    return [
        f"id: {session}-{number}\ndata: {json.dumps({'type': kind, 'properties': properties})}\n\n".encode()
        for number, (kind, properties) in enumerate(told)
    ]


@pytest.mark.parametrize("semantics", ["current", "ts-1.10"])
def test_a_server_tells_of_its_sessions(tmp_path: Path, semantics: str) -> None:
    def tell_one(connection: Connection) -> None:
        connection.send(STREAM_HEAD)
        connection.send(b"".join(_events("ses_1")))

    def tell_another(connection: Connection) -> None:
        connection.send(STREAM_HEAD)
        for event in _events("ses_2"):
            connection.send(event)
        connection.until_closed(30)

    words = ["ingest", "--watch", "--opencode-stream", "--opencode-global"]
    with EventServer([tell_one, tell_another]) as server:
        for told_by in (["ses_1-a"], ["ses_1-a", "ses_2-a"]):
            with burning(tmp_path, *words, OPENCODE_SERVER_URL=server.url, RELAYBURN_SEMANTICS=semantics) as process:
                eventually(lambda told_by=told_by: _turns(tmp_path) == told_by)
                time.sleep(0.2)
                process.send_signal(signal.SIGTERM)
                _, stderr = process.communicate(timeout=30)
                assert process.returncode == 0, stderr
                lines = [line for line in stderr.splitlines() if " is new: " not in line]
                assert lines[1] == f"[burn] ingest: OpenCode event stream {server.url}/global/event"
                assert lines[2] == "[burn] ingest: ingested 1 session (+1 turn)"
                ended = "[burn] ingest: OpenCode event stream unavailable (connection closed); polling continues"
                assert lines[3:] == ([ended] if told_by == ["ses_1-a"] else [])

        assert [request.headers.get("last-event-id") for request in server.requests] == [None, "ses_1-3"]
    cursor = _cursors(tmp_path)[f"opencode-stream:{server.url}:global"]
    assert (cursor["kind"], cursor["lastEventId"]) == ("opencode-stream", "ses_2-3")
    assert cursor["emittedMessageIds"] == ["ses_1-a", "ses_2-a"]


def test_an_event_wakes_a_pass(tmp_path: Path) -> None:
    go_on = threading.Event()

    def hint(connection: Connection) -> None:
        connection.send(STREAM_HEAD)
        go_on.wait(30)
        connection.send(b'data: {"type":"session.updated","properties":{}}\n\n')
        connection.until_closed(30)

    with EventServer([hint]) as server:
        words = ["ingest", "--watch", "--interval", "600000", "--opencode-stream", "--opencode-url", server.url]
        log = leave_session(tmp_path)
        with burning(tmp_path, *words, RELAYBURN_SEMANTICS="ts-1.10") as process:
            assert process.stderr is not None
            while "ingested 1 session" not in process.stderr.readline():
                pass
            time.sleep(0.2)
            _go_on(log)
            go_on.set()
            eventually(lambda: "m-2" in _turns(tmp_path))
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)

    assert process.returncode == 0


def test_a_server_that_refuses_is_told_of(tmp_path: Path) -> None:
    leave_session(tmp_path)
    with EventServer([lambda connection: connection.send(b"HTTP/1.1 401 Unauthorized\r\n\r\n")]) as server:
        words = ["ingest", "--watch", "--opencode-stream", "--opencode-url", server.url]
        with burning(tmp_path, *words, OPENCODE_SERVER_PASSWORD="secret") as process:
            eventually(lambda: _turns(tmp_path))
            process.send_signal(signal.SIGTERM)
            _, stderr = process.communicate(timeout=30)

        assert server.requests[0].headers["authorization"] == "Basic b3BlbmNvZGU6c2VjcmV0"
    reason = f"OpenCode event stream {server.url}/event returned HTTP 401 Unauthorized"
    assert f"[burn] ingest: OpenCode event stream unavailable ({reason}); polling continues" in stderr.splitlines()


@pytest.mark.parametrize("semantics", ["current", "ts-1.10"])
def test_an_address_that_is_none_is_an_error(tmp_path: Path, semantics: str) -> None:
    words = ["ingest", "--watch", "--opencode-stream", "--opencode-url", "127.0.0.1:9"]

    told = burn(tmp_path, *words, RELAYBURN_SEMANTICS=semantics)

    assert (told.returncode, told.stderr.splitlines()[-1]) == (1, "burn: Invalid URL")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--watch", "--hook", "claude"], "--watch and --hook exclude each other"),
        (["--interval", "5"], "--interval goes with --watch alone"),
        (["--no-fsevents"], "--no-fsevents goes with --watch alone"),
        (["--watch", "--interval", "0"], "--interval"),
        (["--watch", "--opencode-global"], "--opencode-global goes with --opencode-stream alone"),
        (["--watch", "--daemon"], "--daemon"),
    ],
)
def test_words_that_make_no_sense_are_refused(tmp_path: Path, words: list[str], said: str) -> None:
    told = burn(tmp_path, "ingest", *words)

    assert (told.returncode, told.stdout) == (2, "")
    assert said in told.stderr


@pytest.mark.parametrize("interval", ["--interval=1e3x", "--interval=-5", "--interval=", "--interval=Infinity"])
def test_an_interval_is_a_positive_integer(tmp_path: Path, interval: str) -> None:
    told = burn(tmp_path, "ingest", "--watch", interval, RELAYBURN_SEMANTICS="ts-1.10")

    assert told.returncode == 2
    assert told.stderr == "burn: ingest --interval must be a positive integer in milliseconds\n"
