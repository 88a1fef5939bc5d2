"""By the folders of a file drop (docs/connectors.md): files and checksums, nothing of the hub's own."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from connectors.simulators.ways.contract import Answer, Handed
from hub.durable import move

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from connectors.simulators.ways.contract import Shipment

_SLIP_CHARACTERS = 36
_SIDECAR = ".sha256"


class FolderWay:
    """An existing system at the folders of its file drop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, shipment: Shipment) -> None:
        """Drop a file, whole, then its checksum: the one that the shipment promises."""
        outbox = self._folder / "outbox" / shipment.feed
        outbox.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{shipment.slip}.jsonl"
        _drop(outbox / name, shipment.content)
        told = shipment.promised or hashlib.sha256(shipment.content).hexdigest()
        _drop(outbox / (name + _SIDECAR), f"{told}  {name}\n".encode())

    def answers(self) -> Iterator[Answer]:
        """Yield the answers that lie there, and what was set aside; each is then removed."""
        for file in sorted((self._folder / "receipts").glob("[!l]*.jsonl")):
            yield Answer(file.name[:_SLIP_CHARACTERS], _lines(file))
            file.unlink()
        for reason in sorted((self._folder / "failed").glob("*.reason.json")):
            yield Answer(reason.name[:_SLIP_CHARACTERS], None)
            reason.with_name(reason.name.removesuffix(".reason.json")).unlink(missing_ok=True)
            reason.unlink()

    def legs(self) -> Iterator[Sequence[dict[str, Any]]]:
        """Yield what was told of legs, a file at a time; each is then removed."""
        for file in sorted((self._folder / "receipts").glob("legs.*.jsonl")):
            yield _lines(file)
            file.unlink()

    def fetch(self, feed: str) -> Iterator[Handed]:
        """Yield the files that are whole; to acknowledge one is to remove it."""
        for sidecar in sorted((self._folder / "inbox" / feed).glob(f"*{_SIDECAR}")):
            file = sidecar.with_name(sidecar.name.removesuffix(_SIDECAR))
            if not file.exists():
                # Its removal was cut off between the two.
                sidecar.unlink()
                continue
            with file.open("rb") as opened:
                digest = hashlib.file_digest(opened, "sha256").hexdigest()
            if digest == sidecar.read_text("ascii")[:64]:
                yield Handed(_records(file, digest), _Removal(file, sidecar))


class _Removal:
    """Removes a file and its checksum, the file first: alone it would never be looked at again."""

    def __init__(self, file: Path, sidecar: Path) -> None:
        self._file = file
        self._sidecar = sidecar

    def __call__(self) -> None:
        self._file.unlink()
        self._sidecar.unlink()


def _drop(target: Path, content: bytes) -> None:
    """Write a file that is there whole, or not at all under this name."""
    draft = target.with_name(f".{target.name}.part")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    move(draft, target)


def _records(file: Path, digest: str) -> list[dict[str, Any]]:
    """Give the records of a file of lines, or what is to be said of a file that is carried unread."""
    if file.suffix == ".jsonl":
        return _lines(file)
    return [{"id": file.stem, "bytes": file.stat().st_size, "sha256": digest}]


def _lines(file: Path) -> list[dict[str, Any]]:
    # Not splitlines, which also splits at characters that a value may hold (U+2028).
    return [json.loads(line) for line in file.read_text("utf-8").split("\n") if line]
