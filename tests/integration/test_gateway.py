"""The gateway over real TLS: who calls is what its certificate says, and nothing is lost by asking twice."""

from __future__ import annotations

import json
import secrets
import ssl
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

from hub.sealing.certificates import Authority
from tests.support.gateways import BODY_BYTES, Gateway, make_gateway
from tests.support.hub_command import FEED, hub
from tests.support.notices import PREFECTURE, TOWN, line_of, notice
from tests.support.services import Service, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Give a gateway over a sandbox home, which listens."""
    made = make_gateway(tmp_path_factory.mktemp("gateway"))
    with made.listening():
        yield made


def _lines(*serials: int) -> bytes:
    return b"".join(line_of(notice(serial)) + b"\n" for serial in serials)


def _put(client: httpx.Client, content: bytes, slip: str | None = None, **asked: Any) -> Any:
    return client.put(f"/feeds/{FEED}/submissions/{slip or uuid4()}", content=content, params=asked)


def test_a_notice_goes_from_one_party_to_another_over_https(gateway: Gateway) -> None:
    """Sent, carried, fetched, acknowledged once, and told to its sender."""
    with gateway.client(TOWN) as town, gateway.client(PREFECTURE) as prefecture:
        (receipt,) = _put(town, _lines(1)).json()
        assert (receipt["line"], receipt["outcome"]) == (1, "accepted")
        gateway.carry()
        path = f"/feeds/{FEED}/records"
        found = prefecture.get(path).json()
        assert found == prefecture.get(path).json()
        assert receipt["id"] in {each["id"] for each in found["records"]}
        for _ in range(2):
            said = prefecture.post(
                f"/feeds/{FEED}/acknowledgements", json={"cursor": found["cursor"]}
            )
            assert said.status_code == 204
        assert receipt["id"] not in {e["id"] for e in prefecture.get(path).json()["records"]}
        assert prefecture.get(path).headers["cache-control"] == "no-store"
        (leg,) = town.get("/receipts", params={"id": receipt["id"]}).json()
        assert (leg["to"], leg["code"]) == (PREFECTURE, "acknowledged")
        assert prefecture.get("/receipts", params={"id": receipt["id"]}).json()[0]["to"] == "jlis"


def test_a_submission_whose_answer_was_lost_is_sent_again_and_taken_once(gateway: Gateway) -> None:
    """Under the same slip it gets the same answer; other content under it is a conflict."""
    slip = str(uuid4())
    with gateway.client(TOWN) as town:
        first = _put(town, _lines(2) + b"{}\n", slip)
        assert [each["outcome"] for each in first.json()] == ["accepted", "quarantined"]
        assert _put(town, _lines(2) + b"{}\n", slip).json() == first.json()
        conflict = _put(town, _lines(3), slip)
    assert conflict.status_code == 409
    assert conflict.headers["content-type"] == "application/problem+json"
    assert conflict.json()["detail"]
    assert conflict.json()["detail_ja"]


def test_a_preview_says_who_would_get_what_and_takes_nothing(gateway: Gateway) -> None:
    """The prefecture, under 30の6; no slip is used up and no receipt comes."""
    with gateway.client(TOWN) as town:
        gateway.carry()
        before = town.get("/receipts").json()
        (told,) = town.post(f"/feeds/{FEED}/previews", content=_lines(4)).json()
        legs = {leg["to"]: leg for leg in told["recipients"]}
        assert legs[PREFECTURE]["decision"] == "permit"
        assert legs[PREFECTURE]["basis"]["article"] == "30の6"
        assert "住所" in legs[PREFECTURE]["items"]
        gateway.carry()
        assert town.get("/receipts").json() == before


def test_who_calls_is_what_the_certificate_says(gateway: Gateway) -> None:
    """A party sees its own alone; a name that is no party here is refused, whatever it asks."""
    with gateway.client(TOWN) as town, gateway.client("112291") as other:
        (receipt,) = _put(town, _lines(5)).json()
        assert other.get("/receipts", params={"id": receipt["id"]}).json() == []
        assert other.get(f"/feeds/{FEED}/records").json()["records"] == []
    for stranger in ("999999", "hub", "福島市", "331015"):
        with gateway.client(stranger) as client:
            answers = [
                client.get("/receipts"),
                client.get(f"/feeds/{FEED}/records"),
                _put(client, _lines(6)),
            ]
        assert {answer.status_code for answer in answers} == {403}


def test_a_client_without_a_certificate_of_the_authority_gets_no_answer(gateway: Gateway) -> None:
    """None at all, another authority's with a party's name, and one that has ended."""
    other = Authority.of(gateway.folder, "other")
    bare = ssl.create_default_context(cafile=str(gateway.servers))
    address = f"https://127.0.0.1:{gateway.port}/v1/openapi.json"
    for client in (
        httpx.Client(verify=bare),
        gateway.client(TOWN, other),
        gateway.client(TOWN, days=-1),
    ):
        with client, pytest.raises(httpx.TransportError):
            client.get(address)


def test_plain_text_gets_no_answer(gateway: Gateway) -> None:
    """Not even that there is a gateway."""
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://127.0.0.1:{gateway.port}/v1/openapi.json")


@pytest.mark.parametrize(
    ("content", "asked", "status"),
    [
        (b"\x1f\x8b\x08\x00", {}, 400),
        (b"no,header\n1,2\n", {}, 400),
        (b"{}" * BODY_BYTES, {}, 413),
        (_lines(7), {"to": "999999"}, 400),
        (_lines(7), {"encoding": "utf-16"}, 422),
        (_lines(7), {"baseline": "perhaps"}, 422),
    ],
)
def test_a_body_or_a_call_that_is_wrong_as_a_whole_is_told_in_two_languages(
    gateway: Gateway, content: bytes, asked: dict[str, str], status: int
) -> None:
    """Gzip, a wrong header, too large, an unknown recipient, an encoding or flag that is none."""
    with gateway.client(TOWN) as town:
        told = _put(town, content, **asked)
    assert told.status_code == status
    assert told.headers["content-type"] == "application/problem+json"
    words = told.json()
    assert words["detail"]
    assert words["detail_ja"]
    assert not any(value in json.dumps(words) for value in asked.values() if len(value) > 5)


@pytest.mark.parametrize(
    "cursor", ["", "1", "0-0-1", "0-5-3", "99-0-1", "0-0-9" + "9" * 17, "架空"]
)
def test_a_cursor_that_was_not_given_acknowledges_nothing(gateway: Gateway, cursor: str) -> None:
    """Neither one that is none, nor one of a place where the caller does not stand."""
    with gateway.client("110001") as client:
        told = client.post(f"/feeds/{FEED}/acknowledgements", json={"cursor": cursor})
    assert told.status_code in {400, 409}


def test_a_feed_or_an_address_that_is_none_is_told(gateway: Gateway) -> None:
    """As a problem, without repeating it."""
    with gateway.client(TOWN) as town:
        answers = [town.get("/feeds/no-such-feed/records"), town.get("/no-such-address")]
        answers.append(town.delete("/receipts"))
    assert [answer.status_code for answer in answers] == [404, 404, 405]
    assert all("no-such" not in answer.text for answer in answers)
    assert answers[2].headers["allow"] == "GET"


def test_a_call_that_waits_gets_a_record_as_soon_as_there_is_one(gateway: Gateway) -> None:
    """It need not ask again and again; where none comes it is told so at the end of its wait."""
    path = f"/feeds/{FEED}/records"
    # What other tests have sent must not be what it waits for.
    gateway.carry()
    with gateway.client("070009") as prefecture, gateway.client(TOWN) as town:
        while cursor := prefecture.get(path).json()["cursor"]:
            prefecture.post(f"/feeds/{FEED}/acknowledgements", json={"cursor": cursor})
        assert prefecture.get(path, params={"wait": "0.3"}).json()["records"] == []
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(prefecture.get, path, params={"wait": "30"})
            (receipt,) = _put(town, _lines(8)).json()
            assert not waiting.done()
            gateway.carry()
            assert receipt["id"] in {each["id"] for each in waiting.result().json()["records"]}


def test_the_command_serves_a_sandboxs_parties_and_no_other_home(tmp_path: Path) -> None:
    """Certificates for a sandbox are made by a command; what is no sandbox must be given them."""
    home = tmp_path / "home"
    assert hub("--home", str(home), "init", "--sandbox", "--towns", "1").code == 0
    file = tmp_path / "town.pem"
    words = ("gateway", "certificate", TOWN, "--out", str(file), "--format", "json")
    made = hub("--home", str(home), *words).result
    assert file.stat().st_mode & 0o777 == 0o600
    port = free_port()
    metrics = free_port()
    env = {"HUB_GATEWAY_PORT": str(port), "HUB_METRICS_PORT": str(metrics)}
    with Service(home, "--role", "gateway", env=env) as service:
        service.await_event("gateway-listening")
        context = ssl.create_default_context(cafile=made["authority"])
        context.load_cert_chain(file)
        answer = httpx.get(f"https://127.0.0.1:{port}/v1/receipts", verify=context, timeout=30)
        assert (answer.status_code, answer.json()) == (200, [])
        told = httpx.get(f"http://127.0.0.1:{metrics}/metrics").text
        for certificate in ("own", "clients"):
            name = "hub_gateway_certificate_expiry_timestamp_seconds"
            assert f'{name}{{certificate="{certificate}"}} 1.' in told
        assert service.stop() == 0
    other = tmp_path / "other"
    key = {"HUB_MASTER_KEY": secrets.token_hex(32)}
    assert hub("--home", str(other), "init", env=key).code == 0
    refused = hub("--home", str(other), "run", "--role", "gateway", env=key | env)
    assert refused.code == 2
    assert "HUB_GATEWAY_CERTIFICATE" in refused.err
