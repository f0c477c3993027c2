"""What can fail, and how it is said.

Everything that relayburn raises on purpose is a `RelayburnError`, raised where the problem is
known and naming file, line and byte where there is one. A command turns it into one line on stderr
and an exit code. Any other exception is a bug: the conformance gate counts it as an error, even
where the reference failed too.
"""

from __future__ import annotations

import reprlib
from pathlib import Path
from typing import Any


class RelayburnError(Exception):
    """Base of every error that relayburn raises on purpose. It survives copying and the way between processes."""

    def __reduce__(self) -> tuple[Any, ...]:
        # An exception is made anew from `args`, which here hold the text, and not what a class was called with.
        return _restored, (type(self), self.args, self.__dict__)


def _restored(cls: type[RelayburnError], args: tuple[Any, ...], attributes: dict[str, Any]) -> RelayburnError:
    error = cls.__new__(cls, *args)
    error.__dict__.update(attributes)
    return error


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
        super().__init__(f"working directory must be a text, got {reprlib.repr(cwd)}")


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


class UnreadablePatch(RelayburnError):
    """An `apply_patch` call in a log holds something else than a text, which fails its whole session."""

    def __init__(self, patch: object) -> None:
        self.patch = patch
        super().__init__(f"a patch must be a text, got {type(patch).__name__}")


class InvalidTime(RelayburnError):
    """A message's time, in milliseconds, is beyond what a date can hold."""

    def __init__(self, ms: float) -> None:
        self.ms = ms
        super().__init__("Invalid time value")


class NullPart(RelayburnError):
    """A part of an OpenCode message is null, which fails its whole session."""


class InvalidUrl(RelayburnError):
    """A text that should name a server is no URL."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__("Invalid URL")


class EventStreamError(RelayburnError):
    """An event stream failed; `url` is where it was asked for."""

    def __init__(self, url: str, reason: str) -> None:
        self.url = url
        super().__init__(reason)


class EventStreamRefused(EventStreamError):
    """The server answered, but with an HTTP status that is no success, or without a body."""


class EventStreamInterrupted(EventStreamError):
    """The server could not be reached, or the connection broke before the stream ended."""


class EventStreamStalled(EventStreamError):
    """The server sent nothing for longer than was to be waited."""


class EventStreamClosed(EventStreamError):
    """The server ended the stream, which an event stream should never do."""


class EventTooLarge(EventStreamError):
    """One event grew beyond what is to be kept in memory."""


class OverheadFileUnreadable(RelayburnError):
    """An instruction file cannot be opened or read (missing, a directory, no permission)."""

    def __init__(self, path: str, cause: OSError | ValueError) -> None:
        self.path = path
        self.cause = cause
        super().__init__(f"cannot read {path}: {getattr(cause, 'strerror', None) or cause}")


class SurfaceUnreadable(RelayburnError):
    """A folder or config file of the user-installed surface is there but cannot be read."""

    def __init__(self, path: str, cause: OSError | ValueError) -> None:
        self.path = path
        self.cause = cause
        super().__init__(f"cannot read {path}: {getattr(cause, 'strerror', None) or cause}")


class UnsafeSessionId(RelayburnError):
    """A session id cannot be the name of a content file; `text` is the id as JSON."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"invalid sessionId for content path: {text}")


class PriceFileUnreadable(RelayburnError):
    """A price catalogue is missing, is no JSON, or has a null where a provider or model should stand."""

    def __init__(self, path: str | Path, cause: Exception) -> None:
        self.path = str(path)
        self.cause = cause
        super().__init__(f"cannot use the prices of {self.path}: {cause}")


class LockUnavailable(RelayburnError):
    """A lock is held by somebody else for longer than is waited for; `lock` is its file, or its name in a database."""

    def __init__(self, lock: str, reason: str) -> None:
        self.lock = lock
        super().__init__(reason)


class HomeUnwritable(RelayburnError):
    """Something in the home cannot be written (no space, no permission); what was there is as it was."""

    def __init__(self, path: str | Path, cause: OSError) -> None:
        self.path = str(path)
        self.cause = cause
        super().__init__(f"cannot write {self.path}: {cause.strerror or cause}")


class HomeUnreadable(RelayburnError):
    """Something in the home is there but cannot be read."""

    def __init__(self, path: str | Path, cause: OSError) -> None:
        self.path = str(path)
        self.cause = cause
        super().__init__(f"cannot read {self.path}: {cause.strerror or cause}")


class UnsupportedStorage(RelayburnError):
    """`RELAYBURN_STORAGE` names a storage that does not exist, or that cannot do what was asked for."""


class StoreTooNew(RelayburnError):
    """A SQLite store was written by a later version: its schema is not known to this one."""


class StoreUnusable(RelayburnError):
    """A SQLite store cannot be opened, read or written."""

    def __init__(self, path: str | Path, cause: Exception) -> None:
        self.path = str(path)
        self.cause = cause
        super().__init__(f"cannot use {self.path}: {cause}")


class EmptySelector(RelayburnError):
    """A stamp names nothing that it could hold for."""

    def __init__(self) -> None:
        super().__init__("stamp requires at least one selector field (sessionId, messageId, or range)")


class ArchiveUnusable(RelayburnError):
    """The archive cannot be built or read. It is made from the ledger, which is as it was."""

    def __init__(self, path: str | Path, cause: Exception) -> None:
        self.path = str(path)
        self.cause = cause
        super().__init__(f"cannot use the archive {self.path}: {str(cause).partition(chr(10))[0]}")


class RecordRefused(RelayburnError):
    """A ledger record is one that the reference's archive cannot hold; the text is what SQLite says of it."""


class IngestFailed(RelayburnError):
    """A pass over the session files that was made in another process failed; the text is what it failed of."""


class InvalidOption(RelayburnError):
    """A verb was called with an option that it does not understand; the text says which it would."""


class NothingFound(RelayburnError):
    """What a command was asked about does not exist, so it has nothing to say; the text tells what was looked for."""


class NoWorkingFolder(RelayburnError):
    """The folder that a command was started in no longer exists."""

    def __init__(self) -> None:
        super().__init__("the current folder no longer exists; change to another one")


class NoUserFolder(RelayburnError):
    """Neither the environment nor the system says which folder is the user's."""

    def __init__(self) -> None:
        super().__init__("cannot tell which folder is yours; set HOME")


class OutputUnwritable(RelayburnError):
    """What a command has to say cannot be written where it should go (no space, no device)."""

    def __init__(self, cause: OSError) -> None:
        self.cause = cause
        super().__init__(f"cannot write the output: {cause.strerror or cause}")


class Misuse(InvalidOption):
    """The words of a command do not make sense: nothing was done, and it ends with exit code 2."""
