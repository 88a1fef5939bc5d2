"""Topics are named as data says, one a feed and recipient, and made once."""

from __future__ import annotations

import pytest

from hub.bus.embedded import EmbeddedBus
from hub.bus.port import Record
from hub.errors import UsageError
from hub.rules.load import sandbox_parties
from hub.runtime import topics
from tests.support.notices import books


def names() -> list[str]:
    """Give the names of all topics of a sandbox."""
    single = [topics.ledger(), topics.receipts(), topics.quarantine(), topics.keys()]
    released = [topics.release("change-notice", party) for party in sandbox_parties()]
    return [topic.name for topic in (*single, topics.intake("change-notice"), *released)]


def test_topics_are_named_by_feed_and_recipient() -> None:
    """No two are the same, and no brace is left to fill in."""
    assert topics.intake("change-notice").name == "intake.change-notice"
    assert topics.release("change-notice", "070009").name == "release.change-notice.070009"
    assert len(set(names())) == len(names())
    assert not set("{}") & set("".join(names()))


@pytest.mark.parametrize("name", names())
def test_a_topics_name_is_one_that_a_broker_takes(name: str) -> None:
    """Apache Kafka: letters, digits, ``.``, ``_``, ``-``, up to 249 characters."""
    assert name.isascii()
    assert not name.strip("abcdefghijklmnopqrstuvwxyz0123456789._-")
    assert 0 < len(name) <= 249


def test_what_is_read_in_one_order_has_one_partition() -> None:
    """Ledger, receipts, quarantine and keys are each one sequence; the flows are shared out."""
    for topic in (topics.ledger(), topics.receipts(), topics.quarantine(), topics.keys()):
        assert topic.partitions == 1
    assert topics.intake("change-notice").partitions > 1
    assert topics.release("change-notice", "jlis").partitions > 1


def test_every_topic_of_the_parties_is_made() -> None:
    """With the partitions declared, and none for a body that is no party here."""
    with EmbeddedBus(":memory:") as bus:
        topics.ensure_all(bus, books(), sandbox_parties())
        assert all(bus.partitions(name) for name in names())
        assert bus.partitions(topics.release("change-notice", "nta").name) == 0


def test_making_them_again_changes_nothing() -> None:
    """A hub that starts anew finds its records where they were."""
    with EmbeddedBus(":memory:") as bus:
        topics.ensure_all(bus, books(), ["070009"])
        bus.publish([Record(topics.ledger().name, None, b"page")])
        topics.ensure_all(bus, books(), ["070009", "jlis"])
        (found,) = bus.follow(topics.ledger().name, 0, 0, 10)
        assert found.value == b"page"


def test_a_topic_of_another_width_is_refused() -> None:
    """With other partitions the residents' order would be lost."""
    with EmbeddedBus(":memory:") as bus:
        bus.ensure(topics.intake("change-notice").name, 3)
        with pytest.raises(UsageError):
            topics.ensure_all(bus, books(), [])
