"""The report as a PDF that an office can hand over: what was given, and how to verify it.

The whole report, proofs included, is attached to the file as ``disclosure.json``, so that paper and
proof stay together. The resident is not named: the hub holds no name, and an office writes it in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from hub.ledger.disclose.report import COLUMNS
from hub.ledger.disclose.table import cells

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from hub.ledger.disclose.report import Report

_FAMILY: Final = "report"
_WIDTHS: Final = (9, 21, 30, 34, 48, 28, 28, 55, 24)  # millimetres, of the 277 between the margins
_TITLE, _TEXT, _SMALL = 16, 9, 7.5  # points
_LINE: Final = 5  # millimetres
_PLACE: Final = "台帳の位置"


class Cover(NamedTuple):
    """What stands above the rows: who discloses, when, under which id, and how to verify."""

    org: str
    at: datetime
    id: str
    attachment: bytes


class _Paper(FPDF):
    """Landscape A4 with the report's id and the page's number at its foot."""

    def __init__(self, font: Path, identifier: str) -> None:
        super().__init__(orientation="landscape", format="A4")
        self._identifier = identifier
        self.add_font(_FAMILY, fname=font)
        self.set_auto_page_break(auto=True, margin=15)
        self.set_lang("ja-JP")

    def footer(self) -> None:
        """Write the foot of a page."""
        self.set_y(-12)
        self.set_font(_FAMILY, size=_SMALL)
        words = f"開示番号 {self._identifier}　　{self.page_no()} / {{nb}} ページ"
        self.cell(0, _LINE, words, align="C")

    def line_of(self, text: str, size: float = _TEXT) -> None:
        """Write a paragraph over the whole width."""
        self.set_font(_FAMILY, size=size)
        self.multi_cell(0, _LINE, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def to_pdf(report: Report, cover: Cover, font: Path) -> bytes:
    """Give the report as PDF, set in ``font`` (TrueType), of which what is used is embedded."""
    paper = _Paper(font, cover.id)
    paper.set_title("本人確認情報提供状況開示書")
    paper.set_author(cover.org)
    paper.set_creation_date(cover.at)
    paper.add_page()
    _write_head(paper, report, cover)
    _write_rows(paper, report)
    _write_proofs(paper, report)
    paper.embed_file(
        bytes=cover.attachment, basename="disclosure.json", desc="開示の全文と証明", compress=True
    )
    return bytes(paper.output())


def _write_head(paper: _Paper, report: Report, cover: Cover) -> None:
    paper.set_font(_FAMILY, size=_TITLE)
    paper.cell(0, 12, "本人確認情報提供状況開示書", align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.line_of("請求者氏名（職員が記入）：＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿")
    paper.line_of(f"開示する機関：{cover.org}　　作成日時：{cover.at:%Y-%m-%d %H:%M}（日本時間）")
    held = f"　　判断待ち：{len(report.held)}件" if report.held else ""
    paper.line_of(f"開示番号：{cover.id}　　提供の件数：{len(report.rows)}件{held}")
    if not report.rows:
        paper.line_of("台帳の保存期間内に、該当する提供の記録はありません。")
    paper.ln(2)


def _write_rows(paper: _Paper, report: Report) -> None:
    if not report.rows:
        return
    paper.set_font(_FAMILY, size=_SMALL)
    plain = FontFace(emphasis="", fill_color=(230, 230, 230))
    with paper.table(
        col_widths=_WIDTHS, line_height=4.2, headings_style=plain, text_align="LEFT"
    ) as table:
        table.row(("番号", *COLUMNS, _PLACE))
        for number, row in enumerate(report.rows, 1):
            place = f"{row.place.month}/{row.place.index}"
            table.row((str(number), *cells(row), place))


def _write_proofs(paper: _Paper, report: Report) -> None:
    paper.ln(3)
    paper.line_of("検証のしかた", _TEXT + 2)
    paper.line_of(
        "各行は、下に示す月ごとの署名（checkpoint）に含まれる台帳の記録です。行ごとの記録と証明（RFC 6962 の"
        "監査経路）は、この PDF に添付した disclosure.json にあります。台帳の写しは次の命令で検証できます。"
    )
    # One call with all keys: after a rotation no key alone verifies the whole.
    keys = " ".join(f"--key {key}" for key in report.keys)
    paper.line_of(f"hub ledger verify 台帳の写しのフォルダー {keys}", _SMALL)
    for month, note in report.checkpoints.items():
        paper.ln(1)
        paper.line_of(f"{month} の checkpoint")
        paper.line_of(note.strip(), _SMALL)
