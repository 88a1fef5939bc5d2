"""Rights and ACLs say the same, and whatever else reaches into a bus is noticed."""

from __future__ import annotations

from typing import Any

import pytest
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from hub.bus.kafka_acls import Strange, binding_of, sorted_out
from hub.bus.rights import CLUSTER, GROUP, KINDS, TOPIC, Right


@pytest.mark.parametrize("prefix", ["", "fukushima."])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("begins", [True, False])
def test_a_right_comes_back_as_it_was_given(prefix: str, kind: str, *, begins: bool) -> None:
    """For every kind, exact names and beginnings of names, with a prefix and without."""
    plain = kind == CLUSTER
    right = Right("worker", kind, "" if plain else "intake.", begins and not plain, "READ")
    assert sorted_out(binding_of(right, prefix), prefix) == right


@pytest.mark.parametrize("prefix", ["", "fukushima."])
def test_a_right_over_all_names_is_over_the_bus_alone(prefix: str) -> None:
    """With a prefix it reaches what begins so, and without one everything."""
    right = Right("operator", GROUP, "", begins=True, operation="DESCRIBE")
    binding = binding_of(right, prefix)
    assert binding.name == (prefix or "*")
    assert sorted_out(binding, prefix) == right


def _acl(**changed: Any) -> AclBinding:
    row: dict[str, Any] = {
        "restype": ResourceType.TOPIC,
        "name": "a.keys",
        "resource_pattern_type": ResourcePatternType.LITERAL,
        "principal": "User:a.worker",
        "host": "*",
        "operation": AclOperation.READ,
        "permission_type": AclPermissionType.ALLOW,
    }
    return AclBinding(**(row | changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"permission_type": AclPermissionType.DENY},
        {"host": "127.0.0.1"},
        {"principal": "User:other"},
        {"principal": "User:*"},
        {"name": "*", "principal": "User:other"},
        {"name": "a", "resource_pattern_type": ResourcePatternType.PREFIXED},
        {"restype": ResourceType.BROKER, "host": "10.0.0.1"},
    ],
)
def test_what_reaches_in_and_is_no_plain_right_is_strange(changed: dict[str, Any]) -> None:
    """A refusal, one machine's, somebody else's, everybody's, all topics', one over a wider name."""
    assert isinstance(sorted_out(_acl(**changed), "a."), Strange)


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "b.keys", "principal": "User:b.worker"},
        {"restype": ResourceType.BROKER, "name": "kafka-cluster", "principal": "User:b.worker"},
    ],
)
def test_what_another_hub_has_for_itself_is_not_ours(changed: dict[str, Any]) -> None:
    """Two hubs of a cluster leave each other alone."""
    assert sorted_out(_acl(**changed), "a.") is None


def test_a_right_is_told_without_its_prefix() -> None:
    """As rights.toml names it."""
    right = Right("worker", TOPIC, "keys", begins=False, operation="READ")
    assert sorted_out(_acl(), "a.") == right
