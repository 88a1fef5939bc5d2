"""A Kafka is spoken to as somebody over TLS, or as nobody on this machine, and never in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hub.bus.kafka import KafkaBus
from hub.bus.kafka_access import NOBODY, Access, Cluster
from hub.errors import SurroundingsError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Give a folder with a password, a CA and a certificate with its key."""
    for name in ("password", "ca.pem", "own.pem", "own.key"):
        file = tmp_path / name
        file.write_text("secret\n", encoding="ascii")
        file.chmod(0o600)
    return tmp_path


@pytest.mark.parametrize("host", ["10.0.0.1", "kafka", "localhost.example.jp", "0.0.0.0"])  # noqa: S104
def test_plain_text_never_leaves_this_machine(host: str) -> None:
    """A host elsewhere is refused without TLS, also where another of the list is here."""
    with pytest.raises(UsageError, match="TLS"):
        Cluster(f"127.0.0.1:9092,{host}:9092").require_closed()


def test_this_machine_may_be_spoken_to_in_plain_text() -> None:
    """By its address or its name."""
    Cluster("127.0.0.1:1,localhost:2").require_closed()
    assert NOBODY.settings() == {"security.protocol": "PLAINTEXT"}


def test_a_secured_access_may_go_anywhere(files: Path) -> None:
    """A password over TLS; the client's settings hold it and the value's words do not."""
    access = Access("org-072010", files / "password", files / "ca.pem")
    Cluster("kafka.example.jp:9093", access).require_closed()
    assert access.settings()["security.protocol"] == "SASL_SSL"
    assert access.settings()["sasl.password"] == "secret"
    assert "secret" not in repr(access)


def test_a_certificate_takes_the_place_of_a_password(files: Path) -> None:
    """With its key, over mutual TLS."""
    own, key = files / "own.pem", files / "own.key"
    access = Access(ca_file=files / "ca.pem", certificate_file=own, key_file=key)
    assert access.settings()["security.protocol"] == "SSL"


def test_what_is_not_whole_is_refused(files: Path) -> None:
    """A user without a password, a password without TLS, a certificate without its key, both ways."""
    ca, password, own = files / "ca.pem", files / "password", files / "own.pem"
    cases: list[dict[str, Any]] = [
        {"user": "a", "ca_file": ca},
        {"user": "a", "password_file": password},
        {"ca_file": ca},
        {"certificate_file": own, "ca_file": ca},
        {"password_file": password, "ca_file": ca},
    ]
    for wrong in cases:
        with pytest.raises(UsageError, match="Kafka"):
            Access(**wrong)
    with pytest.raises(UsageError, match="Kafka"):
        Access("a", password, ca, own, files / "own.key")


def test_a_password_that_others_may_read_is_refused(files: Path) -> None:
    """It says what to do, and not what the file holds."""
    (files / "password").chmod(0o640)
    with pytest.raises(UsageError, match="chmod 600") as caught:
        Access("a", files / "password", files / "ca.pem").settings()
    assert "secret" not in str(caught.value)


def test_a_password_file_that_is_no_text_is_named(files: Path) -> None:
    """In one line that shows none of its bytes, as of the surroundings."""
    (files / "password").write_bytes(b"\xff\xfe secret")
    with pytest.raises(SurroundingsError, match="UTF-8") as caught:
        Access("a", files / "password", files / "ca.pem").settings()
    assert "secret" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(files: Path) -> None:
    """By its name: the client would say only that TLS failed."""
    with pytest.raises(SurroundingsError, match=r"none\.pem"):
        Access("a", files / "password", files / "none.pem").settings()


def test_a_file_that_is_no_certificate_is_said_to_be_unusable(files: Path) -> None:
    """Before anybody is spoken to, in one line that names none of its bytes."""
    access = Access("hub", files / "password", files / "ca.pem")
    with pytest.raises(SurroundingsError, match="HUB_KAFKA_CARD") as caught:
        KafkaBus("127.0.0.1:9", files, access=access)
    assert "secret" not in str(caught.value)
