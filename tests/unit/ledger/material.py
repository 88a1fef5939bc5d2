"""Entries and logs that the ledger's tests share."""

from __future__ import annotations

import shutil
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.ledger.checkpoint import Checkpoint
from hub.ledger.layout import origin
from hub.ledger.log_files import LedgerLog
from hub.ledger.month_tree import MonthTree
from hub.ledger.note import NoteSigner
from hub.ledger.record import Entry, Kind
from hub.ledger.verify_keys import LEDGER_KEY, digest_of
from hub.vocabulary.basis import Basis
from hub.vocabulary.clock import JST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hub.ledger.note import VerifierKey

NAME = "hub.example.jp/070009"
SIGNER = NoteSigner(NAME, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
STRANGER = NoteSigner(NAME, Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
APRIL = datetime(2026, 4, 30, 23, 59, 59, tzinfo=JST)
MAY = datetime(2026, 5, 1, 0, 0, 0, tzinfo=JST)
JULY = datetime(2026, 7, 1, 0, 0, 0, tzinfo=JST)
AUGUST = datetime(2026, 8, 1, 0, 0, 0, tzinfo=JST)

PROVISION = Entry(
    kind=Kind.PROVISION,
    id="0192f3c4-1111-7222-8333-444455556666",
    record="0192f3c4-1111-7222-8333-444455556667",
    feed="change-notice",
    sender="072010",
    recipient="070009",
    at="2026-04-01T09:00:00.000+09:00",
    requested_at="2026-04-01T08:59:59.999+09:00",
    method="電気通信回線を通じた送信",
    reason="住民票の記載等",
    task="本人確認情報の通知 及び保存",
    basis=Basis("住民基本台帳法", "30の6", "1"),
    rule="juki-30-6",
    catalogue="ab" * 32,
    items=("住民票コード", "氏名", "生年月日"),
    subject="12" * 32,
    content="34" * 32,
    code="released",
)


def line(number: int) -> bytes:
    """Give the line of a record that tells its own number."""
    return Entry(
        kind=Kind.BASELINE if number % 3 else Kind.DISCARD,
        id=f"0192f3c4-0000-7000-8000-{number:012d}",
        sender="072010",
        at="2026-04-01T09:00:00.000+09:00",
        code="baseline",
        count=number,
    ).to_line()


def lines(start: int, end: int) -> list[bytes]:
    """Give the lines from ``start`` up to ``end``."""
    return [line(number) for number in range(start, end)]


def three_months(root: Path) -> None:
    """Write 700 records in April, 3 in May and 300 in July, in several batches."""
    with LedgerLog(root, SIGNER) as log:
        for start, end, now in ((0, 250, APRIL), (250, 700, APRIL), (700, 703, MAY)):
            log.append(lines(start, end), end, now)
            log.checkpoint()
        log.append(lines(703, 1003), 1003, JULY)
        log.checkpoint()


def key_record(key: VerifierKey) -> bytes:
    """Give the line of the record that names a new key of the ledger."""
    return Entry(
        kind=Kind.KEY_ROTATION,
        id="0192f3c4-2222-7222-8333-444455556666",
        sender="hub",
        at="2026-04-01T09:00:00.000+09:00",
        code=LEDGER_KEY,
        content=digest_of(key),
        operator="a",
    ).to_line()


def rotate(root: Path, old: NoteSigner, new: NoteSigner, now: datetime) -> None:
    """Give a ledger a new key: one more line of log.vkey, the record, the hand-over of both keys."""
    with (root / "log.vkey").open("a") as keys:
        keys.write(new.verifier.encode() + "\n")
    with LedgerLog(root, new, old) as log:
        log.append([key_record(new.verifier)], log.position + 1, now)
        log.checkpoint()


def rotated(root: Path) -> None:
    """Write the three months of which the last ends with a rotation, under a hand-over of both keys."""
    three_months(root)
    rotate(root, SIGNER, STRANGER, JULY)


def records(root: Path) -> list[bytes]:
    """Give the committed lines of a log, opening it as after a crash."""
    with LedgerLog(root, SIGNER) as log:
        return [text for _, _, text in log.entries()]


def rebuild(root: Path, month: str, leaves: Sequence[bytes], signer: NoteSigner) -> None:
    """Write a month's files as an attacker would who knows the format."""
    folder = root / "ledger" / month
    shutil.rmtree(folder, ignore_errors=True)
    tree = MonthTree()
    for tile, data in (*tree.extend(leaves), *tree.edge()):
        (folder / tile.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / tile.path).write_bytes(data)
    checkpoint = Checkpoint(origin(NAME, month), tree.size, tree.root())
    (folder / "checkpoint").write_bytes(signer.sign(checkpoint.to_text()).to_bytes())
