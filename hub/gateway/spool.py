"""What comes in or goes out as fast as a client is, kept aside so that no thread waits for it.

Up to a mebibyte it is in memory; more is on the home's disk, in a file without a name, sealed under a
key that is in memory alone. So nobody reads it there, and nothing of it is left when it is closed or
the process ends.
"""

from __future__ import annotations

import io
import os
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Self

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CTR

from hub.errors import SurroundingsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from tempfile import SpooledTemporaryFile as File

    from _typeshed import WriteableBuffer
    from cryptography.hazmat.primitives.ciphers import CipherContext

_IN_MEMORY_BYTES = 1 << 20
_PIECE_BYTES = 1 << 16
_KEY_BYTES = 32
# Each key seals one spool, so that its counter may always begin at nothing.
_BEGINNING = bytes(16)


class Spool:
    """Bytes that are written once and then read once, in order; use it in a block, or close it.

    ``folder`` is where it is kept where it is large. Use from one thread at a time.
    """

    def __init__(self, folder: Path) -> None:
        cipher = Cipher(AES256(os.urandom(_KEY_BYTES)), CTR(_BEGINNING))
        self._sealing, self._opening = cipher.encryptor(), cipher.decryptor()
        self._file: File[bytes] = SpooledTemporaryFile(_IN_MEMORY_BYTES, dir=str(folder))  # noqa: SIM115 -- closed in ``close``
        self.size = 0

    def __repr__(self) -> str:
        return f"Spool({self.size} bytes)"

    def write(self, piece: bytes) -> None:
        """Add bytes; raises ``SurroundingsError`` where the disk does not take them."""
        try:
            self._file.write(self._sealing.update(piece))
        except OSError as error:
            raise SurroundingsError(
                f"ホームのディスクに書けません（{error.strerror}）。空き容量を確認してください"
                " / the home's disk cannot be written: check its space"
            ) from None
        self.size += len(piece)

    def opened(self) -> io.BufferedReader:
        """Give what was written as a file to read, once."""
        self._file.seek(0)
        return io.BufferedReader(_Opened(self._file, self._opening), _PIECE_BYTES)

    def pieces(self) -> Iterator[bytes]:
        """Yield what was written, once, and close it behind the last."""
        with self, self.opened() as file:
            while piece := file.read(_PIECE_BYTES):
                yield piece

    def close(self) -> None:
        """Let go of it; nothing of it is left."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Opened(io.RawIOBase):
    """Opens what a spool holds while it is read."""

    def __init__(self, file: File[bytes], opening: CipherContext) -> None:
        self._file = file
        self._opening = opening

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Put the next bytes into a buffer; 0 at the end."""
        view = memoryview(buffer).cast("B")
        piece = self._opening.update(self._file.read(len(view)))
        view[: len(piece)] = piece
        return len(piece)
