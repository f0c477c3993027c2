"""How `burn` ends: whatever happens, with an exit code, and with one line on stderr where it failed.

In: what to run. Out: the code that it returns; 1 for a failure, 2 for words that make no sense, 130 after Ctrl-C. A reader
that closes the pipe has had enough, which is no failure: 0. `--debug` shows the traceback. Imports next to nothing, so
that it costs `--version` next to nothing.
"""

from __future__ import annotations

# The module `signal` is this one and a good many enumerations, which take time at the start.
import _signal  # ty: ignore[import-not-found]
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TextIO

FAILED = 1
MISUSED = 2
INTERRUPTED = 130


def ended(command: Callable[[], int], words: Sequence[str]) -> int:
    """Run `command`, which the user asked for in `words`; the exit code, whatever happens."""
    interrupts = _Interrupts()
    try:
        with interrupts:
            code = command()
            for stream in (sys.stdout, sys.stderr):
                if stream is not None:
                    stream.flush()
            return code
    # Here everything ends, whatever it is.
    except BaseException as error:  # noqa: BLE001
        return _code_of(error, words, was_interrupted=interrupts.seen)


class _Interrupts:
    """While this is entered, Ctrl-C raises `KeyboardInterrupt` and is remembered; afterwards it ends the process at once."""

    seen = False

    def __enter__(self) -> None:
        # A process that was started in the background ignores interrupts, and keeps to that.
        if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
            _signal.signal(_signal.SIGINT, self._note)

    def _note(self, number: int, frame: object) -> None:
        self.seen = True
        raise KeyboardInterrupt

    def __exit__(self, *_: object) -> None:
        if _signal.getsignal(_signal.SIGINT) == self._note:
            _signal.signal(_signal.SIGINT, _signal.SIG_DFL)


def _code_of(error: BaseException, words: Sequence[str], *, was_interrupted: bool) -> int:
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else FAILED if error.code else 0
    # An extension module that is interrupted while it is imported may raise something of its own.
    if was_interrupted or isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, BrokenPipeError) and _give_up_closed_streams():
        return 0
    if "--debug" in words[: words.index("--") if "--" in words else None]:
        import traceback

        traceback.print_exception(error)
    else:
        fail(_line_of(error))
    _give_up_closed_streams()
    from relayburn.errors import Misuse

    return MISUSED if isinstance(error, Misuse) else FAILED


def fail(line: str) -> None:
    """Tell on stderr, in one line, what failed."""
    from relayburn.text import well_formed

    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"burn: {well_formed(' '.join(line.split()))}\n")
        sys.stderr.flush()
    except OSError:
        _give_up_closed_streams()


def _line_of(error: BaseException) -> str:
    from relayburn.errors import RelayburnError

    if isinstance(error, RelayburnError):
        from relayburn.cli.advice import advice_on

        return "; ".join(filter(None, (str(error), advice_on(error))))
    if isinstance(error, OSError) and error.strerror:
        names = [str(name) for name in (error.filename, error.filename2) if name is not None]
        return ": ".join([*names, error.strerror])
    what = ": ".join(filter(None, (type(error).__name__, str(error))))
    return f"this is a bug of burn: {what} ({_place_of(error)}); please report it with what --debug shows"


def _place_of(error: BaseException) -> str:
    """Where it happened: the innermost line of ours."""
    place, trace = "before any line of ours", error.__traceback__
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        if f"{os.sep}relayburn{os.sep}" in path:
            place = f"relayburn{path.rpartition(f'{os.sep}relayburn')[2]}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _give_up_closed_streams() -> bool:
    """Have nothing more written to standard streams that take no more; whether a reader has gone."""
    gone = [_give_up(stream) for stream in (sys.stdout, sys.stderr) if stream is not None]
    return any(gone)


def _give_up(stream: TextIO) -> bool:
    """Have nothing more written to `stream` where it takes no more; whether that is because its reader has gone."""
    import select

    try:
        descriptor = stream.fileno()
        poll = select.poll()
        poll.register(descriptor, 0)
        is_closed = any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
    except (OSError, ValueError, AttributeError):
        # A stream in memory, or a system without polls.
        return False
    try:
        stream.flush()
    except (OSError, ValueError):
        # What is left in it would be written at the very end, and be told of then.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
    return is_closed
