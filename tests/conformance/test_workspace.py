"""What a stage sees of the corpus, and that the next one sees nothing of it."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.errors import NoPlaceForCopies
from conformance.stages.registry import Request
from conformance.verdict import Verdict
from conformance.workspace import Workspace, place_for_copies
from relayburn.semantics import CURRENT, TS_1_10
from tests.conformance.tiny import TinyCorpus, in_process, only, replay

FIXTURE = "fixtures/tiny/case/log.jsonl"


def seen(corpus: TinyCorpus, look: Callable[[Request], Any]) -> list[Any]:
    """What `look` returns for every exchange of the corpus, as the harness maps it back."""
    outcome = replay(corpus, in_process({"relayburn.tiny": look}))
    assert all(result.verdict is not Verdict.ERROR for result in outcome.results), outcome.results
    return [result.divergences[0].actual for result in outcome.results]


def test_a_fixture_is_the_recorded_one_byte_for_byte(corpus: TinyCorpus) -> None:
    bytes_of_a_log = b"\xef\xbb\xbf{}\r\n\xff\xfe\x00\xed\xa0\x80 no line end"
    corpus.answers(None, inputs=[corpus.fixture(FIXTURE, bytes_of_a_log)])

    assert seen(corpus, lambda request: request.path().read_bytes().hex()) == [bytes_of_a_log.hex()]


def test_recorded_paths_lead_into_the_copy_and_back(corpus: TinyCorpus) -> None:
    inputs = [corpus.fixture(FIXTURE, "log")]
    args = {"path": f"/corpus/{FIXTURE}", "text": f'{{"cwd":"/corpus/x"}} in /corpus, see file:///corpus/{FIXTURE}'}
    corpus.answers(None, args=args, inputs=inputs)

    def look(request: Request) -> Any:
        path = Path(request.args["path"])
        return [path.read_text(), path == request.path(), "/corpus" in request.args["text"], request.args]

    assert seen(corpus, look) == [["log", True, False, args]]


@pytest.mark.parametrize(
    "text", ["/home/me/corpus/x", "/corpuscle/x", "../corpus/x", "/corpus.old", "https://example.org/corpus/x"]
)
def test_what_only_looks_like_a_recorded_path_is_left_alone(corpus: TinyCorpus, text: str) -> None:
    corpus.answers(None, args={"text": text, "other": "/corpus/x"})

    assert seen(corpus, lambda request: [request.args["text"] == text]) == [[True]]


def test_a_path_inside_a_fixture_is_found_in_the_copy(corpus: TinyCorpus) -> None:
    inputs = [
        corpus.fixture(FIXTURE, "/corpus/fixtures/tiny/case/repo"),
        corpus.fixture("fixtures/tiny/case/repo/HEAD", "ref"),
    ]
    corpus.answers(None, inputs=inputs)

    def look(request: Request) -> Any:
        told = request.path().read_text()
        return [
            told,
            [path.name for path in Path(told).iterdir()],
            (Path(told) / "HEAD").read_text(),
            Path(told).is_dir(),
            Path(told, "no").exists(),
        ]

    assert seen(corpus, look) == [["/corpus/fixtures/tiny/case/repo", ["HEAD"], "ref", True, False]]


def test_a_file_argument_is_read(corpus: TinyCorpus) -> None:
    args = {
        "json": {"file": "fixtures/tiny/case/a.json"},
        "jsonl": {"file": "fixtures/tiny/case/a.jsonl"},
        "text": {"file": "fixtures/tiny/case/a.md"},
        "not": {"file": "x", "more": 1},
        "inner": [{"file": "x"}],
    }
    corpus.fixture("fixtures/tiny/case/a.json", '{"a": "\\ud800", "b": 1e400}')
    corpus.fixture("fixtures/tiny/case/a.jsonl", '{"a": 1}\n\n[2]\n')
    corpus.fixture("fixtures/tiny/case/a.md", b"# \xff\r\n")
    corpus.answers(None, args=args)

    expected = {
        "json": {"a": "\ud800", "b": float("inf")},
        "jsonl": [{"a": 1}, [2]],
        "text": "# \ufffd\r\n",
        "not": {"file": "x", "more": 1},
        "inner": [{"file": "x"}],
    }
    assert seen(corpus, lambda request: request.args) == [expected]


def test_setup_steps_are_done_before_the_call(corpus: TinyCorpus) -> None:
    corpus.fixture("fixtures/tiny/case/dot-git/HEAD", "ref")
    corpus.fixture("fixtures/tiny/case/secret", "gone")
    steps = [
        {"op": "rename", "from": "fixtures/tiny/case/dot-git", "to": "fixtures/tiny/case/.git"},
        {"op": "write", "path": "scratch/a/.git", "text": "gitdir: /corpus/fixtures/tiny/case/.git\n\ud800"},
        {"op": "mkdir", "path": "scratch/b/c"},
        {"op": "symlink", "path": "scratch/link", "target": "b/c"},
        {"op": "remove", "path": "fixtures/tiny/case/secret"},
    ]
    corpus.answers(None, config={"setup": steps})

    def look(request: Request) -> Any:
        written = request.root / "scratch/a/.git"
        link = request.root / "scratch/link"
        case = sorted(path.name for path in (request.root / "fixtures/tiny/case").iterdir())
        return [case, written.read_text(), str(link.readlink()), link.is_dir()]

    (found,) = seen(corpus, look)
    assert found == [[".git"], "gitdir: /corpus/fixtures/tiny/case/.git\n\ufffd", "b/c", True]


def test_a_reader_sees_only_the_visible_bytes(corpus: TinyCorpus) -> None:
    inputs = [corpus.fixture(FIXTURE, "one\ntwo\n")]
    for size in (5, 0, 100, 4):
        corpus.answers(None, config={"visible_bytes": size}, inputs=inputs)
    corpus.answers(None, inputs=inputs)

    found = seen(corpus, lambda request: [request.path().read_text()])

    assert found == [["one\nt"], [""], ["one\ntwo\n"], ["one\n"], ["one\ntwo\n"]]


DAMAGES: dict[str, Callable[[Path, Path], object]] = {
    "writes": lambda root, log: log.write_text("new"),
    "writes as much": lambda root, log: log.write_text("LOG"),
    "appends": lambda root, log: log.open("a").close() or log.write_text("log\nmore"),
    "removes a file": lambda root, log: log.unlink(),
    "removes a folder": lambda root, log: shutil.rmtree(log.parent),
    "removes everything": lambda root, log: shutil.rmtree(root / "fixtures"),
    "removes its own ground": lambda root, log: shutil.rmtree(root),
    "adds a file": lambda root, log: (log.parent / "new").write_text(""),
    "adds a file above": lambda root, log: (root / "new").write_text(""),
    "adds a folder aside": lambda root, log: (root / "fixtures/tiny/other/new").mkdir(parents=True),
    "replaces a file by a folder": lambda root, log: log.unlink() or log.mkdir(),
    "replaces a folder by a link": lambda root, log: shutil.rmtree(log.parent) or log.parent.symlink_to(root),
    "takes permissions away": lambda root, log: log.parent.chmod(0o500),
    "makes it executable": lambda root, log: log.chmod(0o755),
    "changes the time": lambda root, log: os.utime(log),
    "goes elsewhere": lambda root, log: os.chdir("/"),
    "writes at home": lambda root, log: Path("~/.claude").expanduser().mkdir(),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_what_a_stage_does_is_made_good_before_the_next(
    corpus: TinyCorpus, damage: Callable[[Path, Path], object]
) -> None:
    inputs = [corpus.fixture(FIXTURE, "log"), corpus.fixture("fixtures/tiny/case/folder/deep", "deep")]
    for _ in range(3):
        corpus.answers(None, config={"any": 1}, inputs=inputs)

    def look(request: Request) -> Any:
        state = []
        for base in (request.root, Path.home()):
            for folder, names, files in os.walk(base):
                for path in [Path(folder, name) for name in sorted(names + files)]:
                    status = path.lstat()
                    content = path.read_text() if path.is_file() else ""
                    state.append([str(path.relative_to(base)), status.st_mode, status.st_mtime, content])
        state.append(str(Path.cwd()))
        damage(request.root, request.path())
        return sorted(map(str, state))

    first, second, third = seen(corpus, look)
    assert first == second == third


def test_a_carried_exchange_finds_what_the_one_before_left(corpus: TinyCorpus) -> None:
    inputs = [corpus.fixture(FIXTURE, "log")]
    for state in ("fresh", "carried", "carried", "fresh"):
        corpus.answers(None, config={"state": state}, inputs=inputs)

    def look(request: Request) -> Any:
        with request.path().open("a") as log:
            log.write("+")
        return [request.path().read_text()]

    assert seen(corpus, look) == [["log+"], ["log++"], ["log+++"], ["log+"]]


def test_the_surroundings_are_the_recorded_ones(corpus: TinyCorpus, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RELAYBURN_HOME", "CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, "/somebody/elses")
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    corpus.answers(None)
    before = dict(os.environ), Path.cwd(), time.tzname

    def look(request: Request) -> Any:
        leading = [
            name for name in os.environ if name.startswith(("RELAYBURN_", "CLAUDE_CONFIG", "CODEX_", "XDG_DATA"))
        ]
        home = Path.home()
        return [leading, time.tzname[0], str(Path.cwd()), list(home.iterdir()), home.is_relative_to(request.root)]

    assert seen(corpus, look) == [[[], "UTC", "/corpus", [], False]]
    assert (dict(os.environ), Path.cwd(), time.tzname) == before


def test_a_stage_gets_the_request_alone(corpus: TinyCorpus) -> None:
    corpus.answers({"secret": 1}, inputs=[corpus.fixture(FIXTURE, "log")])

    def look(request: Request) -> Any:
        everything = [str(path.relative_to(request.root)) for path in request.root.rglob("*")]
        return [sorted(everything), "secret" in repr(request)]

    assert seen(corpus, look) == [[["fixtures", "fixtures/tiny", "fixtures/tiny/case", FIXTURE], False]]


@pytest.mark.parametrize(
    ("meta", "semantics"),
    [
        ({"oracle": "relayburn-ts"}, TS_1_10),
        ({"oracle": "by-hand", "semantics": "current"}, CURRENT),
        ({"oracle": "by-hand", "semantics": "ts-1.10"}, TS_1_10),
        ({}, TS_1_10),
    ],
)
def test_the_recording_names_its_semantics(corpus: TinyCorpus, meta: dict[str, str], semantics: object) -> None:
    corpus.answers(None, meta=meta)

    assert seen(corpus, lambda request: [request.semantics == semantics]) == [[True]]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"meta": {"oracle": "by-hand"}}, "meta.semantics must name the semantics"),
        ({"meta": {"semantics": "rs-4"}}, "unknown semantics 'rs-4'"),
        ({"args": [1]}, "request.args is no object"),
        ({"config": {"setup": [{"op": "copy", "path": "x"}]}}, "setup step 1: 'copy' is none of write, mkdir"),
        ({"config": {"setup": [{"op": "write", "path": "x"}]}}, "setup step 1 (write): text is no text"),
        ({"config": {"setup": [{"op": "rename", "from": "a", "to": "b"}]}}, "setup step 1 (rename): "),
        ({"config": {"setup": [{"op": "remove", "path": "../.."}]}}, "no path of a fixture"),
        ({"config": {"setup": {}}}, "config.setup is no list"),
        ({"config": {"visible_bytes": 3}}, "config.visible_bytes is 3"),
        ({"inputs": {"path": "x"}}, "request.input is no list"),
        ({"inputs": [{"path": "/etc/passwd", "sha256": None}]}, "no path of a fixture"),
        ({"inputs": [{"path": "recordings/tiny/case.jsonl", "sha256": None}]}, "no path of a fixture"),
        ({"args": {"a": {"file": "fixtures/no/such.json"}}}, "fixture missing: fixtures/no/such.json"),
    ],
)
def test_a_request_that_cannot_be_put_says_why(corpus: TinyCorpus, options: dict[str, Any], complaint: str) -> None:
    corpus.answers(None, **options)

    result = only(replay(corpus, in_process({"relayburn.tiny": lambda request: None})))

    assert result.verdict is Verdict.ERROR
    assert complaint in result.message


def test_a_working_copy_is_removed_at_the_end(corpus: TinyCorpus, tmp_path: Path) -> None:
    with Workspace(corpus.root, tmp_path) as workspace:
        assert workspace.root.is_dir()
        (workspace.root / "locked").mkdir(mode=0)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus"]


def test_a_working_copy_never_lies_in_a_git_work_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "inside").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "inside"))
    monkeypatch.setattr(tempfile, "tempdir", None)

    assert not place_for_copies().is_relative_to(tmp_path)
    with pytest.raises(NoPlaceForCopies, match="set TMPDIR"):
        place_for_copies(candidates=())


def test_a_request_that_names_an_area_sees_all_of_it(corpus: TinyCorpus) -> None:
    for case in ("a", "b"):
        corpus.fixture(f"fixtures/tiny/{case}/log", case)
    for _ in range(2):
        corpus.answers(None, args={"folder": "/corpus/fixtures/tiny"})

    def look(request: Request) -> Any:
        names = sorted(path.name for path in Path(request.args["folder"]).iterdir())
        (request.root / "fixtures/tiny/a/new").touch()
        return [names, sorted(path.name for path in Path(request.args["folder"], "a").iterdir())]

    assert seen(corpus, look) == [[["a", "b"], ["log", "new"]]] * 2
    assert (corpus.root / "fixtures/tiny/a").is_dir()
