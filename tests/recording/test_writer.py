"""Appending loses nothing: not what was there, not what other processes write, not what was written before a kill."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import pytest
import zstandard

from relayburn.errors import InvalidExchange, RecordingError
from relayburn.recording import RecordedExchange, RecordingWriter, ReplayReader, TornLine
from tests.recording import appender
from tests.recording.appender import numbered

FORMS = ["recording.jsonl", "recording.jsonl.zst"]


@pytest.fixture(params=FORMS)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / "new" / "folder" / request.param


def write(path: Path, *exchanges: RecordedExchange) -> None:
    with RecordingWriter(path) as recording:
        for exchange in exchanges:
            recording.write(exchange)


def start_appender(path: Path, writer: int, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, appender.__file__, str(path), str(writer), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_what_is_written_is_read_in_order(path):
    exchanges = [numbered(0, number) for number in range(10)]

    with RecordingWriter(path) as recording:
        assert recording.count == 0
        for exchange in exchanges:
            recording.write(exchange)
        assert recording.count == 10

    assert list(ReplayReader(path)) == exchanges


def test_a_line_can_be_read_as_soon_as_it_is_written(path):
    with RecordingWriter(path) as recording:
        for number in range(3):
            recording.write(numbered(0, number))
            assert len(list(ReplayReader(path))) == number + 1


def test_reopening_appends(path):
    write(path, numbered(0, 0))
    before = path.read_bytes()
    write(path, numbered(0, 1), numbered(0, 2))

    assert path.read_bytes().startswith(before)
    assert list(ReplayReader(path)) == [numbered(0, 0), numbered(0, 1), numbered(0, 2)]


def test_opening_alone_changes_nothing(path):
    write(path, numbered(0, 0))
    before = path.read_bytes()
    with RecordingWriter(path) as recording:
        recording.flush()

    assert path.read_bytes() == before


def test_a_plain_line_is_json_and_a_line_feed(tmp_path):
    path = tmp_path / "x.jsonl"
    write(path, numbered(0, 0), numbered(0, 1))

    assert path.read_bytes() == numbered(0, 0).to_line() + b"\n" + numbered(0, 1).to_line() + b"\n"


def test_each_compressed_line_is_a_frame_of_its_own(tmp_path):
    path = tmp_path / "x.jsonl.zst"
    write(path, numbered(0, 0))
    first = path.read_bytes()
    write(path, numbered(0, 1))
    second = path.read_bytes()[len(first) :]

    assert zstandard.decompress(first) == numbered(0, 0).to_line() + b"\n"
    assert zstandard.decompress(second) == numbered(0, 1).to_line() + b"\n"


def test_an_exchange_without_a_line_leaves_the_file_as_it_was(path):
    with RecordingWriter(path) as recording:
        recording.write(numbered(0, 0))
        with pytest.raises(InvalidExchange):
            recording.write(RecordedExchange(1, None, "", {}))
        recording.write(numbered(0, 1))

        assert recording.count == 2
    assert list(ReplayReader(path)) == [numbered(0, 0), numbered(0, 1)]


def test_a_torn_plain_line_stays_the_only_bad_one(tmp_path):
    path = tmp_path / "x.jsonl"
    write(path, numbered(0, 0))
    torn = numbered(0, 1).to_line()[:30]
    path.write_bytes(path.read_bytes() + torn)

    write(path, numbered(0, 2), numbered(0, 3))

    first, bad, *others = path.read_bytes().split(b"\n")[:-1]
    assert bad == torn
    assert [RecordedExchange.from_line(line) for line in (first, *others)] == [numbered(0, n) for n in (0, 2, 3)]
    with pytest.raises(RecordingError, match="line 2"):
        list(ReplayReader(path))


@pytest.mark.parametrize("name", FORMS)
def test_a_last_line_that_lacks_only_its_line_feed_becomes_whole(tmp_path, name):
    path = tmp_path / name
    text = numbered(0, 0).to_line() + b"\n" + numbered(0, 1).to_line()
    path.write_bytes(zstandard.compress(text) + zstandard.compress(b"") if path.suffix == ".zst" else text)

    write(path, numbered(0, 2))

    assert list(ReplayReader(path)) == [numbered(0, 0), numbered(0, 1), numbered(0, 2)]


def test_a_torn_compressed_line_is_cut_off_wherever_it_was_torn(tmp_path):
    path = tmp_path / "x.jsonl.zst"
    write(path, numbered(0, 0))
    whole = path.read_bytes()
    write(path, numbered(0, 4))
    torn = path.read_bytes()[len(whole) :]

    for cut in (*range(1, 20), *range(20, len(torn), 3001), len(torn) - 1):
        path.write_bytes(whole + torn[:cut])
        write(path, numbered(0, 1))
        assert list(ReplayReader(path)) == [numbered(0, 0), numbered(0, 1)]


def test_a_torn_frame_that_holds_lines_is_not_touched(tmp_path):
    path = tmp_path / "x.jsonl.zst"
    text = b"".join(numbered(0, number).to_line() + b"\n" for number in range(20))
    torn = zstandard.compress(text)[:-4]
    path.write_bytes(torn)

    with RecordingWriter(path) as recording, pytest.raises(RecordingError, match="holds lines"):
        recording.write(numbered(0, 0))
    assert path.read_bytes() == torn


def test_a_file_that_is_not_compressed_is_not_appended_to_as_if_it_were(tmp_path):
    path = tmp_path / "x.jsonl.zst"
    path.write_bytes(b"plain text\n")

    with RecordingWriter(path) as recording, pytest.raises(RecordingError, match="no zstd frame"):
        recording.write(numbered(0, 0))
    assert path.read_bytes() == b"plain text\n"


def test_a_line_torn_by_another_writer_meanwhile_spoils_no_line_of_this_one(path):
    with RecordingWriter(path) as recording:
        recording.write(numbered(0, 0))
        whole = path.read_bytes()
        write(path, numbered(1, 4))
        path.write_bytes(path.read_bytes()[: len(whole) + 20])
        recording.write(numbered(0, 2))

    if path.suffix == ".zst":
        assert list(ReplayReader(path)) == [numbered(0, 0), numbered(0, 2)]
    else:
        first, _, third = path.read_bytes().split(b"\n")[:-1]
        assert [first, third] == [numbered(0, 0).to_line(), numbered(0, 2).to_line()]


def test_a_file_emptied_meanwhile_is_appended_to_from_its_new_end(path):
    with RecordingWriter(path) as recording:
        recording.write(numbered(0, 0))
        path.write_bytes(b"")
        recording.write(numbered(0, 1))

    assert list(ReplayReader(path)) == [numbered(0, 1)]


def test_a_writer_says_which_file_it_cannot_write(tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file" / "x.jsonl"):
        with pytest.raises(RecordingError, match="cannot be written") as error:
            RecordingWriter(path)
        assert error.value.path == str(path)


def test_a_closed_writer_refuses(path):
    recording = RecordingWriter(path)
    recording.close()
    recording.close()

    with pytest.raises(RecordingError, match="closed"):
        recording.write(numbered(0, 0))
    with pytest.raises(RecordingError, match="closed"):
        recording.flush()


def test_threads_may_share_a_writer(path):
    with RecordingWriter(path) as recording:
        threads = [
            threading.Thread(target=lambda w=w: [recording.write(numbered(w, n)) for n in range(25)]) for w in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert recording.count == 100
    assert_all_whole(path, writers=4, count=25)


def test_eight_processes_lose_and_tear_nothing(path):
    processes = [start_appender(path, writer, 40) for writer in range(8)]
    for process in processes:
        process.communicate()
        assert process.returncode == 0

    assert_all_whole(path, writers=8, count=40)


def assert_all_whole(path: Path, writers: int, count: int) -> None:
    """Every line of every writer is there, unchanged, and each writer's lines are in its order."""
    order: list[list[int]] = [[] for _ in range(writers)]
    for exchange in ReplayReader(path):
        writer, number = exchange.request["writer"], exchange.request["number"]
        assert exchange == numbered(writer, number)
        order[writer].append(number)
    assert order == [list(range(count))] * writers


@pytest.mark.parametrize("seed", range(5))
def test_a_kill_leaves_every_earlier_line_readable(path, seed):
    chance = random.Random(seed)
    promised = 0
    for writer in range(3):
        process = start_appender(path, writer, 100_000)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        promised += 1 + len(process.stdout.readlines())
        process.wait()
        process.stdout.close()

    if path.suffix == ".zst":
        whole = read_leniently(path)
    else:
        whole = [exchange for line in path.read_bytes().split(b"\n") if (exchange := readable(line))]
    assert len(whole) >= promised
    for exchange in whole:
        assert exchange == numbered(exchange.request["writer"], exchange.request["number"])


def test_a_file_left_by_one_kill_is_read_leniently_to_its_last_whole_line(path):
    process = start_appender(path, 0, 100_000)
    assert process.stdout is not None
    for _ in range(30):
        process.stdout.readline()
    process.kill()
    promised = 30 + len(process.stdout.readlines())
    process.wait()
    process.stdout.close()

    whole = read_leniently(path)

    assert len(whole) in (promised, promised + 1)
    assert whole == [numbered(0, number) for number in range(len(whole))]


def read_leniently(path: Path) -> list[RecordedExchange]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TornLine)
        return list(ReplayReader(path, strict=False))


def readable(line: bytes) -> RecordedExchange | None:
    try:
        return RecordedExchange.from_line(line)
    except ValueError:
        return None


LIMITED = """
import resource, sys
from relayburn.errors import RecordingError
from relayburn.recording import RecordingWriter
from tests.recording.appender import numbered

with RecordingWriter(sys.argv[1]) as recording:
    recording.write(numbered(0, 0))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, hard))
    try:
        recording.write(numbered(0, 4))
    except RecordingError as error:
        print(error.cause)
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    recording.write(numbered(0, 1))
    print(recording.count)
"""


def test_a_write_that_the_system_cuts_short_is_an_error_and_spoils_no_other_line(path):
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", LIMITED, str(path)]
    output = subprocess.run(command, check=True, cwd=root, capture_output=True, text=True).stdout

    assert output.splitlines() == ["cannot be written: File too large", "2"]
    if path.suffix == ".zst":
        assert list(ReplayReader(path)) == [numbered(0, 0), numbered(0, 1)]
    else:
        first, torn, last = path.read_bytes().split(b"\n")[:-1]
        assert [first, last] == [numbered(0, 0).to_line(), numbered(0, 1).to_line()]
        assert numbered(0, 4).to_line().startswith(torn)
