"""Keys are handed out with a record, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import apsw
import pytest

from hub.client.kafka_identity import read_identity
from hub.errors import UsageError
from hub.runtime import topics
from hub.runtime.identities import hand_out_identity
from hub.testing import sandbox_hub

if TYPE_CHECKING:
    from pathlib import Path

PARTY = "070009"


def test_what_is_handed_out_opens_and_does_not_sign(tmp_path: Path) -> None:
    """All opening keys, those from before a rotation too; no signing key of the body's."""
    file = tmp_path / "identity"
    with sandbox_hub() as hub:
        hub.vault.rotate_identity(PARTY, hub.clock.now())
        hand_out_identity(hub, PARTY, file, "staff-1", "staff-2")
        assert read_identity(file).trust().opening_keys(PARTY).keys() == set(
            hub.vault.opening_keys(PARTY)
        )
        assert len(read_identity(file).opening) == 2
        pages = hub.bus.follow(topics.ledger().name, 0, 0, 10)
        lines = b"\n".join(page.value for page in pages).decode()
        assert lines.index('"approved"') < lines.index('"handed-out"')


def test_without_a_record_nothing_is_handed_out(tmp_path: Path) -> None:
    """A bus that cannot be written leaves no file with keys."""
    file = tmp_path / "identity"
    with sandbox_hub() as hub:
        hub.bus.close()
        with pytest.raises(apsw.ConnectionClosedError):
            hand_out_identity(hub, PARTY, file)
    assert not file.exists()


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    """And nothing is recorded of it."""
    file = tmp_path / "identity"
    file.write_text("mine")
    with sandbox_hub() as hub:
        with pytest.raises(UsageError):
            hand_out_identity(hub, PARTY, file)
        assert not hub.bus.follow(topics.ledger().name, 0, 0, 10)
    assert file.read_text() == "mine"
