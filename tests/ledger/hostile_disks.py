"""Work under a disk that refuses: done in a process of its own, whose limits and rights are less.

These are the ways that hold for root too: a limit on the size of files (RLIMIT_FSIZE), a small file system in memory, and
giving up the right to pass over permissions.
"""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.ingest.killing import told_apart
from tests.ledger.processes import ROOT

_CAPABILITIES_VERSION = 0x20080522
_PASSING_OVER_PERMISSIONS = 1 << 1 | 1 << 2 | 1 << 3
"""CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER."""


def with_files_of_at_most(limit: int, work: Callable[..., Any], *args: Any) -> Any:
    """What `work` returns, or the exception it raises, where no file can grow beyond `limit` bytes."""
    return _apart(_limit_files, limit, work, args)


def bound_by_permissions(work: Callable[..., Any], *args: Any) -> Any:
    """What `work` returns, or the exception it raises, where permissions bind, even for root."""
    return _apart(_obey_permissions, None, work, args)


def _apart(begin: Callable[[Any], None], how: Any, work: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    answer, code = told_apart(_work, begin, how, work, args)
    assert code == 0
    return answer


def _work(
    tell: Connection, begin: Callable[[Any], None], how: Any, work: Callable[..., Any], args: tuple[Any, ...]
) -> None:
    begin(how)
    try:
        answer = work(*args)
    except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
        answer = error
    tell.send(answer)


def _limit_files(limit: int) -> None:
    # Python ignores SIGXFSZ, so that a write fails with EFBIG.
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


def _obey_permissions(_: None) -> None:
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)()
    if libc.capget(header, sets) == 0:
        sets[0] &= ~_PASSING_OVER_PERMISSIONS
        if libc.capset(header, sets) == 0:
            return
    raise OSError(ctypes.get_errno(), "cannot give up root's rights")


def read_only(folder: Path) -> None:
    """Let nobody write to `folder`, nor to what is in it."""
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o500 if path.is_dir() else 0o400)


def writable(folder: Path) -> None:
    """Let the owner do everything again, so that it can be removed."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(path.stat().st_mode | (stat.S_IRWXU if path.is_dir() else stat.S_IRUSR | stat.S_IWUSR))


def all_of(folder: Path) -> dict[str, tuple[int, int, bytes | None]]:
    """Every file and folder: its mode, when it was written, its bytes."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mode,
            path.stat().st_mtime_ns,
            None if path.is_dir() else path.read_bytes(),
        )
        for path in sorted(folder.rglob("*"))
    }


def in_a_world_with_own_mounts(module: str, *args: object) -> subprocess.CompletedProcess[str] | None:
    """Run a module of these tests where it may mount file systems; None where the system allows that to nobody."""
    for world in (("unshare", "--mount"), ("unshare", "--map-root-user", "--mount")):
        if _can_mount(world):
            command = [*world, sys.executable, "-m", module, *map(str, args)]
            return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return None


def _can_mount(world: Sequence[str]) -> bool:
    if shutil.which(world[0]) is None:
        return False
    command = [*world, "sh", "-c", "mount -t tmpfs tmpfs /mnt"]
    return subprocess.run(command, capture_output=True).returncode == 0
