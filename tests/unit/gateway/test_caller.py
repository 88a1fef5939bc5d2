"""Who calls, by the certificate that the TLS layer has checked."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.requests import Request

from hub.gateway.caller import SCOPE, caller_of
from hub.gateway.pool import Room
from hub.gateway.problems import NotAllowedError

NAMED = (("commonName", "072010"),)


def _request(certificate: dict[str, Any] | None) -> Request:
    return Request({"type": "http", SCOPE: certificate})


@pytest.mark.parametrize(
    "certificate",
    [
        None,
        {},
        {"subject": ()},
        {"subject": (NAMED, NAMED)},
        {"subject": ((("emailAddress", "a"),),)},
    ],
)
def test_a_certificate_that_does_not_name_one_caller_is_refused(
    certificate: dict[str, Any] | None,
) -> None:
    """None at all, none with a name, and one with two."""
    with pytest.raises(NotAllowedError):
        caller_of(_request(certificate))


def test_a_connection_that_outlives_its_certificate_is_refused() -> None:
    """The TLS layer looks at the beginning alone."""
    caller = caller_of(_request({"subject": (NAMED,), "notAfter": "Jan  1 00:00:00 2026 GMT"}))
    assert caller.name == "072010"
    with pytest.raises(NotAllowedError, match="has ended"):
        caller.party(Room.__new__(Room))
