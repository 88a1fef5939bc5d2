"""Signing in and out, enrolling a passkey, and the choice of language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from starlette.responses import JSONResponse

from hub.console.desk import LANGUAGE_COOKIE, Desk, go, read_form, read_json
from hub.console.look import LANGUAGES
from hub.console.passkeys import NotLetInError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from hub.console.sessions import Session

_YEAR_SECONDS = 31_536_000

Given = TypeVar("Given")


async def sign_in(desk: Desk, request: Request) -> Response:
    """Show where one signs in; who is signed in already is sent on."""
    if desk.session_of(request):
        return go("/")
    return desk.page(request, "sign_in.html", {})


async def enrol(desk: Desk, request: Request) -> Response:
    """Show where an operator with a code registers a passkey."""
    return desk.page(request, "enrol.html", {})


async def sign_in_options(desk: Desk, request: Request) -> Response:
    """Give a challenge for a passkey to sign."""
    desk.throttle.require(_address(request))
    return JSONResponse(desk.passkeys.begin_sign_in())


async def sign_in_finish(desk: Desk, request: Request) -> Response:
    """Begin a session for whom a passkey has signed."""
    said = await read_json(request)
    operator = _tried(
        desk, request, lambda: desk.passkeys.end_sign_in(str(said.get("handle")), _answer(said))
    )
    desk.audit(operator, "signed-in")
    return _let_in(desk, operator)


async def enrol_options(desk: Desk, request: Request) -> Response:
    """Give what a passkey is made by, to who has a code."""
    code = str((await read_json(request)).get("code"))
    return JSONResponse(_tried(desk, request, lambda: desk.passkeys.begin_enrolment(code)))


async def enrol_finish(desk: Desk, request: Request) -> Response:
    """Keep a new passkey, and begin a session of its operator."""
    said = await read_json(request)
    operator = _tried(
        desk, request, lambda: desk.passkeys.end_enrolment(str(said.get("handle")), _answer(said))
    )
    desk.audit(operator, "passkey-enrolled")
    return _let_in(desk, operator)


async def sign_out(desk: Desk, request: Request, session: Session) -> Response:
    """End the session."""
    desk.sessions.end(request.cookies[desk.cookie])
    desk.audit(session.operator, "signed-out")
    answer = go("/sign-in")
    answer.delete_cookie(desk.cookie, secure=desk.door.is_secure, httponly=True, samesite="strict")
    return answer


async def language(desk: Desk, request: Request) -> Response:
    """Keep the language that was chosen, and go back to the page it was chosen on."""
    said = await read_form(request)
    answer = go(_own_path(said.get("back", "/")))
    chosen = said.get("language")
    if chosen in LANGUAGES:
        answer.set_cookie(
            LANGUAGE_COOKIE,
            str(chosen),
            _YEAR_SECONDS,
            secure=desk.door.is_secure,
            httponly=True,
            samesite="strict",
        )
    return answer


def _tried(desk: Desk, request: Request, call: Callable[[], Given]) -> Given:
    """Do what may be guessed at, unless it was tried too often; a failure is counted and noted."""
    address = _address(request)
    desk.throttle.require(address)
    try:
        return call()
    except NotLetInError:
        desk.throttle.failed(address)
        desk.audit("-", "not-let-in")
        raise


def _answer(said: dict[str, Any]) -> dict[str, Any]:
    answer = said.get("answer")
    return answer if isinstance(answer, dict) else {}


def _let_in(desk: Desk, operator: str) -> Response:
    answer = JSONResponse({"go": "/"})
    answer.set_cookie(
        desk.cookie,
        desk.sessions.begin(operator),
        secure=desk.door.is_secure,
        httponly=True,
        samesite="strict",
    )
    return answer


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _own_path(path: str) -> str:
    """Give a path of the console; the first page for anything that leads elsewhere."""
    return path if path.startswith("/") and path[1:2] not in {"/", "\\"} else "/"
