"""`burn`, the command. `--version` is answered from a constant before anything heavy is imported."""

from __future__ import annotations

import sys

from relayburn import __version__


def main() -> None:
    """Entry point of the script `burn`."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"burn {__version__}")
        return
    from relayburn.cli.commands import burn

    burn(prog_name="burn")
