"""Letters and files over HTTPS: sent under a slip, given until they are confirmed, whole or not at all."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from httpx_sse import connect_sse

from hub.client import RefusedError, SyncClient
from tests.support.gateways import Gateway, make_gateway
from tests.support.hub_command import hub
from tests.support.transfers import CERTIFICATE, NEW, OLD, SUBMITTED, certificate, line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

FILES, CITY, CENTRE = "delivery-address", "331007", "jlis"
# More than one chunk of a file in custody, and not a whole number of them.
CONTENT = bytes(range(256)) * 9_001


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Give a gateway that listens, whose bodies of lines may be small, and files larger."""
    folder = tmp_path_factory.mktemp("gateway")
    made = make_gateway(folder, now=SUBMITTED, gateway_file_bytes=len(CONTENT))
    with made.listening():
        yield made


def _waiting(gateway: Gateway, party: str) -> SyncClient:
    return SyncClient(gateway.address, gateway.certificate(party), gateway.servers)


def _sent_file(gateway: Gateway, folder: Path) -> str:
    """Have a file taken; gives its id."""
    file = folder / "送付先.bin"
    file.write_bytes(CONTENT)
    slip = str(uuid4())
    with _waiting(gateway, CITY) as city:
        (receipt,) = city.submit(FILES, file, slip=slip)
        assert city.submit(FILES, file, slip=slip) == [receipt]
    gateway.carry()
    assert (receipt["outcome"], receipt["reason"]) == ("accepted", None)
    return str(receipt["id"])


def test_a_file_goes_from_one_party_to_another_over_https(gateway: Gateway, tmp_path: Path) -> None:
    """Sent twice under a slip and taken once; listed, fetched twice, confirmed twice, then gone."""
    file_id = _sent_file(gateway, tmp_path)
    with _waiting(gateway, CENTRE) as centre, _waiting(gateway, CITY) as city:
        listed = {"id": file_id, "feed": FILES, "from": CITY, "bytes": len(CONTENT)}
        assert centre.files(FILES) == [listed]
        assert city.files(FILES) == []
        for _ in range(2):
            taken = centre.fetch(FILES, file_id, tmp_path)
            assert taken.name == f"{file_id}.bin"
            assert taken.read_bytes() == CONTENT
            assert taken.stat().st_mode & 0o777 == 0o600
        for _ in range(2):
            centre.acknowledge(FILES, file_id)
        assert centre.files(FILES) == []
        assert [leg["code"] for leg in city.receipts(file_id)] == ["acknowledged"]
        with pytest.raises(RefusedError, match="does not wait"):
            centre.fetch(FILES, file_id, tmp_path)
    assert not list(tmp_path.glob(".*"))


def test_a_files_answer_says_how_long_it_is_and_its_hash(gateway: Gateway, tmp_path: Path) -> None:
    """Before any of it comes; nobody but its recipient is told more than that it does not wait."""
    file_id = _sent_file(gateway, tmp_path)
    path = f"/feeds/{FILES}/files/{file_id}"
    with gateway.client(CENTRE) as centre, gateway.client(OLD) as other:
        with centre.stream("GET", path) as answer:
            assert answer.headers["content-length"] == str(len(CONTENT))
            told = answer.headers["repr-digest"].removeprefix("sha-256=:").removesuffix(":")
            assert answer.headers["content-disposition"].endswith(f'"{file_id}.bin"')
        assert base64.b64decode(told) == hashlib.sha256(CONTENT).digest()
        for client, wrong in ((other, path), (centre, f"/feeds/{FILES}/files/{uuid4()}")):
            refused = client.get(wrong)
            assert (refused.status_code, refused.json()["status"]) == (404, 404)
        assert centre.get(path).content == CONTENT
        said = centre.post(f"/feeds/{FILES}/acknowledgements", json={"cursor": file_id})
        assert said.status_code == 204


def test_a_file_that_was_given_in_part_is_not_sent(gateway: Gateway, tmp_path: Path) -> None:
    """A recipient that leaves on the way cannot confirm it; it is given again, whole."""
    file_id = _sent_file(gateway, tmp_path)
    path = f"/feeds/{FILES}/files/{file_id}"
    with gateway.client(CENTRE) as leaving, leaving.stream("GET", path) as answer:
        assert next(answer.iter_raw())
    with gateway.client(CENTRE) as centre, gateway.client(CITY) as city:
        early = centre.post(f"/feeds/{FILES}/acknowledgements", json={"cursor": file_id})
        assert early.status_code == 404
        codes = [leg["code"] for leg in city.get("/receipts", params={"id": file_id}).json()]
        assert "acknowledged" not in codes
        assert centre.get(path).content == CONTENT
        said = centre.post(f"/feeds/{FILES}/acknowledgements", json={"cursor": file_id})
        assert said.status_code == 204


def test_a_file_over_its_own_limit_is_refused_and_nothing_of_it_is_kept(gateway: Gateway) -> None:
    """Lines have a smaller limit than files; a file within it would be too long for them."""
    place = f"/feeds/{FILES}/submissions/{uuid4()}"
    with gateway.client(CITY) as city, gateway.client(OLD) as town:
        assert city.put(place, content=CONTENT + b"x").status_code == 413
        lines = town.put(f"/feeds/{CERTIFICATE}/submissions/{uuid4()}", content=CONTENT)
        assert lines.status_code == 413
        gateway.carry()
    with gateway.client(CENTRE) as centre:
        assert centre.get(f"/feeds/{FILES}/files").json() == {"files": []}


def test_a_letter_is_the_same_by_pull_push_and_command(gateway: Gateway) -> None:
    """With its id for a cursor; it comes until that is acknowledged, and a stream gives it once."""
    with gateway.client(OLD) as old, gateway.client(NEW) as new:
        place = f"/feeds/{CERTIFICATE}/submissions/{uuid4()}"
        letters = line(certificate(1)) + line(certificate(2))
        receipts = old.put(place, content=letters).json()
        assert old.put(place, content=letters).json() == receipts
        gateway.carry()
        pulled = new.get(f"/feeds/{CERTIFICATE}/records").json()["records"]
        assert [each["cursor"] for each in pulled] == [each["id"] for each in receipts]
        assert _pushed(new, 2) == pulled
        told = _told(gateway, "receive", "--feed", CERTIFICATE, "--as", NEW, "--no-ack")
        assert told == [{k: v for k, v in each.items() if k != "cursor"} for each in pulled]
        for record in pulled:
            said = new.post(
                f"/feeds/{CERTIFICATE}/acknowledgements", json={"cursor": record["cursor"]}
            )
            assert said.status_code == 204
        assert new.get(f"/feeds/{CERTIFICATE}/records").json()["records"] == []
        legs = old.get("/receipts", params={"id": receipts[0]["id"]}).json()
        assert [leg["code"] for leg in legs] == ["acknowledged"]


def _pushed(client: httpx.Client, count: int) -> list[dict[str, Any]]:
    with connect_sse(client, "GET", f"/feeds/{CERTIFICATE}/events") as source:
        events = source.iter_sse()
        return [json.loads(next(events).data) for _ in range(count)]


def _told(gateway: Gateway, *words: str) -> list[dict[str, Any]]:
    given = ("--home", str(gateway.settings.home), "--as-of", SUBMITTED, "--format", "json")
    return hub(*given, *words).lines


@pytest.mark.parametrize("push", [False, True])
def test_a_subscription_to_letters_acknowledges_each(gateway: Gateway, *, push: bool) -> None:
    """As to records, by asking and by push."""
    with _waiting(gateway, OLD) as old, _waiting(gateway, NEW) as new:
        serial = 10 + push
        (receipt,) = old.submit(CERTIFICATE, line(certificate(serial)))
        gateway.carry()
        for message in new.subscribe(CERTIFICATE, push=push):
            with message:
                assert message.id == receipt["id"]
            break
        assert [leg["code"] for leg in old.receipts(receipt["id"])] == ["acknowledged"]


def test_previews_say_who_would_get_letters_and_files(gateway: Gateway) -> None:
    """By which rule; a file is not read, and nothing is taken."""
    with _waiting(gateway, OLD) as old, _waiting(gateway, CITY) as city:
        (letter,) = old.preview(CERTIFICATE, line(certificate(3)))
        assert [leg["to"] for leg in letter["recipients"]] == [NEW]
        (file,) = city.preview(FILES, b"x")
        assert [leg["to"] for leg in file["recipients"]] == [CENTRE]
        assert {leg["decision"] for leg in letter["recipients"] + file["recipients"]} == {"permit"}


def test_each_kind_of_feed_has_its_own_way(gateway: Gateway) -> None:
    """Records are not fetched as files, nor files as records; told before anything is done."""
    with gateway.client(CENTRE) as centre:
        answers = [centre.get(f"/feeds/{FILES}/{way}") for way in ("records", "events")]
        answers += [centre.get(f"/feeds/{CERTIFICATE}/files")]
        answers += [centre.get(f"/feeds/change-notice/files/{uuid4()}")]
    assert [answer.status_code for answer in answers] == [400] * 4
