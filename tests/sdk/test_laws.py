"""Laws of the verbs, on made-up homes: ways agree, parts add up."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relayburn.sdk import session_cost, summary
from relayburn.semantics import CURRENT, TS_1_10
from tests.sdk.homes import MODELS, SESSIONS, VERBS, made_up_home, say_the_same, without_archive
from tests.sdk.test_verbs import ask

pytestmark = pytest.mark.properties
SEEDS = st.integers(0, 10**6)
FEW = settings(max_examples=2)


@pytest.mark.parametrize("verb", VERBS)
@settings(max_examples=2)
@given(seed=SEEDS)
def test_an_archive_and_a_walk_say_the_same(verb: str, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        read, walked = made_up_home(Path(folder, "a"), seed), without_archive(made_up_home(Path(folder, "b"), seed))

        assert say_the_same(ask(verb, read, on_log=pytest.fail), ask(verb, walked))


@FEW
@given(seed=SEEDS)
def test_sessions_projects_and_models_add_up_to_the_whole(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = made_up_home(Path(folder), seed)
        for semantics in (CURRENT, TS_1_10):
            whole = summary(home, semantics=semantics)
            for parts in (
                [summary(home, session=session, semantics=semantics) for session in SESSIONS],
                [summary(home, project=f"/p-{number}", semantics=semantics) for number in range(2)],
            ):
                assert sum(part.turn_count for part in parts) == whole.turn_count
                assert sum(part.total_tokens for part in parts) == whole.total_tokens
                assert sum(part.total_cost for part in parts) == pytest.approx(whole.total_cost, abs=1e-9)
            assert sum(row.cost for row in whole.by_model) == pytest.approx(whole.total_cost, abs=1e-9)
            assert {row.model for row in whole.by_model} <= set(MODELS)


@FEW
@given(seed=SEEDS, days=st.integers(1, 12))
def test_what_is_since_a_time_and_what_was_before_is_all(seed: int, days: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = made_up_home(Path(folder), seed)
        since = summary(home, since=f"{days}d")

        assert since.turn_count <= summary(home, since=f"{days + 1}d").turn_count <= summary(home).turn_count
        assert summary(home, since=f"{24 * days}h") == since
        assert sum(session_cost(home, session=session).turn_count for session in SESSIONS) == summary(home).turn_count
