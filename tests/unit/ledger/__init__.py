"""Tests of the ledger: records, trees, notes, files and their verification."""
