"""Paths as JavaScript's `path` module has them on POSIX: texts, resolved without asking the disk.

In: paths as texts. Out: joined, absolute or relative ones with `.` and `..` resolved, slashes collapsed and no slash at
the end. Python's own functions differ in keeping a leading `//` (overhead.md 1 and 7, ghost-surface.md).
"""

from __future__ import annotations

import posixpath


def joined(*parts: str) -> str:
    """`path.join`, without a slash at the end: `parts` one below the other; empty ones do not count. All empty: `.`."""
    return _normalized("/".join(part for part in parts if part))


def absolute(path: str, working_directory: str) -> str:
    """`path.resolve`: `path` seen from `working_directory`, which is absolute."""
    return _normalized(path if path.startswith("/") else f"{working_directory}/{path}")


def relative(base: str, path: str, working_directory: str) -> str:
    """`path.relative`: how to come from `base` to `path`, both seen from `working_directory`. `""` where they are the same."""
    found = posixpath.relpath(absolute(path, working_directory), absolute(base, working_directory))
    return "" if found == "." else found


def _normalized(path: str) -> str:
    found = posixpath.normpath(path)
    return found[1:] if found.startswith("//") else found
