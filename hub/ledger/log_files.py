"""The ledger's log on disk: appends lines, signs checkpoints, survives a kill at any byte.

Order is everything. Tiles first, durably; then the commit point (``head.py``), replaced whole; then
the public copy of the checkpoint; then the partial tiles that nothing needs any more go. A crash
leaves the ledger at the last commit point: what was written past it is swept at the next opening,
and the reader resumes at the position the commit point names, so no line is lost or doubled.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from hub.durable import sync
from hub.errors import SurroundingsError, UsageError
from hub.ledger import disk
from hub.ledger.checkpoint import Checkpoint
from hub.ledger.head import Head
from hub.ledger.layout import CHECKPOINT, FOLDER, HEAD, LOCK, genesis, month_of, origin
from hub.ledger.log_reader import entries, read_head
from hub.ledger.month_tree import MonthTree
from hub.ledger.note import Note, parse_note, signing_key
from hub.ledger.recovery import recover
from hub.ledger.tiles import Tile, edge, fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from hub.ledger.note import NoteSigner


class LedgerLog:
    """The one writer of a home's ledger. Use from one thread; close it, or use it in a block.

    After any error the writer refuses further work: open the ledger anew, which recovers it.
    """

    def __init__(self, root: Path, signer: NoteSigner, before: NoteSigner | None = None) -> None:
        """Open or begin the ledger of the home ``root``; the signer's name is the log's.

        ``before`` is the signer of the key before, if there was one: the first checkpoint under the
        new key bears both signatures.

        Raises ``SurroundingsError`` where another process writes it, the disk refuses, the tiles
        are not those that were signed, or what is published is ahead of the commit point.
        """
        self._root, self._signer, self._before = root, signer, before
        with disk.usable():
            (root / FOLDER).mkdir(parents=True, exist_ok=True)
            self._lock = disk.WriterLock(root / FOLDER / LOCK)
            try:
                self._head, self._tree = recover(root, signer.verifier)
            except BaseException:
                self._lock.release()
                raise
        self._month, self._position = self._head.month, self._head.position
        self._files = disk.NewFiles()
        self._usable = True

    @property
    def position(self) -> int:
        """Give the bus position after the last line appended, be it committed yet or not."""
        return self._position

    @property
    def pending(self) -> int:
        """Give how many appended leaves no checkpoint covers yet."""
        committed = self._head.size if self._month == self._head.month else 0
        return self._tree.size - committed

    def head(self) -> Head:
        """Give the last commit: its position is where a reader resumes after a crash."""
        return self._head

    def append(self, lines: Sequence[bytes], position: int, now: datetime) -> None:
        """Append lines, in order, as read from the bus up to ``position``; durable at a checkpoint.

        All go into the month of ``now`` in Japan, or the present one if the clock went back. A line
        that is empty or over 65,535 bytes raises ``UsageError``, a position that does not rise
        ``SurroundingsError``; nothing is appended then.
        """
        if not fit(lines):
            raise UsageError(
                "台帳の行が空か 65,535 バイト超です / a ledger line is empty or over 65,535 bytes"
            )
        if position < self._position or (lines and position == self._position):
            raise SurroundingsError(
                "バスの位置が台帳より後ろです。バスと台帳を同じ時点の控えから戻してください / the bus is"
                " behind the ledger; restore both from one backup"
            )
        with self._work():
            if lines:
                self._enter(max(self._month, month_of(now)))
                self._grow(lines)
            self._position = position

    def checkpoint(self) -> Head:
        """Sign and publish a checkpoint over everything appended, make it durable, and give it.

        Where nothing is new the last one is given again; a log without lines has none.
        """
        with self._work():
            if self.pending:
                self._commit()
            elif self._position != self._head.position:
                self._replace_head(self._head._replace(position=self._position))
        return self._head

    def entries(
        self, after: tuple[str, int] | None = None, upto: Head | None = None
    ) -> Iterator[tuple[str, int, bytes]]:
        """Give committed lines as ``log_reader.entries`` does, up to the present head."""
        return entries(self._root, after, upto or self._head)

    def close(self) -> None:
        """Let another writer in. What no checkpoint covers is read from the bus again."""
        self._usable = False
        self._files.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _work(self) -> Iterator[None]:
        """Refuse further work after an error: memory may then be ahead of the disk."""
        if not self._usable:
            raise SurroundingsError(
                "台帳を開き直してください / open the ledger anew, which recovers it"
            )
        self._usable = False
        with disk.usable():
            yield
        self._usable = True

    def _enter(self, month: str) -> None:
        """Begin a month: its leaf 0 is the last checkpoint before it, or the genesis line."""
        if month == self._month:
            return
        if self.pending:
            self._commit()
        self._settle()
        name = self._signer.verifier.name
        self._month, self._tree = month, MonthTree()
        self._grow([self._head.note or genesis(name, month)])

    def _settle(self) -> None:
        """Make the public copy durable of a month that ends: the commit point leaves it now."""
        if self._month:
            folder = self._root / FOLDER / self._month
            sync(folder / CHECKPOINT)
            sync(folder)

    def _grow(self, lines: Sequence[bytes]) -> None:
        self._write(self._tree.extend(lines))

    def _write(self, tiles: Sequence[tuple[Tile, bytes]]) -> None:
        folder = self._root / FOLDER / self._month
        for tile, data in tiles:
            self._files.write(folder / tile.path, data)

    def _commit(self) -> None:
        """Make everything appended durable, under one signed checkpoint."""
        outgrown = set(edge(self._head.size)) if self._month == self._head.month else set()
        partials = self._tree.edge()
        self._write([(tile, data) for tile, data in partials if tile not in outgrown])
        self._files.sync()
        checkpoint = Checkpoint(
            origin(self._signer.verifier.name, self._month), self._tree.size, self._tree.root()
        )
        note = self._signed(checkpoint.to_text())
        self._replace_head(Head(self._position, self._month, note))
        folder = self._root / FOLDER / self._month
        disk.copy_out(folder / CHECKPOINT, note)
        for tile in outgrown.difference(tile for tile, _ in partials):
            path = folder / tile.path
            path.unlink(missing_ok=True)
            disk.prune(path.parent, folder)

    def _signed(self, text: str) -> bytes:
        """Sign a checkpoint, with the key before too where none bears the new one's signature yet."""
        note = self._signer.sign(text)
        before = self._before
        if before and self._head.note:
            last = parse_note(self._head.note)
            if signing_key(last, [self._signer.verifier]) is None:
                note = Note(text, before.sign(text).signatures + note.signatures)
        return note.to_bytes()

    def _replace_head(self, head: Head) -> None:
        """Move the commit point, unless the ledger was taken over or moved on meanwhile."""
        self._lock.check()
        if read_head(self._root) != self._head:
            raise SurroundingsError(
                "台帳が外から変えられました。開き直してください / the ledger was changed from outside;"
                " open it anew"
            )
        disk.replace(self._root / FOLDER / HEAD, head.to_bytes())
        self._head = head
