"""The tables of docs/performance.md, from the figures that the benchmarks give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.kafka_stages import BUS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Figures = dict[str, Any]


def table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """Give a table in Markdown, with an empty line behind it."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines) + "\n"


def pipeline(figures: Figures) -> str:
    """Give the embedded pipeline's stages, and its rate beside the copies."""
    stages = [*figures["cpu_us_a_notice"].items()]
    stages += [("**ours, without the bus**", f"**{figures['cpu_us_a_notice_without_bus']}**")]
    rates = [
        ("pipeline", figures["notices_a_second"], ""),
        ("bare copy", figures["bare_copy_a_second"], figures["ratio_to_bare_copy"]),
        (
            "same outputs, made before",
            figures["same_outputs_a_second"],
            figures["ratio_to_same_outputs"],
        ),
    ]
    return "\n".join(
        [
            f"Pipeline: {figures['notices']} notices, {figures['batch']} a batch.\n",
            table(["stage", "CPU µs a notice"], stages),
            table(["", "notices a second", "pipeline as a part of it"], rates),
        ]
    )


def growth(sizes: Iterable[Figures]) -> str:
    """Give time and memory by number of residents on the embedded bus."""
    return table(
        ["residents", "submit, µs each", "carry, µs each", "peak MB"],
        [
            (f"{s['residents']:,}", s["submit_us_each"], s["carry_us_each"], s["peak_mb"])
            for s in sizes
        ],
    )


def disclosure(figures: Figures) -> str:
    """Give what a resident's report takes on each database, beside a bare query of it."""
    rows = [
        (
            name,
            f"{found['fill_records_a_second']:,}",
            *found["disclose_ms"].values(),
            found["disclose_cpu_ms_each"],
            *found["bare_query_ms"].values(),
        )
        for name, found in figures["indexes"].items()
    ]
    head = [
        "index",
        "filled, records a second",
        "report with proofs, ms p50",
        "p99",
        "our CPU, ms",
        "bare query, ms p50",
        "p99",
    ]
    records, rows_each, requests = (figures[key] for key in ("records", "rows", "requests"))
    title = f"{rows_each} rows of one resident among {records:,} records, {requests} requests.\n"
    return "\n".join([title, table(head, rows)])


_WAYS = {
    "plain": "plain append of the same bytes, synced as often",
    "ledger": "the ledger",
    "sqlite": "the ledger, its index on SQLite kept up beside it",
    "postgresql": "the ledger, its index on PostgreSQL kept up beside it",
    "tessera": "Tessera 1.0.4 on POSIX files",
}


def ledger(figures: Figures) -> str:
    """Give the ledger's append beside a plain one, and verification and growth by size."""
    append = figures["append"]
    rates = [
        (_WAYS[name], f"{rate:,}", append["ledger_to"].get(name, ""))
        for name, rate in append["a_second"].items()
    ]
    return "\n".join(
        [
            f"{append['records']:,} records, each {append['bytes_a_record']:,} bytes.\n",
            table(
                [
                    f"append, durable every {figures['batch']:,}",
                    "records a second",
                    "the ledger alone to it",
                ],
                rates,
            ),
            table(
                [
                    "records",
                    "append, first, µs each",
                    "append, last, µs each",
                    "bytes a record on disk",
                    "append, peak MB",
                    "verify, one core",
                    "to a bare loop",
                    "verify, all cores",
                    "to a bare loop",
                    "verify, peak MB",
                ],
                map(_ledger_size, figures["growth"]),
            ),
        ]
    )


def custody(figures: Figures) -> str:
    """Give the steps of a large file, and the time of many erasures."""
    large, day = figures["large"], figures["day"]
    steps = [
        (name, step["seconds"], round(large["mib"] / step["seconds"]), step["peak_mb"])
        for name, step in large["steps"].items()
    ]
    many = table(
        ["due at once", "bus", "certified after, s"],
        [(f"{each['files']:,} files", each["bus"], each["seconds"]) for each in figures["erasures"]]
        + [(f"a day of {day['notices']:,} notices", "embedded", day["seconds"])],
    )
    return "\n".join(
        [
            f"One file of {large['mib']:,} MiB.\n",
            table(["step", "seconds", "MiB a second", "MB of memory at most"], steps),
            many,
        ]
    )


def file_drop(figures: Figures) -> str:
    """Give the steps of a large file through the file drop, beside a plain loop."""
    lines, plain = figures["lines"], figures["plain_seconds"]
    rows = [("plain loop: read, hash each line", plain, "", f"{lines / plain:,.0f}", "")]
    rows += [
        (
            name,
            step["seconds"],
            step["cpu_seconds"],
            f"{lines / step['seconds']:,.0f}",
            step["peak_mb"],
        )
        for name, step in figures["steps"].items()
    ]
    head = ["step", "seconds", "CPU seconds", "lines a second", "MB of memory at most"]
    return f"One file of {lines:,} lines, {figures['mib']:,} MiB.\n\n" + table(head, rows)


def _ledger_size(size: Figures) -> Sequence[object]:
    one, every = size["verify"], size["verify_all"]
    return (
        f"{size['records']:,}",
        size["first_us_each"],
        size["last_us_each"],
        size["disk_a_record"],
        size["peak_mb"],
        f"{one['a_second']:,} a second",
        round(one["a_second"] / size["bare"]["a_second"], 2),
        f"{every['a_second']:,} a second",
        round(every["a_second"] / size["bare_all"]["a_second"], 2),
        max(one["peak_mb"], every["peak_mb"]),
    )


def kafka_pipeline(sizes: Sequence[Figures]) -> str:
    """Give the rates on Kafka by batch size, and the stages side by side."""
    rates = [
        (
            f"{size['batch']:,}",
            kind,
            f"{turn['notices_a_second']:,}",
            size["ratios"].get(f"pipeline to {kind}", ""),
            turn["client_cpu_us"],
            turn["broker_cpu_us"],
        )
        for size in sizes
        for kind, turn in size["turns"].items()
    ]
    names = [f"{size['batch']:,} a transaction" for size in sizes]
    return "\n".join(
        [
            table(
                [
                    "a transaction",
                    "",
                    "notices a second",
                    "pipeline as a part of it",
                    "client CPU µs",
                    "broker CPU µs",
                ],
                rates,
            ),
            table(["client CPU µs a notice, by stage", *names], _stages(sizes)),
        ]
    )


def _stages(sizes: Sequence[Figures]) -> list[Sequence[object]]:
    found = [size["by_stage"] for size in sizes]
    rows: list[Sequence[object]] = [
        (name, *(stages["cpu_us"][name] for stages in found)) for name in found[0]["cpu_us"]
    ]
    threads = [stages["threads_of_the_client_cpu_us"] for stages in found]
    ours = [
        sum(spent for name, spent in stages["cpu_us"].items() if not name.endswith(BUS))
        for stages in found
    ]
    bus = [
        sum(stages["cpu_us"].values()) - mine + more
        for stages, mine, more in zip(found, ours, threads, strict=True)
    ]
    rows.append(("the client's own threads (bus)", *threads))
    rows.append(("**ours**", *(f"**{mine:.1f}**" for mine in ours)))
    rows.append(("**the bus**", *(f"**{spent:.1f}**" for spent in bus)))
    return rows


def kafka_growth(sizes: Iterable[Figures]) -> str:
    """Give time, memory and restore by number of residents on Kafka."""
    return table(
        [
            "residents",
            "submit, µs each",
            "carry, µs each",
            "carry, CPU µs each",
            "worker's peak MB",
            "restore, s",
            "restored a second",
            "only read, s",
        ],
        [
            (
                f"{s['residents']:,}",
                s["submit_us_each"],
                s["carry_us_each"],
                s["carry_cpu_us_each"],
                s["worker_peak_mb"],
                s["restore_s"],
                f"{s['restored_a_second']:,}",
                s["only_read_s"],
            )
            for s in sizes
        ],
    )


def kafka_faust(figures: Figures) -> str:
    """Give the pipeline's rate beside that of a Faust application that forwards."""
    return table(
        ["", "notices a second"],
        [
            ("pipeline", f"{figures['pipeline_a_second']:,}"),
            ("Faust, exactly_once, only forwarding", f"{figures['faust_a_second']:,}"),
            ("pipeline to Faust", figures["pipeline_to_faust"]),
        ],
    )


def kafka_rights(figures: Figures) -> str:
    """Give how long the rights of a whole country take to give, and to find as they should be."""
    return table(
        ["topics, users and rights of every municipality and prefecture", ""],
        [
            ("bodies", f"{figures['bodies']:,}"),
            ("partitions of their topics", f"{figures['partitions']:,}"),
            ("changes", f"{figures['changes']:,}"),
            ("plan, s", figures["plan_seconds"]),
            ("apply: topics, s", figures["topics_seconds"]),
            ("apply: users, s", figures["users_seconds"]),
            ("apply: rights, s", figures["rights_seconds"]),
            ("check afterwards, s", figures["check_seconds"]),
            ("left to do", figures["left"]),
            ("a partition, ms", _each(figures, "topics_seconds", "partitions")),
            ("a partition by the bare client, ms", figures["bare_partition_ms"]),
            ("a user, ms", _each(figures, "users_seconds", "bodies")),
            ("a user by the bare client, ms", figures["bare_user_ms"]),
        ],
    )


def _each(figures: Figures, seconds: str, count: str) -> float:
    return round(float(figures[seconds]) / float(figures[count]) * 1e3, 1)


def kafka_secured(figures: Figures) -> str:
    """Give what TLS, passwords and rights cost the pipeline on Kafka."""
    names = ("notices_a_second", "client_cpu_us", "broker_cpu_us")
    rows = [(kind, *(figures[kind][name] for name in names)) for kind in ("plain", "secured")]
    return table(
        ["broker", "notices a second", "client CPU µs a notice", "broker CPU µs a notice"],
        [*rows, ("secured to plain", figures["secured_to_plain"], "", "")],
    )


def rules(figures: Figures) -> str:
    """Give what a decision and a load of the catalogue cost, beside a scan over its rows."""
    return table(
        ["the rules", ""],
        [
            ("rows", f"{figures['rows']:,}"),
            ("decision, median µs", figures["decision_us"]),
            ("scan over all rows, median µs", figures["scan_us"]),
            ("load and compile every row, ms", figures["load_every_row_ms"]),
            ("load the carried feeds (worker, submit), ms", figures["load_carried_ms"]),
            ("memory, MB", figures["memory_mb"]),
        ],
    )


def gateway(figures: Figures) -> str:
    """Give calls a second beside a bare echo's, and latency by rate and pause."""
    calls = table(
        [f"call, on {figures['connections']} connections", "a second", "server CPU µs a call"],
        [
            (name, f"{each['a_second']:,}", f"{each['server_cpu_us']:,}")
            for name, each in figures["calls"].items()
        ],
    )
    latency = table(
        ["`HUB_IDLE_SECONDS`", "notices a second", "ms p50", "p99", "longest"],
        [
            (idle, f"{int(rate):,}", *(f"{each[name]:,}" for name in ("p50", "p99", "most")))
            for idle, rates in figures["latency"].items()
            for rate, each in rates.items()
        ],
    )
    return f"{calls}\n\n{latency}"
