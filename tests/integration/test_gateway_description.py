"""What ``openapi.json`` says of the gateway holds, whatever is sent to it: found out by schemathesis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from tests.support.gateways import Gateway, make_gateway
from tests.support.hub_command import FEED
from tests.support.notices import PREFECTURE, TOWN, line_of, notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis import Case

AS_DESCRIBED, OTHERWISE = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
EXAMPLES = 12
# Of these calls nothing can be wrong but what stands in the place of a name.
ONLY_NAMES = {
    "GET /v1/receipts",
    "GET /v1/feeds/{feed}/events",
    "GET /v1/feeds/{feed}/files/{file_id}",
}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Give a gateway that is about to end, so that no call waits, with a record that waits."""
    made = make_gateway(tmp_path_factory.mktemp("gateway"))
    with made.listening() as ending:
        ending.come()
        with made.client(TOWN) as town:
            town.put(f"/feeds/{FEED}/submissions/{SLIP}", content=line_of(notice(1)))
        made.carry()
        yield made


SLIP = "6a0e2a3c-1f3e-4a5b-8c7d-9e0f1a2b3c4d"


@pytest.mark.parametrize(
    ("mode", "feed"),
    [
        *(
            (AS_DESCRIBED, feed)
            for feed in (None, FEED, "transfer-out-certificate", "delivery-address")
        ),
        *((OTHERWISE, feed) for feed in (None, FEED)),
    ],
)
def test_every_call_is_answered_as_it_is_described(
    gateway: Gateway, mode: GenerationMode, feed: str | None
) -> None:
    """Calls as described, and calls that are not, of any feed and of each kind that there is."""
    with requests.Session() as session:
        session.cert = str(gateway.certificate(PREFECTURE))
        session.verify = str(gateway.servers)
        session.trust_env = False
        description = session.get(f"{gateway.address}/v1/openapi.json").json()
        schema = schemathesis.openapi.from_dict(description)
        for found in schema.get_all_operations():
            assert isinstance(found, Ok)
            operation = found.ok()
            if mode is OTHERWISE and operation.label in ONLY_NAMES:
                continue
            if feed is None or "{feed}" in operation.path:
                cases = operation.as_strategy(generation_mode=mode)
                _hold(cases, gateway.address, session, feed)


def _hold(cases: Any, address: str, session: requests.Session, feed: str | None) -> None:
    """Hold that each case is answered as described.

    What the lines of a feed must be, or a cursor, no description says: there what is as described
    may be refused.
    """
    unasked = [] if feed is None else [schemathesis.checks.positive_data_acceptance]

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def holds(case: Case[Any]) -> None:
        if feed:
            case.path_parameters["feed"] = feed
        case.call_and_validate(
            base_url=address, session=session, verify=session.verify, excluded_checks=unasked
        )

    holds()
