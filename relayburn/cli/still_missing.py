"""Which commands of the reference are still to come; each is said so, under both readings of the command line."""

STILL_MISSING = ("summary", "hotspots", "overhead", "compare", "mcp-server")
