"""An existing system at its folders: it drops files with checksums, and takes what it finds."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from connectors.configured import FileDropSettings
from tests.support.hub_command import FEED

if TYPE_CHECKING:
    from pathlib import Path


def drop_of(folder: Path, party: str, **changes: Any) -> FileDropSettings:
    """Give the settings of a file drop that sends and receives change notices."""
    ways = {"sends": (FEED,), "receives": (FEED,)} | changes
    return FileDropSettings(name=folder.name, party=party, folder=folder, **ways)


def put(folder: Path, name: str, content: bytes, feed: str = FEED) -> None:
    """Drop a file as its sender should: whole, then its checksum."""
    outbox = folder / "outbox" / feed
    outbox.mkdir(parents=True, exist_ok=True)
    (outbox / name).write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    (outbox / f"{name}.sha256").write_text(f"{digest}  {name}\n", encoding="utf-8")


def read(path: Path) -> list[dict[str, Any]]:
    """Read a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def answers(folder: Path, name: str = "") -> list[dict[str, Any]]:
    """Give the receipts of lines, of one file or of all that were dropped."""
    found = sorted((folder / "receipts").glob(f"{name}*.jsonl"))
    return [each for path in found if not path.name.startswith("legs.") for each in read(path)]


def tidings(folder: Path) -> list[dict[str, Any]]:
    """Give what became of legs, in the order in which it was told."""
    return [each for path in sorted((folder / "receipts").glob("legs.*")) for each in read(path)]


def received(folder: Path, feed: str = FEED) -> list[dict[str, Any]]:
    """Give the records of the inbox, each file checked against its checksum."""
    return [record for path in whole_files(folder, feed) for record in read(path)]


def whole_files(folder: Path, feed: str) -> list[Path]:
    """Give the files of the inbox that are whole, each checked against its checksum."""
    found = []
    for sidecar in sorted((folder / "inbox" / feed).glob("*.sha256")):
        digest, name = sidecar.read_text(encoding="utf-8").split()
        path = sidecar.with_name(name)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
        found.append(path)
    return found


class Taken(NamedTuple):
    """What an existing system took out of its folders, file by file, each as soon as it was there."""

    answers: list[dict[str, Any]]
    tidings: list[dict[str, Any]]
    received: list[dict[str, Any]]

    @classmethod
    def out_of(cls, folder: Path) -> Taken:
        """Read all that is there to be taken, and remove it."""
        inbox = folder / "inbox" / FEED
        taken = cls(answers(folder), tidings(folder), received(folder))
        whole = [path for sidecar in inbox.glob("*.sha256") for path in (sidecar, _of(sidecar))]
        for path in (*(folder / "receipts").glob("*.jsonl"), *whole):
            path.unlink()
        return taken

    def and_then(self, later: Taken) -> Taken:
        """Give what was taken now and later."""
        return Taken(*(now + then for now, then in zip(self, later, strict=True)))


def _of(sidecar: Path) -> Path:
    return sidecar.with_name(sidecar.name.removesuffix(".sha256"))


def in_hand(folder: Path) -> list[Path]:
    """Give what the connector has not brought to its end."""
    left = [path for path in (folder / "work").rglob("*") if path.is_file()]
    return [path for path in left if path.name not in {"lock", "position"}]
