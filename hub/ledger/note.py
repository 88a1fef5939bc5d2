"""Signed notes (C2SP signed-note) with Ed25519 keys. Pure.

A note is text that ends in a newline, an empty line, and one line for each signature:
``— <key name> <base64 of key hash and signature>``. Signatures by keys one does not know are
passed over, so witnesses may co-sign. Base64 is read strictly: one value, one spelling.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hub.errors import ForgeryError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_HASH_SIZE: Final = 4
MAX_SIGNATURES: Final = 100
"""As Go's sumdb/note: more is an attack, not a note."""

_MARK: Final = "— "
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_is_name = re.compile(r"[^\s+\x00-\x1f\x7f]+").fullmatch
_is_vkey = re.compile(r"([^\s+\x00-\x1f\x7f]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)").fullmatch


class NoteError(ValueError):
    """Bytes are not a signed note, or a note's text is not a checkpoint."""


class Signature(NamedTuple):
    """One signature line: the key's name, the first four bytes of its hash, and the signature."""

    name: str
    key_hash: bytes
    value: bytes


class Note(NamedTuple):
    """A note's text (with its last newline) and the signatures it bears."""

    text: str
    signatures: tuple[Signature, ...]

    def to_bytes(self) -> bytes:
        """Write the note as it is published."""
        lines = [
            f"{_MARK}{name} {base64.b64encode(key_hash + value).decode()}\n"
            for name, key_hash, value in self.signatures
        ]
        return "".join((self.text, "\n", *lines)).encode()


class VerifierKey:
    """A log's public key with its name."""

    __slots__ = ("_key", "_raw", "key_hash", "name")

    ALGORITHM: ClassVar = b"\x01"
    """The byte by which signed notes tell what a key signs, and how."""

    def __init__(self, name: str, key: Ed25519PublicKey) -> None:
        """Name a key; the name holds neither space nor ``+``, else ``UsageError``."""
        if _is_name(name) is None:
            raise UsageError(
                "鍵名に空白と + は使えません / a key's name must hold neither space nor +"
            )
        self.name = name
        self._key = key
        self._raw = self.ALGORITHM + key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key_hash = hashlib.sha256(name.encode() + b"\n" + self._raw).digest()[:_HASH_SIZE]

    def encode(self) -> str:
        """Give the key as text, ``<name>+<hash in hex>+<base64 of type and key>``."""
        return f"{self.name}+{self.key_hash.hex()}+{base64.b64encode(self._raw).decode()}"

    @classmethod
    def decode(cls, text: str) -> Self:
        """Read a key as ``encode`` writes it; raises ``UsageError`` otherwise."""
        parts = _is_vkey(text)
        raw = parts and _unbase64(parts[3])
        if parts and raw and raw[:1] == cls.ALGORITHM and len(raw) == 1 + 32:
            key = cls(parts[1], Ed25519PublicKey.from_public_bytes(raw[1:]))
            if key.encode() == text:
                return key
        raise UsageError(
            "検証鍵の書式が不正です (名前+ハッシュ+base64) / the verifier key must be"
            " NAME+HASH+BASE64, as log.vkey shows it"
        )

    def verify(self, note: Note) -> None:
        """Raise ``ForgeryError`` unless the note bears this key's signature, and a good one."""
        mine = self.signatures_of(note)
        if not mine:
            raise ForgeryError("この鍵による署名がありません / the note is not signed by this key")
        for value in mine:
            self.check(value, note.text.encode())

    def signatures_of(self, note: Note) -> list[bytes]:
        """Give what a note bears under this key's name and hash, verified or not."""
        mine = (self.name, self.key_hash)
        return [each.value for each in note.signatures if (each.name, each.key_hash) == mine]

    def check(self, signature: bytes, message: bytes) -> None:
        """Raise ``ForgeryError`` unless the signature is this key's over the message."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            raise ForgeryError("署名が一致しません / the signature does not match") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VerifierKey) and self.encode() == other.encode()

    def __hash__(self) -> int:
        return hash(self.encode())

    def __repr__(self) -> str:
        return f"VerifierKey({self.encode()!r})"


class NoteSigner:
    """A private key with its name. Its repr shows the public key only."""

    __slots__ = ("_key", "verifier")

    def __init__(self, name: str, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.verifier = VerifierKey(name, key.public_key())

    def sign(self, text: str) -> Note:
        """Give the note of this text (not empty, ending in a newline) with this key's signature."""
        _check_text(text)
        verifier = self.verifier
        signature = Signature(verifier.name, verifier.key_hash, self._key.sign(text.encode()))
        return Note(text, (signature,))

    def __repr__(self) -> str:
        return f"NoteSigner({self.verifier.encode()!r})"


def parse_note(data: bytes) -> Note:
    """Read a signed note strictly; raises ``NoteError``. No signature is verified."""
    try:
        whole = data.decode()
    except UnicodeDecodeError:
        raise NoteError("the note is not UTF-8") from None
    text, gap, lines = whole.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise NoteError("the note has no signature lines")
    _check_text(text + "\n")
    signatures = tuple(map(_parse_signature, lines[:-1].split("\n")))
    if len(signatures) > MAX_SIGNATURES:
        raise NoteError("the note has too many signatures")
    return Note(text + "\n", signatures)


def signing_keys(note: Note, keys: Iterable[VerifierKey]) -> list[VerifierKey]:
    """Give those of these keys that signed a note; none where a signature of any of them is false.

    As Go's ``note.Open`` does: a false signature beside a good one is an attack, not a leftover.
    """
    signed = [key for key in keys if key.signatures_of(note)]
    try:
        for key in signed:
            key.verify(note)
    except ForgeryError:
        return []
    return signed


def signing_key(note: Note, keys: Iterable[VerifierKey]) -> VerifierKey | None:
    """Give the first of these keys that signed a note, or nothing where none did or one is false."""
    return next(iter(signing_keys(note, keys)), None)


def _check_text(text: str) -> None:
    if text in {"", "\n"} or not text.endswith("\n") or _CONTROL.search(text):
        raise NoteError("the note's text is empty, unfinished or holds a control character")


def _parse_signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_MARK).partition(" ")
    value = _unbase64(encoded)
    if not line.startswith(_MARK) or _is_name(name) is None or len(value) <= _HASH_SIZE:
        raise NoteError("a signature line is malformed")
    return Signature(name, value[:_HASH_SIZE], value[_HASH_SIZE:])


def _unbase64(text: str) -> bytes:
    """Read base64 that has no other spelling; anything else gives no bytes."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return value if base64.b64encode(value).decode() == text else b""
