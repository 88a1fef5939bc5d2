"""Each promise names tests that exist, and says plainly what is not built."""

from __future__ import annotations

import re

from tests.unit.docs.pages import ROOT, code_words, section, text_of


def _promises() -> list[str]:
    text = section(text_of("threat-model.md"), "## The seven promises")
    return re.split(r"^(?=\*\*[1-7]\. )", text, flags=re.MULTILINE)[1:]


def test_there_are_seven_promises_in_order() -> None:
    """No promise is left out."""
    assert [each[2] for each in _promises()] == list("1234567")


def test_every_promise_names_tests_that_exist() -> None:
    """A promise without a test that can fail is only a wish."""
    for promise in _promises():
        paths = [word for word in code_words(promise) if word.startswith("tests/")]
        assert paths, promise
        for path in paths:
            target = ROOT / path
            tests = target.rglob("test_*.py") if target.is_dir() else [target]
            assert any("\ndef test_" in each.read_text(encoding="utf-8") for each in tests), path


def test_promises_that_are_not_built_say_so() -> None:
    """Custody and grace periods are not there yet, and a reader is told."""
    promises = _promises()
    assert "Not yet" in promises[3]
    assert "Not yet" in promises[6]
