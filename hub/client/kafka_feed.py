"""The records of a recipient's own topics as aiokafka reads them, and the announcements beside them.

Committed records alone are read: what a transaction of the hub gave up was never released.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.conn import create_conn
from aiokafka.errors import (
    CommitFailedError,
    GroupAuthorizationFailedError,
    KafkaError,
    KafkaTimeoutError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
)

from hub.bus.kafka_access import NOBODY, Access, Cluster
from hub.client.errors import ClientError, ConflictError, RefusedError, UnavailableError
from hub.errors import UsageError
from hub.runtime.kafka_card import read_card
from hub.runtime.topics import keys, release

if TYPE_CHECKING:
    from pathlib import Path

    from hub.client.kafka_opening import Opener

_ADDRESS = re.compile(
    r"kafka://(?P<servers>[A-Za-z0-9.\-]+:\d+(?:,[A-Za-z0-9.\-]+:\d+)*)(?:/(?P<name>[a-z0-9-]*))?"
)
_WAIT_MS = 500
_PATIENCE_SECONDS = 30
_LOGIN_SECONDS = 10
_NOT_ALLOWED = (
    GroupAuthorizationFailedError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
)


class Door(NamedTuple):
    """Where a hub's bus is and who comes to it: brokers, the bus's name, how one is let in."""

    cluster: Cluster
    prefix: str

    @classmethod
    def of(cls, address: str, card: Path | None) -> Door:
        """Read ``kafka://host:port[/name]`` and the card that says who one is (``hub.runtime.kafka_card``).

        Raises ``UsageError`` for an address that is none, and for plain text off this machine.
        """
        found = _ADDRESS.fullmatch(address)
        if found is None:
            raise UsageError(
                "kafka://ホスト:ポート の形で指定してください / give the bus as kafka://host:port"
            )
        cluster = Cluster(found["servers"], read_card(card) if card else NOBODY)
        cluster.require_closed()
        return cls(cluster, f"{found['name']}." if found["name"] else "")

    def settings(self) -> dict[str, Any]:
        """Give a consumer's settings; the password is read anew each time, since it is renewed."""
        return {
            "bootstrap_servers": self.cluster.servers,
            "isolation_level": "read_committed",
            "enable_auto_commit": False,
            "auto_offset_reset": "earliest",
            **let_in(self.cluster.access),
        }

    def reader(self, organisation: str) -> AIOKafkaConsumer:
        """Give the recipient's member of its own group, which has not started and reads nothing yet."""
        return AIOKafkaConsumer(group_id=self.group(organisation), **self.settings())

    def shown(self) -> tuple[object, ...]:
        """Give what changes when the card's password or certificate is replaced."""
        access = self.cluster.access
        files = (access.password_file, access.ca_file, access.certificate_file, access.key_file)
        found = [file.stat() for file in files if file is not None and file.exists()]
        return tuple((each.st_mtime_ns, each.st_ino, each.st_size) for each in found)

    async def is_turned_away(self) -> bool:
        """Say whether the first broker that answers does not know this user by this password.

        aiokafka tells it of no member: one that was let in before tries again for ever.
        """
        for server in self.cluster.servers.split(","):
            host, _, port = server.rpartition(":")
            try:
                login = create_conn(host, int(port), **let_in(self.cluster.access))
                (await asyncio.wait_for(login, _LOGIN_SECONDS)).close()
            except SaslAuthenticationFailed:
                return True
            except (KafkaError, OSError, TimeoutError):
                continue
            return False
        return False

    def topic(self, feed: str, organisation: str) -> str:
        """Give the name on the brokers of what a recipient may read of a feed."""
        return self.prefix + release(feed, organisation).name

    def group(self, organisation: str) -> str:
        """Give the name of a recipient's group."""
        return f"{self.prefix}receive.{organisation}"


def let_in(access: Access) -> dict[str, Any]:
    """Give how aiokafka is let in: by password or certificate over TLS, or as nobody."""
    settings = access.settings()
    found: dict[str, Any] = {"security_protocol": settings["security.protocol"]}
    if not access.is_secured:
        return found
    found["ssl_context"] = tls(access)
    if access.password_file is not None:
        found |= {
            "sasl_mechanism": settings["sasl.mechanism"],
            "sasl_plain_username": settings["sasl.username"],
            "sasl_plain_password": settings["sasl.password"],
        }
    return found


def tls(access: Access) -> ssl.SSLContext:
    """Give the context that knows the brokers by their authority, and shows a certificate if any.

    Raises ``UsageError`` where one of the files is not what it should be.
    """
    try:
        context = ssl.create_default_context(cafile=str(access.ca_file))
        if access.certificate_file is not None:
            context.load_cert_chain(access.certificate_file, access.key_file)
    except (OSError, ValueError) as error:
        raise UsageError(
            "接続カードの CA か証明書を PEM として読めません。ファイルを確認してください"
            " / the card's CA or certificate cannot be read as PEM: check the files it names"
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class Announcements:
    """Reads the announcements of keys on, into an opener. Use from one loop; close it."""

    def __init__(self, door: Door, opener: Opener) -> None:
        self._door = door
        self._opener = opener
        self._place = TopicPartition(door.prefix + keys().name, 0)
        self._consumer: AIOKafkaConsumer | None = None

    async def read_on(self) -> None:
        """Learn every announcement that is on the bus now and was not learnt yet.

        Raises ``KafkaTimeoutError`` where that cannot be done within a while.
        """
        consumer = self._consumer or await self._begin()
        end = (await consumer.end_offsets([self._place]))[self._place]
        give_up = time.monotonic() + _PATIENCE_SECONDS
        while await consumer.position(self._place) < end:
            found = await consumer.getmany(self._place, timeout_ms=_WAIT_MS)
            for record in found.get(self._place, ()):
                self._opener.learn(record.value or b"")
            # Before the end nobody may say that a key was not announced: a broker may be slow.
            if not found and time.monotonic() > give_up:
                raise KafkaTimeoutError

    async def _begin(self) -> AIOKafkaConsumer:
        self._consumer = consumer = AIOKafkaConsumer(**self._door.settings())
        await consumer.start()
        consumer.assign([self._place])
        await consumer.seek_to_beginning(self._place)
        return consumer

    async def close(self) -> None:
        """Let go of the connection."""
        if self._consumer is not None:
            await self._consumer.stop()
            self._consumer = None


def translated(error: KafkaError) -> ClientError:
    """Give the client's error for one of aiokafka's; none of a record is in its words."""
    name = type(error).__name__
    if isinstance(error, CommitFailedError):
        return moved_on()
    if isinstance(error, _NOT_ALLOWED):
        return RefusedError(
            f"Kafka がこの読み取りを許していません（{name}）。利用者、パスワード、権限を確認してください"
            f" / the brokers do not allow this ({name}): check user, password and the feed's rule"
        )
    return UnavailableError(
        f"Kafka を使えません（{name}）。宛先、接続カード、ブローカーの稼働を確認してください"
        f" / Kafka cannot be used ({name}): check its address, the card and that it runs"
    )


def moved_on() -> ConflictError:
    """Give the error of who acknowledges what is not its own any more."""
    return ConflictError(
        "この区画は他の処理に移りました。読み直してください"
        " / another process of yours has this partition now: subscribe again"
    )
