"""What ``openapi.json`` says besides the types: bodies, streams, and the problems of each call."""

from __future__ import annotations

from typing import Any

from hub.gateway.models import Problem
from hub.gateway.problems import TYPE

Responses = dict[int | str, dict[str, Any]]

BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": {}}}}
SLIP = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

_WORDS = {
    400: "the call or the body as a whole is wrong",
    403: "the certificate is no party's, or has ended",
    404: "there is no such feed, or the letter or file does not wait for the caller",
    408: "the body came or went too slowly",
    409: "the slip or the cursor is not what it was",
    410: "the file is erased or damaged",
    413: "the body is over the limit",
    422: "the call is not as described",
    429: "too many calls of this client, or too much waits at the hub",
    500: "something is wrong inside the hub",
    503: "bus, vault or disk cannot be used",
}
_ALWAYS = (400, 403, 422, 429, 500, 503)
_CONTENT = {TYPE: {"schema": Problem.model_json_schema()}}


def problems(*statuses: int) -> Responses:
    """Describe the problems that a call may meet: those of any call, and these."""
    return {
        status: {"description": _WORDS[status], "content": _CONTENT}
        for status in sorted({*_ALWAYS, *statuses})
    }


def content(form: str, words: str) -> Responses:
    """Describe an answer that is no JSON."""
    return {200: {"description": words, "content": {form: {"schema": {"type": "string"}}}}}


EVENTS = content(
    "text/event-stream",
    "an event a record: `data` the record as `records` gives it, `id` its cursor; "
    "an event `unopened` with how many records did not open, or the cursor that passes them by; "
    "a comment every 15 seconds",
)
FILE = content("application/octet-stream", "the file; `Repr-Digest` (RFC 9530) bears its SHA-256")
