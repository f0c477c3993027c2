"""Patterns of waste in sessions: what failed again and again, was undone, lost or carried for nothing (patterns.md)."""
