"""The proof of an erasure: the ledger's line, where it stands, and the signed checkpoint over it.

A certificate is one JSON object that needs nothing else but the verifier key to be checked.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

import orjson

from hub.errors import ForgeryError, UsageError
from hub.ledger import disk
from hub.ledger.checkpoint import Checkpoint
from hub.ledger.layout import VKEY
from hub.ledger.log_reader import entries, read_head, size_under
from hub.ledger.merkle import includes, leaf_hash
from hub.ledger.note import VerifierKey, parse_note, signing_key
from hub.ledger.proofs import MonthReader
from hub.ledger.record import Kind, RecordError, read_fields
from hub.vocabulary.clock import rfc3339

if TYPE_CHECKING:
    from pathlib import Path

    from hub.custody.states import Custody


def certificate(root: Path, custody: Custody) -> dict[str, Any]:
    """Give the certificate of a file that was erased, from the ledger of the home ``root``.

    Raises ``UsageError`` where no checkpoint covers such a line: the file is not erased, or not
    recorded yet.
    """
    month, index, line = _find(root, custody.file.id)
    note = disk.published(root, month) or b""
    size = size_under(note, month)
    proof = MonthReader(root, month, size).proof(index)
    return {
        "id": custody.file.id,
        "steps": [
            {"state": step.state.value, "at": rfc3339(step.at), "cause": step.cause.value}
            for step in custody.steps
        ],
        "record": line.decode(),
        "month": month,
        "index": index,
        "proof": [base64.b64encode(node).decode() for node in proof],
        "checkpoint": note.decode(),
        "vkey": (root / VKEY).read_text(encoding="ascii"),
    }


def verify(given: bytes, vkey: str | None) -> dict[str, Any]:
    """Check a certificate by itself; gives what its line says.

    ``vkey`` is the key to trust; without it the certificate's own is taken, which shows only that
    its parts belong together. Raises ``ForgeryError`` where they do not, ``UsageError`` for a file
    that is no certificate.
    """
    try:
        fields = orjson.loads(given)
        line = fields["record"].encode()
        index = int(fields["index"])
        proof = [base64.b64decode(node, validate=True) for node in fields["proof"]]
        note = parse_note(fields["checkpoint"].encode())
        keys = [vkey] if vkey else fields["vkey"].splitlines()
        checkpoint = Checkpoint.parse(note.text)
        record = read_fields(line)
    except (KeyError, TypeError, AttributeError, ValueError, binascii.Error, RecordError):
        raise UsageError(
            "消去証明書として読めません。hub custody certificate の出力を指定してください"
            " / not a certificate: give what `hub custody certificate` printed"
        ) from None
    if signing_key(note, map(VerifierKey.decode, keys)) is None:
        raise _false()
    is_there = includes(leaf_hash(line), index, checkpoint.size, proof, checkpoint.root)
    if not is_there or record["kind"] != Kind.ERASURE or record["id"] != fields.get("id"):
        raise _false()
    return {"id": record["id"], "at": record["at"], "code": record["code"], "verified": True}


def _find(root: Path, file_id: str) -> tuple[str, int, bytes]:
    wanted = f'"id":"{file_id}"'.encode()
    for month, index, line in entries(root, None, read_head(root)):
        if wanted in line and orjson.loads(line)["kind"] == Kind.ERASURE:
            return month, index, line
    raise UsageError(
        "この ID の消去はまだ台帳にありません。hub run で消去・記録してください"
        " / no erasure of this id is in the ledger yet: run `hub run`"
    )


def _false() -> ForgeryError:
    return ForgeryError(
        "消去証明書が台帳の署名と一致しません。発行元に確認してください"
        " / the certificate does not agree with the signed checkpoint: ask who issued it"
    )
