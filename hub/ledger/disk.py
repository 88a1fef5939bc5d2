"""Files on the disk: written so that they outlive a power cut, read so that none is too large."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from hub.durable import sync
from hub.errors import SurroundingsError
from hub.ledger.head import is_month
from hub.ledger.layout import CHECKPOINT, FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NEW: Final = ".new"
_SYNCS_AT_ONCE: Final = 8


@contextlib.contextmanager
def usable() -> Iterator[None]:
    """Turn what the system says of a disk into words on what to do."""
    try:
        yield
    except OSError as error:
        raise SurroundingsError(
            f"台帳を読み書きできません ({error.strerror})。空き容量と権限を確認し、起動し直してください"
            f" / the ledger cannot be read or written ({error.strerror}); check space and rights,"
            " then start again"
        ) from error


def torn(month: str) -> SurroundingsError:
    """Give the error for a month of which a file is missing or torn."""
    return SurroundingsError(
        f"台帳 {month} のファイルが欠けているか壊れています。`hub ledger verify` で確認してください"
        f" / a file of the ledger's month {month} is missing or torn; see `hub ledger verify`"
    )


def read_at_most(path: Path, limit: int) -> bytes:
    """Give a file's bytes, or one byte more than ``limit`` of them where it is larger."""
    with path.open("rb") as file:
        # Asked for more than there is, Python makes room for all of that first.
        return file.read(min(limit, os.fstat(file.fileno()).st_size) + 1)


def write(path: Path, data: bytes) -> list[Path]:
    """Write a file and the folders it needs, not durably; give the folders that got a new one."""
    made: list[Path] = []
    try:
        file = path.open("wb")
    except FileNotFoundError:
        made = _make(path.parent)
        file = path.open("wb")
    with file:
        file.write(data)
    return made


def copy(source: Path, target: Path) -> int:
    """Copy a file and make the folders it needs, not durably; give how many bytes it has."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as old, target.open("wb") as new:
        shutil.copyfileobj(old, new)
        return new.tell()


def _make(folder: Path) -> list[Path]:
    """Make a folder and what is missing above it; give the folders that got a new one."""
    made = [] if folder.parent.exists() else _make(folder.parent)
    folder.mkdir(exist_ok=True)
    return [*made, folder.parent]


class NewFiles:
    """Files written one after another and made durable together, with their names.

    Use from one thread; ``close`` ends the threads that wait for the disk.
    """

    def __init__(self) -> None:
        self._wanted: set[Path] = set()
        # Asked for together, they share the file system's journal commits: several times faster.
        self._pool = ThreadPoolExecutor(_SYNCS_AT_ONCE)

    def write(self, path: Path, data: bytes) -> None:
        """Write a new file and the folders it needs; not durable until ``sync``."""
        self._wanted.update(write(path, data), (path, path.parent))

    def sync(self) -> None:
        """Make everything written since the last call durable."""
        for _ in self._pool.map(sync, self._wanted):
            pass
        self._wanted.clear()

    def close(self) -> None:
        """End the threads; what was not synced is not durable."""
        self._pool.shutdown()


def replace(path: Path, data: bytes) -> None:
    """Put a file in the place of another, whole or not at all, durably."""
    new = path.with_name(path.name + _NEW)
    write(new, data)
    sync(new)
    new.replace(path)
    sync(path.parent)


def copy_out(path: Path, data: bytes) -> None:
    """Do the same for a copy that is made again after a power cut: readers see it whole or not."""
    new = path.with_name(path.name + _NEW)
    write(new, data)
    new.replace(path)


def months(root: Path) -> list[str]:
    """Give the months that have a folder under ``root``'s ledger, in order."""
    folder = root / FOLDER
    if not folder.is_dir():
        return []
    return sorted(entry.name for entry in folder.iterdir() if is_month(entry.name))


def published(root: Path, month: str) -> bytes | None:
    """Give the bytes of a month's published checkpoint, or nothing where there is none."""
    try:
        return read_at_most(root / FOLDER / month / CHECKPOINT, 1 << 16)
    except FileNotFoundError:
        return None


def prune(folder: Path, top: Path) -> None:
    """Remove a folder and those above it, below ``top``, as long as nothing is in them."""
    with contextlib.suppress(OSError):
        while folder != top:
            folder.rmdir()
            folder = folder.parent


def remove_tree(folder: Path) -> None:
    """Remove a folder with all that is in it; what another process removes meanwhile is no error."""
    for path in sorted(folder.rglob("*"), reverse=True):  # what is in a folder first
        with contextlib.suppress(FileNotFoundError):
            path.rmdir() if path.is_dir() else path.unlink()
    with contextlib.suppress(FileNotFoundError):
        folder.rmdir()


class AnotherWriterError(SurroundingsError):
    """Another process writes this ledger."""


class WriterLock:
    """The right to write a ledger: one process at a time, by ``flock`` on one file."""

    def __init__(self, path: Path) -> None:
        """Take the lock; raises ``SurroundingsError`` where another writer holds it."""
        self._path = path
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._handle)
            raise _fenced() from None

    def check(self) -> None:
        """Raise ``SurroundingsError`` where the file locked is no longer the one in its place."""
        try:
            there = self._path.stat()
        except FileNotFoundError:
            raise _fenced() from None
        mine = os.fstat(self._handle)
        if (there.st_dev, there.st_ino) != (mine.st_dev, mine.st_ino):
            raise _fenced()

    def release(self) -> None:
        """Let another writer in; once is enough."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)


def _fenced() -> AnotherWriterError:
    return AnotherWriterError(
        "別のプロセスがこの台帳に書いています。一つだけ動かしてください"
        " / another process writes this ledger; run only one"
    )
