"""In what a bus can differ from what is declared, each a type of its own.

A change can be brought about by the hub; a drift needs a person. Rights: ``right_changes``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from hub.bus.declared import Topic
    from hub.bus.port import Bus


class Difference(Protocol):
    """What differs, in words and as data."""

    @property
    def words(self) -> str:
        """Say it in one line, Japanese / English."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON has it; ``what`` names its kind."""
        ...


class Change(Difference, Protocol):
    """A difference that the hub can remove."""

    def apply(self, bus: Bus) -> None:
        """Bring it about; once more does no harm."""
        ...


class CreateTopic(NamedTuple):
    """A topic is missing."""

    topic: Topic

    @property
    def words(self) -> str:
        """Say it in one line."""
        name, partitions, _ = self.topic
        return f"+ {name}: 作成、{partitions} 区画 / create, {partitions} partitions"

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {"what": "create-topic", **self.topic._asdict()}

    def apply(self, bus: Bus) -> None:
        """Create the topic as a hub does that opens."""
        bus.ensure(*self.topic)


class SetSetting(NamedTuple):
    """A setting of a topic has another value than declared, or none of its own."""

    topic: str
    setting: str
    found: str | None
    wanted: str

    @property
    def words(self) -> str:
        """Say it in one line."""
        return f"~ {self.topic}: {self.setting} {self.found or '-'} -> {self.wanted}"

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {"what": "set-setting", **self._asdict()}

    def apply(self, bus: Bus) -> None:
        """Set it."""
        bus.administration.set(self.topic, self.setting, self.wanted)


class RemoveSetting(NamedTuple):
    """A setting stands on a topic that nothing declares."""

    topic: str
    setting: str
    found: str

    @property
    def words(self) -> str:
        """Say it in one line."""
        return f"- {self.topic}: {self.setting}={self.found} は宣言にないので除く / remove, not declared"

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {"what": "remove-setting", **self._asdict()}

    def apply(self, bus: Bus) -> None:
        """Take it away, so that the broker's own counts."""
        bus.administration.set(self.topic, self.setting, None)


class OtherPartitions(NamedTuple):
    """A topic has another number of partitions: with more, a resident's order would be lost."""

    topic: str
    found: int
    wanted: int

    @property
    def words(self) -> str:
        """Say it in one line."""
        return (
            f"! {self.topic}: {self.found} 区画、宣言は {self.wanted}。順序が崩れるので変更できません。"
            "宣言を戻すか、新しいホームへ移してください"
            f" / {self.found} partitions, declared {self.wanted}: changing them would lose the order"
            " of records; put the declaration back, or move to a new home"
        )

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {"what": "partitions", **self._asdict()}


class FewCopies(NamedTuple):
    """A partition has fewer copies than a cluster of this size keeps."""

    topic: str
    found: int
    wanted: int

    @property
    def words(self) -> str:
        """Say it in one line."""
        return (
            f"! {self.topic}: 複製 {self.found}、宣言は {self.wanted}。kafka-reassign-partitions で"
            f"増やしてください / {self.found} copies, declared {self.wanted}: add some by"
            " kafka-reassign-partitions"
        )

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {"what": "copies", **self._asdict()}


class BrokerDiffers(NamedTuple):
    """A broker is not set as the hub relies on."""

    broker: int
    setting: str
    found: str | None
    wanted: str

    @property
    def words(self) -> str:
        """Say it in one line."""
        return (
            f"! broker {self.broker}: {self.setting} {self.found or '-'}、宣言は {self.wanted}。"
            "ブローカーの設定を直してください"
            f" / is {self.found or '-'}, declared {self.wanted}: correct the broker's properties"
        )

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {"what": "broker-setting", **self._asdict()}


class UndeclaredTopic(NamedTuple):
    """A topic that nothing declares; the hub never deletes one."""

    topic: str

    @property
    def words(self) -> str:
        """Say it in one line."""
        return (
            f"! {self.topic}: 宣言にないトピックです。不要なら担当者が削除してください"
            " / nothing declares this topic: if nobody needs it, a person must delete it"
        )

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {"what": "undeclared-topic", **self._asdict()}
