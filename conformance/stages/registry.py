"""What a stage is: a function for one protocol, from a request to an output.

A stage gets the request alone, with its surroundings already made: never the response, never the
recordings folder. It returns a JSON value (records in wire form), or raises a `RelayburnError` where
the rule says that the call fails.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from relayburn.errors import RelayburnError
from relayburn.semantics import Semantics


@dataclass(frozen=True, slots=True)
class Request:
    """One request, ready to be answered.

    `root` is the working copy that stands for `/corpus`: paths in `args` and `config` already point into
    it, `{"file": ...}` arguments are already read, `config.setup` is done, and a file under `visible_bytes`
    already ends there.
    """

    protocol: str
    args: dict[str, Any]
    config: dict[str, Any]
    inputs: tuple[str, ...]
    root: Path
    semantics: Semantics

    def path(self, index: int = 0) -> Path:
        """Where input `index` stands on disk."""
        return self.root / self.inputs[index]


@dataclass(frozen=True, slots=True)
class Sided:
    """What a stage returns where more is recorded than an output: `side` holds `stderr` or `onLog`.

    A call that fails and still said something has a `failure` in place of its output.
    """

    side: dict[str, Any]
    output: Any = None
    failure: RelayburnError | None = None


Stage = Callable[[Request], Any]


@dataclass(slots=True)
class Registry:
    """The stages by protocol."""

    stages: dict[str, Stage] = field(default_factory=dict)

    def stage(self, protocol: str) -> Callable[[Stage], Stage]:
        """Decorator: the function below answers `protocol`. Two answers for one are a mistake."""

        def register(function: Stage) -> Stage:
            if protocol in self.stages:
                raise ValueError(f"two stages for {protocol}")
            self.stages[protocol] = function
            return function

        return register


_REGISTRY = Registry()
stage = _REGISTRY.stage


def all_stages() -> dict[str, Stage]:
    """Every stage of this project by protocol; imports the modules that register them."""
    return stages_in(stage_modules())


def stage_modules() -> list[str]:
    """The names of all modules that may hold stages."""
    package = importlib.import_module("conformance.stages")
    return [f"{package.__name__}.{module.name}" for module in pkgutil.iter_modules(package.__path__)]


def stages_in(modules: Iterable[str]) -> dict[str, Stage]:
    """The stages that `modules` register, and those of modules that are imported already."""
    for module in modules:
        importlib.import_module(module)
    return dict(_REGISTRY.stages)
