"""What every answer of the console bears, and which calls get none: before any page is asked.

A call must name the console's own host (else another site's name could be pointed at it), and one
that changes anything must come from the console's own pages (``Origin``, which every browser sends).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from hub.console.door import Door

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With none at all a browser would not name the origin of a form.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(),"
        " publickey-credentials-create=(self), publickey-credentials-get=(self)"
    ),
    "Cache-Control": "no-store",
}
_SAFE: Final = ("GET", "HEAD")
_YEAR_SECONDS: Final = 31_536_000


class Guard:
    """Stands before the application."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door
        secure = f"max-age={_YEAR_SECONDS}"
        self._headers = HEADERS | ({"Strict-Transport-Security": secure} if door.is_secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            """Send with the headers that every answer bears."""
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        if headers.get("host") != self._door.authority:
            return _no(421, "この名前では利用できません / not served under this name")
        if scope["method"] not in _SAFE and headers.get("origin") != self._door.origin:
            return _no(403, "他のサイトからは操作できません / not from another site")
        return None


def _no(status: int, words: str) -> ASGIApp:
    return PlainTextResponse(words, status)
