"""Runs every benchmark, writes ``results/*.json`` and prints the tables of docs/performance.md."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

from benchmarks import growth, pipeline
from hub.runtime.services import calm_collector

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Measure and report."""
    RESULTS.mkdir(exist_ok=True)
    calm_collector()
    figures = pipeline.run()
    _keep("pipeline", figures)
    print(_pipeline_table(figures))
    sizes = growth.run()
    _keep("growth", sizes)
    print(_growth_table(sizes))


def _keep(name: str, figures: object) -> None:
    kept = {"python": platform.python_version(), "machine": platform.machine(), "figures": figures}
    text = json.dumps(kept, indent=2, ensure_ascii=False)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _pipeline_table(figures: dict[str, Any]) -> str:
    rows = [f"| {stage} | {micros} |" for stage, micros in figures["cpu_us_a_notice"].items()]
    return "\n".join(
        [
            f"Pipeline: {figures['notices']} notices, {figures['batch']} a batch.",
            "",
            "| stage | CPU µs a notice |",
            "|---|---|",
            *rows,
            f"| **ours, without the bus** | **{figures['cpu_us_a_notice_without_bus']}** |",
            "",
            "| | notices a second | pipeline as a part of it |",
            "|---|---|---|",
            f"| pipeline | {figures['notices_a_second']} | |",
            f"| bare copy | {figures['bare_copy_a_second']} | {figures['ratio_to_bare_copy']} |",
            (
                f"| same outputs, made before | {figures['same_outputs_a_second']}"
                f" | {figures['ratio_to_same_outputs']} |"
            ),
            "",
        ]
    )


def _growth_table(sizes: list[dict[str, Any]]) -> str:
    rows = [
        f"| {s['residents']:,} | {s['submit_us_each']} | {s['carry_us_each']} | {s['peak_mb']} |"
        for s in sizes
    ]
    return "\n".join(
        [
            "| residents | submit, µs each | carry, µs each | peak MB |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    main()
