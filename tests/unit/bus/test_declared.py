"""What ``topics/topics.toml`` declares is whole, and agrees with the code that relies on it."""

from __future__ import annotations

import tomllib

import pytest

from hub.bus import declared, kafka_settings
from hub.bus.declared import KEPT, STATE, BrokerSetting
from hub.bus.kafka_state_store import _BELIEVED_S
from hub.resources import read_text


def test_every_setting_stands_with_its_reason() -> None:
    """An official who reads the file finds why each value is what it is."""
    document = tomllib.loads(read_text("topics", "topics.toml"))
    rows = [*document["settings"][KEPT].values(), *document["settings"][STATE].values()]
    rows += document["broker"].values()
    assert len(rows) > 10
    assert all(row["why"] for row in rows)


def test_every_topic_names_a_table_of_settings() -> None:
    """None is made with settings that nobody wrote down."""
    assert {topic.settings for topic in declared.topics().values()} == {KEPT, STATE}


def test_state_has_a_partition_for_each_of_intake() -> None:
    """State belongs to a partition of the topic that a group reads."""
    assert declared.topics()["state"].partitions == declared.topics()["intake"].partitions


def test_a_topic_takes_the_largest_record_that_a_client_writes() -> None:
    """Otherwise a large batch's page of ledger lines could never be committed."""
    taken = declared.settings(KEPT, 1)["max.message.bytes"]
    assert int(taken) == kafka_settings.MAX_RECORD_BYTES


def test_a_removed_key_shows_for_longer_than_a_local_copy_is_believed() -> None:
    """Otherwise a copy would keep a key whose removal it never saw."""
    shown_ms = int(declared.settings(STATE, 1)["delete.retention.ms"])
    assert shown_ms >= 2 * _BELIEVED_S * 1000


def test_state_is_compacted_and_everything_else_is_kept() -> None:
    """The table of state stands over that of all; nothing goes by its age."""
    kept, state = declared.settings(KEPT, 1), declared.settings(STATE, 1)
    assert (kept["cleanup.policy"], state["cleanup.policy"]) == ("delete", "compact")
    assert kept["retention.ms"] == state["retention.ms"] == "-1"
    assert kept["remote.storage.enable"] == state["remote.storage.enable"] == "false"


@pytest.mark.parametrize(("copies", "enough"), [(1, "1"), (2, "1"), (3, "2")])
def test_what_suffices_follows_the_copies_a_topic_has(copies: int, enough: str) -> None:
    """Two that suffice, asked of one copy, would refuse every record."""
    assert declared.settings(KEPT, copies)[declared.MIN_INSYNC] == enough


@pytest.mark.parametrize(
    ("brokers", "default", "copies"), [(1, 1, 1), (2, 1, 1), (3, 1, 3), (2, 3, 3), (5, 3, 3)]
)
def test_three_brokers_keep_three_copies(brokers: int, default: int, copies: int) -> None:
    """Also while one of them is away, which the default replication factor tells."""
    assert declared.replicas(declared.cluster_size(brokers, default)) == copies


def test_a_group_that_stays_away_keeps_its_position_for_a_year() -> None:
    """Kafka's default of seven days would deliver everything again."""
    row = next(s for s in declared.broker_settings() if s.name == "offsets.retention.minutes")
    assert not row.is_met_by(str(7 * 24 * 60))
    assert row.is_met_by(str(365 * 24 * 60))


@pytest.mark.parametrize(
    ("row", "found", "is_met"),
    [
        (BrokerSetting("x", "", value="false"), "false", True),
        (BrokerSetting("x", "", value="false"), "true", False),
        (BrokerSetting("x", "", value="false"), None, False),
        (BrokerSetting("x", "", at_least=2), "2", True),
        (BrokerSetting("x", "", at_least=2), "1", False),
        (BrokerSetting("x", "", at_least=2), "-1", False),
        (BrokerSetting("x", "", at_least=2), None, False),
    ],
)
def test_a_brokers_value_is_equal_or_large_enough(
    row: BrokerSetting, found: str | None, *, is_met: bool
) -> None:
    """A value that is missing or no number is never enough."""
    assert row.is_met_by(found) is is_met
