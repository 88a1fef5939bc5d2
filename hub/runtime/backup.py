"""A backup of a running home, whole and of a moment that goes together; and its restoration.

A plain copy takes one file after another, and SQLite's files in the middle of a commit. Here each part
is taken whole, in an order in which a later part may be ahead of an earlier one but never behind:
the ledger as of its commit point, then the bus, then the vault with at least the keys of what is on the
bus, then the small files. What can be built anew (views, index, copies from Kafka) is left out, and
so are files in custody: a backup is no place for what must vanish on its day. Who may sign in to the
console is left out, since a home that is restored must not let in again who was let go meanwhile.

``backup.json`` is written last and names every file with its hash: without it there is no backup.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from hub.bus.sqlite import copy_database
from hub.errors import SurroundingsError, UsageError
from hub.ledger import disk
from hub.ledger.copies import copy_ledger
from hub.ledger.layout import FOLDER, HEAD
from hub.ledger.log_reader import find_head, read_head
from hub.runtime.home import is_home
from hub.vocabulary.clock import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from hub.runtime.home import Home

MANIFEST: Final = "backup.json"
_FILES: Final = "home"
_VERSION: Final = 1
# The card last: a folder without it is no home, so half a copy is never taken for one.
_SMALL: Final = (
    "sandbox.key",
    "closing-days.toml",
    "connectors.toml",
    "custody.toml",
    "kafka.toml",
    "retention.toml",
    "witness.vkey",
    "rules.note",
    "subscriptions.toml",
    "instant",
    "home.toml",
)


class Kept(NamedTuple):
    """A backup's or a restored home's measure, and where its ledger stands."""

    files: int
    bytes: int
    month: str
    size: int


def new_folder(path: Path) -> None:
    """Make a folder, or take an empty one; raises ``UsageError`` where something is in it."""
    with disk.usable():
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(path.iterdir()):
            raise UsageError(
                "フォルダーが空ではありません。新しいフォルダーを指定してください"
                " / the folder is not empty: give a new one"
            )


def back_up(home: Home, target: Path, now: datetime) -> Kept:
    """Back a home up into a new or empty folder, while its services run or not.

    Raises ``UsageError`` where the folder is not empty, ``SurroundingsError`` where disk or databases
    refuse. The master key of a real home is not in it: it is kept elsewhere.
    """
    new_folder(target)
    copy = target / _FILES
    with disk.usable():
        copy.mkdir(mode=0o700)
        if find_head(home.path) is not None:
            copy_ledger(home.path, copy, with_head=True)
        for database in (home.bus, home.vault):
            if database.exists():
                copy_database(database, copy / database.name)
        _copy_small(home.path, copy)
        os.sync()
        files = {name: _digest(copy / name) for name in _names(copy)}
        note = _manifest(home, copy, files, now)
        disk.replace(target / MANIFEST, orjson.dumps(note, option=orjson.OPT_SORT_KEYS) + b"\n")
    return _kept(copy, files)


def restore(source: Path, target: Path) -> Kept:
    """Put a backup's home into a new or empty folder, each file by its hash.

    The caller opens the home afterwards, which looks everything over. Raises ``UsageError`` where
    there is no finished backup or the folder is not empty, ``SurroundingsError`` where a file is not
    the one that was backed up: what was copied is removed again then.
    """
    files = _read_manifest(source)
    new_folder(target)
    with disk.usable():
        try:
            # home.toml comes last, so that nothing opens half a home.
            for name in sorted(files, key=lambda name: name == "home.toml"):
                _put(source / _FILES / name, target / name, files[name])
        except (SurroundingsError, OSError):
            disk.remove_tree(target)
            raise
        os.sync()
    if not is_home(target):
        raise _damaged()
    return _kept(target, files)


def _manifest(home: Home, copy: Path, files: dict[str, str], now: datetime) -> dict[str, Any]:
    """Give what a backup says of itself: whose it is, of when, and every file with its hash."""
    head = read_head(copy)
    return {
        "at": rfc3339(now),
        "files": files,
        "home": home.name,
        "ledger": {"month": head.month, "position": head.position, "size": head.size},
        "v": _VERSION,
    }


def _copy_small(home: Path, copy: Path) -> None:
    if (home / "operators").is_dir():
        (copy / "operators").mkdir()
        for path in (home / "operators").glob("*.pub"):
            shutil.copyfile(path, copy / "operators" / path.name)
    # Before the note that names one of them.
    if (home / "rules").is_dir():
        shutil.copytree(home / "rules", copy / "rules")
    for name in _SMALL:
        if (home / name).exists():
            shutil.copyfile(home / name, copy / name)
            shutil.copymode(home / name, copy / name)
    if not (copy / "log.vkey").exists():
        shutil.copyfile(home / "log.vkey", copy / "log.vkey")


def _names(copy: Path) -> Iterator[str]:
    for path in sorted(copy.rglob("*")):
        if path.is_file():
            yield path.relative_to(copy).as_posix()


def _digest(path: Path) -> str:
    """Give the SHA-256 of a file, in hex, without reading it at once."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_manifest(source: Path) -> dict[str, str]:
    """Read what a backup holds; a name that leads out of it is refused."""
    try:
        note: dict[str, Any] = orjson.loads((source / MANIFEST).read_bytes())
        files: dict[str, str] = note["files"]
        if note["v"] != _VERSION or not all(map(_is_listed, files.items())):
            raise _damaged()
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(
            "完成した控えがありません（backup.json がない）。hub backup で作ったフォルダーを指定してください"
            " / there is no finished backup here (no backup.json): give a folder made by `hub backup`"
        ) from None
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        raise _damaged() from None
    return files


def _is_listed(file: tuple[object, object]) -> bool:
    """Say whether a file is listed by a name that stays inside the backup, with a digest."""
    name, digest = file
    if not isinstance(name, str) or not isinstance(digest, str):
        return False
    return not Path(name).is_absolute() and ".." not in Path(name).parts


def _put(here: Path, there: Path, digest: str) -> None:
    there.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not here.is_file() or _digest(here) != digest:
        raise _damaged()
    shutil.copyfile(here, there)
    shutil.copymode(here, there)


def _kept(folder: Path, files: dict[str, str]) -> Kept:
    head = read_head(folder) if f"{FOLDER}/{HEAD}" in files else None
    size = sum((folder / name).stat().st_size for name in files)
    return Kept(len(files), size, head.month if head else "", head.size if head else 0)


def _damaged() -> SurroundingsError:
    return SurroundingsError(
        "控えが壊れているか、ファイルが欠けています。別の控えを使ってください"
        " / the backup is damaged or lacks a file: use another one"
    )
