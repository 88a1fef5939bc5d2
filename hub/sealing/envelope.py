"""Envelopes: one sealed record of the bus, in CloudEvents 1.0 binary mode for Kafka.

A record is headers, ``((name, value), ...)`` with UTF-8 values, and a value:
``nonce (12 bytes) || AES-256-GCM ciphertext || tag (16 bytes)``. The eleven headers named in
``BOUND`` are the associated data (NIST SP 800-38D): change one and the record does not open.
An attribute that is empty is left out; written out empty it would be a second spelling, and is
refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.errors import UsageError
from hub.sealing import nonces
from hub.sealing.canonical import LONGEST_FIELD, framed
from hub.sealing.errors import (
    DoesNotOpenError,
    MalformedEnvelopeError,
    WrongRecipientError,
    WrongSenderError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub.sealing.keyring import Keyring
    from hub.sealing.keys import DataKey

Headers: TypeAlias = tuple[tuple[str, bytes], ...]
# What a client of the bus may hand over: Kafka knows headers and values that are null.
FoundHeaders: TypeAlias = tuple[tuple[str, bytes | None], ...]

BOUND: Final = (
    "ce_specversion",
    "ce_type",
    "ce_source",
    "ce_recipient",
    "ce_legalbasis",
    "ce_purpose",
    "ce_keyid",
    "ce_schema",
    "ce_request",
    "ce_message",
    "ce_id",
)
_BOUND_SET = frozenset(BOUND)
_MESSAGE, _RECORD = BOUND[-2:]
_SHARED = BOUND[:-2]
_OPTIONAL = {"ce_legalbasis", "ce_purpose", "ce_schema", "ce_request"}
_REQUIRED = _BOUND_SET - _OPTIONAL
_SPEC_VERSION = b"1.0"
_LEAST_VALUE = nonces.SIZE + 16
# Ids are 1 to 255 bytes; their length prefixes are looked up, being the per-record part.
_ID_LENGTH = {size: size.to_bytes(2, "big") for size in range(1, 256)}


class Attributes(NamedTuple):
    """What a batch's records say of themselves besides sender, recipient, key and ids."""

    type: str
    schema: str = ""
    legal_basis: str = ""
    purpose: str = ""
    request: str = ""


class Opened(NamedTuple):
    """A record that opened: authentic in every field; printing it never shows the payload."""

    message_id: str
    record_id: str
    source: str
    recipient: str
    type: str
    schema: str
    legal_basis: str
    purpose: str
    request: str
    key_id: str
    payload: bytes

    def __repr__(self) -> str:
        return (
            f"Opened(message_id={self.message_id!r}, record_id={self.record_id!r},"
            f" type={self.type!r}, source={self.source!r}, recipient={self.recipient!r},"
            f" payload=<{len(self.payload)} bytes>)"
        )


class Reading(NamedTuple):
    """What records with the same leading headers share: worked out once, then remembered."""

    bound: bytes
    decrypt: Callable[[bytes, bytes, bytes], bytes]
    shared: tuple[str, str, str, str, str, str, str, str]

    def __repr__(self) -> str:
        return f"Reading(shared={self.shared!r})"


class Template:
    """Seals records that differ only in payload and ids; made once a batch or less often."""

    __slots__ = ("_bound", "_encrypt", "_headers", "key_id")

    def __init__(self, key: DataKey, attributes: Attributes) -> None:
        values = {
            "ce_specversion": _SPEC_VERSION,
            "ce_type": attributes.type.encode(),
            "ce_source": key.sender.encode(),
            "ce_recipient": key.recipient.encode(),
            "ce_legalbasis": attributes.legal_basis.encode(),
            "ce_purpose": attributes.purpose.encode(),
            "ce_keyid": key.key_id.encode(),
            "ce_schema": attributes.schema.encode(),
            "ce_request": attributes.request.encode(),
        }
        if not attributes.type or any(len(value) > LONGEST_FIELD for value in values.values()):
            raise UsageError(
                "ce_type が空か、長すぎるヘッダーがあります"
                " / ce_type is empty, or a header is over 65,535 bytes: shorten it"
            )
        self.key_id = key.key_id
        self._encrypt = AESGCM(key.secret).encrypt
        self._bound = framed(values.values())
        self._headers = tuple((name, value) for name, value in values.items() if value)

    def __repr__(self) -> str:
        return f"Template(key_id={self.key_id!r})"

    def seal(self, message_id: str, record_id: str, plaintext: bytes) -> tuple[Headers, bytes]:
        """Seal one payload; gives the record's headers and value.

        The ids are 1 to 255 bytes of UTF-8, else a ``UsageError``.
        """
        message = message_id.encode()
        record = record_id.encode()
        try:
            bound = b"".join(
                (self._bound, _ID_LENGTH[len(message)], message, _ID_LENGTH[len(record)], record)
            )
        except KeyError:
            raise UsageError(
                "メッセージIDとレコードIDは1〜255バイトです"
                " / a message id or record id must have 1 to 255 bytes"
            ) from None
        nonce = nonces.fresh()
        value = nonce + self._encrypt(nonce, plaintext, bound)
        return (*self._headers, (_MESSAGE, message), (_RECORD, record)), value


def open_record(headers: FoundHeaders, value: bytes | None, keyring: Keyring) -> Opened:
    """Open one record as the keyring's reader, or raise an ``EnvelopeError`` that says why not.

    Records as ``Template`` writes them end in the two ids; all before that is shared by a batch,
    so it is checked once and then recognised. Any other order of headers opens too, slower.
    """
    reading = keyring.readings.get(headers[:-2])
    if reading is not None:
        (name, message), (last_name, record) = headers[-2:]
        if name == _MESSAGE and last_name == _RECORD:
            return _open(reading, message, record, value)
    return _open_unfamiliar(headers, value, keyring)


def _open_unfamiliar(headers: FoundHeaders, value: bytes | None, keyring: Keyring) -> Opened:
    """Open a record whose headers must be checked from the ground up."""
    found = _checked(headers)
    reading = _reading(found, keyring)
    opened = _open(reading, found[_MESSAGE], found[_RECORD], value)
    # Remembered only now: a forger cannot fill the memory with what does not open.
    if [name for name, _ in headers[-2:]] == [_MESSAGE, _RECORD]:
        keyring.remember(headers[:-2], reading)
    return opened


def _checked(headers: FoundHeaders) -> dict[str, bytes]:
    """Give the bound headers by name, each once and not empty; else ``MalformedEnvelopeError``."""
    if len(dict(headers)) != len(headers):
        raise _malformed("ヘッダーが重複しています / a header is doubled")
    found = {name: value for name, value in headers if name in _BOUND_SET and value}
    for name, value in headers:
        if name[:3].lower() == "ce_" and name not in found:
            raise _malformed("未定義か空の ce_ ヘッダーがあります / a ce_ header unlisted or empty")
        if name in found and len(value or b"") > LONGEST_FIELD:
            raise _malformed("ヘッダーが長すぎます / a header is over 65,535 bytes")
    if not found.keys() >= _REQUIRED or found["ce_specversion"] != _SPEC_VERSION:
        raise _malformed("必須の ce_ ヘッダーがありません / a required ce_ header is missing")
    return found


def _reading(found: dict[str, bytes], keyring: Keyring) -> Reading:
    """Find the key of these headers and check that it is this reader's and this sender's."""
    shared = [found.get(name, b"") for name in _SHARED]
    try:
        _, kind, source, recipient, basis, purpose, key_id, schema, request = (
            part.decode() for part in shared
        )
    except UnicodeDecodeError:
        raise _malformed("ヘッダーが UTF-8 ではありません / a header is not UTF-8") from None
    if recipient != keyring.reader:
        raise WrongRecipientError
    key = keyring.key(key_id)
    if key.sender != source:
        raise WrongSenderError
    texts = (source, recipient, kind, schema, basis, purpose, request, key_id)
    return Reading(framed(shared), AESGCM(key.secret).decrypt, texts)


def _open(
    reading: Reading, message: bytes | None, record: bytes | None, value: bytes | None
) -> Opened:
    """Decrypt one value under its shared headers and its two ids."""
    if not message or not record or value is None or len(value) < _LEAST_VALUE:
        raise _malformed("レコードが短すぎます / a value or an id is too short")
    try:
        bound = b"".join(
            (reading.bound, _ID_LENGTH[len(message)], message, _ID_LENGTH[len(record)], record)
        )
        payload = reading.decrypt(value[: nonces.SIZE], value[nonces.SIZE :], bound)
        return Opened(message.decode(), record.decode(), *reading.shared, payload)
    except InvalidTag:
        raise DoesNotOpenError from None
    except (KeyError, UnicodeDecodeError):
        raise _malformed("IDの形式が違います / an id is not 1 to 255 bytes of UTF-8") from None


def _malformed(what: str) -> MalformedEnvelopeError:
    """Give the error for a record that has not the form of an envelope."""
    return MalformedEnvelopeError(
        f"封筒の形式が違います: {what}。送信側の実装を確認してください"
        " (malformed envelope: check the sending software)"
    )
