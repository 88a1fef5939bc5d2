"""A server starts with a key that it can use, and that nobody else can."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from hub.durable import write_secret
from hub.errors import UsageError
from hub.own_certificate import own_context
from hub.sealing.certificates import SERVES, Authority

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    """Give a file of a key and a certificate, its owner's alone."""
    file = tmp_path / "own.pem"
    write_secret(file, Authority.of(tmp_path, "server").issue("gateway", [SERVES]))
    return file


def test_its_own_key_is_taken(pem: Path) -> None:
    """With its certificate, for itself and its group."""
    pem.chmod(0o640)
    assert own_context(pem, "HUB_GATEWAY_CERTIFICATE").cert_store_stats()["x509"] == 0


def test_a_key_that_everybody_may_read_is_refused(pem: Path) -> None:
    """By the name of its setting, with what to do."""
    pem.chmod(0o644)
    with pytest.raises(UsageError, match=r"HUB_GATEWAY_CERTIFICATE: chmod 600"):
        own_context(pem, "HUB_GATEWAY_CERTIFICATE")


def test_a_key_with_a_pass_phrase_is_refused_and_not_asked_for(pem: Path) -> None:
    """A service has no terminal at which somebody would answer."""
    content = pem.read_bytes()
    sealed = load_pem_private_key(content, None).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"phrase")
    )
    write_secret(pem, sealed + content[content.index(b"-----BEGIN CERTIFICATE") :])
    with pytest.raises(UsageError, match="without a pass phrase"):
        own_context(pem, "HUB_GATEWAY_CERTIFICATE")


@pytest.mark.parametrize("content", [None, b"", b"no PEM"])
def test_a_file_that_is_none_is_told(tmp_path: Path, content: bytes | None) -> None:
    """Missing, empty, or something else."""
    file = tmp_path / "own.pem"
    if content is not None:
        write_secret(file, content)
    with pytest.raises(UsageError, match="cannot be read as PEM"):
        own_context(file, "HUB_CONSOLE_CERTIFICATE")
