"""The client of the gateway: nothing is lost or doubled, whether a call, a block or a gateway fails."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client import generate_latest

from hub.bus.port import Record
from hub.client import (
    Client,
    ConflictError,
    Message,
    NotAcknowledgedError,
    NotOpenedError,
    RefusedError,
    SyncClient,
)
from hub.runtime import topics
from hub.runtime.hub import Hub
from tests.support.gateways import Gateway, make_gateway
from tests.support.hub_command import FEED
from tests.support.notices import PREFECTURE, TOWN, line_of, notice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from pathlib import Path

SLIP = "6a0e2a3c-1f3e-4a5b-8c7d-9e0f1a2b3c4d"


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    """Give a gateway of a test's own, which does not listen yet."""
    return make_gateway(tmp_path)


def _client(gateway: Gateway, party: str) -> Client:
    return Client(gateway.address, gateway.certificate(party), gateway.servers)


def _waiting(gateway: Gateway, party: str) -> SyncClient:
    return SyncClient(gateway.address, gateway.certificate(party), gateway.servers)


def _lines(*serials: int) -> bytes:
    return b"".join(line_of(notice(serial)) + b"\n" for serial in serials)


async def _first(messages: AsyncIterator[Message], count: int) -> list[Message]:
    """Use so many messages as a service would."""
    found = []
    async for message in messages:
        async with message:
            found.append(message)
        if len(found) == count:
            break
    return found


def _play(gateway: Gateway, story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    with gateway.listening():
        asyncio.run(story())


def test_what_one_party_sends_another_subscribes_to(gateway: Gateway) -> None:
    """From a file, in order, with the rule; and the sender sees that it was acknowledged."""
    file = gateway.folder / "notices.jsonl"
    file.write_bytes(_lines(1, 2, 3))

    async def story() -> None:
        async with _client(gateway, TOWN) as town, _client(gateway, PREFECTURE) as prefecture:
            receipts = await town.submit(FEED, file)
            await asyncio.to_thread(gateway.carry)
            found = await _first(prefecture.subscribe(FEED), 3)
            assert {each.id for each in found} == {each["id"] for each in receipts}
            assert {each.rule for each in found} == {"juki-30-6-notice"}
            legs = await town.receipts()
            assert [leg["code"] for leg in legs] == ["acknowledged"] * 3

    _play(gateway, story)


def test_a_block_that_fails_keeps_its_message_for_the_next_time(gateway: Gateway) -> None:
    """What was kept before it does not come again."""

    async def story() -> None:
        async with _client(gateway, TOWN) as town, _client(gateway, PREFECTURE) as prefecture:
            await town.submit(FEED, _lines(1, 2, 3))
            await asyncio.to_thread(gateway.carry)
            (kept,) = await _first(prefecture.subscribe(FEED), 1)
            failing = await anext(prefecture.subscribe(FEED))
            with pytest.raises(ZeroDivisionError):
                async with failing:
                    raise ZeroDivisionError
            again = await _first(prefecture.subscribe(FEED), 2)
            assert again[0].id == failing.id
            assert kept.id not in {each.id for each in again}

    _play(gateway, story)


def test_a_message_that_is_passed_over_is_an_error(gateway: Gateway) -> None:
    """Else the same would come for ever."""

    async def story() -> None:
        async with _client(gateway, TOWN) as town, _client(gateway, PREFECTURE) as prefecture:
            await town.submit(FEED, _lines(1))
            await asyncio.to_thread(gateway.carry)
            with pytest.raises(NotAcknowledgedError):
                async for _ in prefecture.subscribe(FEED):
                    pass

    _play(gateway, story)


def test_a_gateway_that_is_away_for_a_moment_is_waited_for(gateway: Gateway) -> None:
    """The call is made again, and counts once."""

    async def story() -> None:
        async with _client(gateway, TOWN) as town:
            sending = asyncio.create_task(town.submit(FEED, _lines(1), slip=SLIP))
            await asyncio.sleep(0.2)
            assert not sending.done()
            with gateway.listening():
                first = await sending
                assert await town.submit(FEED, _lines(1), slip=SLIP) == first
                with pytest.raises(ConflictError):
                    await town.submit(FEED, _lines(2), slip=SLIP)

    asyncio.run(story())


@pytest.mark.parametrize("push", [False, True])
def test_a_subscription_goes_on_when_the_gateway_comes_back(
    gateway: Gateway, *, push: bool
) -> None:
    """Whether it asks or is pushed to: what came meanwhile is given, once."""

    async def story() -> None:
        async with _client(gateway, TOWN) as town, _client(gateway, PREFECTURE) as prefecture:
            messages = prefecture.subscribe(FEED, push=push)
            for serial in (1, 2):
                with gateway.listening():
                    (receipt,) = await town.submit(FEED, _lines(serial))
                    await asyncio.to_thread(gateway.carry)
                    (found,) = await _first(messages, 1)
                    assert found.id == receipt["id"]
            await messages.aclose()

    asyncio.run(story())


def test_a_program_that_is_not_asynchronous_has_the_same_calls(gateway: Gateway) -> None:
    """Each waited for; a block that fails is not acknowledged; errors are the same."""
    with (
        gateway.listening(),
        _waiting(gateway, TOWN) as town,
        _waiting(gateway, PREFECTURE) as other,
    ):
        assert [each["line"] for each in town.preview(FEED, _lines(1))] == [1]
        receipts = town.submit(FEED, _lines(1, 2), slip=SLIP)
        gateway.carry()
        for push in (False, True):
            with pytest.raises(ZeroDivisionError), next(other.subscribe(FEED, push=push)):
                raise ZeroDivisionError
        found = []
        for message in other.subscribe(FEED, push=True):
            with message:
                found.append(message.id)
            if len(found) == 2:
                break
        assert sorted(found) == sorted(each["id"] for each in receipts)
        assert [leg["code"] for leg in town.receipts(receipts[0]["id"])] == ["acknowledged"]
        with pytest.raises(ConflictError):
            town.submit(FEED, _lines(3), slip=SLIP)


def test_what_is_wrong_is_told_in_the_gateways_words(gateway: Gateway) -> None:
    """And not tried again."""

    async def story() -> None:
        async with _client(gateway, TOWN) as town:
            with pytest.raises(RefusedError, match="gzip"):
                await town.submit(FEED, b"\x1f\x8b\x08")
        async with _client(gateway, "999999") as stranger:
            with pytest.raises(RefusedError, match="no party"):
                await stranger.receipts()

    _play(gateway, story)


def test_a_message_says_nothing_of_a_person_by_itself() -> None:
    """As it stands in a log or an error."""
    record = {"id": "1", "feed": FEED, "from": TOWN, "rule": "r", "basis": None, "cursor": "0-0-1"}

    async def nothing(_: str) -> None:
        """Acknowledge nothing."""

    message = Message(record | {"items": {"氏名": "架空　太郎"}}, nothing)
    assert "架空" not in repr(message) + str(message)


@pytest.mark.parametrize("push", [False, True])
def test_a_record_that_does_not_open_is_told_and_not_passed_over_in_silence(
    gateway: Gateway, *, push: bool
) -> None:
    """Raised, as often as one asks; handed over where one wants it, and then it is counted."""

    async def story() -> None:
        async with _client(gateway, TOWN) as town, _client(gateway, PREFECTURE) as prefecture:
            for serial in (1, 2):
                await asyncio.to_thread(_spoil, gateway)
                await town.submit(FEED, _lines(serial))
                await asyncio.to_thread(gateway.carry)
            await asyncio.to_thread(_spoil, gateway)
            for _ in range(2):
                with pytest.raises(NotOpenedError):
                    await _first(prefecture.subscribe(FEED, push=push), 1)
            told: list[NotOpenedError] = []
            messages = prefecture.subscribe(FEED, push=push, unopened=told.append)
            assert len(await _first(messages, 2)) == 2
            await messages.aclose()
            assert sum(error.count for error in told) >= 2
            counted = generate_latest(gateway.metrics.registry).decode()
            assert "hub_gateway_unopened_total 0.0" not in counted

    _play(gateway, story)


def _spoil(gateway: Gateway) -> None:
    """Put what nobody sealed among the records that wait, in every partition."""
    with Hub.open(gateway.settings) as hub:
        topic = topics.release(FEED, PREFECTURE).name
        keys = [bytes([number]) for number in range(64)]
        hub.bus.publish([Record(topic, key, b"{}") for key in keys])
