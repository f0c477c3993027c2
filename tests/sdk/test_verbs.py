"""Every verb, however it is called: the same answer, the same options, the errors that are specified."""

from __future__ import annotations

import asyncio
import inspect
import shutil
from pathlib import Path
from typing import Any, Required, get_args, get_origin, get_type_hints

import pytest

import relayburn
from relayburn import sdk
from relayburn.errors import HomeUnreadable, InvalidOption
from relayburn.ledger.home import Home
from relayburn.records import to_wire
from relayburn.sdk import Ledger, hotspots, summary
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.archive.ledgers import append, line
from tests.ingest.users import User, answer, prompt
from tests.ledger.records import turn
from tests.sdk.homes import MODELS, SESSIONS, VERBS, made_up_home, say_the_same, without_archive

BOTH = pytest.mark.parametrize("semantics", (CURRENT, TS_1_10), ids=lambda each: each.name)
EACH = pytest.mark.parametrize("verb", VERBS)
OURS_ALONE = ("spending_by_period", "spending_by_block", "standing")
EACH_IN_BOTH = pytest.mark.parametrize(
    ("verb", "semantics"),
    [(verb, each) for verb in VERBS for each in (CURRENT, TS_1_10) if each is CURRENT or verb not in OURS_ALONE],
    ids=lambda each: each if isinstance(each, str) else each.name,
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return made_up_home(tmp_path, seed=1)


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that tests only ask, so that its archive is built once."""
    return made_up_home(tmp_path_factory.mktemp("unchanged"), seed=1)


def ask(verb: str, home: Home, **options: Any) -> Any:
    return getattr(sdk, verb)(home, **VERBS[verb] | options)


@EACH_IN_BOTH
def test_a_function_and_a_method_give_the_same(unchanged: Home, verb: str, semantics: Semantics) -> None:
    method = getattr(Ledger.open(unchanged, semantics=semantics), verb)

    assert method(**VERBS[verb]) == ask(verb, unchanged, semantics=semantics)


@EACH
def test_a_home_may_be_given_by_its_path_or_by_the_environment(
    unchanged: Home, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(unchanged.user_home))
    monkeypatch.setenv("RELAYBURN_HOME", str(unchanged.path))
    options = VERBS[verb]

    ways = [
        getattr(sdk, verb)(unchanged.path, **options),
        getattr(sdk, verb)(**options),
        getattr(sdk, verb)("", **options),
        getattr(Ledger.open(), verb)(**options),
    ]

    assert all(to_wire(each) == to_wire(ways[0]) for each in ways)


@pytest.mark.parametrize("verb", (*VERBS, "ingest", "ingest_async", "watch", "watch_async"))
def test_the_options_of_a_method_are_those_of_the_function(verb: str) -> None:
    function = inspect.signature(getattr(sdk, verb))
    (options,) = get_args(get_type_hints(getattr(Ledger, verb))["options"])
    named = {name: each for name, each in function.parameters.items() if each.kind is each.KEYWORD_ONLY}

    typed = get_type_hints(options, include_extras=True)
    assert set(typed) | {"semantics"} == set(named)
    required = {name for name, each in typed.items() if get_origin(each) is Required}
    assert required == {name for name, each in named.items() if each.default is each.empty}


def test_opening_a_ledger_touches_nothing(tmp_path: Path) -> None:
    assert Ledger.open(tmp_path / "nowhere").home.path == tmp_path / "nowhere"
    assert list(tmp_path.iterdir()) == []


def test_what_is_exported_is_the_sdk_s() -> None:
    names = [name for name in relayburn.__all__ if not name.startswith("__")]

    assert set(VERBS) < set(names) | {"ingest"}
    assert all(getattr(relayburn, name) is getattr(sdk, name) for name in names)
    assert set(names) <= set(sdk.__all__)
    assert all(getattr(sdk, name) for name in sdk.__all__)
    for package in (relayburn, sdk):
        with pytest.raises(AttributeError, match="has no attribute 'summery'"):
            _ = package.summery


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "since": ("summary", {"since": "7x"}, "invalid since: 7x (expected ISO timestamp or relative range like 7d)"),
    "a day that is none": (
        "hotspots",
        {"since": "2026-13-01"},
        "invalid since: 2026-13-01 (expected ISO timestamp or relative range like 7d)",
    ),
    "a grouping": (
        "hotspots",
        {"group_by": 'to"ol'},
        'invalid hotspots groupBy: "to\\"ol" (expected one of: attribution, bash, bash-verb, file, subagent)',
    ),
    "a kind": (
        "overhead",
        {"kind": "readme"},
        'invalid overhead kind: "readme" (expected one of: claude-md, agents-md)',
    ),
    "a kind to trim": (
        "overhead_trim",
        {"kind": ""},
        'invalid overhead kind: "" (expected one of: claude-md, agents-md)',
    ),
    "one model": ("compare", {"models": ["a"]}, "compare: needs at least 2 models"),
    "a text of models": ("compare", {"models": "ab"}, "compare: needs at least 2 models"),
    "a fidelity": (
        "compare",
        {"min_fidelity": "best"},
        "compare: invalid minFidelity: best (expected one of full, usage-only, aggregate-only, cost-only, partial)",
    ),
    "a text of providers": ("compare", {"provider": "anthropic"}, "compare: provider must be an array of strings"),
}


@BOTH
@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_meant_is_refused_before_anything_is_read(
    tmp_path: Path, what: str, semantics: Semantics
) -> None:
    verb, options, text = REFUSED[what]
    nowhere = Home(tmp_path / "nowhere", tmp_path, {})
    (tmp_path / "CLAUDE.md").write_text("# Rules\n")

    with pytest.raises(InvalidOption) as refused:
        ask(verb, nowhere, semantics=semantics, **({"cwd": tmp_path} if "overhead" in verb else {}) | options)

    assert str(refused.value) == text
    assert not nowhere.path.exists()


def test_the_first_of_two_faults_is_told(unchanged: Home) -> None:
    with pytest.raises(InvalidOption, match="at least 2 models"):
        sdk.compare(unchanged, models=["a"], min_fidelity="best", provider="x")
    with pytest.raises(InvalidOption, match="minFidelity"):
        sdk.compare(unchanged, models=["a", "b"], min_fidelity="best", provider="x")
    with pytest.raises(InvalidOption, match="groupBy"):
        hotspots(unchanged, group_by="x", since="7x")
    assert hotspots(unchanged, group_by="x", patterns=["retry-loop"]).kind == "findings"


@EACH_IN_BOTH
def test_who_listens_hears_that_the_archive_could_not_be_used(home: Home, verb: str, semantics: Semantics) -> None:
    expected = ask(verb, home, semantics=semantics)
    shutil.rmtree(home.path / "archive", ignore_errors=True)
    for folder in home.path.glob("archive*"):
        shutil.rmtree(folder)
    without_archive(home)
    (home.path / "archive-ts-1.10").write_text("in the way")
    heard: list[str] = []

    found = ask(verb, home, semantics=semantics, on_log=heard.append)

    what = "archive compare" if verb == "compare" else "archive query"
    assert all("failed, falling back to ledger walk: cannot " in text for text in heard)
    if semantics is CURRENT:
        assert say_the_same(found, expected)
        assert "overhead" in verb or heard[0].startswith(f"{what} failed")


def test_a_record_that_the_old_archive_refuses_costs_the_reference_its_archive_and_us_nothing(home: Home) -> None:
    append(home, line("turn", {key: value for key, value in turn("odd").items() if key != "model"}))
    heard: list[str] = []

    reference = summary(home, semantics=TS_1_10, on_log=heard.append)
    ours = summary(home, semantics=CURRENT, on_log=pytest.fail)

    assert heard == [
        "archive query failed, falling back to ledger walk: Provided value cannot be bound to SQLite parameter 6."
    ]
    assert reference.turn_count >= ours.turn_count > 0


@pytest.mark.parametrize("verb", ("summary", "session_cost", "hotspots", "compare"))
def test_an_error_of_the_walk_itself_is_raised(home: Home, verb: str) -> None:
    home.ledger.unlink()
    home.ledger.mkdir()
    heard: list[str] = []

    with pytest.raises(HomeUnreadable, match=r"ledger\.jsonl: Is a directory"):
        ask(verb, home, on_log=heard.append)

    assert heard


@EACH
def test_a_home_that_does_not_exist_reads_as_empty(tmp_path: Path, verb: str) -> None:
    made, never_made = Home(tmp_path / "made", tmp_path, {}), Home(tmp_path / "nowhere", tmp_path, {})
    made.path.mkdir()
    made.ledger.touch()

    found = ask(verb, never_made, on_log=pytest.fail)

    assert to_wire(found) == to_wire(ask(verb, made))


def test_what_has_no_price_is_named_under_current_and_silent_in_the_reference(unchanged: Home) -> None:
    ours, reference = summary(unchanged), summary(unchanged, semantics=TS_1_10)

    assert ours.unpriced_turns > 0
    assert [row.model for row in ours.unpriced_models] == [MODELS[3]]
    assert "unpricedTurns" not in to_wire(reference)
    assert "unpricedTurns" not in to_wire(sdk.session_cost(unchanged, session="s-1", semantics=TS_1_10))


def test_detectors_see_what_the_old_archive_dropped(tmp_path: Path) -> None:
    home = made_up_home(tmp_path, seed=2, turns=1)
    edits = [("a", "b"), ("b", "a"), ("a", "b")]
    for number, (before, after) in enumerate(edits):
        call = {"id": f"e-{number}", "name": "Edit", "argsHash": f"{number:016x}", "target": "/a.py"}
        hashes = {"editPreHash": before * 16, "editPostHash": after * 16}
        append(home, line("turn", turn(f"e-{number}", "edits", turnIndex=number, toolCalls=[call | hashes])))

    found = {
        semantics.name: len(hotspots(home, patterns=["edit-revert"], semantics=semantics).findings)
        for semantics in (CURRENT, TS_1_10)
    }

    assert found["ts-1.10"] == 0
    assert found["current"] > 0


def test_the_newest_of_a_message_counts_once_in_both(unchanged: Home) -> None:
    messages = {f"m-{number}" for number in range(60)}

    assert summary(unchanged).turn_count == len(messages)


def test_sessions_cost_what_the_summary_of_them_says(unchanged: Home) -> None:
    for session in SESSIONS:
        cost, whole = sdk.session_cost(unchanged, session=session), summary(unchanged, session=session)
        assert cost.turn_count == whole.turn_count
        assert cost.total_tokens == whole.total_tokens
        assert cost.total_usd == pytest.approx(whole.total_cost, abs=1e-6)


def test_asyncio_gives_what_waiting_gives(tmp_path: Path) -> None:
    one, other = User(tmp_path / "one"), User(tmp_path / "other")
    for someone in (one, other):
        someone.claude(prompt("hi"), answer("m1"), answer("m2", second=2))

    waited = sdk.ingest(one.home, log=pytest.fail)
    other.forget_process()
    awaited = asyncio.run(Ledger.open(other.home).ingest_async(log=pytest.fail))

    assert to_wire(awaited) == to_wire(waited)
    assert awaited.appended_turns == 2


def test_an_override_that_cannot_be_used_is_told_once_and_only_under_current(home: Home) -> None:
    home.price_override.write_text("{")
    for verb in VERBS:
        for semantics in (CURRENT, TS_1_10):
            heard: list[str] = []
            options: dict[str, Any] = {"project": "/nowhere"} if "overhead" in verb else {}
            ask(verb, home, on_log=heard.append, semantics=semantics, **options)
            told = semantics is CURRENT and "overhead" not in verb
            assert len(heard) == told, (verb, heard)
            assert all(text.startswith(f"cannot use the prices of {home.price_override}: ") for text in heard)


@EACH_IN_BOTH
def test_no_verb_fails_on_damaged_turns(verb: str, semantics: Semantics, home: Home) -> None:
    damage: list[dict[str, Any]] = [
        {"usage": None},
        {"usage": True},
        {"toolCalls": 5},
        {"turnIndex": {}},
        {"source": []},
    ]
    records = [turn(f"bad-{number}", sessionId=SESSIONS[0], **each) for number, each in enumerate(damage)]
    append(home, *[line("turn", record) for record in records])

    ask(verb, home, semantics=semantics)


@pytest.mark.parametrize(
    ("verb", "options"), [("compare", {"min_fidelity": "usage-only"}), ("hotspots", {}), ("session_cost", {})]
)
def test_damaged_turns_are_told_of_and_left_out(verb: str, options: dict[str, Any], home: Home) -> None:
    whole = ask(verb, home, **options)
    append(home, line("turn", turn("bad", sessionId=VERBS["session_cost"]["session"], usage=True)))
    heard: list[str] = []

    assert say_the_same(ask(verb, home, on_log=heard.append, **options), whole)
    assert [message for message in heard if message.endswith("damaged; they are left out")]
