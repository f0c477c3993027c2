"""relayburn: what coding agents spent, on what and why, read from their session logs."""

__version__ = "0.1.0"
