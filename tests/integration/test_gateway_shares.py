"""One client cannot keep the gateway from the others, and what it is asked is counted."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
import pytest
from prometheus_client import generate_latest

from hub.gateway.body import GRACE_SECONDS
from tests.support.gateways import Gateway, make_gateway
from tests.support.hub_command import FEED
from tests.support.notices import PREFECTURE, TOWN, line_of, notice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AT_ONCE = 6
EVENTS = f"/feeds/{FEED}/events"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Give a gateway that listens, whose clients may make few calls at once."""
    made = make_gateway(tmp_path_factory.mktemp("gateway"), gateway_calls_at_once=AT_ONCE)
    with made.listening():
        yield made


def _place() -> str:
    return f"/feeds/{FEED}/submissions/{uuid4()}"


def test_a_client_whose_bodies_do_not_come_keeps_nobody_waiting(gateway: Gateway) -> None:
    """As many of them as it may have at once; another asks and sends meanwhile."""
    go = threading.Event()

    def body() -> Iterator[bytes]:
        yield line_of(notice(1))
        go.wait(30)

    with (
        gateway.client(TOWN) as town,
        gateway.client("112291") as other,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        slow = [pool.submit(town.put, _place(), content=body()) for _ in range(AT_ONCE)]
        while town.get("/openapi.json").status_code != 429:
            pass
        assert other.get("/receipts").json() == []
        answer = other.put(_place(), content=line_of(notice(2, 市町村コード="112291")))
        assert answer.status_code == 200
        assert not any(each.done() for each in slow)
        go.set()
        assert {each.result().status_code for each in slow} == {200}


def test_a_client_has_so_many_streams_and_is_told_of_one_too_many(gateway: Gateway) -> None:
    """As a problem that says when to come again; another's are its own, and one that ends is free."""
    with gateway.client(PREFECTURE) as prefecture, gateway.client("jlis") as other:
        with ExitStack() as streams:
            for _ in range(AT_ONCE):
                streams.enter_context(prefecture.stream("GET", EVENTS))
            told = prefecture.get("/receipts")
            assert (told.status_code, told.json()["status"]) == (429, 429)
            assert int(told.headers["retry-after"]) > 0
            assert f"hub_gateway_streams {AT_ONCE}.0" in _metrics(gateway)
            with other.stream("GET", EVENTS) as stream:
                assert stream.status_code == 200
        while prefecture.get("/receipts").status_code == 429:
            pass


def test_calls_are_counted_by_their_route_without_what_was_asked_for(gateway: Gateway) -> None:
    """Route, status, time and bytes; an address that there is not has no name of its own."""
    slip = str(uuid4())
    with gateway.client(TOWN) as town:
        town.put(f"/feeds/{FEED}/submissions/{slip}", content=line_of(notice(3)))
        town.get("/receipts", params={"id": slip})
        town.get(f"/no-such-address/{slip}")
        # A call is counted when its answer has gone: on one connection, before the next is taken.
        town.get("/receipts")
    told = _metrics(gateway)
    route = "/v1/feeds/{feed}/submissions/{slip}"
    assert f'hub_gateway_calls_total{{route="{route}",status="200"}}' in told
    assert 'hub_gateway_calls_total{route="elsewhere",status="404"}' in told
    assert f'hub_gateway_seconds_count{{route="{route}"}}' in told
    assert 'hub_gateway_bytes_total{direction="in"} 0.0' not in told
    assert slip not in told
    assert FEED not in "".join(line for line in told.split("\n") if "gateway" in line)
    assert TOWN not in told


def test_a_gateway_that_ends_does_not_wait_for_a_body_that_does_not_come(
    tmp_path: Path,
) -> None:
    """It gives the body some seconds, far fewer than a body has while the gateway goes on."""
    ending = make_gateway(tmp_path)
    began, go = threading.Event(), threading.Event()

    def body() -> Iterator[bytes]:
        yield line_of(notice(1))
        began.set()
        go.wait(60)

    with ending.client(TOWN) as town, ThreadPoolExecutor(1) as pool:
        with ending.listening():
            slow = pool.submit(town.put, _place(), content=body())
            began.wait(10)
            asked = time.monotonic()
        assert time.monotonic() - asked < GRACE_SECONDS / 2
        go.set()
        with pytest.raises(httpx.TransportError):
            slow.result()


def _metrics(gateway: Gateway) -> str:
    return generate_latest(gateway.metrics.registry).decode()
