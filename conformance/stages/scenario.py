"""Recorded scenarios: a home is set up, and verbs are called on it one after the other (ledger.md Appendix A).

In: a request with `args.steps`, and at times `args.call`. Out: what each step gave, as `{"steps": [...]}`, or the one
answer of the call. Stage modules register their verbs with `step`; a verb finds the case, the clock, the environment and
the ears for warnings in its `Scene`. Paths of a scene are recorded ones (`/corpus/...`), which Python's file functions
find in the working copy; only the home itself is handed out as it really lies, because databases open their files themselves.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from conformance.errors import CannotAsk
from conformance.pathmap import VIRTUAL_ROOT, PathMap
from conformance.stages.registry import Request, Sided
from relayburn.errors import RelayburnError
from relayburn.jsdate import parse_date
from relayburn.ledger.home import Home
from relayburn.semantics import Semantics

_NS_PER_MS = 1_000_000


@dataclass(slots=True)
class Scene:
    """What a step acts on: the case folder, its environment, its clock, and what was said so far.

    `case` is the recorded path of the case folder (`/corpus/fixtures/homes/<case>`), `environ` the variables a process
    would have, `now_ms` the time in milliseconds since the epoch. `stderr` and `on_log` hold what the current step said.
    """

    case: str
    paths: PathMap
    semantics: Semantics
    environ: dict[str, str]
    now_ms: float
    cwd: str
    stderr: list[str] = field(default_factory=list)
    on_log: list[str] = field(default_factory=list)

    @property
    def home(self) -> Home:
        """The home that the environment names now, its path as it really lies."""
        named = self.named_home
        database = self.environ.get("RELAYBURN_SQLITE_PATH")
        environ = self.environ | ({"RELAYBURN_SQLITE_PATH": str(self.real(database))} if database else {})
        return replace(named, path=self.real(named.path), environ=environ)

    @property
    def named_home(self) -> Home:
        """The home as the environment writes its path."""
        return Home.of_environment(self.environ, self.clock)

    def clock(self) -> float:
        """The scene's time in milliseconds."""
        return self.now_ms

    def warn(self, line: str) -> None:
        """A line that a verb writes to stderr, without its end."""
        self.stderr.append(f"{line}\n")

    def log(self, message: str) -> None:
        """A message for the caller's `onLog`."""
        self.on_log.append(message)

    def real(self, path: str | Path) -> Path:
        """Where a recorded path really lies, for what does not open files through Python."""
        return Path(self.paths.opened(str(path)))

    def path(self, relative: str) -> Path:
        """Where a path of the case folder really lies."""
        return self.real(f"{self.case}/{relative}")

    def date(self, path: Path) -> None:
        """Let the file or folder have been written at the scene's time."""
        set_mtime(path, self.now_ms)

    def set_variables(self, variables: dict[str, str]) -> None:
        """Set variables of the environment; `$CASE` in a value stands for the case folder."""
        self.environ |= {name: value.replace("$CASE", self.case) for name, value in variables.items()}


StepFunction = Callable[[Scene, dict[str, Any]], Any]

_VERBS: dict[str, StepFunction] = {}
_SETUP: dict[str, StepFunction] = {}
_NEW_PROCESS: list[Callable[[], None]] = []


def step(op: str) -> Callable[[StepFunction], StepFunction]:
    """Decorator: the function below is the verb `op`; what it returns is recorded."""
    return _registrar(_VERBS, op)


def setup_step(op: str) -> Callable[[StepFunction], StepFunction]:
    """Decorator: the function below is the setup step `op`; its answer is null."""
    return _registrar(_SETUP, op)


def on_new_process(forget: Callable[[], None]) -> Callable[[], None]:
    """Decorator: the function below forgets what a process keeps in memory."""
    _NEW_PROCESS.append(forget)
    return forget


def _registrar(registry: dict[str, StepFunction], op: str) -> Callable[[StepFunction], StepFunction]:
    def register(function: StepFunction) -> StepFunction:
        if op in _VERBS or op in _SETUP:
            raise ValueError(f"two steps {op}")
        registry[op] = function
        return function

    return register


def step_modules() -> set[str]:
    """The names of the modules, of those imported so far, that scenarios take their steps from."""
    functions = (*_VERBS.values(), *_SETUP.values(), *_NEW_PROCESS)
    return {function.__module__ for function in functions}


def forget_process() -> None:
    """Forget all that a process keeps in memory about homes."""
    for forget in _NEW_PROCESS:
        forget()


def play(request: Request) -> Any:
    """The answer to a scenario: its steps' answers, or that of its call."""
    scene = _set(request)
    args = scene.paths.outward(request.args)
    forget_process()
    try:
        answers = [_answer(scene, each) for each in args.get("steps") or []]
        if "call" in args:
            return _call(scene, args["call"])
        return {"steps": answers}
    finally:
        forget_process()


def _set(request: Request) -> Scene:
    config = request.config
    paths = PathMap(str(request.root))
    case = "/".join(config["relayburn_home"].split("/")[:3])
    virtual_case = f"{VIRTUAL_ROOT}/{case}"
    for name in ("home", "relayburn_home"):
        (request.root / config[name]).mkdir(parents=True, exist_ok=True)
    _date_tree(request.root / case, milliseconds(config["base_mtime"]))
    environ = {
        "HOME": f"{VIRTUAL_ROOT}/{config['home']}",
        "RELAYBURN_HOME": f"{VIRTUAL_ROOT}/{config['relayburn_home']}",
        "TZ": "UTC",
    }
    cwd = f"{VIRTUAL_ROOT}/{config.get('cwd', case)}"
    scene = Scene(virtual_case, paths, request.semantics, environ, milliseconds(config["now"]), cwd)
    scene.set_variables(config.get("env") or {})
    scene.real(cwd).mkdir(parents=True, exist_ok=True)
    os.chdir(scene.real(cwd))
    return scene


def _answer(scene: Scene, recorded: dict[str, Any]) -> dict[str, Any] | None:
    """What one step gave, in the recorded form. Raises `CannotAsk` for a step that nobody registered."""
    scene.stderr.clear()
    scene.on_log.clear()
    if (setup := _SETUP.get(recorded["op"])) is not None:
        setup(scene, recorded)
        return None
    try:
        answer = {"value": _verb(recorded)(scene, recorded)}
    except RelayburnError as error:
        # The reference raises plain errors; its classes are not compared (ledger.md Appendix A).
        answer = {"error": {"name": "Error", "message": str(error)}}
    return answer | _side(scene)


def _call(scene: Scene, recorded: dict[str, Any]) -> Any:
    scene.stderr.clear()
    scene.on_log.clear()
    try:
        output = _verb(recorded)(scene, recorded)
    except RelayburnError as error:
        if not (side := _side(scene)):
            raise
        return Sided(side, failure=error)
    return Sided(side, output) if (side := _side(scene)) else output


def _verb(recorded: dict[str, Any]) -> StepFunction:
    try:
        return _VERBS[recorded["op"]]
    except KeyError:
        raise NotImplementedError(f"no step {recorded['op']}") from None


def _side(scene: Scene) -> dict[str, Any]:
    side: dict[str, Any] = {}
    if scene.stderr:
        side["stderr"] = "".join(scene.stderr)
    if scene.on_log:
        side["onLog"] = list(scene.on_log)
    return side


def milliseconds(text: str) -> int:
    """A recorded time in milliseconds since the epoch. Raises `CannotAsk`."""
    ms = parse_date(text)
    if ms is None:
        raise CannotAsk(f"{text!r} is no time")
    return ms


def set_mtime(path: Path, ms: float) -> None:
    """Let the file or folder at `path` have been written at `ms`."""
    ns = round(ms) * _NS_PER_MS
    os.utime(path, ns=(ns, ns))


def _date_tree(folder: Path, ms: float) -> None:
    for at, _, files in os.walk(folder, topdown=False):
        for name in files:
            path = Path(at, name)
            if not path.is_symlink():
                set_mtime(path, ms)
        set_mtime(Path(at), ms)
