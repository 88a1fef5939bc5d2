"""The page on the ledger shows how to verify a month with nothing but Python, and it works."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.unit.docs.pages import section, text_of
from tests.unit.ledger.material import NAME, three_months

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def snippet(tmp_path: Path) -> Path:
    """Write the page's program to a file."""
    text = section(text_of("reference/ledger-format.md"), "## Verifying by hand")
    (program,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    path = tmp_path / "root.py"
    path.write_text(program, encoding="utf-8")
    return path


def _run(snippet: Path, month: Path) -> str:
    command = [sys.executable, "-I", str(snippet), str(month)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_program_on_the_page_finds_the_signed_root(snippet: Path, tmp_path: Path) -> None:
    """Months of one bundle and of several match their checkpoints."""
    three_months(tmp_path)
    for month, size in (("2026-04", 701), ("2026-05", 4), ("2026-07", 301)):
        said = _run(snippet, tmp_path / "ledger" / month)
        assert said == f"{NAME}/{month} {size} matches\n"


def test_the_program_on_the_page_finds_a_changed_record(snippet: Path, tmp_path: Path) -> None:
    """One bit of one record changed, and the root differs."""
    three_months(tmp_path)
    bundle = tmp_path / "ledger/2026-04/tile/entries/001"
    content = bytearray(bundle.read_bytes())
    content[100] ^= 1
    bundle.write_bytes(content)
    assert _run(snippet, tmp_path / "ledger/2026-04").endswith("DIFFERS\n")
