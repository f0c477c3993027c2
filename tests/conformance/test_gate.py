"""Nothing is learnt by heart: the gate says the same in any order, in any process, under any locale.

The part of the corpus replayed here is small enough to be replayed often.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from conformance.corpus import PROJECT_ROOT

PART = ("--area", "claude", "--protocol", "relayburn.reader.*")
SERVE = shlex.join([sys.executable, "-m", "conformance.serve"])


def told(python: tuple[str, ...], arguments: tuple[str, ...], environment: Mapping[str, str]) -> dict[str, Any]:
    """What a run of the gate says, without its times."""
    ended = subprocess.run(
        [sys.executable, *python, "-m", "conformance", *PART, "--json", *arguments],
        cwd=PROJECT_ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr
    outcome: dict[str, Any] = json.loads(ended.stdout)
    for unequal in ("seconds", "stage_seconds", "subject"):
        del outcome[unequal]
    return outcome


@pytest.fixture(scope="module")
def plain() -> dict[str, Any]:
    """What the gate says in corpus order, in one process."""
    outcome = told((), (), {"PYTHONHASHSEED": "0"})
    assert outcome["match"] > 300
    return outcome


@pytest.mark.parametrize(
    ("python", "arguments", "environment"),
    [
        ((), ("--shuffle", "1"), {"PYTHONHASHSEED": "random"}),
        ((), ("--shuffle", "2", "--jobs", "2"), {"PYTHONHASHSEED": "4711"}),
        ((), (), {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}),
        (("-O",), (), {}),
        ((), (), {"TZ": "America/St_Johns", "RELAYBURN_SEMANTICS": "current", "RELAYBURN_HOME": "/nowhere"}),
        ((), ("--subject", SERVE), {}),
        ((), ("--subject", SERVE, "--jobs", "2", "--shuffle", "3"), {}),
    ],
    ids=["shuffled", "two jobs", "C locale", "optimised", "another place", "served", "served twice"],
)
def test_the_gate_says_the_same(
    plain: dict[str, Any], python: tuple[str, ...], arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    assert told(python, arguments, environment) == plain
