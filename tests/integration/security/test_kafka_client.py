"""A recipient reads its own topic on a secured Kafka: with its own keys, and by its own right alone."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from hub.bus.port import Record
from hub.client import ConflictError, Message, NotAcknowledgedError, RefusedError
from hub.client.kafka import KafkaClient, UnopenedError
from hub.runtime import topics
from hub.runtime.delivery import Counter
from hub.runtime.hub import Hub
from hub.runtime.identities import hand_out_identity
from hub.runtime.outcome import HUB
from hub.runtime.settings import Settings
from hub.runtime.submission import sender_record
from hub.runtime.topic_care import open_topic_care
from hub.runtime.until_idle import note, purge, run_until_idle
from hub.runtime.views import Views
from hub.vocabulary.clock import StillClock, parse_instant
from hub.vocabulary.requests import Request
from tests.integration.security.conftest import NOW, as_administrator
from tests.support.notices import PREFECTURE, TOWN, notice, values_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
    from pathlib import Path

    from tests.integration.security.conftest import Place

Found = TypeVar("Found")
FEED, NATIONAL = "change-notice", "jlis"
LATER = "2027-02-01T09:00:00+09:00"
"""More than ninety days after what is fetched here was released."""

# aiokafka does not wait for a broker's goodbye on TLS; on a slow machine Python then names the
# connection, whenever it collects it: here, by the fixture, and in no other test.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """Leave no connection to be collected later."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def hub(place: Place) -> Iterator[Hub]:
    """Give the hub of the module's home, as the user ``hub``."""
    with Hub.open(Settings(home=place.home.path, bus=place.bus, now=NOW)) as opened:
        yield opened


@pytest.fixture
def client(place: Place, hub: Hub, tmp_path: Path) -> Callable[..., KafkaClient]:
    """Give what makes a client of a party, by another's card where that is asked for."""

    def make(party: str = PREFECTURE, card: str = "") -> KafkaClient:
        """Give the client, with the keys that were handed to the party just now."""
        identity = tmp_path / f"{party}.identity"
        identity.unlink(missing_ok=True)
        hand_out_identity(hub, party, identity)
        user = place.home.kafka_users / f"org-{card or party}.toml"
        return KafkaClient(place.bus, identity, user)

    return make


def _carry(hub: Hub, *serials: int) -> None:
    """Send notices of people and carry them to their recipients."""
    feed = hub.books.feeds[FEED]
    for serial in serials:
        values = values_of(notice(serial))
        hub.bus.publish([sender_record(hub, feed, TOWN, Request(), hub.mint(), values)])
    run_until_idle(hub)


async def _first(messages: AsyncIterator[Message], count: int) -> list[Message]:
    """Use so many messages as a service would."""
    found = []
    async for message in messages:
        async with message:
            found.append(message)
        if len(found) == count:
            break
    return found


def _take(client: KafkaClient, count: int, **given: Any) -> list[Message]:
    async def story() -> list[Message]:
        async with client:
            return await _first(client.subscribe(FEED, **given), count)

    return _played(story)


def _played(story: Callable[[], Coroutine[Any, Any, Found]]) -> Found:
    async def in_time() -> Found:
        return await asyncio.wait_for(story(), 60)

    return asyncio.run(in_time())


def _codes(hub: Hub, sender: str, recipient: str) -> list[str]:
    views = Views(hub.home.views, hub.bus, hub.home.path)
    codes = [leg["code"] for leg in views.receipts(sender) if leg["to"] == recipient]
    views.close()
    return codes


def _waiting(hub: Hub, party: str) -> list[dict[str, Any]]:
    """Give what ``hub receive --no-ack`` would."""
    counter = Counter(hub, FEED, hub.body(party))
    return [each.to_dict() for handover in counter.fetch() for each in handover.deliveries]


def _take_all(hub: Hub, client: Callable[..., KafkaClient], party: str) -> None:
    """Leave nothing that others carried."""
    if waiting := len(_waiting(hub, party)):
        _take(client(party), waiting)


def _as_received(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "feed": message.feed,
        "from": message.sender,
        "basis": message.basis,
        "rule": message.rule,
        "items": message.items,
    }


def test_the_same_records_as_by_the_command_and_acknowledged_by_position(
    hub: Hub, client: Callable[..., KafkaClient]
) -> None:
    """Each field alike and in order; once noted, its sender sees it acknowledged, and none is left."""
    _carry(hub, 1, 2, 3)
    waiting = _waiting(hub, PREFECTURE)
    found = _take(client(), 3)
    assert sorted(map(_as_received, found), key=str) == sorted(waiting, key=str)
    assert _waiting(hub, PREFECTURE) == []
    assert _codes(hub, TOWN, PREFECTURE) == ["released"] * 3
    assert note(hub) == 3
    assert _codes(hub, TOWN, PREFECTURE) == ["acknowledged"] * 3
    assert note(hub) == 0


def test_what_a_crashed_block_had_comes_again(hub: Hub, client: Callable[..., KafkaClient]) -> None:
    """To the next process, with what followed it; what was kept before it does not."""
    _carry(hub, 11, 12, 13)
    (kept,) = _take(client(), 1)

    async def crash() -> str:
        async with client() as crashing:
            message = await anext(aiter(crashing.subscribe(FEED)))
            with pytest.raises(ZeroDivisionError):
                async with message:
                    raise ZeroDivisionError
            return message.id

    failed = _played(crash)
    again = {message.id for message in _take(client(), 2)}
    assert failed in again
    assert kept.id not in again
    assert _waiting(hub, PREFECTURE) == []


def test_a_message_that_is_passed_over_is_an_error(
    hub: Hub, client: Callable[..., KafkaClient]
) -> None:
    """Else it would be lost when the next one is acknowledged."""
    _carry(hub, 21)

    async def pass_over() -> None:
        async with client() as careless:
            async for _ in careless.subscribe(FEED):
                pass

    with pytest.raises(NotAcknowledgedError):
        _played(pass_over)
    assert len(_take(client(), 1)) == 1


def test_a_forged_record_is_handed_on_or_stops_and_is_never_a_message(
    hub: Hub, client: Callable[..., KafkaClient]
) -> None:
    """It names a known release's headers over other bytes; its neighbours come through."""
    _carry(hub, 31)
    topic = topics.release(FEED, PREFECTURE).name
    (record,) = (
        record
        for partition in range(hub.bus.partitions(topic))
        for record in hub.bus.follow(
            topic, partition, hub.bus.position(f"receive.{PREFECTURE}", topic, partition), 10
        )
    )
    forged = record.value[:-1] + bytes([record.value[-1] ^ 1])
    hub.bus.publish([Record(topic, record.key, forged, record.headers)])
    with pytest.raises(UnopenedError, match="does-not-open"):
        _take(client(), 2)
    # The true one once more, behind the forged one in its partition: it opens, under its old id.
    hub.bus.publish([Record(topic, record.key, record.value, record.headers)])
    _carry(hub, 32)
    told: list[UnopenedError] = []
    found = _take(client(), 2, unopened=told.append)
    codes = {message.items["住民票コード"] for message in found}
    assert codes == {notice(31)["住民票コード"], notice(32)["住民票コード"]}
    assert [error.code for error in told] == ["does-not-open"]
    assert _waiting(hub, PREFECTURE) == []


def test_a_body_without_the_right_is_refused(client: Callable[..., KafkaClient]) -> None:
    """By the brokers: a town's own card reads no release, nor does it open the prefecture's topic."""
    for made in (client(TOWN), client(PREFECTURE, card=TOWN)):
        with pytest.raises(RefusedError, match="AuthorizationFailed"):
            _take(made, 1)


def test_a_new_signing_key_of_the_hub_stops_an_old_identity_and_loses_nothing(
    hub: Hub, client: Callable[..., KafkaClient]
) -> None:
    """It is told to get the newest file; with that the same record comes."""
    outdated = client(NATIONAL)
    _take_all(hub, client, NATIONAL)
    hub.vault.rotate_identity(HUB, hub.clock.now())
    hub.vault.rotate(hub.clock.now())
    _carry(hub, 41)
    with pytest.raises(UnopenedError, match="forged-announcement"):
        _take(outdated, 1)
    (found,) = _take(client(NATIONAL), 1)
    assert found.rule == "juki-30-7-notice"


def test_two_processes_share_the_partitions_and_who_lost_one_cannot_acknowledge(
    hub: Hub, client: Callable[..., KafkaClient]
) -> None:
    """The message comes again to whoever has its partition now."""
    _take_all(hub, client, PREFECTURE)
    _carry(hub, 51)

    async def story() -> None:
        async with client() as first:
            held = await anext(aiter(first.subscribe(FEED)))
            for reading in first._readings:
                await reading.close()
            async with client() as second:
                (again,) = await _first(second.subscribe(FEED), 1)
                assert again.id == held.id
            with pytest.raises(ConflictError):
                await held.acknowledge()

    _played(story)


def test_a_recipient_that_hangs_in_a_block_holds_up_no_erasure(
    place: Place, hub: Hub, client: Callable[..., KafkaClient]
) -> None:
    """Past the limit what it has not acknowledged is given up, as another's is, and senders told."""
    _take_all(hub, client, PREFECTURE)
    _take_all(hub, client, NATIONAL)
    _carry(hub, 61)

    def at_the_limit() -> None:
        """Erase what is due, long after."""
        with Hub.open(Settings(home=place.home.path, bus=place.bus, now=LATER)) as later:
            purge(later)

    async def hang() -> None:
        async with client() as hanging:
            message = await anext(aiter(hanging.subscribe(FEED)))
            await asyncio.to_thread(at_the_limit)
            assert not message.acknowledged

    _played(hang)
    assert _codes(hub, PREFECTURE, NATIONAL)[-1] == "undelivered"
    assert _codes(hub, TOWN, PREFECTURE)[-1] == "undelivered"


def test_a_new_password_is_taken_up_and_an_old_one_is_told(
    place: Place, hub: Hub, client: Callable[..., KafkaClient]
) -> None:
    """A subscription goes on with the file's new password; who has the old one alone is refused."""
    _take_all(hub, client, PREFECTURE)
    file = place.home.kafka_users / f"org-{PREFECTURE}.password"
    old = file.read_bytes()

    def renew() -> None:
        """Give the body a new password, and send it something."""
        with (
            as_administrator(place),
            open_topic_care(place.home, place.bus, StillClock(parse_instant(NOW))) as care,
        ):
            assert care.rights
            care.rights.renew_passwords([f"org-{PREFECTURE}"])
        _carry(hub, 71)

    async def story() -> None:
        async with client() as reading:
            messages = aiter(reading.subscribe(FEED))
            first = asyncio.ensure_future(anext(messages))
            await asyncio.sleep(2)
            await asyncio.to_thread(renew)
            async with await first as message:
                assert message.feed == FEED

    _played(story)
    file.write_bytes(old)
    with pytest.raises(RefusedError, match="SaslAuthenticationFailed"):
        _take(client(), 1)
