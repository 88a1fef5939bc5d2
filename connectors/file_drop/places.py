"""The folders of a file drop, and the moves between them that survive a crash.

    outbox/FEED/    the existing system puts NAME, then NAME.sha256: only then is NAME read
    inbox/FEED/     the hub puts NAME, then NAME.sha256
    receipts/       what became of each file's lines, and later of each leg
    failed/         files that could not be read at all, each with its reason
    work/           the connector's own: what is in hand

All of them lie on one file system, so that a file moves at once or not at all.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hub.durable import move
from hub.errors import SurroundingsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import BufferedReader
    from pathlib import Path

SIDECAR = ".sha256"
# Names of files of ours are made of it and an id; a file system takes 255 bytes.
_LONGEST_NAME_BYTES = 180


class Places:
    """The folders of one file drop. Make them before use; one process holds them at a time."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.receipts = root / "receipts"
        self.failed = root / "failed"
        self.told = root / "work" / "told"
        self._lock: int | None = None

    def outbox(self, feed: str) -> Path:
        """Give where the existing system puts files of a feed."""
        return self._root / "outbox" / feed

    def inbox(self, feed: str) -> Path:
        """Give where the existing system finds files of a feed."""
        return self._root / "inbox" / feed

    def sending(self, feed: str) -> Path:
        """Give where files lie that are being sent."""
        return self._root / "work" / "sending" / feed

    def receiving(self, feed: str) -> Path:
        """Give where files lie that are not acknowledged yet, or not given over yet."""
        return self._root / "work" / "receiving" / feed

    def make(self, sends: Iterable[str], receives: Iterable[str]) -> None:
        """Make the folders that are missing, for nobody but the hub's own user to use."""
        wanted = [self.receipts, self.failed, self.told]
        wanted += [folder(feed) for feed in sends for folder in (self.outbox, self.sending)]
        wanted += [folder(feed) for feed in receives for folder in (self.inbox, self.receiving)]
        for folder in wanted:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def hold(self) -> None:
        """Keep every other process out; raises ``SurroundingsError`` where one is there."""
        descriptor = os.open(self.told.parent / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise SurroundingsError(
                "このフォルダーは別のプロセスが使っています。そちらを止めてください"
                " / another process uses this folder: stop it first"
            ) from None
        self._lock = descriptor

    def let_go(self) -> None:
        """Let other processes in."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def complete_files(folder: Path) -> list[str]:
    """Give the names of the files whose checksum lies beside them, in the order of their names.

    A name that no file of ours can be made of is passed over, as a hidden one is.
    """
    names = {entry.name for entry in os.scandir(folder)}
    return sorted(name for name in names if name + SIDECAR in names and is_usable(name))


def is_usable(name: str) -> bool:
    """Say whether a file may be picked up by this name."""
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return False
    hidden = name.startswith(".") or name.endswith(SIDECAR)
    return name.isprintable() and not hidden and size <= _LONGEST_NAME_BYTES


def open_regular(path: Path) -> BufferedReader:
    """Open a file that is one, never through a link; raises ``UsageError`` for anything else.

    What the system cannot open for a reason of its own (rights, a bad disk) is an ``OSError``.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno in _NO_FILE:
            raise _not_a_file() from None
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _not_a_file()
    return os.fdopen(descriptor, "rb")


def checksum(path: Path) -> str:
    """Give a file's SHA-256 in hex."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(path: Path, lines: Iterable[bytes]) -> None:
    """Write a file that is there whole and durable, or not at all under this name."""
    draft = path.with_name(f".{path.name}.part")
    with draft.open("wb") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    move(draft, path)


def write_sidecar(path: Path, of: Path) -> None:
    """Write the checksum of one file under a name, in the form of ``sha256sum``."""
    write(path, [f"{checksum(of)}  {of.name}\n".encode()])


@contextmanager
def usable() -> Iterator[None]:
    """Turn what the system says of a folder into words on what to do: ``SurroundingsError``."""
    try:
        yield
    except OSError as error:
        raise SurroundingsError(
            f"連携フォルダーを使えません（{error.strerror}）。場所、空き容量と権限を確認してください"
            " / a folder of the file drop cannot be used: check its place, space and permissions"
        ) from error


# A link, a socket, nothing.
_NO_FILE = frozenset({errno.ELOOP, errno.ENXIO, errno.ENOENT})


def _not_a_file() -> UsageError:
    return UsageError(
        "通常のファイルではありません（リンクやフォルダーは読みません）"
        " / this is no regular file; links and folders are not read"
    )
