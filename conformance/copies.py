"""Copies of fixture folders, and whether somebody changed them.

A copy is byte-exact and carries a time of long ago on every file and folder, so that any later write shows in a
`Snapshot`, however quickly it follows and whatever its length.
"""

# pathlib costs more than the system calls it makes, and these are made thousands of times.
# ruff: noqa: PTH101, PTH102, PTH115, PTH208, PTH211

from __future__ import annotations

import shutil
import stat

# Taken by name, so that they stay the system's own while recorded paths are mapped.
from os import chmod, listdir, lstat, mkdir, readlink, scandir, symlink, utime, walk
from pathlib import Path

WRITTEN_LONG_AGO_NS = 946_684_800 * 10**9

Snapshot = tuple[tuple[str, int, int, int], ...]
"""Path, mode, size and time of change of everything in a tree."""


def copy_tree(source: str | Path, target: str | Path) -> None:
    """Copy a file, link or folder, with everything in it."""
    status = lstat(source)
    if stat.S_ISLNK(status.st_mode):
        symlink(readlink(source), target)
        return
    if stat.S_ISDIR(status.st_mode):
        mkdir(target)
        for name in listdir(source):
            copy_tree(f"{source}/{name}", f"{target}/{name}")
    else:
        shutil.copyfile(source, target)
        executable = status.st_mode & 0o111
        if executable:
            chmod(target, 0o644 | executable)
    _age(target)


def mend_tree(source: Path, target: Path, before: Snapshot) -> None:
    """Make `target`, a copy of `source` that looked like `before`, look so again; what is whole is not touched."""
    now = {entry[0]: entry for entry in snapshot(target)}
    was = {entry[0]: entry for entry in before}
    for path in now.keys() - was.keys():
        remove_tree(Path(path))
    # A folder's path sorts before those of what is in it, so what it held comes back with it.
    for path in sorted(path for path, entry in was.items() if now.get(path) != entry):
        mode, mode_now = was[path][1], now[path][1] if path in now else 0
        original = source / Path(path).relative_to(target)
        if mode == mode_now and stat.S_ISREG(mode) and lstat(path).st_nlink == 1:
            shutil.copyfile(original, path)
            _age(Path(path))
        elif stat.S_ISDIR(mode) and stat.S_ISDIR(mode_now):
            Path(path).chmod(stat.S_IMODE(mode))
        elif snapshot(Path(path))[:1] != (was[path],):
            remove_tree(Path(path))
            copy_tree(original, Path(path))
    for path, mode, _, _ in before:
        if stat.S_ISDIR(mode):
            _age(Path(path))


def _age(path: str | Path) -> None:
    utime(path, ns=(WRITTEN_LONG_AGO_NS, WRITTEN_LONG_AGO_NS))


def snapshot(tree: Path) -> Snapshot:
    """What `tree` looks like now; an absent one is empty."""
    try:
        first = lstat(tree)
    except OSError:
        return ()
    found = [(str(tree), first.st_mode, first.st_size, first.st_mtime_ns)]
    folders = [str(tree)] if stat.S_ISDIR(first.st_mode) else []
    while folders:
        with scandir(folders.pop()) as entries:
            for entry in entries:
                status = entry.stat(follow_symlinks=False)
                found.append((entry.path, status.st_mode, status.st_size, status.st_mtime_ns))
                if stat.S_ISDIR(status.st_mode):
                    folders.append(entry.path)
    found.sort()
    return tuple(found)


def remove_tree(tree: Path) -> None:
    """Remove a file, link or folder with everything in it, whatever its permissions; an absent one is fine."""
    if tree.is_symlink() or not tree.is_dir():
        tree.unlink(missing_ok=True)
        return
    shutil.rmtree(tree, ignore_errors=True)
    if tree.exists():
        tree.chmod(0o700)
        for folder, names, _ in walk(tree):
            for below in (Path(folder, name) for name in names):
                if not below.is_symlink():
                    below.chmod(0o700)
        shutil.rmtree(tree)
