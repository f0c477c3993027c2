"""Finding session logs, reading what is new in them, and appending it to the ledger (ingest.md)."""
