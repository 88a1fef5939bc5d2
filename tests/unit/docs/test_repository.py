"""Nothing in the repository tells where it was made or needs what only its makers have."""

from __future__ import annotations

import re

from tests.unit.docs.pages import ROOT

_FOLDERS = (
    "hub",
    "connectors",
    "docs",
    "rules",
    "schemas",
    "topics",
    "tests",
    "benchmarks",
    "requirements",
    "ops",
    "examples",
)
_SKIPPED = {"__pycache__", "results", ".envs"}
# Spelled so that this file is not a find of its own.
_MACHINE_PATH = re.compile(
    r"(?<![\w.~}])/(?:work|root|home|Users|mnt)/\w|[A-Z]:\\{1,2}Users|[.]{2}/shared|(?:--|^)index-url",
    re.MULTILINE,
)


def _texts() -> dict[str, str]:
    """Give every text of the repository by its path."""
    files = [path for folder in _FOLDERS for path in (ROOT / folder).rglob("*")]
    files += [*ROOT.glob("*"), *ROOT.glob(".ci/*"), ROOT / ".gitignore"]
    found = {}
    for path in files:
        if path.is_file() and not _SKIPPED & set(path.parts):
            content = path.read_bytes()
            if b"\0" not in content:
                found[path.relative_to(ROOT).as_posix()] = content.decode("utf-8", "replace")
    return found


def test_no_file_names_a_path_of_a_machine_or_an_index_of_packages() -> None:
    """What was made on one machine must work on any."""
    texts = _texts()
    assert {"README.md", "pyproject.toml", "hub/errors.py"} <= texts.keys()
    found = {path: _MACHINE_PATH.findall(text) for path, text in texts.items()}
    assert {path: hits for path, hits in found.items() if hits} == {}


def test_the_pattern_finds_what_it_is_for() -> None:
    """The test above can fail."""
    for text in ("see /" + "work/main/x", "`/" + "home/someone/hub`", ".." + "/shared/law"):
        assert _MACHINE_PATH.search(text)
    for text in ("`--home DIR`", "hub/runtime/home.py", "https://example.org/home/x", "$HOME/x"):
        assert not _MACHINE_PATH.search(text)
