"""The catalogue of faults that the gate must catch: one list from the rows of `conformance.fault_rows`."""

from __future__ import annotations

import importlib
import pkgutil

from conformance import fault_rows
from conformance.fault import Fault


def _catalogue() -> tuple[Fault, ...]:
    modules = sorted(module.name for module in pkgutil.iter_modules(fault_rows.__path__))
    faults = [fault for name in modules for fault in importlib.import_module(f"{fault_rows.__name__}.{name}").FAULTS]
    names = [fault.name for fault in faults]
    if len(set(names)) < len(names):
        raise ValueError("two faults have one name")
    return tuple(faults)


FAULTS = _catalogue()
