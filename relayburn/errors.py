"""What can fail, and how it is said.

Everything that relayburn raises on purpose is a `RelayburnError`, raised where the problem is
known and naming file, line and byte where there is one. A command turns it into one line on stderr
and an exit code. Any other exception is a bug: the conformance gate counts it as an error, even
where the reference failed too.
"""

from __future__ import annotations

from pathlib import Path


class RelayburnError(Exception):
    """Base of every error that relayburn raises on purpose."""


class LogUnreadable(RelayburnError):
    """A session log cannot be opened or read (missing, a directory, no permission)."""

    def __init__(self, path: str | Path, cause: OSError) -> None:
        self.path = str(path)
        self.cause = cause
        super().__init__(f"cannot read {self.path}: {cause.strerror or cause}")


class UnsupportedTokenizer(RelayburnError):
    """A user-turn tokenizer was asked for that does not exist."""

    def __init__(self, name: object) -> None:
        self.name = name
        text = "null" if name is None else str(name)
        super().__init__(f"Unsupported user-turn tokenizer: {text}")


class SpecialToken(RelayburnError):
    """A measured text holds a special token, which the reference's tokenizer refuses."""

    def __init__(self, token: str) -> None:
        self.token = token
        super().__init__(f"The text contains a special token that is not allowed: {token}")


class InvalidProject(RelayburnError):
    """A turn's working directory is not a text, so no project can be resolved for it."""

    def __init__(self, cwd: object) -> None:
        self.cwd = cwd
        super().__init__(f"working directory must be a text, got {cwd!r}")


class InvalidInput(RelayburnError):
    """A caller's argument has a shape that the called rule does not define."""


class InvalidExchange(RelayburnError):
    """A value is no recorded exchange; `key` names the part that is wrong, None the whole."""

    def __init__(self, key: str | None, reason: str) -> None:
        self.key = key
        self.reason = reason
        super().__init__(reason if key is None else f"{key}: {reason}")


class RecordingError(RelayburnError):
    """A recording cannot be read or written: which file and, where it is one line's fault, which.

    `line` counts from 1, `byte` is the offset of that line's first byte (in the text, where the file is compressed).
    """

    def __init__(self, path: str | Path, line: int | None, byte: int | None, cause: str) -> None:
        self.path = str(path)
        self.line = line
        self.byte = byte
        self.cause = cause
        where = self.path if line is None else f"{self.path}, line {line}, byte {byte}"
        super().__init__(f"{where}: {cause}")


class MissingPackage(RelayburnError):
    """What was asked for needs a package that is not installed; `extra` is the extra of relayburn that brings it."""

    def __init__(self, package: str, extra: str) -> None:
        self.package = package
        self.extra = extra
        super().__init__(f"this needs the package {package}: pip install 'relayburn[{extra}]'")
