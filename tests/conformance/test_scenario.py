"""The interpreter of recorded scenarios: how a scene is set, and what its steps answer (ledger.md Appendix A)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.inprocess import InProcess
from conformance.pathmap import PathMap
from conformance.stages.registry import Request, all_stages
from conformance.subject import Answered, Failed
from relayburn.semantics import TS_1_10

CASE = "fixtures/homes/made-up"
CONFIG = {
    "home": f"{CASE}/user",
    "relayburn_home": f"{CASE}/burn",
    "now": "2026-11-21T00:00:00.000Z",
    "base_mtime": "2026-11-20T23:00:00.000Z",
}
TURN = {"v": 1, "source": "codex", "sessionId": "s", "messageId": "m", "usage": {}}


class Place:
    def __init__(self, path: Path) -> None:
        self.root = path / "root"
        self.home = path / "home"
        self.paths = PathMap(str(self.root))
        for folder in (self.root / CASE, self.home):
            folder.mkdir(parents=True)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def answer(place: Place, *steps: dict[str, Any], config: dict[str, Any] | None = None, **args: Any) -> Any:
    subject = InProcess(all_stages(), None, place)
    request = Request(
        "relayburn.ledger.append", {"steps": list(steps), **args}, CONFIG | (config or {}), (), place.root, TS_1_10
    )
    try:
        return subject.ask(request)
    finally:
        subject.close()


def values(place: Place, *steps: dict[str, Any], config: dict[str, Any] | None = None) -> list[Any]:
    answered = answer(place, *steps, config=config)
    assert isinstance(answered, Answered), answered
    return place.paths.outward(answered.output)["steps"]


def test_setup_steps_answer_null_and_verbs_their_value(place: Place) -> None:
    assert values(
        place,
        {"op": "write", "path": "burn/a/b.txt", "text": "x"},
        {"op": "read_text", "path": "burn/a/b.txt"},
        {"op": "list_home"},
    ) == [None, {"value": "x"}, {"value": ["a/", "a/b.txt"]}]


def test_a_step_that_fails_answers_its_message_and_the_next_goes_on(place: Place) -> None:
    failed, listed = values(place, {"op": "stamp", "selector": {}, "enrichment": {}}, {"op": "query_turns"})

    assert failed == {
        "error": {
            "name": "Error",
            "message": "stamp requires at least one selector field (sessionId, messageId, or range)",
        }
    }
    assert listed == {"value": []}


def test_what_a_step_says_stands_beside_its_value_alone(place: Place) -> None:
    _, first, _, second = values(
        place,
        {"op": "write", "path": "burn/config.json", "text": "7"},
        {"op": "load_config"},
        {"op": "remove", "path": "burn/config.json"},
        {"op": "load_config"},
    )

    assert first["stderr"] == f"[burn] warning: /corpus/{CASE}/burn/config.json is not a JSON object; using defaults\n"
    assert "stderr" not in second


def test_a_call_answers_alone(place: Place) -> None:
    steps = {"op": "append_turns", "records": [TURN]}

    answered = answer(place, steps, call={"op": "query_turns"})
    failed = answer(place, steps, call={"op": "read_content", "selector": {"sessionId": ".."}})

    assert isinstance(answered, Answered)
    assert answered.output == [TURN | {"enrichment": {}}]
    assert failed == Failed("UnsafeSessionId", 'invalid sessionId for content path: ".."')


def test_the_clock_moves_by_steps_only(place: Place) -> None:
    stamp = {"op": "stamp", "selector": {"range": {}}, "enrichment": {}}

    *_, dumped = values(place, stamp, {"op": "now", "ts": "2026-11-22T00:00:00.000Z"}, stamp, {"op": "dump_ledger"})

    assert [line["ts"] for line in dumped["value"]] == ["2026-11-21T00:00:00.000Z", "2026-11-22T00:00:00.000Z"]


def test_variables_name_the_home_and_the_case(place: Place) -> None:
    located, moved = values(
        place,
        {"op": "paths"},
        {"op": "env", "set": {"RELAYBURN_HOME": "$CASE/other"}},
        {"op": "paths"},
        config={"env": {"RELAYBURN_SQLITE_PATH": "$CASE/x.db"}},
    )[::2]

    assert located["value"]["sqlite"] == f"/corpus/{CASE}/x.db"
    assert (located["value"]["home"], moved["value"]["home"]) == (f"/corpus/{CASE}/burn", f"/corpus/{CASE}/other")


def test_files_carry_the_time_of_their_scene(place: Place) -> None:
    old = place.root / CASE / "user" / "old.txt"
    old.parent.mkdir()
    old.touch()

    values(
        place,
        {"op": "write", "path": "user/new.txt", "text": ""},
        {"op": "write", "path": "user/dated.txt", "text": ""},
        {"op": "mtime", "path": "user/dated.txt", "ts": "2026-01-01T00:00:00.000Z"},
    )

    times = {name: (old.parent / name).stat().st_mtime for name in ("old.txt", "new.txt", "dated.txt")}
    assert times == {"old.txt": 1_795_215_600, "new.txt": 1_795_219_200, "dated.txt": 1_767_225_600}


def test_writing_keeps_the_inode_and_replacing_does_not(place: Place) -> None:
    path = place.root / CASE / "user" / "log"
    path.parent.mkdir()
    path.write_text("one")
    (place.root / CASE / "next").write_text("two")
    first = path.stat().st_ino

    values(place, {"op": "write", "path": "user/log", "text": "other"})
    assert path.stat().st_ino == first

    values(place, {"op": "replace", "path": "user/log", "from": "next"})
    assert path.read_text() == "two"
    assert path.stat().st_ino != first


def test_a_new_process_remembers_nothing(place: Place) -> None:
    append = {"op": "append_turns", "records": [TURN]}
    steps = [append, {"op": "remove", "path": "burn/ledger.idx"}, {"op": "remove", "path": "burn/ledger.content.idx"}]

    *_, remembered = values(place, *steps, append, {"op": "dump_ledger"})
    *_, forgotten = values(place, {"op": "new_process"}, append, {"op": "dump_ledger"})

    assert (len(remembered["value"]), len(forgotten["value"])) == (1, 2)


def test_paths_in_a_digest_are_the_recorded_ones(place: Place) -> None:
    append = {"op": "append_turns", "records": [TURN | {"sessionPath": f"{place.root}/log"}]}

    *_, digest = values(place, append, {"op": "dump_ledger_digest"})

    assert digest["value"] == [{"kind": "turn", "source": "codex", "sessionId": "s", "sha16": "c64d93af67c5daea"}]
