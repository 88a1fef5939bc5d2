"""Forms that are the console's own, and the refusal of all else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.console.desk import read_form

if TYPE_CHECKING:
    from starlette.requests import Request

    from hub.console.sessions import Session


class RefusedError(Exception):
    """The role may not call this, or the form is not the console's own."""


async def require_form(request: Request, session: Session) -> dict[str, str]:
    """Read a form; raises ``RefusedError`` unless it is one that this session was given."""
    form = await read_form(request)
    if not session.wrote(form.get("token", "")):
        raise RefusedError
    return form
