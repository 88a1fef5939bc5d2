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

from hub.durable import move, sync
from hub.errors import SurroundingsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import BufferedReader
    from pathlib import Path

SIDECAR = ".sha256"
# Names of files of ours are made of it and an id; a file system takes 255 bytes.
_LONGEST_NAME_BYTES = 180
_CHECKSUM_CHARACTERS = 64
# With what may stand before it: a byte order mark and a backslash.
_SIDECAR_BYTES = _CHECKSUM_CHARACTERS + 4


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
        """Make the folders that are missing, and keep every other user out of all of them."""
        wanted = [self.receipts, self.failed, self.told]
        wanted += [folder(feed) for feed in sends for folder in (self.outbox, self.sending)]
        wanted += [folder(feed) for feed in receives for folder in (self.inbox, self.receiving)]
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in dict.fromkeys(part for each in wanted for part in self._way_to(each)):
            make_own(folder)

    def _way_to(self, folder: Path) -> Iterator[Path]:
        """Yield the folders from the one below the root down to this one."""
        place = self._root
        for part in folder.relative_to(self._root).parts:
            place /= part
            yield place

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


def make_own(folder: Path) -> None:
    """Make a folder that outlives a power cut, or keep other users out of one that is there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    sync(folder.parent)
    if stat.S_IMODE(folder.stat().st_mode) != stat.S_IRWXU:
        folder.chmod(stat.S_IRWXU)


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
    """Write a file of mode 600 that is there whole and durable, or not at all under this name."""
    draft = path.with_name(f".{path.name}.part")
    descriptor = os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    move(draft, path)


def read_sidecar(path: Path) -> str:
    """Give the SHA-256 that a file in the form of ``sha256sum`` says, in small letters.

    It begins with a backslash where the name beside it has one, and some editors put a byte order
    mark first. Raises as ``open_regular``.
    """
    with open_regular(path) as file:
        said = file.read(_SIDECAR_BYTES).decode("utf-8-sig", "replace")
    return said.removeprefix("\\")[:_CHECKSUM_CHARACTERS].lower()


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
