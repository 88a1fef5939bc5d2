"""What the console's routes share: who asks, what a form says, and how a page is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

import orjson
import structlog
from starlette.responses import HTMLResponse, RedirectResponse

from hub.console.look import render
from hub.console.store import Audited
from hub.errors import UsageError
from hub.vocabulary.clock import rfc3339

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from hub.console.access import Access
    from hub.console.board import Board
    from hub.console.door import Door
    from hub.console.look import Language
    from hub.console.passkeys import Passkeys
    from hub.console.sessions import Session, Sessions
    from hub.console.store import Store
    from hub.console.throttle import Throttle
    from hub.gateway.pool import Pool
    from hub.runtime.settings import Settings
    from hub.vocabulary.clock import Clock

_MOST_BYTES: Final = 1 << 16
LANGUAGE_COOKIE: Final = "hub-language"


@dataclass(frozen=True, eq=False)
class Desk:
    """The parts of one console; ``clock`` tells the time of sessions, which no sandbox sets."""

    settings: Settings
    door: Door
    clock: Clock
    store: Store
    access: Access
    sessions: Sessions
    passkeys: Passkeys
    throttle: Throttle
    pool: Pool
    board: Board
    goes_on: Callable[[], bool]

    @property
    def cookie(self) -> str:
        """Give the name of the session's cookie: bound to the host where there is TLS."""
        return "__Host-hub-session" if self.door.is_secure else "hub-session"

    def session_of(self, request: Request, *, used: bool = True) -> Session | None:
        """Give who asks, or nothing."""
        return self.sessions.find(request.cookies.get(self.cookie), used=used)

    def audit(self, operator: str, event: str) -> None:
        """Note what was done, by whom: in the console's file, and in the log that others keep."""
        structlog.get_logger().info("console-act", operator=operator, act=event)
        self.store.note(Audited(rfc3339(self.clock.now()), operator, event))

    def page(
        self,
        request: Request,
        template: str,
        figures: Mapping[str, Any],
        session: Session | None = None,
        status: int = 200,
    ) -> Response:
        """Give a page, with what every page shows."""
        frame = {
            "session": session,
            "role": self.access.roles[session.role] if session else None,
            "proposes": [
                act for act in self.access.acts.values() if session and session.role in act.proposes
            ],
            "allows": lambda route: bool(session and self.access.allows(session.role, route)),
            "here": request.url.path,
        }
        return HTMLResponse(render(template, language_of(request), frame | dict(figures)), status)


def language_of(request: Request) -> Language:
    """Give the language of a browser: Japanese where it has not asked for English."""
    return "en" if request.cookies.get(LANGUAGE_COOKIE) == "en" else "ja"


async def read_body(request: Request) -> bytes:
    """Read what was sent, up to 64 KiB; raises ``UsageError`` beyond."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise UsageError("送信内容が大きすぎます / too much was sent")
    return body


async def read_form(request: Request) -> dict[str, str]:
    """Read a form's fields, each once; raises ``UsageError`` where it is none."""
    try:
        fields = parse_qs((await read_body(request)).decode(), max_num_fields=50)
    except ValueError:
        raise UsageError("フォームが読めません / the form cannot be read") from None
    return {name: values[0] for name, values in fields.items()}


async def read_json(request: Request) -> dict[str, Any]:
    """Read a JSON object; raises ``UsageError`` where it is none."""
    try:
        found = orjson.loads(await read_body(request))
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise UsageError("JSON のオブジェクトではありません / it is no JSON object")
    return found


def go(path: str) -> Response:
    """Send a browser on to a page, by GET."""
    return RedirectResponse(path, 303)
