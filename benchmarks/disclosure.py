"""A resident's 20 rows among a million records: found, proven, and beside a bare SQL query.

``python -m benchmarks.disclosure [RECORDS]`` (1,000,000; a million takes about 1.2 GB of disk). The
records lie in twelve months, the residents' at random. A request is what one call of ``hub ledger
disclose`` does once its libraries are loaded: look at the head, bring the index up, find, read,
prove and verify. The bare query asks the same database for the same places, by its driver alone.
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.ledger_records import provision
from hub.ledger.disclose.report import Reporter
from hub.ledger.index.fill import Filler, trees
from hub.ledger.index.store import IndexStore, index_url
from hub.ledger.log_files import LedgerLog
from hub.ledger.log_reader import read_head
from hub.ledger.note import NoteSigner
from hub.ledger.template import EntryTemplate
from hub.vocabulary.clock import JST, rfc3339
from ops.postgres import LocalPostgres, PostgresError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Bare = Callable[[str, Path, Sequence[str], list[int]], Iterator[float]]

RECORDS = 1_000_000
ROWS_EACH = 20
_MONTHS = [datetime(2026, month, 15, 12, tzinfo=JST) for month in range(1, 13)]
_BATCH = 1000
_BATCHES_A_CHECKPOINT = 50
_REQUESTS = 300
_PREFECTURE = "070009"  # who receives in ``provision``


def run(records: int = RECORDS) -> dict[str, Any]:
    """Measure on SQLite and, where it is there, PostgreSQL; gives the figures."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        root = Path(folder)
        _write(root, records)
        figures = {"sqlite": _measure(root, records, "sqlite", _bare_sqlite)}
        try:
            server = LocalPostgres()
        except PostgresError as error:
            print(f"PostgreSQL is left out: {error}\n")
        else:
            with server:
                figures["postgresql"] = _measure(root, records, server.url, _bare_postgres)
    return {"records": records, "rows": ROWS_EACH, "requests": _REQUESTS, "indexes": figures}


def _subject(resident: int) -> bytes:
    return hashlib.sha256(resident.to_bytes(8, "big")).digest()


def _write(root: Path, records: int) -> None:
    """Write the ledger; each resident has as many records as any other, at random places."""
    signer = NoteSigner("bench/ledger", Ed25519PrivateKey.from_private_bytes(bytes(32)))
    residents = [resident for resident in range(records // ROWS_EACH) for _ in range(ROWS_EACH)]
    random.Random(1).shuffle(residents)
    with LedgerLog(root, signer) as log:
        each = -(-records // len(_MONTHS))
        for number, now in enumerate(_MONTHS):
            template = EntryTemplate(provision(rfc3339(now)))
            part = residents[number * each : (number + 1) * each]
            for turn, start in enumerate(range(0, len(part), _BATCH)):
                lines = [
                    _line(template, now, resident) for resident in part[start : start + _BATCH]
                ]
                log.append(lines, log.position + 1, now)
                if turn % _BATCHES_A_CHECKPOINT == 0:
                    log.checkpoint()
        log.checkpoint()


_ids = (f"0192f3c4-{number >> 32:04x}-7000-8000-{number:012x}" for number in range(1 << 40))


def _line(template: EntryTemplate, now: datetime, resident: int) -> bytes:
    digest = _subject(resident).hex()
    return template.line(next(_ids), next(_ids), rfc3339(now), digest, digest)


def _measure(root: Path, records: int, setting: str, bare: Bare) -> dict[str, Any]:
    """Fill an index and ask it, and the database under it, for the same residents."""
    file = root / "index.sqlite"
    with IndexStore(index_url(setting, file)) as store:
        there = trees(root, read_head(root))
        began = perf_counter()
        Filler(store, root).catch_up(there)
        filled = perf_counter() - began
        chosen = random.Random(2).sample(range(records // ROWS_EACH), _REQUESTS)
        asked = [partial(_ask, store, root, _subject(resident)) for resident in chosen]
        cpu = process_time()
        requests = [_timed(each) for each in asked]
        cpu = process_time() - cpu
    queries = list(bare(setting, file, [tree.month for tree in there], chosen))
    return {
        "fill_records_a_second": round(records / filled),
        "disclose_ms": _percentiles(requests),
        "disclose_cpu_ms_each": round(cpu / _REQUESTS * 1000, 2),
        "bare_query_ms": _percentiles(queries),
    }


def _ask(store: IndexStore, root: Path, subject: bytes) -> None:
    reporter = Reporter(store, root, read_head(root), lambda body: body)
    found = reporter.report([subject], _PREFECTURE)
    _whole(found.rows)


def _whole(rows: Sequence[object]) -> None:
    if len(rows) != ROWS_EACH:
        raise RuntimeError("an answer lacks rows")


def _sql(months: Sequence[str], mark: str) -> str:
    return " UNION ALL ".join(
        f"SELECT '{month}', place FROM records_{month.replace('-', '_')} WHERE subject = {mark}"  # noqa: S608
        for month in months
    )


def _bare_sqlite(_: str, file: Path, months: Sequence[str], chosen: list[int]) -> Iterator[float]:
    sql = _sql(months, "?1")
    with closing(sqlite3.connect(file)) as database:
        for resident in chosen:
            subject = _subject(resident)[:16]
            yield _timed(partial(_fetch, database, sql, (subject,)))


def _bare_postgres(url: str, _: Path, months: Sequence[str], chosen: list[int]) -> Iterator[float]:
    sql = _sql(months, "%(subject)s")
    with psycopg.connect(url) as database:
        for resident in chosen:
            subject = {"subject": _subject(resident)[:16]}
            yield _timed(partial(_fetch, database, sql, subject))


def _fetch(database: Any, sql: str, values: object) -> None:  # noqa: ANN401 -- either driver's
    _whole(database.execute(sql, values).fetchall())


def _timed(work: Callable[[], object]) -> float:
    """Give the milliseconds that some work takes."""
    began = perf_counter()
    work()
    return (perf_counter() - began) * 1000


def _percentiles(times: Sequence[float]) -> dict[str, float]:
    ordered = sorted(times)
    last = len(ordered) - 1
    return {"p50": round(ordered[last // 2], 2), "p99": round(ordered[last * 99 // 100], 2)}


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS), indent=2))
