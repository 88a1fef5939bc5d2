"""Hands files to their recipient: written whole and checked, or not at all.

A file is sent when all of it lies in the recipient's folder, under its name, with the hash that its
sender sealed. Only then is the step ``sent`` published, and with it the day on which the file goes.
"""

from __future__ import annotations

import os
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from hub.bus.chunks import ChunksDamagedError, ChunksGoneError
from hub.custody.events import Event
from hub.custody.states import Cause, State, Step
from hub.durable import move
from hub.errors import SurroundingsError
from hub.runtime.custody import records
from hub.runtime.custody.counters import CustodyCounter, NotWaitingError
from hub.runtime.custody.sealed_file import open_pieces
from hub.runtime.home_settings import terms_of
from hub.sealing.errors import UnknownKeyError
from hub.sealing.files import DamagedFileError, Whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hub.custody.states import Custody, File

NOT_WHOLE = (ChunksGoneError, ChunksDamagedError, DamagedFileError, UnknownKeyError)
"""Why a file cannot be handed over: it is erased, or not as it was sealed."""


class HandedOver(NamedTuple):
    """One file as its recipient has it; ``size`` in bytes, ``sha256`` in hex."""

    file_id: str
    path: Path
    size: int
    sha256: str

    def to_dict(self) -> dict[str, str | int]:
        """Give the hand-over as ``hub receive --out`` prints it."""
        return {
            "id": self.file_id,
            "file": str(self.path),
            "bytes": self.size,
            "sha256": self.sha256,
        }


class Waiting(NamedTuple):
    """One file that waits for its recipient; ``size`` in bytes."""

    file_id: str
    feed: str
    sender: str
    size: int

    def to_dict(self) -> dict[str, str | int]:
        """Give it as a list over a network shows it."""
        return {"id": self.file_id, "feed": self.feed, "from": self.sender, "bytes": self.size}


class Parcel(NamedTuple):
    """One file on its way to its recipient: ``size`` in bytes, ``sha256`` in hex, and its content.

    It is noted as sent when the last of ``pieces`` (at most ``CHUNK_BYTES`` each) was taken, and not
    before.
    """

    file_id: str
    size: int
    sha256: str
    pieces: Iterator[bytes]

    def __repr__(self) -> str:
        return f"Parcel({self.file_id}, {self.size} bytes)"


class FileCounter(CustodyCounter):
    """Where one recipient fetches the files of one feed."""

    def waiting(self, most: int | None = None) -> list[Waiting]:
        """Give what waits, oldest first; nothing is noted by that."""
        files = [custody.file for custody in self._ready(most)]
        return [Waiting(file.id, file.feed, file.sender, file.size) for file in files]

    def hand_over(self, file_id: str) -> Parcel:
        """Give a file that waits, after all of it has opened with the hash that its sender sealed.

        Raises ``NotWaitingError`` where it does not wait, and one of ``NOT_WHOLE`` where it is not
        as it was sealed. It is opened twice, so that nothing of a damaged file is ever given.
        """
        self._log.catch_up()
        custody = self._find(file_id)
        if not self._may_be_given(custody):
            raise NotWaitingError
        whole = Whole(0, "")
        for piece in open_pieces(self._hub, custody.file):
            whole = piece if isinstance(piece, Whole) else whole
        return Parcel(file_id, *whole, self._pieces(custody))

    def fetch(self, folder: Path, most: int | None = None) -> Iterator[HandedOver]:
        """Write what waits into a folder, oldest first, and yield each file once it was sent."""
        _make(folder)
        return islice(self._written(folder), most)

    def _written(self, folder: Path) -> Iterator[HandedOver]:
        for custody in self._ready():
            try:
                whole = self._write(custody.file, folder)
            except NOT_WHOLE:
                # It counts for nothing: others wait behind it.
                self._damaged.add(custody.file.id)
                continue
            self._note_sent(custody)
            yield HandedOver(custody.file.id, _place(folder, custody.file), *whole)

    def acknowledge(self, handed_over: HandedOver) -> None:
        """Note that the recipient has this file; it is not given again."""
        custody = self._log.files[handed_over.file_id]
        self._publish(custody, State.ACKNOWLEDGED, Cause.CONFIRMED)

    def _pieces(self, custody: Custody) -> Iterator[bytes]:
        for piece in open_pieces(self._hub, custody.file):
            if not isinstance(piece, Whole):
                yield piece
        self._note_sent(custody)

    def _write(self, file: File, folder: Path) -> Whole:
        """Write a file under its name once all of it has opened; what is not whole is removed."""
        content = open_pieces(self._hub, file)
        draft = folder / f".{file.id}.part"
        try:
            whole = _copy(content, draft)
            move(draft, _place(folder, file))
        except OSError as error:
            raise SurroundingsError(
                f"受信先のフォルダーに書けません（{error.strerror}）。空き容量と権限を確認してください"
                " / the folder of --out cannot be written: check its space and permissions"
            ) from error
        finally:
            draft.unlink(missing_ok=True)
        return whole

    def _publish(self, custody: Custody, state: State, cause: Cause) -> None:
        now = self._log.date(self._hub.clock.now())
        file = custody.file
        due_at = None
        if state is State.SENT:
            due_at = terms_of(self._hub.home.path, file.sender).due_at(now)
        event = Event(file.id, Step(state, now, cause, due_at))
        receipt = records.receipt(file, state.value, now)
        self._hub.bus.publish([*self._log.records([event]), *receipt])
        self._log.catch_up()


def _copy(pieces: Iterator[bytes | Whole], draft: Path) -> Whole:
    """Write the pieces durably; gives what the whole is."""
    whole = Whole(0, "")
    descriptor = os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for piece in pieces:
            if isinstance(piece, Whole):
                whole = piece
            else:
                file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return whole


def _place(folder: Path, file: File) -> Path:
    return folder / f"{file.id}.bin"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SurroundingsError(
            f"--out のフォルダーを作れません（{error.strerror}）"
            " / the folder of --out cannot be made: choose another"
        ) from error
