"""Recorded command lines, run by the installed `burn` as a real process, in a copy of their fixture.

The gate replays all recordings in its own process; here is shown that the program as users start it answers the same. The
clock of a process cannot be set, so there are only lines here that do not depend on it, at least one of every command.
"""

from __future__ import annotations

import itertools
import os
import re
import string
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.compare import same
from conformance.copies import copy_tree, remove_tree
from conformance.corpus import PROJECT_ROOT, Corpus, Exchange
from conformance.not_binding import PROTOCOL, as_recorded
from conformance.pathmap import VIRTUAL_ROOT, PathMap
from conformance.setup_steps import done
from conformance.texts import unfolded
from tests.cli.burning import BURN

_LINES = {
    "top-level": ([2], [5], [9]),
    "summary-default": ([2], [8]),
    "summary-filters": ([4],),
    "summary-exclusive": ([1],),
    "summary-mixed": ([4],),
    "summary-broken": ([2],),
    "wide-summary": ([17],),
    "hotspots-attribution": ([1], [2]),
    "hotspots-refused": ([4],),
    "hotspots-session": ([1], [7]),
    "overhead-report": ([1], [6]),
    "overhead-trim": ([2],),
    "compare-table": ([1],),
    "compare-errors": ([7],),
    "wide-compare": ([1],),
    "gap-warning": ([3],),
    "ingest-once": ([1, 2], [9]),
    "hook-claude": ([1], [13]),
    "progress-env": ([8],),
    "state-status": ([2, 3, 4, 5, 8],),
    "state-prune-reset": ([1, 2],),
    "run-harness": ([4], [6], [8]),
    "mcp-help": ([1],),
}
"""For each recording, numbers of lines that are run one after the other in one copy of their fixture."""

_COMMANDS = {"summary", "hotspots", "overhead", "compare", "ingest", "run", "state", "mcp-server"}

_OF_THIS_RUN = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uuid>"),
    (re.compile(r"(codex|opencode)-\d+-\d+(?=-<uuid>\.json)"), r"\1-<process>-<time>"),
    (re.compile(r"(last (?:build|full rebuild): )\S+"), r"\1<time>"),
    (re.compile(r'("last(?:Built|Rebuild)At": )"[^"]+"'), r'\1"<time>"'),
    (re.compile(r'("ledgerMtimeMs(?:Current)?": )[1-9][\d.]*'), r'\1"<mtime>"'),
    # Our archive is a folder.
    (re.compile(r"/archive/ts-1\.10\b"), "/archive.sqlite"),
)
"""What another run of the same words tells otherwise."""

_CHAINS = [(name, tuple(chain)) for name, chains in _LINES.items() for chain in chains]


@pytest.fixture
def root() -> Iterator[Path]:
    """A new folder whose path is as long as the recorded one, because tables are as wide as the paths in them."""
    for letters in itertools.product(string.ascii_lowercase + string.digits, repeat=2):
        folder = Path("/tmp", "".join(letters))
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        assert len(str(folder)) == len(VIRTUAL_ROOT)
        yield folder
        remove_tree(folder)
        return
    pytest.skip("all folders of two letters in /tmp exist")


@pytest.mark.parametrize(("name", "numbers"), _CHAINS, ids=[f"{name}:{','.join(map(str, n))}" for name, n in _CHAINS])
def test_the_installed_command_answers_as_recorded(root: Path, name: str, numbers: tuple[int, ...]) -> None:
    corpus = Corpus(PROJECT_ROOT)
    exchanges = list(corpus.exchanges(corpus.recordings / "cli" / f"{name}.jsonl"))
    for number in numbers:
        exchange = exchanges[number - 1]
        if number == numbers[0] or not exchange.is_carried:
            _lay_out(exchange, root)
        recorded = exchange.recorded.response["output"]  # ty: ignore[not-subscriptable]
        expected = {stream: recorded[stream] for stream in ("exit_code", "stdout", "stderr")}
        told = _told(exchange, root)
        expected, told = _without_this_run(expected), _without_this_run(told)
        expected, told = unfolded(PROTOCOL, expected), unfolded(PROTOCOL, told)
        told = as_recorded(PROTOCOL, exchange.config, expected, told)
        assert same(expected, told, PROTOCOL), f"line {number} of {name}:\n{expected}\n{told}"


def test_every_recorded_command_is_run() -> None:
    corpus = Corpus(PROJECT_ROOT)
    run = set()
    for name, numbers in _CHAINS:
        exchanges = list(corpus.exchanges(corpus.recordings / "cli" / f"{name}.jsonl"))
        run |= {word for number in numbers for word in exchanges[number - 1].recorded.request["args"]["argv"][:1]}

    assert run >= _COMMANDS


def _lay_out(exchange: Exchange, root: Path) -> None:
    """Copy the fixture of `exchange` to `root`, the recorded root in its files replaced by this one."""
    cwd = exchange.recorded.request["args"]["cwd"]
    fixture = "/".join(cwd.split("/")[2:5])
    target = root / fixture
    remove_tree(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    copy_tree(PROJECT_ROOT / fixture, target)
    for path in sorted(target.rglob("*"), reverse=True):
        if path.name == ".keep":
            path.unlink()
        elif path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            if VIRTUAL_ROOT.encode() in data:
                path.write_bytes(data.replace(VIRTUAL_ROOT.encode(), str(root).encode()))


def _told(exchange: Exchange, root: Path) -> dict[str, Any]:
    """What the installed command says to the words of `exchange`."""
    paths = PathMap(str(root))
    args, config = paths.inward(exchange.recorded.request["args"]), paths.inward(exchange.config)
    for number, step in enumerate(config.get("setup", ()), 1):
        done(step, number, root)
    fixture = root / "/".join(exchange.recorded.request["args"]["cwd"].split("/")[2:5])
    for pattern, seconds in config.get("setup_mtime_epoch_s", {}).items():
        for path in fixture.glob(pattern):
            os.utime(path, (seconds, seconds))
    search = os.pathsep.join(filter(None, (config.get("path_prepend"), os.environ["PATH"])))
    answer = subprocess.run(
        # By words rather than by its variable, which a harness that is run would be given too.
        [BURN, "--semantics", "ts-1.10", *args["argv"]],
        env={"PATH": search, "TZ": "UTC"} | args["env"],
        cwd=args["cwd"],
        input=args.get("stdin", "").encode(),
        capture_output=True,
        check=False,
    )
    streams = {"stdout": answer.stdout.decode(), "stderr": answer.stderr.decode()}
    return paths.outward({"exit_code": answer.returncode} | streams)


def _without_this_run(answer: dict[str, Any]) -> dict[str, Any]:
    for pattern, general in _OF_THIS_RUN:
        answer = answer | {stream: pattern.sub(general, answer[stream]) for stream in ("stdout", "stderr")}
    return answer
