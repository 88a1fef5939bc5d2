"""The console's addresses: who may call each is in ``access.toml``, what each does is here."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.responses import RedirectResponse, Response, StreamingResponse

from hub.console import approving
from hub.console.desk import Desk, language_of
from hub.console.lights import lights
from hub.console.look import render
from hub.console.pages import PAGES, Asked
from hub.console.pages.ledger import ledger
from hub.console.refusals import RefusedError, require_form
from hub.ledger.verify import verify as verify_ledger
from hub.runtime.custody.certificate import certificate as prove
from hub.runtime.custody.payload_overview import erased

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from starlette.requests import Request

    from hub.console.look import Language
    from hub.console.pages import Page
    from hub.console.sessions import Session
    from hub.gateway.pool import Room

    Signed = Callable[[Desk, Request, Session], Coroutine[Any, Any, Response]]

_AUDIT_ROWS: Final = 50
_LIVE: Final = "live"
_LIVE_SECONDS: Final = 2.0


async def overview(desk: Desk, request: Request, session: Session) -> Response:
    """Show how everything stands."""
    return desk.page(request, "overview.html", await _board(desk), session)


async def live(desk: Desk, request: Request, session: Session) -> Response:
    """Send the overview's figures anew every two seconds, for as long as the session lasts.

    Watching is no use of the session: who only watches is signed out in time.
    """
    del session
    events = _events(desk, request, language_of(request))
    return StreamingResponse(events, media_type="text/event-stream")


async def _events(desk: Desk, request: Request, language: Language) -> AsyncIterator[str]:
    while desk.goes_on():
        if desk.session_of(request, used=False) is None:
            yield "event: ended\ndata:\n\n"
            return
        html = render("_board.html", language, await _board(desk))
        yield f"data: {orjson.dumps(html).decode()}\n\n"
        await asyncio.sleep(_LIVE_SECONDS)


async def _board(desk: Desk) -> dict[str, Any]:
    seen = await desk.board.seen()
    return {"now": seen.now, "rates": seen.rates, "rate": seen.rate, "lights": lights(seen.now)}


def shown(page: Page) -> Signed:
    """Give the endpoint of a page that only shows."""

    async def show(desk: Desk, request: Request, session: Session) -> Response:
        asked = _asked(desk, request)
        found = await desk.pool.run(session.operator, lambda room: page.figures(room, asked))
        if page.route == "operations":
            found |= {
                "enrolled": desk.store.enrolled(),
                "audit": list(desk.store.audit(_AUDIT_ROWS)),
                "roles": desk.access.roles,
            }
        return desk.page(request, f"{page.route}.html", found, session)

    return show


async def certificate(desk: Desk, request: Request, session: Session) -> Response:
    """Give the certificate of an erasure as a file."""
    identifier = request.path_params["id"]

    def read(room: Room) -> dict[str, Any]:
        return prove(room.hub.home.path, erased(room.hub, identifier))

    found = await desk.pool.run(session.operator, read)
    desk.audit(session.operator, "certificate-fetched")
    headers = {"Content-Disposition": 'attachment; filename="certificate.json"'}
    return Response(orjson.dumps(found), media_type="application/json", headers=headers)


async def verify(desk: Desk, request: Request, session: Session) -> Response:
    """Verify the whole ledger from its files, and show what was found."""
    await require_form(request, session)
    asked = _asked(desk, request)

    def look(room: Room) -> dict[str, Any]:
        report = verify_ledger(room.hub.home.path)
        return ledger(room, asked) | {"report": report.to_dict()}

    found = await desk.pool.run(session.operator, look)
    desk.audit(session.operator, "ledger-verified")
    return desk.page(request, "ledger.html", found, session)


def guarded(desk: Desk, name: str, endpoint: Signed) -> Callable[[Request], Any]:
    """Let an endpoint be called by who is signed in and has a role for it, and by nobody else."""

    async def call(request: Request) -> Response:
        session = desk.session_of(request, used=name != _LIVE)
        if session is None:
            return (
                RedirectResponse("/sign-in", 303)
                if request.method == "GET"
                else Response(status_code=401)
            )
        if not desk.access.allows(session.role, name):
            desk.audit(session.operator, f"refused:{name}")
            raise RefusedError
        return await endpoint(desk, request, session)

    return call


def pages() -> list[tuple[str, str, str, Signed]]:
    """Give every address for who is signed in: its name, method and path, and what it does."""
    shows = [(page.route, "GET", f"/{page.route}", shown(page)) for page in PAGES]
    return [
        ("overview", "GET", "/", overview),
        (_LIVE, "GET", "/live", live),
        *shows,
        ("certificate", "GET", "/custody/{id}/certificate", certificate),
        ("verify", "POST", "/ledger", verify),
        ("acts", "GET", "/acts", approving.proposals),
        ("propose", "POST", "/acts", approving.propose),
        ("approve-options", "POST", "/acts/{id}/options", approving.approve_options),
        ("approve", "POST", "/acts/{id}/approve", approving.approve),
        ("withdraw", "POST", "/acts/{id}/withdraw", approving.withdraw),
    ]


def _asked(desk: Desk, request: Request) -> Asked:
    return Asked(dict(request.query_params), desk.settings)
