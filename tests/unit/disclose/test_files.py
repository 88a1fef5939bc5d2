"""The report as files: CSV for an office's tools, and a PDF that it can hand over."""

from __future__ import annotations

import csv
import io
import os
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from pypdf import PdfReader

from hub.errors import SurroundingsError
from hub.ledger.disclose.fonts import find_font
from hub.ledger.disclose.paper import Cover, to_pdf
from hub.ledger.disclose.report import COLUMNS
from hub.ledger.disclose.table import to_csv
from tests.unit.ledger.material import SIGNER, STRANGER
from tests.unit.ledger_index.material import ALICE, JULY

if TYPE_CHECKING:
    from pathlib import Path

    from hub.ledger.disclose.report import Report
    from tests.unit.disclose.conftest import Ask

ID = "0192f3c4-0000-7000-8000-000000000abc"


@pytest.fixture(scope="module")
def font() -> Path:
    """Give the font; where Debian's package is missing the test is skipped, but never in CI."""
    try:
        return find_font(None)
    except SurroundingsError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


def pdf_of(report: Report, font: Path) -> PdfReader:
    """Give a report's PDF, opened by another library."""
    cover = Cover("福島県", JULY, ID, orjson.dumps(report.to_dict()))
    return PdfReader(io.BytesIO(to_pdf(report, cover, font)))


def text_of(reader: PdfReader) -> str:
    """Give the text of all pages without its line breaks."""
    return "".join(page.extract_text() for page in reader.pages).replace("\n", "")


def test_csv_has_the_columns_and_every_row_with_its_proof(ask: Ask) -> None:
    """Read back by Python's own reader; a BOM, since offices open it in spreadsheets."""
    report = ask(ALICE)
    data = to_csv(report)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert len(rows) == len(report.rows)
    assert tuple(rows[0])[: len(COLUMNS)] == COLUMNS
    assert rows[0]["提供された本人確認情報"] == "住民票コード、氏名、生年月日"
    assert [row["台帳の行"].encode() for row in rows] == [each.line for each in report.rows]
    assert len(rows[-1]["証明"].split()) == len(report.rows[-1].hashes)


def test_the_pdf_says_in_japanese_what_was_given(ask: Ask, font: Path) -> None:
    """Title, columns, names of bodies and items come out of the file as they went in."""
    report = ask(ALICE)
    text = text_of(pdf_of(report, font))
    for words in ("本人確認情報提供状況開示書", "福島県", "福島市", "提供の件数：5件", ID):
        assert words in text
    for row in report.rows:
        assert f"{row.place.month}/{row.place.index}" in text
    assert "判断待ち：2件" in text


def test_the_pdf_brings_checkpoint_and_verification_line(ask: Ask, font: Path) -> None:
    """Each month's signed checkpoint stands in it, and the command to verify with."""
    report = ask(ALICE)
    text = text_of(pdf_of(report, font)).replace(" ", "")
    assert f"hubledgerverify台帳の写しのフォルダー--key{report.keys[0]}" in text
    for note in report.checkpoints.values():
        assert note.replace("\n", "").replace(" ", "") in text


def test_the_pdfs_verification_line_names_all_keys_at_once(ask: Ask, font: Path) -> None:
    """After a rotation no key alone verifies the whole, so one call has them all."""
    report = ask(ALICE)._replace(keys=(SIGNER.verifier.encode(), STRANGER.verifier.encode()))
    text = text_of(pdf_of(report, font)).replace(" ", "")
    assert f"フォルダー--key{report.keys[0]}--key{report.keys[1]}" in text
    assert text.count("hubledgerverify") == 1


def test_the_pdf_embeds_its_font(ask: Ask, font: Path) -> None:
    """It reads the same on a machine without Japanese fonts."""
    page: Any = pdf_of(ask(ALICE), font).pages[0]
    fonts = page["/Resources"]["/Font"].get_object()
    assert fonts
    for each in fonts.values():
        (descendant,) = each.get_object()["/DescendantFonts"]
        assert "/FontFile2" in descendant.get_object()["/FontDescriptor"]


def test_the_proofs_are_attached_to_the_pdf(ask: Ask, font: Path) -> None:
    """Paper and proof stay together: the whole report as JSON is in the file."""
    report = ask(ALICE)
    (attached,) = pdf_of(report, font).attachments["disclosure.json"]
    assert orjson.loads(attached) == orjson.loads(orjson.dumps(report.to_dict()))


def test_pages_are_numbered(ask: Ask, font: Path) -> None:
    """Each page says which it is of how many, and to which disclosure it belongs."""
    report = ask(ALICE)
    many = report._replace(rows=report.rows * 20)
    reader = pdf_of(many, font)
    count = len(reader.pages)
    assert count > 2
    for number, page in enumerate(reader.pages, 1):
        text = page.extract_text().replace(" ", "")
        assert f"{number}/{count}ページ" in text
        assert ID.replace(" ", "") in text


def test_a_resident_without_provisions_gets_a_page_that_says_so(ask: Ask, font: Path) -> None:
    """自己に係る情報が存在しないときにその旨を知らせること (住民基本台帳法30の32)."""
    text = text_of(pdf_of(ask("ee" * 32), font))
    assert "該当する提供の記録はありません" in text


def test_without_a_font_the_words_say_what_to_install(tmp_path: Path) -> None:
    """Exit 3; nothing is set in a font that cannot hold Japanese."""
    with pytest.raises(SurroundingsError, match="fonts-ipaexfont-gothic"):
        find_font(tmp_path / "none.ttf")


def test_a_file_that_is_no_font_is_refused(tmp_path: Path) -> None:
    """Exit 3 with what to do, before anything is disclosed."""
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font" * 100)
    with pytest.raises(SurroundingsError, match="HUB_PDF_FONT"):
        find_font(broken)
