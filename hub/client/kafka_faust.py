"""A Faust application as a recipient: its topic gives opened and checked records, or nothing.

    source = FaustFeed("kafka://bus.example:9092", "change-notice", identity, card, unopened=tell)
    app = source.app()

    @app.agent(source.topic(app))
    async def keep(records):
        async for record in records:
            store(record.items)

What is on the topic cannot be read without its headers, which a Faust codec is not given; so this is a
Faust schema. Needs the extra ``faust``; docs/adr/0049 says what Faust does with what an agent raises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import faust
from faust.exceptions import ValueDecodeError
from faust.transport.drivers import aiokafka as driver
from yarl import URL

from hub.client.kafka_feed import Announcements, Door, let_in
from hub.client.kafka_identity import read_identity
from hub.client.kafka_opening import Opener, UnopenedError
from hub.client.messages import Received
from hub.sealing.errors import UnknownKeyError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path


class FaustFeed:
    """One feed of one recipient, for one Faust application.

    ``unopened`` is handed what does not open, which is then passed over: no agent sees it. Raises as
    ``KafkaClient`` does.
    """

    def __init__(
        self,
        address: str,
        feed: str,
        identity: Path,
        card: Path | None = None,
        *,
        unopened: Callable[[UnopenedError], None],
        rules: Path | None = None,
    ) -> None:
        self._door = Door.of(address, card)
        self._identity = read_identity(identity)
        self._feed = feed
        self._opener = Opener(self._identity, feed, rules)
        self._announcements = Announcements(self._door, self._opener)
        self.unopened = unopened

    def app(self, **settings: Any) -> faust.App:  # noqa: ANN401 -- Faust's own settings
        """Make an application in the recipient's group, which makes no topics of its own."""
        given: dict[str, Any] = {
            "broker": [URL(f"aiokafka://{each}") for each in self._door.cluster.servers.split(",")],
            "broker_credentials": self._credentials(),
            "topic_allow_declare": False,
            "topic_disable_leader": True,
            # The worker's command turns the page on again, where it is not told `--without-web`.
            "web_enabled": False,
            "web_bind": "127.0.0.1",
        }
        app = faust.App(self._door.group(self._identity.organisation), **(given | settings))
        app.transport = _Transport(app.conf.broker_consumer, app)
        app.on_before_shutdown.connect(self._close)
        return app

    def topic(self, app: faust.App) -> faust.Topic:
        """Give the topic that agents of this application read."""
        name = self._door.topic(self._feed, self._identity.organisation)
        return _Topic(app, topics=[name], schema=_Schema(self))

    async def open(self, message: Any) -> Received:  # noqa: ANN401 -- Faust's own
        """Open one message as it came; ``UnopenedError`` where it is none of ours."""
        headers = tuple(message.headers or ())
        place = f"{message.topic}/{message.partition}@{message.offset}"
        for _ in range(2):
            try:
                return Received(self._opener.open(headers, message.value, place))
            except UnknownKeyError:
                await self._announcements.read_on()
        raise UnopenedError(UnknownKeyError.code, place)

    def _credentials(self) -> faust.SASLCredentials | faust.SSLCredentials | None:
        given = let_in(self._door.cluster.access)
        if "ssl_context" not in given:
            return None
        if "sasl_mechanism" not in given:
            return faust.SSLCredentials(given["ssl_context"])
        return faust.SASLCredentials(
            username=given["sasl_plain_username"],
            password=given["sasl_plain_password"],
            ssl_context=given["ssl_context"],
            mechanism=given["sasl_mechanism"],
        )

    async def _close(self, *_app: object, **_given: object) -> None:
        await self._announcements.close()


class _NotOpenedError(ValueDecodeError):
    """Faust's own kind of error for a value, with what was wrong."""

    def __init__(self, error: UnopenedError) -> None:
        super().__init__(str(error))
        self.error = error


class _Schema(faust.Schema[bytes, bytes]):
    """Reads a message by its headers and value together."""

    def __init__(self, source: FaustFeed) -> None:
        super().__init__(key_type=bytes, value_type=bytes)
        self.source = source

    def compile(self, app: Any, **_given: Any) -> Callable[..., Awaitable[Any]]:  # noqa: ANN401 -- Faust's own
        """Give what makes an event of a message."""

        async def decode(message: Any, **_: object) -> Any:  # noqa: ANN401 -- Faust's own
            """Give the event; raises Faust's error for a value where it does not open."""
            try:
                record = await self.source.open(message)
            except UnopenedError as error:
                raise _NotOpenedError(error) from None
            return app.create_event(message.key, record, message.headers, message)

        return decode


class _Topic(faust.Topic):
    """A topic that tells what does not open and goes on; Faust would throw it into the agents."""

    async def on_value_decode_error(self, exc: Exception, message: Any) -> None:  # noqa: ANN401, ARG002
        """Hand on what did not open."""
        if not isinstance(exc, _NotOpenedError) or not isinstance(self.schema, _Schema):
            raise exc
        self.schema.source.unopened(exc.error)


class _Thread(driver.AIOKafkaConsumerThread):
    """Reads committed records alone, which Faust does in its own transactions only."""

    def _create_worker_consumer(self, transport: Any) -> Any:  # noqa: ANN401 -- Faust's own
        before = self.consumer.in_transaction
        self.consumer.in_transaction = True
        try:
            return super()._create_worker_consumer(transport)
        finally:
            self.consumer.in_transaction = before


class _Consumer(driver.Consumer):
    def _new_consumer_thread(self) -> _Thread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)


class _Transport(driver.Transport):
    Consumer = _Consumer
