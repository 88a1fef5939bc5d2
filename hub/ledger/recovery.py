"""Opening a ledger: back to its last commit point, never behind what is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.errors import SurroundingsError
from hub.ledger import disk
from hub.ledger.checkpoint import Checkpoint
from hub.ledger.head import Head
from hub.ledger.layout import CHECKPOINT, FOLDER, HEAD, VKEY, encode_keys
from hub.ledger.log_reader import find_head, read_keys
from hub.ledger.month_tree import MonthTree
from hub.ledger.note import NoteError, parse_note, signing_key
from hub.ledger.tile_files import read_tile, sweep

if TYPE_CHECKING:
    from pathlib import Path

    from hub.ledger.note import VerifierKey


def recover(root: Path, key: VerifierKey) -> tuple[Head, MonthTree]:
    """Bring a ledger's files to its last commit point; give that and the present month's tree.

    The caller holds the writer's lock. A ledger without ``log.vkey`` gets one. Raises
    ``SurroundingsError`` where the ledger is another key's, was set back, or is damaged.
    """
    keys = _keys(root, key)
    begun = find_head(root)
    head = begun or Head(0)
    _refuse_rollback(root, head, keys)
    if begun is None:
        disk.replace(root / FOLDER / HEAD, head.to_bytes())
    tree = _restore(root, head)
    if head.month:
        _publish(root, head)
        sweep(root / FOLDER / head.month, head.size)
    for month in disk.months(root):
        if month > head.month:  # begun, but never committed
            sweep(root / FOLDER / month, 0)
            disk.prune(root / FOLDER / month, root / FOLDER)
    return head, tree


def _keys(root: Path, key: VerifierKey) -> list[VerifierKey]:
    """Give every key that has signed this ledger; ``key`` must be one of them."""
    keys = read_keys(root)
    if not keys:
        if disk.months(root) or (root / FOLDER / HEAD).exists():
            raise _damaged("log.vkey がありません", "log.vkey is missing")
        disk.replace(root / VKEY, encode_keys([key]))
        return [key]
    if key not in keys:
        raise _damaged("署名鍵が log.vkey と違います", "the signing key is not that of log.vkey")
    return keys


def _refuse_rollback(root: Path, head: Head, keys: list[VerifierKey]) -> None:
    """Refuse where a published checkpoint is ahead of the commit point, or beside it.

    To sign from there would make a second history out of the first.
    """
    for month in disk.months(root):
        note = disk.published(root, month)
        if note is None or month < head.month:
            continue
        if month > head.month or not _leads_to(note, head, keys):
            raise _damaged(
                f"公開済みの {month}/checkpoint が ledger/head より先です",
                f"the published {month}/checkpoint is ahead of ledger/head",
            )


def _leads_to(note: bytes, head: Head, keys: list[VerifierKey]) -> bool:
    """Say whether the published checkpoint is the head's, or an earlier one."""
    there = head.checkpoint
    try:
        parsed = parse_note(note)
        here = Checkpoint.parse(parsed.text)
    except NoteError:
        return True  # a torn copy; it is made again from the head
    if signing_key(parsed, keys) is None:
        return True  # likewise
    return there is not None and (here == there or here.size < there.size)


def _restore(root: Path, head: Head) -> MonthTree:
    checkpoint = head.checkpoint
    if checkpoint is None:
        return MonthTree()
    folder = root / FOLDER / head.month
    try:
        tree = MonthTree.restore(checkpoint.size, lambda tile: read_tile(folder, tile) or b"")
    except ValueError:
        tree = MonthTree()
    if tree.root() != checkpoint.root:
        raise _damaged(
            f"{head.month} の tile が署名と合いません",
            f"the tiles of {head.month} are not those that were signed",
        )
    return tree


def _publish(root: Path, head: Head) -> None:
    """Make the public copy again, unless it is there (perhaps with witnesses' signatures)."""
    note = disk.published(root, head.month) or b""
    if not note.startswith(head.note):
        disk.replace(root / FOLDER / head.month / CHECKPOINT, head.note)


def _damaged(ja: str, en: str) -> SurroundingsError:
    return SurroundingsError(
        f"台帳: {ja}。`hub ledger verify` で確認し、控えから戻してください"
        f" / ledger: {en}; see `hub ledger verify` and restore from a backup"
    )
