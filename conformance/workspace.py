"""The working copy of the corpus in which one exchange after the other is answered.

In: an exchange. Out: a `Request` whose paths lead into the copy, with `config.setup` done, `{"file": ...}` arguments read
and the file under `visible_bytes` cut. Folders of fixtures are copied when they are first asked for; whatever an
exchange changed is made good before the next one, so that nothing of one is visible to another
(corpus notes, "Replaying").
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from conformance.copies import WRITTEN_LONG_AGO_NS, Snapshot, copy_tree, mend_tree, remove_tree, snapshot
from conformance.corpus import Exchange
from conformance.errors import CannotAsk, NoPlaceForCopies
from conformance.inputs import inside_corpus, parsed_inputs
from conformance.pathmap import VIRTUAL_ROOT, PathMap
from conformance.setup_steps import done
from conformance.stages.registry import Request
from relayburn import jsjson
from relayburn.errors import InvalidExchange
from relayburn.recording.spelling import json_line
from relayburn.semantics import TS_1_10, Semantics

REFERENCE_ORACLE = "relayburn-ts"
_CASE_DEPTH = 2
_MEMORY = Path("/dev/shm")
_ROOM_FOR_COPIES = 1 << 30
# The system's own: this is asked after every exchange, and never for a recorded path.
_stat = os.stat
_FIXTURE_FOLDER = re.compile(rb'fixtures(?:/[^/"\\]+){1,2}')


class Workspace:
    """A working copy of the corpus at `corpus_root`; a context manager that removes it at the end.

    `root` stands for `/corpus`, `home` is an empty folder for the user's. `within` is the folder to make it in, by
    default that for temporary files. Raises `NoPlaceForCopies` where that lies in a git work tree.
    """

    def __init__(self, corpus_root: Path, within: Path | None = None) -> None:
        self._corpus_root = corpus_root
        self._base = Path(tempfile.mkdtemp(prefix="replay-", dir=within or place_for_copies())).resolve()
        self.root = self._base / "root"
        self.home = self._base / "home"
        self.paths = PathMap(str(self.root))
        self._outermost = str(self.root), str(self.home)
        self._copied: dict[str, Snapshot | None] = {}
        self._in_use: set[str] = set()
        self._frames: dict[str, set[str]] = {}
        self._start_afresh()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        remove_tree(self._base)

    def prepare(self, exchange: Exchange) -> Request:
        """The request of `exchange`, ready to be answered. Raises `CannotAsk` where that cannot be done."""
        recorded = exchange.recorded.request
        args, config, inputs = _part(recorded, "args"), _part(recorded, "config"), recorded.get("input")
        text = _text_of(args, config)
        listed = tuple(parsed_inputs(inputs)) if inputs else ()
        if listed or b"fixtures/" in text:
            self._copy_what_is_named(listed, text)
        if VIRTUAL_ROOT.encode() in text:
            args, config = self.paths.inward(args), self.paths.inward(config)
        if "setup" in config:
            self._set_up(config["setup"])
        if b'{"file":' in text:
            args = {name: self._file_argument(value) for name, value in args.items()}
        if "visible_bytes" in config:
            self._cut(listed, config["visible_bytes"])
        paths = tuple(path for path, _ in listed)
        return Request(exchange.protocol, args, config, paths, self.root, semantics_of(exchange))

    def settle(self) -> None:
        """Make good what the exchanges since the last call changed."""
        try:
            if not self._in_use and all(_stat(path).st_mtime_ns == WRITTEN_LONG_AGO_NS for path in self._outermost):
                return
            for folder in self._in_use:
                before = self._copied.get(folder)
                if before is not None and snapshot(self.root / folder) != before:
                    mend_tree(self._corpus_root / folder, self.root / folder, before)
            for frame in tuple(self._frames):
                self._mend_frame(frame)
        except FileNotFoundError:
            # The subject removed what we stand on.
            self._start_afresh()
        self._in_use.clear()

    def _start_afresh(self) -> None:
        self._copied.clear()
        self._frames.clear()
        for folder in (self.root, self.home):
            remove_tree(folder)
            folder.mkdir()
            self._add_frame(folder.name)

    def _copy_what_is_named(self, listed: tuple[tuple[str, str | None], ...], text: bytes) -> None:
        named = {_fixture_folder(path) for path, _ in listed}
        named.update(os.fsdecode(found) for found in _FIXTURE_FOLDER.findall(text))
        try:
            for folder in sorted(named):
                self._use(folder)
        except OSError as error:
            raise CannotAsk(f"fixture cannot be copied: {error}") from error

    def _use(self, folder: str) -> None:
        """Have a folder of fixtures, or all folders of an area, in the copy."""
        source = self._corpus_root / folder
        if folder.count("/") < _CASE_DEPTH and source.is_dir():
            for entry in sorted(source.iterdir()):
                self._use(f"{folder}/{entry.name}")
            return
        self._in_use.add(folder)
        if folder not in self._copied:
            self._copied[folder] = None
            if ".." not in source.parts and os.path.lexists(source):
                self._copy(source, folder)

    def _copy(self, source: Path, folder: str) -> None:
        target = self.root / folder
        above, _, name = f"root/{folder}".rpartition("/")
        (self._base / above).mkdir(parents=True, exist_ok=True)
        self._add_frame(above)
        copy_tree(source, target)
        self._copied[folder] = snapshot(target)
        self._frames[above].add(name)
        self._age(above)

    def _set_up(self, steps: Any) -> None:
        if not isinstance(steps, list):
            raise CannotAsk("config.setup is no list of steps")
        for number, step in enumerate(steps, 1):
            done(step, number, self.root)

    def _file_argument(self, value: Any) -> Any:
        if not isinstance(value, dict) or value.keys() != {"file"} or not isinstance(value["file"], str):
            return value
        path = inside_corpus(value["file"])
        try:
            data = (self.root / path).read_bytes()
        except OSError as error:
            raise CannotAsk(f"fixture missing: {path} ({error.strerror})") from error
        return _parsed(path, data)

    def _cut(self, listed: tuple[tuple[str, str | None], ...], size: Any) -> None:
        path = next((path for path, sha256 in listed if sha256 is not None), None)
        if path is None or type(size) is not int or size < 0:
            raise CannotAsk(f"config.visible_bytes is {size!r}, and the input file it cuts is {path!r}")
        target = self.root / path
        try:
            if size < target.stat().st_size:
                os.truncate(target, size)
        except OSError as error:
            raise CannotAsk(f"fixture missing: {path} ({error.strerror})") from error

    def _add_frame(self, frame: str) -> None:
        """Remember the folder `frame`, named from the base, and those above it as ours, with nothing else in them yet."""
        if frame in self._frames:
            return
        above, _, name = frame.rpartition("/")
        if above:
            self._add_frame(above)
            self._frames[above].add(name)
            self._age(above)
        self._frames[frame] = set()
        self._age(frame)

    def _age(self, frame: str) -> None:
        os.utime(self._base / frame, ns=(WRITTEN_LONG_AGO_NS, WRITTEN_LONG_AGO_NS))

    def _mend_frame(self, frame: str) -> None:
        """Remove from a folder of ours what is not ours."""
        folder = f"{self._base}/{frame}"
        if _stat(folder).st_mtime_ns == WRITTEN_LONG_AGO_NS:
            return
        known = {
            name for name in self._frames[frame] if f"{frame}/{name}" in self._frames or self._is_copied(frame, name)
        }
        for entry in Path(folder).iterdir():
            if entry.name not in known:
                remove_tree(entry)
        self._frames[frame] = known
        self._age(frame)

    def _is_copied(self, frame: str, name: str) -> bool:
        return self._copied.get(f"{frame}/{name}".removeprefix("root/")) is not None


def semantics_of(exchange: Exchange) -> Semantics:
    """Which semantics `exchange` is replayed under: what `meta.semantics` names; the reference's own is ts-1.10.

    Raises `CannotAsk` where the recording names none, or one that does not exist.
    """
    meta = exchange.recorded.meta or {}
    name = meta.get("semantics")
    if name is None and meta.get("oracle") in (REFERENCE_ORACLE, None):
        return TS_1_10
    if not isinstance(name, str):
        raise CannotAsk(f"meta.oracle is {meta.get('oracle')!r}, so meta.semantics must name the semantics")
    try:
        return Semantics.named(name)
    except ValueError as error:
        raise CannotAsk(f"meta.semantics: {error}") from error


def _part(request: dict[str, Any], name: str) -> dict[str, Any]:
    part = request.get(name)
    if part is None:
        return {}
    if not isinstance(part, dict):
        raise CannotAsk(f"request.{name} is no object")
    return part


def _text_of(args: dict[str, Any], config: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps((args, config))
    except orjson.JSONEncodeError:
        pass
    try:
        return json_line([args, config])
    except InvalidExchange as error:
        raise CannotAsk(f"request: {error}") from error


def _fixture_folder(path: str) -> str:
    """The folder that is copied for `path`: its case, as `fixtures/<area>/<case>`."""
    return "/".join(path.split("/")[: _CASE_DEPTH + 1])


def _parsed(path: str, data: bytes) -> Any:
    try:
        if path.endswith(".jsonl"):
            return [jsjson.loads(line) for line in data.split(b"\n") if line.strip()]
        if path.endswith(".json"):
            return jsjson.loads(data)
    except ValueError as error:
        raise CannotAsk(f"fixture is no JSON: {path} ({error})") from error
    return data.decode("utf-8", errors="replace")


def place_for_copies(candidates: Sequence[str] = ("/tmp", "/var/tmp")) -> Path:
    """The first folder outside any git work tree: memory, that for temporary files, or one of `candidates`.

    Raises `NoPlaceForCopies`.
    """
    if "TMPDIR" not in os.environ and _serves(_MEMORY):
        return _MEMORY
    places = [Path(place).resolve() for place in (tempfile.gettempdir(), *candidates)]
    for place in places:
        if place.is_dir() and os.access(place, os.W_OK) and not _in_work_tree(place):
            return place
    raise NoPlaceForCopies(
        f"working copies must lie outside any git work tree; set TMPDIR, for none of these does: "
        f"{', '.join(map(str, places))}"
    )


def _serves(memory: Path) -> bool:
    """Whether a file system in memory, where small files cost little, is large and allows what fixtures do."""
    try:
        status = os.statvfs(memory)
    except OSError:
        return False
    return (
        status.f_bavail * status.f_frsize >= _ROOM_FOR_COPIES
        and not status.f_flag & os.ST_NOEXEC
        and os.access(memory, os.W_OK)
    )


def _in_work_tree(place: Path) -> bool:
    return any((folder / ".git").exists() for folder in (place, *place.parents))
