"""The stage of the command line: `burn`'s words in a recorded home, what it wrote and how it ended (cli.md 17).

In: `args.argv`, `env`, `cwd` and `stdin`, and the surroundings that `config` names: a clock, a process id, counted uuids,
times of files, programs to be found first. Out: `{exit_code, stdout, stderr}`, for hooks and harnesses with the `files`
that they left in the home. Paths are recorded ones, which Python's file functions find in the working copy.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import Any

from conformance.errors import CannotAsk
from conformance.pathmap import VIRTUAL_ROOT, PathMap
from conformance.stages.registry import Request, stage
from conformance.stages.scenario import forget_process, milliseconds, set_mtime
from relayburn.cli.lenient import run
from relayburn.cli.shell import Shell

_MS_PER_S = 1000
_ARCHIVE = re.compile(r"/archive/ts-1\.10\b")
_MTIME = re.compile(r'("ledgerMtimeMs(?:Current)?": )[1-9][0-9.]*')


@stage("relayburn.cli")
def cli(request: Request) -> dict[str, Any]:
    paths = PathMap(str(request.root))
    args = paths.outward(request.args)
    config = request.config
    case = _case(args["cwd"], paths)
    _remove_keepers(case)
    for pattern, seconds in config.get("setup_mtime_epoch_s", {}).items():
        for path in case.glob(pattern):
            set_mtime(path, seconds * _MS_PER_S)
    now_ms = milliseconds(config["clock"])
    os.chdir(paths.opened(args["cwd"]))
    stdout, stderr = io.StringIO(), io.StringIO()
    shell = Shell(
        args["env"] | {"TZ": "UTC"},
        args["cwd"],
        io.StringIO(args.get("stdin", "")),
        stdout,
        stderr,
        request.semantics,
        lambda: now_ms,
    )
    forget_process()
    try:
        code = run(shell, args["argv"])
    finally:
        forget_process()
    answer: dict[str, Any] = {"exit_code": code, "stdout": _named(stdout.getvalue()), "stderr": stderr.getvalue()}
    if "stdin" in args:
        answer["files"] = _files(shell, paths)
    return answer


def _named(stdout: str) -> str:
    """What was said, the archive's folder named as the reference's file, and the ledger's times as recordings write them."""
    return _MTIME.sub(r'\1"<mtime>"', _ARCHIVE.sub("/archive.sqlite", stdout))


def _case(cwd: str, paths: PathMap) -> Path:
    """The folder of the fixture, which holds a home and projects."""
    for folder in (Path(paths.opened(cwd)), *Path(paths.opened(cwd)).parents):
        if folder.parent.name == "cli" and folder.parent.parent.name == "fixtures":
            return folder
    raise CannotAsk(f"{cwd} lies in no fixture of the command line")


def _remove_keepers(case: Path) -> None:
    """Remove the files that only keep empty folders in a repository."""
    for path in case.rglob(".keep"):
        path.unlink()


def _files(shell: Shell, paths: PathMap) -> dict[str, str]:
    """The ledger, if there is one, by its path in the corpus."""
    ledger = shell.home.ledger
    if not ledger.exists():
        return {}
    return {str(ledger).removeprefix(f"{VIRTUAL_ROOT}/"): paths.outward_text(ledger.read_text(encoding="utf-8"))}
