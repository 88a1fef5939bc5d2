"""Files sealed chunk by chunk, in order, under a key of their own. Pure.

Each chunk is AES-256-GCM under the file's key; its nonce is its place in the file and whether it is
the last, so that a missing, doubled, swapped or cut-off chunk does not open (the construction known
as STREAM, Hoang et al. 2015). The last chunk holds no content but the size and SHA-256 of the whole.
A key seals one file once; the file's id and parties are bound to every chunk.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.errors import ForgeryError
from hub.sealing.canonical import framed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Decrypt = Callable[[bytes, bytes, bytes], bytes]

CHUNK_BYTES = 1 << 20
_TRACE_BYTES = 32
_MIDDLE, _LAST = 0, 1


class DamagedFileError(ForgeryError):
    """A sealed file is not whole: a chunk is missing, doubled, swapped, altered or cut off."""

    def __init__(self) -> None:
        super().__init__(
            "封をしたファイルが欠けているか改変されています。送信元に再送を依頼してください"
            " / the sealed file is not whole, or was changed: ask the sender to send it again"
        )


@dataclass(frozen=True, slots=True)
class FileKey:
    """The AES-256 key of one file; printing it never shows the secret."""

    file_id: str
    secret: bytes = field(repr=False)


class Label(NamedTuple):
    """What is bound to every chunk of a file."""

    file_id: str
    feed: str
    sender: str
    recipient: str

    def bound(self) -> bytes:
        """Give the associated data of the chunks."""
        return framed([b"juki-hub file v1", *(part.encode() for part in self)])


class Whole(NamedTuple):
    """What the last chunk says of the file: size in bytes and SHA-256 in hex."""

    size: int
    sha256: str


class ChunkSealer:
    """Seals the chunks of one file in order; ``chunks`` and ``content`` describe what was sealed.

    ``traces`` are the first bytes of the sealed chunks 1, 2, 4, 8, …: what a scan looks for.
    """

    def __init__(self, key: FileKey, label: Label) -> None:
        self._encrypt = AESGCM(key.secret).encrypt
        self._bound = label.bound()
        self._plain = hashlib.sha256()
        self._sealed = hashlib.sha256()
        self.size = 0
        self.chunks = 0
        self.traces: list[bytes] = []

    @property
    def content(self) -> str:
        """Give the SHA-256 over all sealed chunks so far, in hex."""
        return self._sealed.hexdigest()

    def seal(self, chunk: bytes) -> bytes:
        """Seal the next chunk of content."""
        self._plain.update(chunk)
        self.size += len(chunk)
        return self._next(chunk, _MIDDLE)

    def finish(self) -> bytes:
        """Seal the last chunk, which says what the whole is."""
        whole = Whole(self.size, self._plain.hexdigest())
        return self._next(orjson.dumps(whole._asdict()), _LAST)

    def _next(self, plain: bytes, kind: int) -> bytes:
        sealed = self._encrypt(_nonce(self.chunks, kind), plain, self._bound)
        self._sealed.update(sealed)
        self.chunks += 1
        if not self.chunks & (self.chunks - 1):
            self.traces.append(sealed[:_TRACE_BYTES])
        return sealed


def opened(key: FileKey, label: Label, sealed: Iterable[bytes]) -> Iterator[bytes | Whole]:
    """Yield the content of sealed chunks in order, and at the end what the whole is.

    Raises ``DamagedFileError`` at the first chunk that is not the next one, where the last is
    missing or not the last, or where the whole is not what its sender sealed. Until ``Whole`` has
    come, what was yielded may be part of a file only: nobody may act on it.
    """
    decrypt, bound = AESGCM(key.secret).decrypt, label.bound()
    digest, size, whole = hashlib.sha256(), 0, None
    for place, chunk in enumerate(sealed):
        if whole is not None:
            raise DamagedFileError
        try:
            plain = decrypt(_nonce(place, _MIDDLE), chunk, bound)
        except (InvalidTag, ValueError):
            whole = _last(decrypt, place, chunk, bound)
            continue
        digest.update(plain)
        size += len(plain)
        yield plain
    if whole != Whole(size, digest.hexdigest()):
        raise DamagedFileError
    yield whole


def _last(decrypt: Decrypt, place: int, chunk: bytes, bound: bytes) -> Whole:
    """Open the last chunk of a file."""
    try:
        return Whole(**orjson.loads(decrypt(_nonce(place, _LAST), chunk, bound)))
    except (InvalidTag, ValueError, TypeError):
        raise DamagedFileError from None


def _nonce(place: int, kind: int) -> bytes:
    return bytes(3) + place.to_bytes(8, "big") + bytes([kind])
