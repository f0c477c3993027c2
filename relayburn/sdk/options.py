"""The options of each verb, as types, for callers that hand them on.

Every option may be left out, except the models of a comparison. What they mean stands with the verbs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Required, TypedDict

from relayburn.analyze.calendar import Unit
from relayburn.ingest.watch import WakeUps
from relayburn.sdk.reading import OnLog


class Listening(TypedDict, total=False):
    """Who hears that the archive could not be used."""

    on_log: OnLog


class SessionCostOptions(Listening, total=False):
    """Options of `session_cost`."""

    session: str | None


class FingerprintOptions(Listening, total=False):
    """Options of `fingerprint`: at most one of them."""

    session: str | None
    project: str | None


class TurnOptions(Listening, total=False):
    """Which turns a verb is about; those of `spending_by_block`."""

    session: str | None
    project: str | None
    since: str | None


class SummaryOptions(TurnOptions, total=False):
    """Options of `summary`."""

    tags: Mapping[str, str] | None
    group_by_tag: str | None


class PeriodOptions(TurnOptions, total=False):
    """Options of `spending_by_period`."""

    unit: Unit
    tz: str | None
    until: str | None


class StandingOptions(Listening, total=False):
    """Options of `standing`."""

    session: str | None
    tz: str | None


class OverheadOptions(Listening, total=False):
    """Options of `overhead`."""

    project: str | None
    since: str | None
    kind: str | None
    cwd: str | os.PathLike[str] | None


class OverheadTrimOptions(OverheadOptions, total=False):
    """Options of `overhead_trim`."""

    top: float
    include_diff: bool


class HotspotsOptions(TurnOptions, total=False):
    """Options of `hotspots`."""

    group_by: str
    patterns: Sequence[str]
    workflow: str | None
    provider: Sequence[str] | None
    cwd: str | os.PathLike[str] | None


class CompareOptions(TurnOptions, total=False):
    """Options of `compare`."""

    models: Required[Sequence[str]]
    workflow: str | None
    agent: str | None
    provider: Sequence[str] | None
    min_sample: float
    min_fidelity: str


class IngestAsyncOptions(TypedDict, total=False):
    """Options of `ingest_async`."""

    log: OnLog
    processes: int


class IngestOptions(IngestAsyncOptions, total=False):
    """Options of `ingest`."""

    stop: Callable[[], bool]


class WatchOptions(TypedDict, total=False):
    """Options of `watch` and `watch_async`."""

    wake_ups: WakeUps | None
    log: OnLog
