"""The tables of docs/performance.md about consumers, from the figures that the benchmarks give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.tables import table

if TYPE_CHECKING:
    from collections.abc import Sequence

_WAYS = {
    "client": "the client: open, check, decode, name the items",
    "bare AES-256-GCM": "bare AES-256-GCM of the same bytes",
    "bare HPKE": "bare HPKE of the same bytes, a key a record",
}


def latency(rows: Sequence[dict[str, Any]]) -> str:
    """Give how long a notice takes from submit to receive, by rate, on one bus."""
    return table(
        ["bus", "notices a second", "how many", "p50, ms", "p99, ms"],
        [(r["bus"], r["rate"], f"{r['notices']:,}", r["p50_ms"], r["p99_ms"]) for r in rows],
    )


def opens(figures: dict[str, Any]) -> str:
    """Give how many records one core opens a second, beside bare loops."""
    rates = figures["opens_a_second"]
    rows: list[Sequence[object]] = [(_WAYS[name], f"{rate:,}") for name, rate in rates.items()]
    rows.append(("the client to bare AES-256-GCM", figures["client_to_bare"]))
    title = f"{figures['records']:,} records of {figures['bytes_each']} bytes on average.\n"
    return "\n".join([title, table(["", "opened a second, one core"], rows)])
