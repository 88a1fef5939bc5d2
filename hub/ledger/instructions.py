"""The verifier's instructions that go with an export, in Japanese and English."""

from __future__ import annotations

from pathlib import Path
from typing import Final

NAME: Final = "VERIFY.md"
"""The file beside the ledger's that says how to verify them."""


def instructions() -> bytes:
    """Give what is written into the file."""
    return Path(__file__).with_name(NAME).read_bytes()
