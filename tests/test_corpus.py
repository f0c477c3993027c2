"""The corpus lies in the repository byte for byte: every input that a recording names has the hash it names."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import pytest

from relayburn.recording import ReplayReader

ROOT = Path(__file__).parent.parent
RECORDINGS = sorted((ROOT / "recordings").rglob("*.jsonl"))


@cache
def sha256(path: str) -> str | None:
    file = ROOT / path
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else None


def inputs(recording: Path) -> set[tuple[str, str | None]]:
    return {
        (item["path"], item["sha256"])
        for exchange in ReplayReader(recording)
        for item in exchange.request.get("input", [])
    }


@pytest.mark.parametrize("area", sorted({path.parent.name for path in RECORDINGS}))
def test_every_input_has_the_hash_that_its_recording_names(area: str) -> None:
    named = set().union(*(inputs(recording) for recording in RECORDINGS if recording.parent.name == area))

    assert {(path, sha256(path)) for path, _ in named} == named


@pytest.mark.parametrize(
    "manifest", [str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("fixtures/**/manifest.sha256"))]
)
def test_files_listed_by_a_manifest_have_their_hashes(manifest: str) -> None:
    folder = Path(manifest).parent

    listed = [line.split(maxsplit=1) for line in (ROOT / manifest).read_text().splitlines()]

    assert listed
    assert [digest for digest, _ in listed] == [sha256(str(folder / path)) for _, path in listed]


def test_git_leaves_the_bytes_of_the_corpus_alone() -> None:
    rules = (ROOT / ".gitattributes").read_text().splitlines()

    assert {"fixtures/** -text", "recordings/** -text"} <= set(rules)
