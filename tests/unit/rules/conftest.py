"""How many random questions are asked: few every day, a million where somebody wants to be sure."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session")
def questions() -> int:
    """Give the number of questions a test asks: ``RULE_QUESTIONS=1000000`` for a long night."""
    return int(os.environ.get("RULE_QUESTIONS", "5000"))
