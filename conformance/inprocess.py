"""The default subject: this project's own stages, called in this process.

In: a `Request`. Out: what the stage returned; a `RelayburnError` is its documented failure, and any other exception
(`NotImplementedError` among them) is an accident. A stage that takes too long is stopped, where the system lets us:
in the main thread of a process, on a system with interval timers.
"""

from __future__ import annotations

import signal
import threading
import traceback
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import NoReturn

from conformance.corpus import PROJECT_ROOT
from conformance.stages.registry import Request, Sided, Stage
from conformance.subject import NOTHING_ADMITTED, Admitted, Answer, Answered, Broken, Failed
from conformance.surroundings import Place, Surroundings
from relayburn import __version__
from relayburn.errors import RelayburnError

_FRAMES_TOLD = 3


class TimeIsUp(BaseException):
    """Raised into a stage that takes too long; no stage's `except Exception` holds it back."""


class InProcess:
    """The stages of `stages`, each given `timeout` seconds, None for as long as it takes.

    Until `close`, this process stands at `place`.
    """

    def __init__(
        self,
        stages: Mapping[str, Stage],
        timeout: float | None,
        place: Place,
        admitted: Admitted = NOTHING_ADMITTED,
    ) -> None:
        self.title = f"relayburn {__version__}, in process"
        self.admitted = admitted
        self._stages = stages
        self._timeout = timeout if _can_interrupt() else None
        self._last_had_config = self._last_had_files = False
        self._open = ExitStack()
        if self._timeout is not None:
            self._open.callback(signal.signal, signal.SIGALRM, signal.signal(signal.SIGALRM, _time_is_up))
        self._surroundings = self._open.enter_context(Surroundings(place))

    def offers(self, protocol: str) -> bool:
        """Whether there is a stage for `protocol`."""
        return protocol in self._stages

    def ask(self, request: Request) -> Answer:
        """What the stage of the request's protocol returned or raised."""
        # Only a request that speaks of surroundings or files gives a stage a reason to touch ours.
        if self._last_had_files:
            self._surroundings.restore_directory()
        if self._last_had_config:
            self._surroundings.restore_environment()
        self._last_had_config = bool(request.config)
        self._last_had_files = self._last_had_config or bool(request.inputs)
        try:
            output = self._within_limit(self._stages[request.protocol], request)
        except RelayburnError as error:
            return Failed(type(error).__name__, str(error))
        except TimeIsUp:
            return Broken("hang", f"no answer within {self._timeout:g} s")
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever a stage raises is its answer
            return Broken("crash", _story(error))
        if type(output) is not Sided:
            return Answered(output)
        if output.failure is None:
            return Answered(output.output, output.side)
        return Failed(type(output.failure).__name__, str(output.failure), output.side)

    def _within_limit(self, stage: Stage, request: Request) -> object:
        if self._timeout is None:
            return stage(request)
        signal.setitimer(signal.ITIMER_REAL, self._timeout)
        try:
            return stage(request)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def notes(self) -> list[str]:
        """Nothing more to say."""
        return []

    def close(self) -> None:
        """Give the process back as it was."""
        self._open.close()


def _can_interrupt() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def _time_is_up(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise TimeIsUp


def _story(error: BaseException) -> str:
    """The exception, and the last frames that led to it, on one line."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES_TOLD:]
    places = [f"{_shortened(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
    said = str(error).replace("\n", " ")
    return f"{type(error).__name__}: {said} ({' > '.join(places)})"


def _shortened(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(PROJECT_ROOT)) if path.is_relative_to(PROJECT_ROOT) else path.name
