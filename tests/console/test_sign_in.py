"""Passkeys and codes over HTTP: who is let in, and how who is not is slowed down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hub.console.enrolment import revoke
from hub.runtime.home import open_home
from hub.vocabulary.clock import SystemClock
from tests.support.authenticator import Authenticator
from tests.support.consoles import Console
from tests.support.services import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx


@pytest.fixture
def fresh(console: Console) -> Iterator[Console]:
    """Give a console of its own over the same home: what fails here must slow down nobody else."""
    settings = console.settings.model_copy(update={"console_port": free_port()})
    own = Console(settings, console.home)
    with own.listening():
        yield own


def _passkey(console: Console) -> Authenticator:
    return Authenticator("localhost", console.origin)


def _enrol(client: httpx.Client, code: str, passkey: Authenticator) -> httpx.Response:
    options = client.post("/enrol/options", json={"code": code})
    if options.status_code != 200:
        return options
    said = options.json()
    answer = passkey.make(said)
    return client.post("/enrol/finish", json={"handle": said["handle"], "answer": answer})


def _sign_in(client: httpx.Client, passkey: Authenticator) -> httpx.Response:
    said = client.post("/sign-in/options", json={}).json()
    answer = passkey.sign(said)
    return client.post("/sign-in/finish", json={"handle": said["handle"], "answer": answer})


def test_a_code_enrols_one_passkey_which_then_signs_in(fresh: Console) -> None:
    """The code is typed in small letters without its groups; it does not count a second time."""
    code, passkey = fresh.code("it-enrol", "observer"), _passkey(fresh)
    with fresh.client() as client:
        assert _enrol(client, code.lower().replace("-", ""), passkey).json() == {"go": "/"}
        assert client.get("/").status_code == 200
        assert _enrol(client, code, _passkey(fresh)).status_code == 403
    with fresh.client() as client:
        assert _sign_in(client, passkey).json() == {"go": "/"}
        assert "it-enrol" in client.get("/").text


def test_who_is_revoked_is_out_at_once(fresh: Console) -> None:
    """Their session ends with the next call, and their passkey lets them in no more."""
    code, passkey = fresh.code("it-revoked", "operator"), _passkey(fresh)
    with fresh.client() as client:
        _enrol(client, code, passkey)
        revoke(open_home(fresh.home), SystemClock(), "it-revoked")
        assert client.get("/").status_code == 303
        assert _sign_in(client, passkey).status_code == 403


@pytest.mark.parametrize("path", ["/sign-in/finish", "/enrol/finish"])
def test_an_answer_of_another_form_lets_nobody_in(fresh: Console, path: str) -> None:
    """It is refused in words, with no fault of the console's."""
    with fresh.client() as client:
        for answer in (None, 5, {}, {"rawId": "AA"}, {"response": {"signature": 1}}):
            handle = client.post("/sign-in/options", json={}).json()["handle"]
            said = client.post(path, json={"handle": handle, "answer": answer})
            assert said.status_code == 403
            assert said.json()["ja"]


def test_who_fails_ten_times_is_not_listened_to(fresh: Console) -> None:
    """Then not even the right code counts, until five minutes have passed."""
    right = fresh.code("it-throttled", "observer")
    with fresh.client() as client:
        for number in range(10):
            client.post("/enrol/options", json={"code": f"WRONG{number}"})
        told = client.post("/enrol/options", json={"code": right})
        assert told.status_code == 429
        assert "5分" in told.json()["ja"]
        assert client.post("/sign-in/options", json={}).status_code == 429
