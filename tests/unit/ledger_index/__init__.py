"""Tests of the ledger's index, on SQLite and on PostgreSQL alike."""
