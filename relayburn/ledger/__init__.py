"""The home on disk: the ledger and all that lies beside it (ledger.md)."""
