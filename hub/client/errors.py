"""What can go wrong for a client, with the gateway's own words on what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from hub.errors import HubError

if TYPE_CHECKING:
    import httpx


class ClientError(HubError):
    """The gateway did not do what was asked."""


class RefusedError(ClientError):
    """The call or its content is wrong, or not this party's; sending it again does not help."""


class ConflictError(ClientError):
    """The slip stands for something else, or the records were acknowledged elsewhere."""


class UnavailableError(ClientError):
    """The gateway cannot be reached, or cannot work now; the same call may be made again.

    Not before ``retry_seconds`` have passed, where the gateway has said so.
    """

    def __init__(self, words: str, retry_seconds: float = 0.0) -> None:
        super().__init__(words)
        self.retry_seconds = retry_seconds


class NotAcknowledgedError(ClientError):
    """A message was passed over: use every one in an ``async with`` block."""


class NotOpenedError(ClientError):
    """Records came, ``count`` of them, that are not as the hub sealed them for this party."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"開けないレコードが {count} 件あります。ハブの運用者に確認してください"
            f" / {count} records do not open: ask the hub's operator"
        )
        self.count = count


_DIGITS = 2
_PASSING = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}


def require_done(answer: httpx.Response) -> None:
    """Raise what an answer says is wrong; nothing where it is well."""
    if answer.is_success:
        return
    words = _words(answer)
    if answer.status_code in _PASSING:
        raise UnavailableError(words, _retry_seconds(answer))
    if answer.status_code == HTTPStatus.CONFLICT:
        raise ConflictError(words)
    raise RefusedError(words)


def _retry_seconds(answer: httpx.Response) -> float:
    """Give how long the gateway asks to wait; nothing for what is no number or beyond reason."""
    told = answer.headers.get("Retry-After", "")
    return float(told) if told.isdecimal() and len(told) <= _DIGITS else 0.0


def _words(answer: httpx.Response) -> str:
    try:
        told = answer.json()
        return f"{told['detail_ja']} / {told['detail']}"
    except (ValueError, RecursionError, KeyError, TypeError):
        return (
            f"ゲートウェイが {answer.status_code} を返しました。宛先を確認してください"
            f" / the gateway answered {answer.status_code}: check its address"
        )
