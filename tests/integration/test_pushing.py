"""Server-sent events: the same records as by any other way, no further ahead than a cursor reaches."""

from __future__ import annotations

import json
import math
import threading
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from httpx_sse import connect_sse

from hub.gateway.caller import Caller
from hub.gateway.calls import acknowledge
from hub.gateway.cursor import read_cursor
from hub.gateway.pool import Room
from hub.gateway.pushing import Pushing
from hub.runtime.metrics import Metrics
from tests.support.gateways import Gateway, make_gateway
from tests.support.hub_command import FEED, NOW, hub
from tests.support.notices import PREFECTURE, TOWN, line_of, notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

EVENTS = f"/feeds/{FEED}/events"
ACKNOWLEDGED = f"/feeds/{FEED}/acknowledgements"
RECORDS = f"/feeds/{FEED}/records"
# A separator of lines for some, a letter for others; a stream's lines do not end at it.
NAME = "架空\u2028太郎"
PEOPLE, CHANGES = 30, 600
# Of one partition no stream goes further ahead, and here the others hold less.
REACH = 500


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Give a gateway over a sandbox home, which listens, with records that wait for a prefecture."""
    made = make_gateway(tmp_path_factory.mktemp("gateway"))
    with made.listening():
        with made.client(TOWN) as town:
            for lines in _life():
                path = f"/feeds/{FEED}/submissions/{uuid4()}"
                receipts = town.put(path, content=b"\n".join(lines)).json()
                assert {each["outcome"] for each in receipts} == {"accepted"}
        made.carry()
        yield made


def _life() -> Iterator[list[bytes]]:
    """Give lines about some people, and so many about one of them that no cursor reaches over all."""
    yield [line_of(notice(serial, 氏名=NAME)) for serial in range(PEOPLE)]
    for first in range(2, 2 + CHANGES, 100):
        yield [
            line_of(notice(1, 異動事由="軽微な修正", 更新順番号=number))
            for number in range(first, first + 100)
        ]


def _pushed(client: httpx.Client, count: int, last: str | None = None) -> list[dict[str, Any]]:
    """Give so many of a stream's events, each of which must be named by its cursor."""
    found: list[dict[str, Any]] = []
    headers = {"Last-Event-ID": last} if last else {}
    with connect_sse(client, "GET", EVENTS, headers=headers) as source:
        for event in source.iter_sse():
            assert event.event in {"", "message"}
            found.append(json.loads(event.data))
            assert event.id == found[-1]["cursor"]
            if len(found) == count:
                break
    return found


def test_push_pull_and_command_give_the_identical_records(gateway: Gateway) -> None:
    """Byte for byte the same items, rule and basis; by push and pull the same cursor too."""
    with gateway.client(PREFECTURE) as prefecture:
        pulled = prefecture.get(RECORDS, params={"max": "500"}).json()["records"]
        pushed = _pushed(prefecture, len(pulled))
    assert pushed == pulled
    assert NAME in {each["items"]["氏名"] for each in pushed}
    words = ("receive", "--feed", FEED, "--as", PREFECTURE, "--no-ack", "--format", "json")
    told = hub("--home", str(gateway.settings.home), "--as-of", NOW, *words).lines
    for record in pushed:
        del record["cursor"]
    found = {each["id"]: each for each in told}
    assert [found[record["id"]] for record in pushed] == pushed


def test_a_stream_that_is_resumed_goes_on_behind_its_last_event(gateway: Gateway) -> None:
    """In its partition, without an acknowledgement; a cursor of elsewhere is told before it begins."""
    with gateway.client(PREFECTURE) as prefecture:
        whole = _pushed(prefecture, 100)
        last = whole[60]["cursor"]
        after = _of(last, _pushed(prefecture, 100, last))
        rest = _of(last, whole[61:])
        assert after[: len(rest)] == rest
        assert rest
        for wrong, status in (("no-cursor", 400), ("0-0-999999", 409)):
            told = prefecture.get(EVENTS, headers={"Last-Event-ID": wrong})
            assert told.status_code == status
            assert told.headers["content-type"] == "application/problem+json"


def _of(cursor: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the records of a cursor's partition."""
    place = read_cursor(cursor).partition
    return [each for each in records if read_cursor(each["cursor"]).partition == place]


def test_every_cursor_of_a_stream_can_be_acknowledged(gateway: Gateway) -> None:
    """The last one first: it keeps those before it, and what lay out of its reach comes then."""
    total = PEOPLE + CHANGES
    with gateway.client("jlis") as national:
        found: list[dict[str, Any]] = []
        while len(found) < total:
            found += _pushed(national, min(REACH, total - len(found)))
            for record in found[::-1]:
                said = national.post(ACKNOWLEDGED, json={"cursor": record["cursor"]})
                assert said.status_code == 204
        assert len({each["id"] for each in found}) == total
        assert national.get(RECORDS).json()["records"] == []


def test_a_stream_goes_no_further_ahead_than_a_cursor_reaches(gateway: Gateway) -> None:
    """It waits there until something is acknowledged, and gives so much more then."""
    room = Room(gateway.settings, Metrics())
    caller, stream = Caller(PREFECTURE, math.inf), Pushing(Caller(PREFECTURE, math.inf), FEED, None)
    with closing(room):
        found = [read_cursor(each["cursor"]) for each in _all(stream, room)]
        fullest = Counter(each.partition for each in found).most_common(1)
        assert [count for _, count in fullest] == [REACH]
        tenth = [each for each in found if each.partition == fullest[0][0]][9]
        acknowledge(room, caller, FEED, tenth.spell())
        assert len(_all(stream, room)) == 10


def _all(stream: Pushing, room: Room) -> list[dict[str, Any]]:
    """Give what a stream finds until it finds nothing."""
    found: list[dict[str, Any]] = []
    while records := stream.look(room).records:
        found += records
    return found


def test_a_stream_ends_when_the_gateway_does(gateway: Gateway) -> None:
    """At once, and whole: its caller is not left with half of an event."""
    other = make_gateway(gateway.folder / "other")
    with other.client(PREFECTURE) as prefecture, other.listening():
        source = prefecture.send(prefecture.build_request("GET", EVENTS), stream=True)
        lines = source.iter_lines()
        assert next(lines) == ": ping"
        reading = threading.Thread(target=list, args=(lines,))
        reading.start()
    reading.join(timeout=3)
    assert not reading.is_alive()
