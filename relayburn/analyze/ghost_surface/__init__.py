"""Ghosts: what a user installed for an agent and nobody ever uses (ghost-surface.md)."""
