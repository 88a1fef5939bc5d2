"""Copies of the invented rules folder, changed in one place at a time."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from hub.rules.load import load_books

if TYPE_CHECKING:
    from hub.rules.load import Books

RULEBOOK = Path(__file__).with_name("rulebook")


def changed(to: Path, file: str, right: str, wrong: str) -> Path:
    """Give a copy of the folder in which one text of one file is another."""
    folder = to / "rules"
    shutil.copytree(RULEBOOK, folder)
    text = folder.joinpath(file).read_text(encoding="utf-8")
    assert right in text
    folder.joinpath(file).write_text(text.replace(right, wrong, 1), encoding="utf-8")
    return folder


def invented() -> Books:
    """Give the invented folder, read whole."""
    return load_books(RULEBOOK, every_feed=True)
