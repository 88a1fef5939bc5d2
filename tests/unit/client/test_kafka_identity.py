"""The identity file: what was written is read, anything else is refused in words that show nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st

from hub.client.kafka_feed import Door
from hub.client.kafka_identity import HUB, Identity, read_identity
from hub.errors import SurroundingsError, UsageError
from hub.sealing.keys import public_id

if TYPE_CHECKING:
    from pathlib import Path

OPENING = X25519PrivateKey.generate()
SIGNING = Ed25519PrivateKey.generate()
IDENTITY = Identity("070009", (OPENING,), (SIGNING.public_key(),))


def _file(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    file = folder / "070009.identity"
    file.write_bytes(content)
    file.chmod(mode)
    return file


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """The same keys, by which it opens; and it believes the hub and nobody else."""
    read = read_identity(_file(tmp_path, IDENTITY.to_bytes()))
    assert read.to_bytes() == IDENTITY.to_bytes()
    trust = read.trust()
    assert trust.opening_keys("070009").keys() == {public_id(OPENING.public_key())}
    assert [key.public_bytes_raw() for key in trust.verify_keys(HUB)] == [
        SIGNING.public_key().public_bytes_raw()
    ]
    assert trust.verify_keys("072010") == ()


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """It opens all that is sealed for its owner."""
    with pytest.raises(UsageError, match="chmod 600"):
        read_identity(_file(tmp_path, IDENTITY.to_bytes(), 0o640))


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    """By its name, and what to check."""
    with pytest.raises(SurroundingsError, match=r"070009\.identity"):
        read_identity(tmp_path / "070009.identity")


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    """In words that repeat nothing of it."""
    with pytest.raises(UsageError, match="hand-out") as caught:
        read_identity(_file(tmp_path, b'{"opening": ["c2VjcmV0"]}'))
    assert "c2VjcmV0" not in str(caught.value)


def test_an_identity_prints_no_key() -> None:
    """Neither private nor public."""
    assert repr(IDENTITY) == "Identity(organisation='070009')"


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just("AAAA"),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["organisation", "opening", "hub", "x"]), inner)
    ),
)


@given(st.binary() | _json.map(lambda value: json.dumps(value).encode()))
@example(b"[]")
@example(b'{"organisation": "070009", "opening": [], "hub": []}')
def test_no_other_bytes_are_an_identity(content: bytes) -> None:
    """Whatever they are, they are a ``ValueError`` and nothing else."""
    with pytest.raises(ValueError, match=r".*"):
        Identity.from_bytes(content)


@given(st.text())
@example("kafka://bus.example:9093")
@example("kafka://[::1]:9093")
@example("kafka://127.0.0.1:9093/a b")
def test_an_address_off_this_machine_or_none_at_all_is_refused(address: str) -> None:
    """Without a card that says who one is nothing is sent in plain text."""
    with pytest.raises(UsageError):
        Door.of(address, None)


def test_names_on_the_brokers_begin_with_the_buss_name() -> None:
    """Topic and group both, so that hubs can share a cluster."""
    door = Door.of("kafka://127.0.0.1:9092/north", None)
    assert door.topic("change-notice", "070009") == "north.release.change-notice.070009"
    assert door.group("070009") == "north.receive.070009"
