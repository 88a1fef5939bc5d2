"""The tables of the embedded bus and how SQLite is told to keep them."""

from __future__ import annotations

# A commit must survive a power cut (FULL); what is deleted is overwritten (secure_delete).
TUNING = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;
PRAGMA wal_autocheckpoint = 8192;
PRAGMA cache_size = -65536;
"""

SCHEMA = """
CREATE TABLE IF NOT EXISTS topics (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS records (
  topic INTEGER NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL,
  at_ms INTEGER NOT NULL, key BLOB, headers BLOB NOT NULL, value BLOB NOT NULL,
  PRIMARY KEY (topic, partition, offset)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ends (
  topic INTEGER NOT NULL, partition INTEGER NOT NULL, next_offset INTEGER NOT NULL,
  PRIMARY KEY (topic, partition)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS members (
  grp TEXT NOT NULL, topic INTEGER NOT NULL, PRIMARY KEY (grp, topic)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS positions (
  grp TEXT NOT NULL, topic INTEGER NOT NULL, partition INTEGER NOT NULL,
  next_offset INTEGER NOT NULL, PRIMARY KEY (grp, topic, partition)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state (
  topic INTEGER NOT NULL, partition INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,
  PRIMARY KEY (topic, partition, key)
) STRICT, WITHOUT ROWID;
"""
