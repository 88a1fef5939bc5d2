"""How long a full ``hub topics apply`` takes: ``python -m benchmarks.kafka_rights``.

For every municipality and prefecture of Japan and 機構, on a secured broker of this run that has
nothing: topics, a release topic a body among them, users, rights; then again, where nothing is left
to do. The parts of ``apply`` are timed one by one, as it makes them, beside what a few topics and
users cost that the bare client makes on the same broker before.
"""

from __future__ import annotations

import json
import os
import tempfile
from datetime import date
from pathlib import Path
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any

from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    NewTopic,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)

from hub.bus.kafka import KafkaBus
from hub.rules.load import load_books
from hub.runtime import topics
from hub.runtime.home import Home
from hub.runtime.kafka_card import read_card
from hub.runtime.right_care import RightCare
from hub.runtime.right_changes import MakeUser
from hub.runtime.topic_care import TopicCare
from ops.kafka.java import Machine
from ops.kafka.local import LocalKafka

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future

_KINDS = {"prefecture", "city", "special-ward", "town", "village"}
_DAY = date(2026, 10, 1)
_BARE_TOPICS, _BARE_PARTITIONS, _BARE_USERS = 100, 4, 100


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
        with KafkaBus(kafka.address, home.kafka, access=read_card(security.card)) as bus:
            wanted = topics.needed(books.feeds, parties, on_brokers=True)
            care = bus.administration.rights
            if care is None:
                raise TypeError("a secured bus has rights")
            rights = RightCare(care, home, books, parties, _DAY)
            bare = _bare(security.client(kafka.address))
            found = _timed(TopicCare(bus, wanted, rights))
            partitions = sum(topic.partitions for topic in wanted)
            return {"bodies": len(parties), "partitions": partitions} | found | bare


def _bare(client: dict[str, Any]) -> dict[str, float]:
    """Give what the client by itself takes, milliseconds each, and leave nothing behind."""
    admin = AdminClient(client)
    names = [f"bare-{number}" for number in range(_BARE_TOPICS)]
    began = perf_counter()
    made = admin.create_topics([NewTopic(name, _BARE_PARTITIONS, 1) for name in names])
    _ended(made)
    while not set(names) <= admin.list_topics().topics.keys():
        sleep(0.1)
    partition = (perf_counter() - began) / (_BARE_TOPICS * _BARE_PARTITIONS)
    _ended(admin.delete_topics(names))
    how = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
    users = [f"bare-{number}" for number in range(_BARE_USERS)]
    began = perf_counter()
    _ended(
        admin.alter_user_scram_credentials(
            [UserScramCredentialUpsertion(user, how, b"x" * 32) for user in users]
        )
    )
    user = (perf_counter() - began) / _BARE_USERS
    _ended(
        admin.alter_user_scram_credentials(
            [UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_512) for user in users]
        )
    )
    return {"bare_partition_ms": round(partition * 1e3, 1), "bare_user_ms": round(user * 1e3, 1)}


def _ended(answers: Mapping[str, Future[None]]) -> None:
    for answer in answers.values():
        answer.result()


def _timed(care: TopicCare) -> dict[str, Any]:
    began = perf_counter()
    plan = care.plan()
    found: dict[str, Any] = {
        "changes": len(plan.changes) + len(plan.rights),
        "plan_seconds": round(perf_counter() - began, 1),
    }
    users = [change for change in plan.rights if isinstance(change, MakeUser)]
    others = [change for change in plan.rights if not isinstance(change, MakeUser)]
    parts = {
        "topics": plan._replace(rights=()),
        "users": plan._replace(changes=(), rights=users),
        "rights": plan._replace(changes=(), rights=others),
    }
    for name, part in parts.items():
        began = perf_counter()
        care.apply(part)
        found[f"{name}_seconds"] = round(perf_counter() - began, 1)
    began = perf_counter()
    again = care.plan()
    left = len(again.changes) + len(again.rights) + len(again.unresolved)
    return found | {"check_seconds": round(perf_counter() - began, 1), "left": left}


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
