"""Records as the hub writes them, and a ledger of them: what the ledger's benchmarks share."""

from __future__ import annotations

import hashlib
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.ledger.log_files import LedgerLog
from hub.ledger.note import NoteSigner
from hub.ledger.record import Entry, Kind
from hub.ledger.template import EntryTemplate
from hub.vocabulary.basis import Basis
from hub.vocabulary.clock import JST, rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

BATCH = 1_000
"""Records under one checkpoint."""

_NOW = datetime(2026, 4, 1, 9, tzinfo=JST)
_AT = rfc3339(_NOW)


def lines(start: int, count: int) -> list[bytes]:
    """Give provision records as the hub writes them, each with ids and digests of its own."""
    template = EntryTemplate(provision(_AT))
    found = []
    for number in range(start, start + count):
        digest = hashlib.sha256(number.to_bytes(8, "big")).hexdigest()
        identifier = (
            f"{digest[:8]}-{digest[8:12]}-7{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"
        )
        found.append(template.line(identifier, identifier, _AT, digest, digest))
    return found


def provision(at: str) -> Entry:
    """Give a provision of an instant (RFC 3339) as a change notice makes it, its ids left open."""
    return Entry(
        kind=Kind.PROVISION,
        id="",
        feed="change-notice",
        sender="072010",
        recipient="070009",
        at=at,
        method="電気通信回線を通じた送信",
        reason="都道府県知事保存本人確認情報ファイルの更新",
        task="本人確認情報の通知",
        basis=Basis("住民基本台帳法", "30の6", "1"),
        rule="juki-30-6-notice",
        catalogue="ab" * 32,
        items=(
            "住民票コード",
            "氏名",
            "氏名の振り仮名",
            "生年月日",
            "性別",
            "住所",
            "個人番号",
            "異動事由",
            "異動年月日",
        ),
        code="released",
    )


def write_ledger(root: Path, batches: Iterable[list[bytes]]) -> list[float]:
    """Append each batch under a durable checkpoint of its own; give the seconds of each."""
    signer = NoteSigner("juki-hub/bench", Ed25519PrivateKey.generate())
    spent = []
    with LedgerLog(root, signer) as log:
        for batch in batches:
            began = perf_counter()
            log.append(batch, log.position + len(batch), _NOW)
            log.checkpoint()
            spent.append(perf_counter() - began)
    return spent
