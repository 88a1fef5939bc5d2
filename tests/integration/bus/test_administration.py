"""Topics are found as they are, on every bus; what brokers keep is set and found again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from hub.bus import declared
from hub.bus.administration import FoundTopic
from hub.bus.declared import KEPT, STATE, Topic
from hub.bus.embedded import EmbeddedBus
from hub.bus.kafka import KafkaBus
from hub.bus.kafka_access import Cluster
from hub.bus.kafka_settings import Patience
from hub.bus.kafka_topics import Topics
from hub.bus.port import BusUnavailableError
from hub.errors import UsageError
from hub.runtime.topic_plan import compare
from ops.kafka.java import Machine
from ops.kafka.local import LocalKafka
from tests.integration.bus.adapters import ADAPTERS, BROKER, Home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hub.bus.port import Bus
    from hub.runtime.topic_changes import Difference

WANTED = [Topic("in", 4), Topic("out", 2)]


@pytest.fixture
def kafka_home(kafka: str, tmp_path: Path) -> Home:
    """Give a place for a bus on the session's broker."""
    _ = kafka
    return Home(ADAPTERS["kafka"], tmp_path)


@pytest.fixture
def on_kafka(kafka_home: Home) -> Iterator[Bus]:
    """Give a bus on Kafka with the topic ``in`` and its state."""
    with kafka_home.open() as bus:
        bus.ensure("in", 4)
        bus.ensure("state.in", 4, STATE)
        yield bus


def test_every_topic_is_found_and_no_other(bus: Bus) -> None:
    """By the hub's own name, with its partitions; also of a bus that others use beside it."""
    found = bus.administration.found()
    assert {name: topic.partitions for name, topic in found.topics.items()} == {"in": 4, "out": 2}
    assert bool(found.brokers) is bus.administration.has_brokers


def test_topics_that_were_just_made_are_as_declared(bus: Bus) -> None:
    """What makes a topic sets it as the comparison wants it."""
    plan = compare(WANTED, bus.administration.found())
    assert (plan.changes, plan.unresolved) == ([], [])


def test_a_topic_made_by_a_change_is_there(bus: Bus) -> None:
    """Each change does what it says, and once more does no harm."""
    wanted = [*WANTED, Topic("new", 3)]
    (change,) = compare(wanted, bus.administration.found()).changes
    change.apply(bus)
    change.apply(bus)
    assert bus.partitions("new") == 3
    assert compare(wanted, bus.administration.found()).changes == []


def test_a_topic_that_is_not_there_has_no_partition(bus: Bus) -> None:
    """And nothing makes it by asking."""
    assert bus.partitions("none") == 0
    assert "none" not in bus.administration.found().topics


def test_a_file_has_nothing_to_set() -> None:
    """The embedded bus says so."""
    with EmbeddedBus(":memory:") as bus:
        bus.ensure("in", 4)
        assert bus.administration.found().topics["in"] == FoundTopic(4, 1, {})
        with pytest.raises(UsageError):
            bus.administration.set("in", "retention.ms", "1")


def test_kafka_topics_are_set_as_their_table_says(on_kafka: Bus) -> None:
    """State is compacted, the rest kept; nothing else stands on them."""
    found = on_kafka.administration.found().topics
    assert found["in"].settings == declared.settings(KEPT, 1)
    assert found["state.in"].settings == declared.settings(STATE, 1)


def test_kafka_tells_what_was_set_and_what_was_taken_away(on_kafka: Bus) -> None:
    """A setting is found as it was set; taken away, it is the broker's again and not found."""
    on_kafka.administration.set("in", "segment.jitter.ms", "600000")
    assert on_kafka.administration.found().topics["in"].settings["segment.jitter.ms"] == "600000"
    on_kafka.administration.set("in", "segment.jitter.ms", None)
    on_kafka.administration.set("in", "segment.jitter.ms", None)
    assert on_kafka.administration.found().topics["in"].settings == declared.settings(KEPT, 1)


def test_kafka_refuses_a_value_that_is_none(on_kafka: Bus) -> None:
    """The error names topic and setting and is the caller's, not the broker's."""
    with pytest.raises(UsageError, match=r"segment\.ms"):
        on_kafka.administration.set("in", "segment.ms", "soon")


def test_kafka_finds_a_topic_that_its_list_has_not(kafka_home: Home) -> None:
    """A topic that the list of all does not show yet is found by its name."""
    with kafka_home.open() as maker:
        maker.ensure("in", 4)
    with kafka_home.open() as bus:
        topics = _topics_of(bus)
        topics._known.clear()
        topics._ask_for("in")
        assert topics._known == {"in": 4}
        topics._ask_for("none")
        assert topics._known == {"in": 4}


def test_kafka_that_is_gone_does_not_say_that_a_topic_is_not_there(
    kafka: str, tmp_path: Path
) -> None:
    """No answer is an error: state that is overlooked would be state that is lost."""
    _ = kafka
    node = LocalKafka(tmp_path / "broker")
    with node:
        topics = Topics(Cluster(node.address), "", Patience(request_s=2))
        node.stop()
        with pytest.raises(BusUnavailableError):
            topics._ask_for("in")


def test_three_kafka_brokers_keep_three_copies_also_while_one_is_away(
    kafka: str, tmp_path: Path
) -> None:
    """Topics made then have three copies too, once the cluster knows that it is away."""
    _ = kafka
    cluster = LocalKafka(tmp_path / "brokers", nodes=3, machine=Machine("256m"))
    with pytest.MonkeyPatch.context() as patch, cluster:
        patch.setenv(BROKER, cluster.address)
        with Home(ADAPTERS["kafka"], tmp_path).open() as bus:
            bus.ensure("in", 4)
            assert _differences(WANTED[:1], bus) == []
        cluster.nodes[2].kill()
        with Home(ADAPTERS["kafka"], tmp_path).open() as bus:
            _await_brokers(bus, 2)
            bus.ensure("out", 2)
            found = bus.administration.found()
            assert {topic.replicas for topic in found.topics.values()} == {3}
            assert _differences(WANTED, bus) == []


def _differences(wanted: list[Topic], bus: Bus) -> list[Difference]:
    plan = compare(wanted, bus.administration.found())
    return [*plan.changes, *plan.unresolved]


def _await_brokers(bus: Bus, number: int) -> None:
    give_up = time.monotonic() + 30
    while len(_topics_of(bus).listed(5).brokers) != number:
        assert time.monotonic() < give_up
        time.sleep(0.1)


def _topics_of(bus: Bus) -> Topics:
    assert isinstance(bus, KafkaBus)
    return bus._parts.topics
