"""What the harness's tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.tiny import TinyCorpus


@pytest.fixture
def corpus(tmp_path: Path) -> TinyCorpus:
    """An empty corpus."""
    return TinyCorpus(tmp_path / "corpus")
