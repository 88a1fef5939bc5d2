"""What a caller says in a few words: read up to a few KiB, whatever is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from hub.gateway.body import Patience
from hub.gateway.models import Acknowledgement
from hub.gateway.problems import TooLargeError

if TYPE_CHECKING:
    from starlette.requests import Request

_MOST_BYTES = 4 << 10

SAID = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": Acknowledgement.model_json_schema()}},
    }
}
"""How the description shows it, since FastAPI would read any body whole to check it."""


async def said_by(request: Request) -> Acknowledgement:
    """Read an acknowledgement.

    Raises ``TooLargeError``, ``TooSlowError``, and ``RequestValidationError`` where it is none.
    """
    chunks, patience, content = request.stream(), Patience(), b""
    while (chunk := await patience.wait(anext(chunks, None))) is not None:
        content += chunk
        if len(content) > _MOST_BYTES:
            raise TooLargeError(
                "本文は cursor だけにしてください / the body is over its limit: send the cursor alone"
            )
    try:
        return Acknowledgement.model_validate_json(content, strict=True)
    except ValidationError:
        # Its words repeat what was sent.
        raise RequestValidationError([]) from None
