"""The report as CSV, for an office's own tools: the columns, then each row's place and proof."""

from __future__ import annotations

import base64
import csv
import io
from typing import TYPE_CHECKING

from hub.ledger.disclose.report import COLUMNS

if TYPE_CHECKING:
    from hub.ledger.disclose.report import Report, Row

_PROOF = ("台帳の月", "台帳の番号", "台帳の行", "証明")
_JOINT = "、"


def to_csv(report: Report) -> bytes:
    """Give the report's rows as CSV: UTF-8 with BOM and CRLF, as spreadsheets of offices read it.

    Items are joined by ``、``; 証明 holds the proof's hashes in base64, joined by spaces.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow((*COLUMNS, *_PROOF))
    writer.writerows((*cells(row), *_proof(row)) for row in report.rows)
    return text.getvalue().encode("utf-8-sig")


def cells(row: Row) -> tuple[str, ...]:
    """Give a row's columns as text."""
    return tuple(
        _JOINT.join(each) if isinstance(each, list) else each or "" for each in row.columns
    )


def _proof(row: Row) -> tuple[str, int, str, str]:
    hashes = " ".join(base64.b64encode(each).decode() for each in row.hashes)
    return row.place.month, row.place.index, row.line.decode(), hashes
