"""The manual of the gateway names every call and every problem that the description has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from hub.gateway.routes import router

MANUAL = (Path(__file__).parents[3] / "docs/gateway.md").read_text(encoding="utf-8")


def _described() -> dict[str, Any]:
    app = FastAPI()
    app.include_router(router)
    described: dict[str, Any] = app.openapi()
    return described


CALLS = [
    (method.upper(), path, call)
    for path, calls in _described()["paths"].items()
    for method, call in calls.items()
]


@pytest.mark.parametrize(("method", "path", "call"), CALLS, ids=[f"{m} {p}" for m, p, _ in CALLS])
def test_every_call_stands_in_the_manual(method: str, path: str, call: dict[str, Any]) -> None:
    """Under its method and address; and so does every problem that it may meet."""
    named = path.replace("{file_id}", "ID")
    named = re.sub(r"\{(\w+)\}", lambda found: found[1].upper(), named)
    assert f"| `{method} {named}` |" in MANUAL
    for status, told in call["responses"].items():
        if status.startswith(("4", "5")):
            assert list(told["content"]) == ["application/problem+json"]
            assert re.search(rf"\b{status}\b", MANUAL), status


def test_the_description_names_every_call_of_the_manual() -> None:
    """A call that is no more does not stand there."""
    named = re.findall(r"^\| `([A-Z]+ /v1/\S+)` \|", MANUAL, re.MULTILINE)
    assert len(named) == len(CALLS) > 5
