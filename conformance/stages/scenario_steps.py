"""The steps of scenarios that need nothing but files: those that set the scene, and those that show what lies in a home.

In: a `Scene` and a recorded step. Out: null for a setup step, else what is shown (ledger.md Appendix A).
"""

from __future__ import annotations

import os
import sqlite3
from hashlib import sha256
from pathlib import Path
from typing import Any

from conformance.copies import remove_tree
from conformance.stages.scenario import Scene, forget_process, milliseconds, set_mtime, setup_step, step
from relayburn import jsjson
from relayburn.text import utf8

ARCHIVE_FILE = "archive.sqlite"
"""What the reference's archive is called, which is one file; ours is the folder `archive`, and goes by this name here."""

_ARCHIVE_FOLDER = "archive/"
_INODE = "<inode>"


@setup_step("write")
def write(scene: Scene, recorded: dict[str, Any]) -> None:
    path = scene.path(recorded["path"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_content(scene, recorded))
    scene.date(path)
    scene.date(path.parent)


@setup_step("replace")
def replace(scene: Scene, recorded: dict[str, Any]) -> None:
    path = scene.path(recorded["path"])
    path.parent.mkdir(parents=True, exist_ok=True)
    # The old file lives until the new one is there, so that they cannot have the same inode.
    fresh = path.with_name(f"{path.name}.replacing")
    fresh.write_bytes(_content(scene, recorded))
    fresh.replace(path)
    scene.date(path)
    scene.date(path.parent)


@setup_step("append")
def append(scene: Scene, recorded: dict[str, Any]) -> None:
    path = scene.path(recorded["path"])
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(_content(scene, recorded))
    scene.date(path)


@setup_step("remove")
def remove(scene: Scene, recorded: dict[str, Any]) -> None:
    remove_tree(scene.path(recorded["path"]))


@setup_step("mkdir")
def mkdir(scene: Scene, recorded: dict[str, Any]) -> None:
    scene.path(recorded["path"]).mkdir(parents=True, exist_ok=True)


@setup_step("symlink")
def symlink(scene: Scene, recorded: dict[str, Any]) -> None:
    link, target = scene.path(recorded["path"]), recorded["target"]
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(scene.real(target))


@setup_step("mtime")
def mtime(scene: Scene, recorded: dict[str, Any]) -> None:
    set_mtime(scene.path(recorded["path"]), milliseconds(recorded["ts"]))


@setup_step("now")
def now(scene: Scene, recorded: dict[str, Any]) -> None:
    scene.now_ms = milliseconds(recorded["ts"])


@setup_step("env")
def env(scene: Scene, recorded: dict[str, Any]) -> None:
    for name in recorded.get("unset") or ():
        scene.environ.pop(name, None)
    scene.set_variables(recorded.get("set") or {})


@setup_step("sql")
def sql(scene: Scene, recorded: dict[str, Any]) -> None:
    path = scene.path(recorded["path"])
    if path.name == ARCHIVE_FILE and not path.exists():
        return
    database = sqlite3.connect(path)
    try:
        database.executescript(recorded["sql"])
    finally:
        database.close()


@setup_step("new_process")
def new_process(_scene: Scene, _recorded: dict[str, Any]) -> None:
    forget_process()


@setup_step("seed_content_index")
def seed_content_index(scene: Scene, recorded: dict[str, Any]) -> None:
    scene.home.content_index.write_text("".join(f"{number:016x}\n" for number in range(recorded["count"])))


@step("list_home")
def list_home(scene: Scene, _recorded: dict[str, Any]) -> list[str]:
    names = _listing(scene.home.path, "")
    others = [name for name in names if not name.startswith(_ARCHIVE_FOLDER)]
    if len(others) < len(names) and ARCHIVE_FILE not in others:
        others.append(ARCHIVE_FILE)
    return sorted(others, key=os.fsencode)


@step("read_text")
def read_text(scene: Scene, recorded: dict[str, Any]) -> str | None:
    return _text(scene.path(recorded["path"]))


@step("dump_ledger")
def dump_ledger(scene: Scene, _recorded: dict[str, Any]) -> list[Any] | None:
    return _lines(scene.home.ledger)


@step("dump_ledger_digest")
def dump_ledger_digest(scene: Scene, _recorded: dict[str, Any]) -> list[dict[str, Any]] | None:
    lines = _lines(scene.home.ledger)
    return None if lines is None else [_digest(scene.paths.outward(line)) for line in lines]


@step("dump_index")
def dump_index(scene: Scene, _recorded: dict[str, Any]) -> dict[str, Any]:
    return {name: None if text is None else text.split("\n") for name, text in _indexes(scene).items()}


@step("dump_index_summary")
def dump_index_summary(scene: Scene, _recorded: dict[str, Any]) -> dict[str, Any]:
    return {name: None if text is None else _summary(text) for name, text in _indexes(scene).items()}


@step("dump_content")
def dump_content(scene: Scene, _recorded: dict[str, Any]) -> dict[str, Any] | None:
    folder = scene.home.content
    if not folder.is_dir():
        return None
    return {path.name: _lines(path) for path in sorted(folder.iterdir(), key=_name_bytes)}


@step("dump_cursors")
def dump_cursors(scene: Scene, _recorded: dict[str, Any]) -> Any:
    text = _text(scene.home.cursors)
    if text is None:
        return None
    stored = jsjson.loads(text)
    for cursor in stored["files"].values():
        if "inode" in cursor:
            cursor["inode"] = _INODE
    return stored


def _content(scene: Scene, recorded: dict[str, Any]) -> bytes:
    if "from" in recorded:
        return scene.path(recorded["from"]).read_bytes()
    return utf8(recorded["text"])


def _text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode(errors="replace")
    except FileNotFoundError:
        return None


def _lines(path: Path) -> list[Any] | None:
    """The lines of a JSONL file that are not blank, as values; one that is no JSON is shown as its text."""
    text = _text(path)
    return None if text is None else [_value(line) for line in text.split("\n") if line.strip()]


def _value(line: str) -> Any:
    try:
        return jsjson.loads(line)
    except ValueError:
        return line


def _digest(line: dict[str, Any]) -> dict[str, Any]:
    about = line.get("record") or line.get("selector") or {}
    shown = {"kind": line["kind"], "source": about.get("source"), "sessionId": about.get("sessionId")}
    return shown | {"sha16": sha256(utf8(jsjson.stable_stringify(line))).hexdigest()[:16]}


def _indexes(scene: Scene) -> dict[str, str | None]:
    return {"ids": _text(scene.home.index), "content": _text(scene.home.content_index)}


def _summary(text: str) -> dict[str, Any]:
    lines = [line for line in text.split("\n") if line]
    return {
        "lines": len(lines),
        "first": lines[0] if lines else None,
        "last": lines[-1] if lines else None,
        "trailing_newline": text.endswith("\n"),
    }


def _listing(folder: Path, prefix: str) -> list[str]:
    if not folder.is_dir():
        return []
    found = []
    for entry in sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name)):
        if entry.is_dir(follow_symlinks=False):
            found += [f"{prefix}{entry.name}/", *_listing(folder / entry.name, f"{prefix}{entry.name}/")]
        else:
            found.append(prefix + entry.name)
    return found


def _name_bytes(path: Path) -> bytes:
    return os.fsencode(path.name)
