"""Every correction is named, documented, and proved by answers that were derived by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from relayburn.recording import ReplayReader
from relayburn.semantics import CURRENT, TS_1_10, Semantics

ROOT = Path(__file__).parent.parent
CURRENT_RECORDINGS = ROOT / "recordings" / "current"
ENTRIES = dict(
    re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", (ROOT / "docs" / "semantics.md").read_text(), re.MULTILINE | re.DOTALL)
)


def test_the_reference_has_no_correction_and_current_has_all() -> None:
    assert not any(getattr(TS_1_10, name) for name in Semantics.corrections())
    assert all(getattr(CURRENT, name) for name in Semantics.corrections())


def test_semantics_are_found_by_name() -> None:
    assert Semantics.named("ts-1.10") is TS_1_10
    assert Semantics.named("current") is CURRENT
    with pytest.raises(ValueError, match=r"unknown semantics 'v4' \(expected one of: ts-1.10, current\)"):
        Semantics.named("v4")


def test_every_correction_has_its_entry_in_the_documentation() -> None:
    assert set(ENTRIES) == set(Semantics.corrections())


@pytest.mark.parametrize("correction", Semantics.corrections())
def test_an_entry_says_what_why_and_how_it_is_proved(correction: str) -> None:
    entry = ENTRIES[correction]

    assert re.findall(r"^- \*\*(\w+):", entry, re.MULTILINE)[:3] == ["Reference", "current", "Why"]
    proofs = [name for name in re.findall(r"`([a-z0-9-]+)`", entry) if (CURRENT_RECORDINGS / f"{name}.jsonl").exists()]
    answers = [exchange for name in proofs for exchange in ReplayReader(CURRENT_RECORDINGS / f"{name}.jsonl")]
    assert len(answers) >= 2


def test_hand_derived_answers_say_how_they_were_derived() -> None:
    for recording in CURRENT_RECORDINGS.glob("*.jsonl"):
        for exchange in ReplayReader(recording):
            assert exchange.meta is not None
            assert (exchange.meta["oracle"], exchange.meta["semantics"]) == ("hand", "current")
            assert len(exchange.meta["about"]) > 40
