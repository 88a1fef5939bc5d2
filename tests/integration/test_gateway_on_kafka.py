"""The gateway with its bus on a real Kafka: every kind of feed comes through as on the embedded one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hub.client import SyncClient
from tests.support.gateways import Gateway, make_gateway
from tests.support.hub_command import FEED
from tests.support.notices import PREFECTURE, TOWN, line_of, notice
from tests.support.transfers import CERTIFICATE, NEW, SUBMITTED, certificate, line

if TYPE_CHECKING:
    from pathlib import Path

FILES, CITY, CENTRE = "delivery-address", "331007", "jlis"
CONTENT = bytes(range(256)) * 9_001


@pytest.fixture
def gateway(kafka: str, tmp_path: Path) -> Gateway:
    """Give a gateway that does not listen yet."""
    return make_gateway(tmp_path, now=SUBMITTED, bus=f"kafka://{kafka}/gateway")


def _client(gateway: Gateway, party: str) -> SyncClient:
    return SyncClient(gateway.address, gateway.certificate(party), gateway.servers)


def test_records_letters_and_files_come_through_on_kafka(gateway: Gateway, tmp_path: Path) -> None:
    """Records and letters pushed, a file in pieces; each acknowledged, and nothing waits then."""
    with gateway.listening(), _client(gateway, TOWN) as town, _client(gateway, CITY) as city:
        sent = town.submit(
            FEED,
            b"\n".join(line_of(notice(serial, 異動年月日="2026-03-10")) for serial in range(5)),
        )
        sent += town.submit(CERTIFICATE, line(certificate(1)))
        sent += city.submit(FILES, CONTENT)
        assert [each["outcome"] for each in sent] == ["accepted"] * 7
        gateway.carry()
        with _client(gateway, PREFECTURE) as prefecture, _client(gateway, NEW) as new:
            taken = _pushed(prefecture, FEED, 5) + _pushed(new, CERTIFICATE, 1)
        with _client(gateway, CENTRE) as centre:
            (waiting,) = centre.files(FILES)
            path = centre.fetch(FILES, waiting["id"], tmp_path)
            assert path.read_bytes() == CONTENT
            centre.acknowledge(FILES, waiting["id"])
            assert centre.files(FILES) == []
        assert sorted([*taken, waiting["id"]]) == sorted(each["id"] for each in sent)
        legs = [*town.receipts(), *city.receipts()]
        assert {leg["code"] for leg in legs if leg["from"] != PREFECTURE} == {"acknowledged"}


def _pushed(client: SyncClient, feed: str, count: int) -> list[str]:
    found: list[str] = []
    for message in client.subscribe(feed, push=True):
        with message:
            found.append(message.id)
        if len(found) == count:
            break
    return found
