"""Who has no certificate can neither use up the gateway's connections nor fill its log."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from hub.listening import Limits
from tests.support.gateways import Gateway, make_gateway
from tests.support.notices import TOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMITS = Limits(in_all=20, of_one=10, silent_seconds=1.0)
ELSEWHERE = "127.0.0.2"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Gateway:
    """Give a gateway over a sandbox home, which does not listen yet."""
    return make_gateway(tmp_path_factory.mktemp("gateway"))


@pytest.fixture
def gateway(made: Gateway) -> Iterator[Gateway]:
    """Give a gateway that listens, with few connections."""
    with made.listening(LIMITS):
        yield made


def _stranger(gateway: Gateway) -> socket.socket:
    """Connect from another address, and say nothing."""
    return socket.create_connection(("127.0.0.1", gateway.port), 5, (ELSEWHERE, 0))


def _is_let_in(stranger: socket.socket) -> bool:
    """Say whether the gateway still waits for what a connection says."""
    stranger.settimeout(0.2)
    try:
        return bool(stranger.recv(1))
    except TimeoutError:
        return True


def test_strangers_of_one_address_have_so_many_connections_and_a_party_has_its_own(
    gateway: Gateway,
) -> None:
    """Those beyond are closed at once, with one line in the log; the party is answered meanwhile."""
    with ExitStack() as held, capture_logs() as told, gateway.client(TOWN) as town:
        strangers = [held.enter_context(_stranger(gateway)) for _ in range(3 * LIMITS.of_one)]
        assert not _is_let_in(strangers[-1])
        assert town.get("/receipts").status_code == 200
    assert [line["event"] for line in told] == ["connections-at-limit"]


def test_a_connection_that_says_nothing_is_broken_off_and_frees_its_place(
    gateway: Gateway,
) -> None:
    """Though its other end never leaves; the handshake and the first request have a second here."""
    with ExitStack() as held:
        silent = [held.enter_context(_stranger(gateway)) for _ in range(LIMITS.of_one)]
        began = time.monotonic()
        for stranger in silent:
            stranger.settimeout(5)
            assert stranger.recv(1) == b""
        while not _is_let_in(held.enter_context(_stranger(gateway))):
            assert time.monotonic() - began < 5 * LIMITS.silent_seconds


def test_a_connection_that_has_asked_lasts_longer_than_a_silent_one(gateway: Gateway) -> None:
    """It is a caller's: its next call goes over the same connection."""
    with gateway.client(TOWN) as town:
        ports = []
        for _ in range(2):
            answer = town.get("/receipts")
            assert answer.status_code == 200
            ports.append(answer.extensions["network_stream"].get_extra_info("client_addr"))
            time.sleep(LIMITS.silent_seconds * 1.2)
        assert ports[0] == ports[1]
