"""What a right is as an ACL of Kafka's, and the other way round. No I/O."""

from __future__ import annotations

from typing import Any, NamedTuple

from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from hub.bus.rights import CLUSTER, GROUP, TOPIC, TRANSACTION, Right

_TYPES = {
    TOPIC: ResourceType.TOPIC,
    GROUP: ResourceType.GROUP,
    TRANSACTION: ResourceType.TRANSACTIONAL_ID,
    CLUSTER: ResourceType.BROKER,
}
_KINDS = {kind: name for name, kind in _TYPES.items()}
_CLUSTER_NAME = "kafka-cluster"
_USER = "User:"
_ALL = "*"

# Nothing given stands for any name, user and host; the client's types do not know that.
_ANYTHING: Any = None
EVERYTHING = AclBindingFilter(
    ResourceType.ANY,
    _ANYTHING,
    ResourcePatternType.ANY,
    _ANYTHING,
    _ANYTHING,
    AclOperation.ANY,
    AclPermissionType.ANY,
)
"""Every ACL there is."""


class Strange(NamedTuple):
    """An ACL that reaches into a bus and is no plain right of one of its users, in words."""

    words: str


def binding_of(right: Right, prefix: str) -> AclBinding:
    """Give the ACL of a right; ``prefix`` begins the bus's names on the broker."""
    name = _CLUSTER_NAME if right.kind == CLUSTER else prefix + right.name
    pattern = ResourcePatternType.PREFIXED if right.begins else ResourcePatternType.LITERAL
    if not name:  # All there is: Kafka has a word of its own for that.
        name, pattern = _ALL, ResourcePatternType.LITERAL
    return AclBinding(
        _TYPES[right.kind],
        name,
        pattern,
        f"{_USER}{prefix}{right.user}",
        _ALL,
        AclOperation[right.operation],
        AclPermissionType.ALLOW,
    )


def filter_of(binding: AclBinding) -> AclBindingFilter:
    """Give what finds exactly this ACL."""
    return AclBindingFilter(
        binding.restype,
        binding.name,
        binding.resource_pattern_type,
        binding.principal,
        binding.host,
        binding.operation,
        binding.permission_type,
    )


def sorted_out(binding: AclBinding, prefix: str) -> Right | Strange | None:
    """Give what an ACL is to a bus: a right of a user of its own, something strange, or nothing."""
    kind = _KINDS.get(ResourceType(binding.restype), "")
    ours = binding.principal.startswith(_USER + prefix)
    begins = binding.resource_pattern_type is ResourcePatternType.PREFIXED
    inside = ours if kind == CLUSTER else binding.name.startswith(prefix)
    plain = (
        AclPermissionType(binding.permission_type) is AclPermissionType.ALLOW
        and binding.host == _ALL
        and kind != ""
    )
    if ours and inside and plain:
        return _right(binding, kind, prefix, begins=begins)
    wide = binding.name == _ALL or (begins and prefix.startswith(binding.name))
    # Of others only what reaches our names counts: the cluster is theirs as well.
    return Strange(_words(binding)) if inside or (wide and kind != CLUSTER) else None


def _right(binding: AclBinding, kind: str, prefix: str, *, begins: bool) -> Right:
    name = "" if kind == CLUSTER else binding.name.removeprefix(prefix)
    if not prefix and name == _ALL:
        name, begins = "", True
    user = binding.principal.removeprefix(_USER + prefix)
    return Right(user, kind, name, begins, AclOperation(binding.operation).name)


def _words(binding: AclBinding) -> str:
    prefixed = binding.resource_pattern_type is ResourcePatternType.PREFIXED
    return (
        f"{AclPermissionType(binding.permission_type).name} {binding.principal}"
        f" {AclOperation(binding.operation).name} {ResourceType(binding.restype).name}"
        f" {binding.name}{'*' * prefixed} ({binding.host})"
    )
