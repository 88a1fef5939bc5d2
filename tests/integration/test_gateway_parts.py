"""What the gateway reads and gives at a time is bounded, and whoever goes on gets all of it, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from tests.support.gateways import Gateway, make_gateway
from tests.support.hub_command import FEED
from tests.support.notices import PREFECTURE, TOWN, line_of, notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Give a gateway over a sandbox home, which listens."""
    made = make_gateway(tmp_path_factory.mktemp("gateway"))
    with made.listening():
        yield made


def _send(town: httpx.Client, *serials: int) -> list[dict[str, Any]]:
    content = b"".join(line_of(notice(serial)) + b"\n" for serial in serials)
    receipts: list[dict[str, Any]] = town.put(
        f"/feeds/{FEED}/submissions/{uuid4()}", content=content
    ).json()
    return receipts


def test_what_a_caller_acknowledges_is_read_up_to_a_few_words(gateway: Gateway) -> None:
    """Whatever is longer is told to be, unread; what is no acknowledgement is told as such."""
    place = f"/feeds/{FEED}/acknowledgements"
    with gateway.client(PREFECTURE) as prefecture:
        long = prefecture.post(place, content=b'{"cursor": "' + b"0" * 5000 + b'"}')
        assert long.status_code == 413
        for wrong in (b"", b"[]", b'{"cursor": 1}', b'{"cursor": "0-0-1", "more": 1}', b"{"):
            assert prefecture.post(place, content=wrong).status_code == 422


def test_receipts_come_in_parts_that_follow_each_other(gateway: Gateway) -> None:
    """All of them, each once, and a message's legs together; the last part says that it is the last."""
    with gateway.client(TOWN) as town:
        assert len(_send(town, *range(5))) == 5
        gateway.carry()
        whole, parts, after = town.get("/receipts"), [], ""
        while True:
            part = town.get("/receipts", params={"max": 2, "after": after})
            parts.append(part.json())
            if "next" not in part.links:
                break
            after = parts[-1][-1]["id"]
            assert f"after={after}" in part.links["next"]["url"]
        assert "next" not in whole.links
        assert len(parts) > 2
        assert [leg for part in parts for leg in part] == whole.json()


def test_no_partition_waits_until_all_before_it_are_empty(gateway: Gateway) -> None:
    """Records that never end in one would keep those of the others; unacknowledged the same comes."""
    with gateway.client(TOWN) as town, gateway.client(PREFECTURE) as prefecture:
        _send(town, *range(200, 280))
        gateway.carry()
        partitions = []
        for _ in range(10):
            path, asked = f"/feeds/{FEED}/records", {"max": 1}
            cursor = prefecture.get(path, params=asked).json()["cursor"]
            assert prefecture.get(path, params=asked).json()["cursor"] == cursor
            partitions.append(cursor.split("-")[0])
            prefecture.post(f"/feeds/{FEED}/acknowledgements", json={"cursor": cursor})
        assert partitions != sorted(partitions)
