"""What would have to change for a bus to be as declared: a comparison, without I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hub.bus import declared
from hub.runtime.topic_changes import (
    BrokerDiffers,
    CreateTopic,
    FewCopies,
    OtherPartitions,
    RemoveSetting,
    SetSetting,
    UndeclaredTopic,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hub.bus.administration import Found, FoundTopic
    from hub.bus.declared import Topic
    from hub.runtime.right_changes import RightChange
    from hub.runtime.topic_changes import Change, Difference


class Note(NamedTuple):
    """What is worth saying though nothing differs."""

    code: str
    ja: str
    en: str


_DEMO_ONLY = Note(
    "demo-only",
    "ブローカーが3台未満で、複製は1つです。試用のみに使ってください",
    "fewer than three brokers, so one copy of everything: for demo only",
)

_OPEN = Note(
    "open",
    "このバスには認証も権限もありません。この機械の中での試用だけに使ってください",
    "nobody is asked who he is on this bus: for trying things on this machine only",
)


class Plan(NamedTuple):
    """What the hub can change (rights apart), what a person must resolve, what is worth saying."""

    changes: Sequence[Change]
    unresolved: Sequence[Difference]
    notes: Sequence[Note]
    rights: Sequence[RightChange] = ()


def compare(wanted: Sequence[Topic], found: Found, *, secured: bool = False) -> Plan:
    """Give what differs between the declared topics and those of a bus, ``secured`` or not."""
    size = _size(found)
    present = [(topic, found.topics[topic.name]) for topic in wanted if topic.name in found.topics]
    changes: list[Change] = [CreateTopic(t) for t in wanted if t.name not in found.topics]
    unresolved: list[Difference] = []
    for topic, there in present:
        if found.brokers:
            changes += _settings(topic, there)
        unresolved += _shape(topic, there, declared.replicas(size))
    unresolved += _brokers(found, size, secured=secured)
    names = {topic.name for topic in wanted}
    unresolved += [UndeclaredTopic(name) for name in sorted(found.topics) if name not in names]
    is_small = bool(found.brokers) and size < declared.copies().from_brokers
    is_open = bool(found.brokers) and not secured
    notes = [*([_DEMO_ONLY] if is_small else []), *([_OPEN] if is_open else [])]
    return Plan(changes, unresolved, notes)


def _size(found: Found) -> int:
    defaults = [int(each.get(declared.DEFAULT_REPLICAS, 1)) for each in found.brokers.values()]
    return declared.cluster_size(len(found.brokers), max(defaults, default=1))


def _settings(topic: Topic, there: FoundTopic) -> Iterator[SetSetting | RemoveSetting]:
    wanted = declared.settings(topic.settings, there.replicas)
    for name, value in wanted.items():
        if there.settings.get(name) != value:
            yield SetSetting(topic.name, name, there.settings.get(name), value)
    for name in sorted(there.settings.keys() - wanted.keys()):
        yield RemoveSetting(topic.name, name, there.settings[name])


def _shape(topic: Topic, there: FoundTopic, replicas: int) -> Iterable[OtherPartitions | FewCopies]:
    if there.partitions != topic.partitions:
        yield OtherPartitions(topic.name, there.partitions, topic.partitions)
    # More are no harm, and there are more while brokers of a cluster are away.
    if there.replicas < replicas:
        yield FewCopies(topic.name, there.replicas, replicas)


def _brokers(found: Found, size: int, *, secured: bool) -> Iterator[BrokerDiffers]:
    for number, settings in sorted(found.brokers.items()):
        for row in declared.broker_settings():
            value = settings.get(row.name)
            applies = size >= row.from_brokers and (secured or not row.secured)
            if applies and not row.is_met_by(value):
                yield BrokerDiffers(number, row.name, value, row.wanted)
