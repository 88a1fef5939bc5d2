"""How long a full ``hub topics apply`` takes: ``python -m benchmarks.kafka_rights``.

For every municipality and prefecture of Japan and 機構, on a secured broker of this run that has
nothing: users, rights, and the topics that are not a body's own; then again, where nothing is left
to do. The release topics, one a body, are left out: a single small broker is no measure of them.
"""

from __future__ import annotations

import os
import tempfile
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

from hub.bus.kafka import KafkaBus
from hub.bus.kafka_settings import Patience
from hub.rules.load import load_books
from hub.runtime import topics
from hub.runtime.home import Home
from hub.runtime.kafka_card import read_card
from hub.runtime.right_care import RightCare
from hub.runtime.topic_care import TopicCare
from ops.kafka.java import Machine
from ops.kafka.local import LocalKafka

_KINDS = {"prefecture", "city", "special-ward", "town", "village"}
_DAY = date(2026, 10, 1)


def run() -> dict[str, Any]:
    """Measure, and give the figures."""
    books = load_books()
    parties = [body.id for body in books.directory if body.kind in _KINDS] + ["jlis"]
    with (
        tempfile.TemporaryDirectory(prefix="hub-bench-") as name,
        LocalKafka(Path(name) / "kafka", secured=True, machine=Machine("1g")) as kafka,
    ):
        security, home = kafka.security, Home(Path(name), "bench", sandbox=True)
        if security is None:
            raise TypeError("a secured broker has its security")
        os.environ["HUB_KAFKA_CARD"] = str(security.card)
        access, patience = read_card(security.card), Patience(request_s=120)
        with KafkaBus(kafka.address, home.kafka, access=access, patience=patience) as bus:
            wanted = topics.needed(books.feeds, [], on_brokers=True)
            care = bus.administration.rights
            if care is None:
                raise TypeError("a secured bus has rights")
            rights = RightCare(care, home, books, parties, _DAY)
            return {"bodies": len(parties)} | _timed(TopicCare(bus, wanted, rights))


def _timed(care: TopicCare) -> dict[str, Any]:
    began = perf_counter()
    plan = care.plan()
    planned = perf_counter()
    care.apply(plan)
    applied = perf_counter()
    again = care.plan()
    ended = perf_counter()
    return {
        "changes": len(plan.changes) + len(plan.rights),
        "plan_seconds": round(planned - began, 1),
        "apply_seconds": round(applied - planned, 1),
        "check_seconds": round(ended - applied, 1),
        "left": len(again.changes) + len(again.rights) + len(again.unresolved),
    }
