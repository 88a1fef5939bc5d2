"""What more than one tier shares: the one Kafka broker of a test session."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ops.kafka.local import LocalKafka, NodeError
from tests.integration.bus.adapters import BROKER

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a broker that lives as long as the session.

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
        yield node.address
    node.stop()
