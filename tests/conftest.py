"""The whole suite's: options of the fault tests, and the one Kafka broker of a session."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ops.kafka.local import LocalKafka, NodeError
from tests.integration.bus.adapters import BROKER

if TYPE_CHECKING:
    from collections.abc import Iterator


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--long``, ``--fault-seed`` and ``--bus``."""
    parser.addoption("--long", action="store_true", help="also run the long forms of fault tests")
    parser.addoption("--fault-seed", type=int, help="repeat the fault tests with this seed")
    parser.addoption(
        "--bus", choices=["embedded", "kafka"], default="embedded", help="of the acceptance tests"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this run does not ask for; it is never merely skipped.

    Long forms wait for ``--long``; what is of the embedded bus alone goes with ``--bus kafka``.
    """
    unasked = [] if config.getoption("--long") else ["long"]
    if config.getoption("--bus") == "kafka":
        unasked.append("embedded")
    left_out = [item for item in items if any(map(item.get_closest_marker, unasked))]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafka]:
    """Give a broker that lives as long as the session.

    Where Java or the jars are missing the test is skipped, but never in CI.
    """
    node = LocalKafka(tmp_path_factory.mktemp("kafka"))
    try:
        node.start()
    except NodeError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(BROKER, node.address)
        yield node
    node.stop()


@pytest.fixture(scope="session")
def kafka(broker: LocalKafka) -> str:
    """Give the address of the session's broker."""
    return broker.address
