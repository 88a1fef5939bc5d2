"""The steps of custody as lines: what is written of a step, and read back. No personal data.

A line is JSON. The first of a file says what is known of it; each says the state, when and why.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from hub.custody.certificate_life import Cover
from hub.custody.states import Cause, File, State, Step
from hub.vocabulary.clock import rfc3339


class Event(NamedTuple):
    """One step of one file; ``file`` comes with the first, and when all of it has come."""

    file_id: str
    step: Step
    file: File | None = None


def to_line(event: Event) -> bytes:
    """Write an event."""
    step = event.step
    fields: dict[str, Any] = {
        "id": event.file_id,
        "state": step.state,
        "at": rfc3339(step.at),
        "cause": step.cause,
    }
    if step.due_at:
        fields["due_at"] = rfc3339(step.due_at)
    if step.operators:
        fields["operators"] = step.operators
    if event.file:
        fields["file"] = asdict(event.file) | {
            "gives_up_at": rfc3339(event.file.gives_up_at),
            "traces": [trace.hex() for trace in event.file.traces],
        }
    return orjson.dumps(fields)


def read_line(line: bytes) -> Event:
    """Read an event that ``to_line`` wrote; anything else is a ``ValueError`` or ``KeyError``."""
    fields = orjson.loads(line)
    due_at, file = fields.get("due_at"), fields.get("file")
    step = Step(
        State(fields["state"]),
        datetime.fromisoformat(fields["at"]),
        Cause(fields["cause"]),
        datetime.fromisoformat(due_at) if due_at else None,
        tuple(fields.get("operators", ())),
    )
    return Event(fields["id"], step, _file(file) if file else None)


def _file(fields: dict[str, Any]) -> File:
    given = {
        "gives_up_at": datetime.fromisoformat(fields["gives_up_at"]),
        "traces": tuple(bytes.fromhex(trace) for trace in fields["traces"]),
    }
    return File(**fields | given | {"cover": _cover(fields.get("cover"))})


def _cover(fields: dict[str, Any] | None) -> Cover | None:
    if fields is None:
        return None
    lists = {key: tuple(fields[key]) for key in ("subjects", "claimed", "answers")}
    return Cover(**fields | lists)
