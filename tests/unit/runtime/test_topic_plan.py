"""A plan tells everything in which a bus differs from what is declared, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hub.bus import declared
from hub.bus.administration import Found, FoundTopic
from hub.bus.declared import KEPT, STATE, Topic
from hub.runtime import topics
from hub.runtime.topic_changes import (
    BrokerDiffers,
    CreateTopic,
    FewCopies,
    OtherPartitions,
    RemoveSetting,
    SetSetting,
    UndeclaredTopic,
)
from hub.runtime.topic_plan import Plan, compare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hub.runtime.topic_changes import Difference

WANTED = [Topic("a", 8), Topic("state.a", 8, STATE)]

# A broker of each cluster that is set as declared.
LONE = {
    row.name: row.value or str(row.at_least or row.at_most) for row in declared.broker_settings()
} | {row.name: "1" for row in declared.broker_settings() if row.from_brokers > 1}
ONE_OF_THREE = LONE | {
    row.name: str(row.at_least) for row in declared.broker_settings() if row.from_brokers > 1
}


def as_declared(copies: int) -> dict[str, FoundTopic]:
    """Give the wanted topics as a bus has them that is as declared."""
    return {
        topic.name: FoundTopic(topic.partitions, copies, declared.settings(topic.settings, copies))
        for topic in WANTED
    }


def differing(copies: int, brokers: Mapping[int, Mapping[str, str]], **a: Any) -> Plan:
    """Compare a bus that is as declared but for the topic ``a``."""
    topics = as_declared(copies)
    return compare(WANTED, Found(topics | {"a": topics["a"]._replace(**a)}, brokers))


def test_nothing_is_to_be_done_where_all_is_as_declared() -> None:
    """On one broker, on three, and on a bus that has no broker."""
    three = dict.fromkeys((1, 2, 3), ONE_OF_THREE)
    assert [n.code for n in compare(WANTED, Found(as_declared(3), three)).notes] == ["open"]
    assert compare(WANTED, Found(as_declared(3), three), secured=True) == Plan([], [], [])
    lone = compare(WANTED, Found(as_declared(1), {1: LONE}))
    assert (lone.changes, lone.unresolved) == ([], [])
    bare = {name: FoundTopic(8, 1, {}) for name in ("a", "state.a")}
    assert compare(WANTED, Found(bare, {})) == Plan([], [], [])


def test_a_lone_broker_is_noted_as_for_demo_only() -> None:
    """A note is no difference: it is said, and nothing fails for it."""
    (note,) = compare(WANTED, Found(as_declared(1), {1: LONE}), secured=True).notes
    assert note.code == "demo-only"


def test_a_missing_topic_is_to_be_created() -> None:
    """With the partitions and settings declared for it."""
    found = Found({"a": as_declared(1)["a"]}, {1: LONE})
    assert compare(WANTED, found).changes == [CreateTopic(WANTED[1])]


def test_a_changed_setting_is_to_be_set_back() -> None:
    """From what it is to what is declared; one that is not set at all counts as changed."""
    settings = dict(declared.settings(KEPT, 1)) | {"retention.ms": "604800000"}
    del settings["cleanup.policy"]
    plan = differing(1, {1: LONE}, settings=settings)
    assert plan.changes == [
        SetSetting("a", "cleanup.policy", None, "delete"),
        SetSetting("a", "retention.ms", "604800000", "-1"),
    ]
    assert plan.unresolved == []


def test_a_setting_that_nothing_declares_is_to_be_removed() -> None:
    """Whatever somebody once tried out on a topic does not stay."""
    settings = dict(declared.settings(KEPT, 1)) | {"segment.bytes": "1048576"}
    plan = differing(1, {1: LONE}, settings=settings)
    assert plan.changes == [RemoveSetting("a", "segment.bytes", "1048576")]


@pytest.mark.parametrize("setting", ["remote.storage.enable", "remote.log.copy.disable"])
def test_tiered_storage_of_a_file_in_custody_is_a_difference(setting: str) -> None:
    """Bytes in an object store would outlive their day: a check fails, an apply takes it away."""
    name = "file.019ec8ca-e280-743c-9e80-b746a264f0b9"
    settings = dict(declared.settings(KEPT, 1)) | {setting: "true"}
    found = Found({name: FoundTopic(1, 1, settings)}, {1: LONE})
    (change,) = compare(topics.files_among([name]), found).changes
    assert setting in change.words


@pytest.mark.parametrize("partitions", [4, 16])
def test_another_number_of_partitions_needs_a_person(partitions: int) -> None:
    """Fewer or more: the hub changes neither."""
    plan = differing(1, {1: LONE}, partitions=partitions)
    assert plan.changes == []
    assert plan.unresolved == [OtherPartitions("a", partitions, 8)]


def test_too_few_copies_need_a_person_and_are_not_asked_for_too_much() -> None:
    """A topic from before the cluster grew has one copy, which alone suffices as before."""
    three = dict.fromkeys((1, 2, 3), ONE_OF_THREE)
    plan = differing(3, three, replicas=1, settings=declared.settings(KEPT, 1))
    assert plan.changes == []
    assert plan.unresolved == [FewCopies("a", 1, 3)]


def test_a_cluster_of_three_stays_one_while_a_broker_is_away() -> None:
    """Two that live, set for three copies: no note, and a single copy is still too few."""
    two = dict.fromkeys((1, 2), ONE_OF_THREE)
    assert compare(WANTED, Found(as_declared(3), two), secured=True) == Plan([], [], [])
    plan = differing(3, two, replicas=1, settings=declared.settings(KEPT, 1))
    assert plan.unresolved == [FewCopies("a", 1, 3)]


@pytest.mark.parametrize("row", declared.broker_settings(), ids=lambda row: row.name)
def test_each_brokers_setting_that_differs_is_named(row: declared.BrokerSetting) -> None:
    """The broker, the setting, what it is and what is declared."""
    wrong = "0" if row.value is None else "true"
    three = dict.fromkeys((1, 2, 3), ONE_OF_THREE) | {2: ONE_OF_THREE | {row.name: wrong}}
    plan = compare(WANTED, Found(as_declared(3), three), secured=True)
    assert plan.unresolved == [BrokerDiffers(2, row.name, wrong, row.wanted)]


def test_a_topic_that_nothing_declares_needs_a_person() -> None:
    """The hub never deletes a topic."""
    found = Found(as_declared(1) | {"old": FoundTopic(1, 1, {})}, {1: LONE})
    plan = compare(WANTED, found)
    assert plan.changes == []
    assert plan.unresolved == [UndeclaredTopic("old")]


def test_every_difference_says_in_two_languages_what_it_is_about() -> None:
    """Each is one line that names its topic or setting, and JSON of its own kind."""
    differences: list[Difference] = [
        CreateTopic(Topic("t", 4)),
        SetSetting("t", "s", None, "1"),
        RemoveSetting("t", "s", "1"),
        OtherPartitions("t", 1, 2),
        FewCopies("t", 1, 3),
        BrokerDiffers(1, "s", None, "2"),
        UndeclaredTopic("t"),
    ]
    assert len({each.to_dict()["what"] for each in differences}) == len(differences)
    for each in differences:
        assert " / " in each.words or isinstance(each, SetSetting)
        assert "\n" not in each.words
        assert set("ts") & set(each.words)


def test_a_secured_broker_must_know_rights_and_ask_again() -> None:
    """Without an authorizer, or where a session never ends, a person is told; a plain one is not."""
    broken = LONE | {"authorizer.class.name": "", "connections.max.reauth.ms": "0"}
    found = Found(as_declared(1), {1: broken})
    assert compare(WANTED, found).unresolved == []
    names = {each.to_dict()["setting"] for each in compare(WANTED, found, secured=True).unresolved}
    assert names == {"authorizer.class.name", "connections.max.reauth.ms"}


def test_a_bus_that_asks_nobody_is_noted() -> None:
    """It is said each time; the embedded bus, which is a file, is not meant."""
    (*_, note) = compare(WANTED, Found(as_declared(1), {1: LONE})).notes
    assert note.code == "open"
