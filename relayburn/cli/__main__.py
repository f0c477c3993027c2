"""`python -m relayburn.cli`: the same as `burn`."""

from __future__ import annotations

from relayburn.cli import main

main()
