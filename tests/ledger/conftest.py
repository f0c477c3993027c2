"""What tests of the ledger begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from relayburn.ledger.append import forget_index
from relayburn.ledger.home import Home
from tests.ledger.records import home_at


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home that nothing was written to."""
    forget_index()
    return home_at(tmp_path / "burn")
