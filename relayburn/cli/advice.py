"""What to do about an error, where its text does not say it.

In: an error. Out: what a user can do, to follow the error's text. Under ts-1.10 errors are told as the reference does,
without.
"""

from __future__ import annotations

import errno

from relayburn import errors
from relayburn.errors import RelayburnError

_IN_THE_WAY = "something else has that name: move it away, or name another home with --ledger-path"
_BY_CODE = {
    errno.EEXIST: _IN_THE_WAY,
    errno.EISDIR: _IN_THE_WAY,
    errno.ENOTDIR: _IN_THE_WAY,
    errno.ENOSPC: "free some space; nothing is lost",
    errno.EDQUOT: "free some space; nothing is lost",
    errno.EROFS: "name a home that can be written with --ledger-path",
}
"""What to do about what the system says, whatever it was about."""

_ADVICE: tuple[tuple[type[RelayburnError], str], ...] = (
    (errors.HomeUnreadable, "make it readable for you (ls -l), or name another home with --ledger-path"),
    (errors.HomeUnwritable, "make it writable for you (ls -l), or name another home with --ledger-path"),
    (errors.LockUnavailable, "another burn is at work there; try again when it has ended"),
    (errors.ArchiveUnusable, "`burn state rebuild archive --full` makes it anew from the ledger"),
    (errors.PriceFileUnreadable, "correct or remove that file"),
    (errors.OverheadFileUnreadable, "make it readable for you (ls -l)"),
    (errors.SurfaceUnreadable, "make it readable for you (ls -l)"),
    (errors.StoreTooNew, "use a relayburn that is at least as new"),
)


def advice_on(error: RelayburnError) -> str | None:
    """What can be done about `error`; None where its own text says it, or nothing can."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, OSError) and cause.errno in _BY_CODE:
        return _BY_CODE[cause.errno]
    return next((advice for kind, advice in _ADVICE if isinstance(error, kind)), None)
