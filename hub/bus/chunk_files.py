"""Sealed chunks on the embedded bus: a plain file for each file in custody (docs/adr/0026).

``<id>.part`` while it is written and ``<id>.sealed`` once it is whole: before each chunk its length
(four bytes, big-endian) and its SHA-256. Whoever writes a file holds a lock on it, which ends with
the process. Removing overwrites the bytes in place, then unlinks them.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Self

from hub.bus.chunks import ChunksDamagedError, ChunksGoneError
from hub.durable import sync
from hub.errors import SurroundingsError
from hub.traces import found_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

_PART, _SEALED = ".part", ".sealed"
_LENGTH_BYTES, _HASH_BYTES = 4, 32
_MOST_CHUNK_BYTES = 1 << 24
_ZEROS = bytes(1 << 20)


class ChunkFiles:
    """The sealed files in one folder of a home (see ``hub.bus.chunks``)."""

    def __init__(self, folder: Path, searched: Path) -> None:
        """Keep files in ``folder``; traces are looked for in all of ``searched``."""
        self._folder = folder
        self._searched = searched

    def begin(self, file_id: str) -> FileWriter:
        """Begin a file that was not there."""
        with _in_words():
            self._folder.mkdir(mode=0o700, exist_ok=True)
            return FileWriter(self._folder, file_id)

    def read(self, file_id: str) -> Iterator[bytes]:
        """Yield the chunks of a finished file in order, one in memory at a time."""
        try:
            file = self._path(file_id, _SEALED).open("rb")
        except FileNotFoundError:
            raise ChunksGoneError from None
        with file, _in_words():
            while chunk := _next_chunk(file):
                yield chunk

    def idle(self) -> set[str]:
        """Give the files, finished or not, that nobody is writing."""
        return {path.stem for path in self._files() if not _is_locked(path)}

    def busy(self) -> set[str]:
        """Give the files that are being written."""
        return {path.stem for path in self._files() if _is_locked(path)}

    def remove(self, file_ids: Collection[str]) -> None:
        """Overwrite files, unlink them and make that durable."""
        with _in_words():
            if not self._folder.exists():
                return
            for file_id in file_ids:
                for suffix in (_PART, _SEALED):
                    _overwrite_and_unlink(self._path(file_id, suffix))
            sync(self._folder)

    def finds(self, traces: Collection[bytes]) -> set[bytes]:
        """Give those of these bytes that still stand in a file of the home."""
        with _in_words():
            return found_in([self._searched], traces)

    def _files(self) -> list[Path]:
        with _in_words():
            if not self._folder.exists():
                return []
            return [path for path in self._folder.iterdir() if path.suffix in (_PART, _SEALED)]

    def _path(self, file_id: str, suffix: str) -> Path:
        return self._folder / f"{file_id}{suffix}"


class FileWriter:
    """One file under way, locked until the end of the block (see ``hub.bus.chunks``)."""

    def __init__(self, folder: Path, file_id: str) -> None:
        self._folder = folder
        self._part = folder / f"{file_id}{_PART}"
        self._sealed = folder / f"{file_id}{_SEALED}"
        descriptor = os.open(self._part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        fcntl.flock(descriptor, fcntl.LOCK_EX)

    def add(self, chunk: bytes) -> None:
        """Add the next sealed chunk."""
        with _in_words():
            self._file.write(len(chunk).to_bytes(_LENGTH_BYTES, "big"))
            self._file.write(hashlib.sha256(chunk).digest())
            self._file.write(chunk)

    def finish(self) -> None:
        """Make all chunks durable under their final name."""
        with _in_words():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._part.replace(self._sealed)
            sync(self._folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with _in_words():
            self._file.close()


def _next_chunk(file: IO[bytes]) -> bytes:
    """Read one chunk and check it; empty at the end of the file."""
    head = file.read(_LENGTH_BYTES + _HASH_BYTES)
    if not head:
        return b""
    length = int.from_bytes(head[:_LENGTH_BYTES], "big")
    chunk = file.read(min(length, _MOST_CHUNK_BYTES))
    if not chunk or hashlib.sha256(chunk).digest() != head[_LENGTH_BYTES:]:
        raise ChunksDamagedError(
            "封をしたファイルが壊れています。送信元に再送を依頼してください"
            " / a sealed file is damaged on disk: ask its sender to send it again"
        )
    return chunk


def _is_locked(path: Path) -> bool:
    """Say whether a process is writing this file; one that has just gone is not being written."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def _overwrite_and_unlink(path: Path) -> None:
    try:
        with path.open("r+b") as file:
            left = path.stat().st_size
            while left:
                left -= file.write(_ZEROS[:left])
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        # Another custodian was first.
        return


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SurroundingsError(
            f"ホームの files を読み書きできません（{error.strerror}）。権限と空き容量を確認してください"
            " / the home's folder files cannot be used: check its permissions and free space"
        ) from error
