"""Who may open what: every route for every role, and nobody without a session."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from hub.console.access import load_access
from hub.console.guard import HEADERS
from tests.support.authenticator import Authenticator

if TYPE_CHECKING:
    import httpx

    from tests.support.consoles import Console

ACCESS = load_access()
ROLES = tuple(ACCESS.roles)
# How each route is called.
CALLS = {
    "overview": ("GET", "/"),
    "live": ("GET", "/live"),
    "feeds": ("GET", "/feeds"),
    "quarantine": ("GET", "/quarantine"),
    "custody": ("GET", "/custody"),
    "certificate": ("GET", "/custody/intake.2026-06-01/certificate"),
    "ledger": ("GET", "/ledger"),
    "verify": ("POST", "/ledger"),
    "rules": ("GET", "/rules"),
    "operations": ("GET", "/operations"),
    "acts": ("GET", "/acts"),
    "propose": ("POST", "/acts"),
    "approve-options": ("POST", "/acts/none/options"),
    "approve": ("POST", "/acts/none/approve"),
    "withdraw": ("POST", "/acts/none/withdraw"),
    "sign-out": ("POST", "/sign-out"),
}
# What is answered to who may call it: these calls name no act.
ANSWERS = {"sign-out": 303, "propose": 400, "approve-options": 404, "approve": 400, "withdraw": 404}


def _status(client: httpx.Client, name: str, token: str = "") -> int:
    method, path = CALLS[name]
    data = {"token": token} if method == "POST" else None
    # Not read to its end: one of them has none.
    with client.stream(method, path, data=data) as answer:
        return answer.status_code


def test_every_guarded_route_is_called_here() -> None:
    """A route that is added to the table is tried below."""
    assert CALLS.keys() == ACCESS.routes.keys()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", CALLS)
def test_a_role_is_answered_as_the_table_says(console: Console, role: str, name: str) -> None:
    """What a role may not call is refused by the server, whatever its pages show."""
    session, word = console.signed_in(role)
    with console.client(word) as client:
        status = _status(client, name, session.token)
    assert status == (ANSWERS.get(name, 200) if ACCESS.allows(role, name) else 403)


@pytest.mark.parametrize("role", ROLES)
def test_a_page_links_to_nothing_that_its_reader_may_not_open(console: Console, role: str) -> None:
    """The pages named in the navigation are those of the role."""
    _, word = console.signed_in(role)
    with console.client(word) as client:
        page = client.get("/").text
    for name in ("feeds", "quarantine", "custody", "ledger", "rules", "acts", "operations"):
        in_navigation = f'<li><a href="/{name}"' in page
        assert in_navigation == ACCESS.allows(role, name)


@pytest.mark.parametrize("name", CALLS)
def test_without_a_session_nothing_is_answered(console: Console, name: str) -> None:
    """A page leads to the sign-in, an act is refused; a made-up word is no session."""
    for word in (None, "made-up"):
        with console.client(word) as client:
            assert _status(client, name) == (303 if CALLS[name][0] == "GET" else 401)


def test_a_session_that_is_not_used_ends(console: Console) -> None:
    """After fifteen minutes: pages lead to the sign-in again."""
    _, word = console.signed_in("observer", ago=timedelta(minutes=15, seconds=1))
    with console.client(word) as client:
        assert client.get("/").status_code == 303


def test_watching_does_not_keep_a_session(console: Console) -> None:
    """The live figures leave the idle time running; a page that is opened starts it anew."""
    _, word = console.signed_in("observer", ago=timedelta(minutes=14, seconds=57))
    with console.client(word) as client:
        with client.stream("GET", "/live") as answer:
            lines = answer.iter_lines()
            assert any(line.startswith("data: ") for line in lines)
            assert any(line == "event: ended" for line in lines)
        assert client.get("/").status_code == 303


@pytest.mark.parametrize("forged", ["", "made-up"])
def test_a_form_without_its_token_is_refused(console: Console, forged: str) -> None:
    """Even from the console's own origin, with the cookie of a session."""
    _, word = console.signed_in("operator")
    with console.client(word) as client:
        assert client.post("/ledger", data={"token": forged}).status_code == 403
        assert client.post("/sign-out", data={"token": forged}).status_code == 403
        assert client.get("/").status_code == 200


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", ""])
def test_a_call_from_another_site_is_refused(console: Console, origin: str) -> None:
    """With the right token and cookie too."""
    session, word = console.signed_in("operator")
    with console.client(word, Origin=origin) as client:
        assert client.post("/ledger", data={"token": session.token}).status_code == 403


def test_another_name_for_the_same_machine_gets_no_answer(console: Console) -> None:
    """A name of somebody else's that points here (DNS rebinding) reaches no page."""
    _, word = console.signed_in("operator")
    with console.client(word, Host="elsewhere.example") as client:
        assert client.get("/").status_code == 421


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/static/console.css", "/none", "/ledger?feed=x"]
)
def test_every_answer_bears_the_headers_of_safety(console: Console, path: str) -> None:
    """Pages, files and errors alike; nothing is kept by a browser."""
    _, word = console.signed_in("operator")
    with console.client(word) as client:
        answer = client.get(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "'unsafe" not in answer.headers["Content-Security-Policy"]
    assert "server" not in answer.headers


def test_the_cookie_of_a_session_is_for_this_site_alone(console: Console) -> None:
    """No script reads it, no other site sends it."""
    code = console.code("it-cookie", "observer")
    with console.client() as client:
        cookie = _enrol(console, client, code).headers["set-cookie"]
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))


def _enrol(console: Console, client: httpx.Client, code: str) -> httpx.Response:
    options = client.post("/enrol/options", json={"code": code}).json()
    made = Authenticator("localhost", console.origin).make(options)
    return client.post("/enrol/finish", json={"handle": options["handle"], "answer": made})
