"""Keys are handed out on record, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import apsw
import pytest

from hub.client.kafka_identity import read_identity
from hub.runtime import topics
from hub.runtime.identities import hand_out_identity
from hub.testing import sandbox_hub

if TYPE_CHECKING:
    from pathlib import Path

PREFECTURE = "070009"


def test_keys_that_cannot_be_recorded_are_not_handed_out(tmp_path: Path) -> None:
    """The bus is gone: no file is left, and the same name serves afterwards."""
    file = tmp_path / "identity"
    with sandbox_hub() as hub:
        hub.bus.close()
        with pytest.raises(apsw.ConnectionClosedError):
            hand_out_identity(hub, PREFECTURE, file)
    assert not list(tmp_path.iterdir())
    with sandbox_hub() as hub:
        hand_out_identity(hub, PREFECTURE, file, "staff-1", "staff-2")
        pages = hub.bus.follow(topics.ledger().name, 0, 0, 10)
        recorded = b"".join(page.value for page in pages)
    assert recorded.index(b"staff-2") < recorded.index(b"staff-1")
    assert read_identity(file).organisation == PREFECTURE
    assert list(tmp_path.iterdir()) == [file]
