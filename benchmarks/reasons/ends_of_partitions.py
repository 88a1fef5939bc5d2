"""Why ends of partitions are asked by consumers: ``python -m benchmarks.reasons.ends_of_partitions``.

While one of three brokers is dead, the ends of a topic's partitions are asked for again and again,
by the client's administration and by a consumer. Counted is how often a second the busiest of the
client's threads went to sleep, and what was answered.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from confluent_kafka import OFFSET_END, Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    NewTopic,
    OffsetSpec,
)

from hub.bus import kafka_settings
from hub.bus.kafka_access import Cluster
from ops.kafka.local import LocalKafka

if TYPE_CHECKING:
    from collections.abc import Callable

    Ask = Callable[[], list[int]]

_TOPIC = "t"
_PARTITIONS = 6
_ANSWER_S = 3.0
_DEAD_S = 8.0


def main() -> None:
    """Print what each way of asking did while a broker was dead, each broker in turn."""
    with (
        tempfile.TemporaryDirectory(prefix="hub-reason-") as folder,
        LocalKafka(Path(folder), nodes=3) as kafka,
    ):
        ways = {
            "administration": _by_administration(kafka.address),
            "consumer": _by_consumer(kafka.address),
        }
        print("| asked by | broker | threads' turns a second | answers |\n|---|---|---|---|")
        for place, node in enumerate(kafka.nodes, start=1):
            for name, ask in ways.items():
                node.kill()
                turns, answers = _watch(ask)
                node.start()
                kafka.await_ready()
                print(f"| {name} | {place} | {turns:,.0f} | {_in_words(answers)} |", flush=True)


def _by_administration(address: str) -> Ask:
    admin = AdminClient(kafka_settings.client(Cluster(address)))
    admin.create_topics([NewTopic(_TOPIC, _PARTITIONS, 3)])[_TOPIC].result()

    def ask() -> list[int]:
        asked = {each: OffsetSpec.latest() for each in _all()}  # type: ignore[no-untyped-call]
        answers = admin.list_offsets(asked, request_timeout=_ANSWER_S)
        return [answer.result().offset for answer in answers.values()]

    return ask


def _by_consumer(address: str) -> Ask:
    consumer = Consumer(kafka_settings.reader(Cluster(address), "ends"))

    def ask() -> list[int]:
        answers = consumer.offsets_for_times(_all(), _ANSWER_S)
        for each in answers:
            if each.error:
                raise KafkaException(each.error)
        return [each.offset for each in answers]

    return ask


def _all() -> list[TopicPartition]:
    return [TopicPartition(_TOPIC, place, OFFSET_END) for place in range(_PARTITIONS)]


def _watch(ask: Ask) -> tuple[float, Counter[str]]:
    """Ask for as long as a broker is dead; give the busiest thread's turns a second, and answers."""
    answers: Counter[str] = Counter()
    before, began = _turns(), time.monotonic()
    while time.monotonic() < began + _DEAD_S:
        try:
            answers["wrong" if min(ask()) < 0 else "right"] += 1
        except KafkaException as failure:
            answers[failure.args[0].name()] += 1
        time.sleep(0.1)
    seconds = time.monotonic() - began
    return max(n - before.get(thread, 0) for thread, n in _turns().items()) / seconds, answers


def _turns() -> dict[str, int]:
    """Give how often each thread of this process has gone to sleep by itself."""
    found = {}
    for status in Path("/proc/self/task").glob("*/status"):
        lines = dict(line.split(":", 1) for line in status.read_text("ascii").splitlines())
        found[status.parent.name] = int(lines["voluntary_ctxt_switches"])
    return found


def _in_words(answers: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in answers.most_common())


if __name__ == "__main__":
    main()
