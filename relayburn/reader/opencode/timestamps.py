"""Times of OpenCode, milliseconds since the epoch, as the ISO texts of records (reader-opencode.md 3.7)."""

from __future__ import annotations

from relayburn.jsdate import MAX_TIME_MS, iso

__all__ = ["MAX_TIME_MS", "iso"]
