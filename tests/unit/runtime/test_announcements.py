"""Whoever may announce keys may write noise among them: it keeps no reader and fills no log."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest
import structlog

from hub.bus.port import Record
from hub.runtime import topics
from hub.runtime.custody.announced import take_off
from hub.runtime.outcome import HUB
from hub.runtime.tail import Tail
from hub.sealing.errors import UnknownKeyError
from hub.testing import sandbox_hub
from tests.support.notices import TOWN
from tests.unit.runtime.forgeries import STRANGER, planted_payload, sealed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub.runtime.hub import Hub

NOISE = Record(topics.keys().name, None, b"\x00")
MUCH = 1200


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Give a hub in memory; capturing logs leaves a configuration behind."""
    structlog.reset_defaults()
    with sandbox_hub() as made:
        yield made
    structlog.reset_defaults()


def _announced_by(hub: Hub, sender: str) -> str:
    """Let a sender announce its key to the hub; gives the key's id."""
    return dict(sealed(hub, planted_payload(), sender).headers)["ce_keyid"].decode()


def _destroy(hub: Hub, key_id: str) -> None:
    """Destroy a key as the keeper does: in the vault, and its announcement."""
    hub.vault.destroy(key_id, now=hub.clock.now())
    take_off(hub.bus, {key_id})


def test_what_comes_while_one_reads_is_for_the_next_time(hub: Hub) -> None:
    """A writer who is faster than the reader does not keep it: a look ends where it began to look."""
    hub.bus.publish([NOISE] * MUCH)
    tail = Tail(hub.bus, NOISE.topic)
    read = 0
    for _ in islice(tail.read_on(), 2 * MUCH):
        hub.bus.publish([NOISE])
        read += 1
    assert read == MUCH
    assert sum(1 for _ in tail.read_on()) == MUCH
    assert not list(tail.read_on())


def test_much_noise_is_one_line_of_the_log(hub: Hub) -> None:
    """A count for each look, so that noise on `keys` does not become as much noise on the disk."""
    hub.bus.publish([NOISE] * MUCH)
    key_id = _announced_by(hub, TOWN)
    with structlog.testing.capture_logs() as log:
        assert hub.keyring(HUB).key(key_id)
    assert [(line["event"], line["count"]) for line in log] == [("forged-announcements", MUCH)]


def test_a_key_let_go_of_is_learnt_where_it_stood(hub: Hub) -> None:
    """When a key is destroyed the others are met again without reading every announcement anew."""
    hub.bus.publish([NOISE] * MUCH)
    gone, kept = _announced_by(hub, STRANGER), _announced_by(hub, TOWN)
    keyring = hub.keyring(HUB)
    assert keyring.key(gone)
    hub.vault.destroy(gone, now=hub.clock.now())
    assert keyring.refresh()
    with structlog.testing.capture_logs() as log:
        assert keyring.key(kept)
    assert not log


def test_a_key_announced_once_more_is_learnt_where_it_stands_now(hub: Hub) -> None:
    """Erasing moves the announcements that are still needed: the old place gives nothing."""
    kept, gone = _announced_by(hub, TOWN), _announced_by(hub, STRANGER)
    keyring = hub.keyring(HUB)
    assert keyring.key(gone)
    _destroy(hub, gone)
    assert keyring.refresh()
    assert keyring.key(kept)
    with pytest.raises(UnknownKeyError):
        keyring.key(gone)
