"""The tables of the embedded bus, how SQLite is told to keep them, and the longer questions to them."""

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

FIRST = "SELECT min(offset) FROM records WHERE topic = ? AND partition = ?"
STATE_PAGE = """
SELECT key, value FROM state WHERE topic = ? AND partition = ? AND key > ? ORDER BY key LIMIT 5000
"""
STATE = "SELECT value FROM state WHERE topic = ? AND partition = ? AND key = ?"

TORN = """
SELECT r.topic FROM (
  SELECT topic, partition, count(*) AS number, min(offset) AS first, max(offset) AS last
  FROM records GROUP BY topic, partition
) r LEFT JOIN ends e USING (topic, partition)
WHERE e.next_offset IS NOT r.last + 1 OR r.number <> r.last - r.first + 1
UNION ALL
SELECT p.topic FROM positions p LEFT JOIN ends e USING (topic, partition)
WHERE p.next_offset > coalesce(e.next_offset, 0)
LIMIT 1
"""

BACKLOG = """
SELECT coalesce(sum(e.next_offset - coalesce(p.next_offset, 0)), 0)
FROM ends e LEFT JOIN positions p
  ON p.grp = ? AND p.topic = e.topic AND p.partition = e.partition
WHERE e.topic = ?
"""
