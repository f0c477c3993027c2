"""One session a concern. Each works from a fresh clone with nothing but Python and nox, and hands its arguments on:
`nox -s replay -- --protocol 'relayburn.reader.*'`, `nox -s tests -- -k increments`.
"""

from __future__ import annotations

import nox

nox.needs_version = ">=2024.4.15"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["lint", "tests", "replay"]


def _install(session: nox.Session) -> None:
    session.install("-e", ".[dev]")


@nox.session
def replay(session: nox.Session) -> None:
    """Replay the recordings through this build, or through `-- --subject 'my-driver'`."""
    _install(session)
    session.run("python", "-m", "conformance", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Everything that pytest finds, on all cores; `-- -n 0` takes one, in order."""
    _install(session)
    session.run("python", "-m", "pytest", "-n", "auto", *session.posargs)


@nox.session
def golden(session: nox.Session) -> None:
    """Reports against their stored snapshots; `-- --snapshot-update` accepts what they are now."""
    _install(session)
    session.run("python", "-m", "pytest", "-m", "golden", *session.posargs)


@nox.session
def properties(session: nox.Session) -> None:
    """Laws on generated inputs, with many more examples than `tests` takes."""
    _install(session)
    session.run("python", "-m", "pytest", "-m", "properties", "--hypothesis-profile", "thorough", *session.posargs)


@nox.session
def sensitivity(session: nox.Session) -> None:
    """Inject every fault of the catalogue in turn; fails if the gate lets one through."""
    _install(session)
    session.run("python", "-m", "conformance.sensitivity", *session.posargs)


@nox.session
def tolerance(session: nox.Session) -> None:
    """Every figure in USD against its recording, and against the same sum in exact rational arithmetic."""
    _install(session)
    session.run("python", "-m", "conformance.tolerance", *session.posargs)


@nox.session
def prices(session: nox.Session) -> None:
    """Write the shipped price table anew from the catalogue of the genai-prices package."""
    session.install("-e", ".[prices]")
    session.run("python", "-m", "relayburn.pricing.build", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Format, rules, types, and the direction of imports."""
    _install(session)
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")
    session.run("ty", "check")
    session.run("lint-imports")


@nox.session
def bench(session: nox.Session) -> None:
    """Costs on made-up logs, as ratios to a floor measured in the same run."""
    _install(session)
    session.run("python", "-m", "conformance.bench", *session.posargs)
