"""Puts every mutant of the rules' engine into a copy of the tree and runs the tests of the rules.

``python -m tests.mutation.rules`` prints each that lives, and the score. A mutant that lives is a
test that is missing, unless it means the same as the original; those are named in ``SAME``.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.mutation.mutants import mutants

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.mutation.mutants import Mutant

ROOT = Path(__file__).parents[2]
ENGINE = ("catalogue", "conditions", "selectors", "compiled", "places", "signed")
TESTS = ("test_catalogue", "test_answers", "test_second_reading", "test_signed", "test_lint")
_COPIED = ("hub", "rules", "schemas", "topics", "connectors", "ops", "tests", "pyproject.toml")
_SECONDS = 120
SAME = frozenset(
    {
        # The set of spots is a shortcut: where it does not hold the spot, no edge is found.
        (
            "catalogue",
            "if spot in self._forbidden and self.compiled.space.edge(feed, spot):",
            "part 1 dropped",
        ),
        # A row whose first day is the day asked about is in its days, so this line is not reached.
        (
            "catalogue",
            'return "before-catalogue" if day < min(entry.first for entry in fitting) else "rule-ended"',
            "Lt to LtE",
        ),
        # And a row that began before the day and is not in its days has ended before it.
        (
            "catalogue",
            'return "before-catalogue" if day < min(entry.first for entry in fitting) else "rule-ended"',
            "first for last",
        ),
    }
)
"""Mutants that mean the same: module, the line's text, the slip."""


class Result(NamedTuple):
    """A mutant, and whether the tests noticed it."""

    module: str
    mutant: Mutant
    killed: bool


def main() -> int:
    """Run all mutants, or so many chosen by a seed; 1 where one lives that should not."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation.rules", description=__doc__)
    parser.add_argument("modules", nargs="*", default=ENGINE, help="default: the whole engine")
    parser.add_argument("--most", type=int, help="default: all")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chosen = [(module, mutant) for module in given.modules for mutant in _of(module)]
    if given.most and given.most < len(chosen):
        chosen = random.Random(given.seed).sample(chosen, given.most)
    with tempfile.TemporaryDirectory(prefix="hub-mutants-") as folder:
        tree = _copy(Path(folder))
        if not _passes(tree):
            raise SystemExit("the tests fail without any mutant")
        results = [result for result in _try_all(tree, chosen) if _told(result)]
    killed = sum(result.killed for result in results)
    sys.stdout.write(f"{killed} of {len(results)} mutants were caught\n")
    return int(killed < len(results))


def _of(module: str) -> Iterator[Mutant]:
    source = _source(module)
    lines = source.split("\n")
    for mutant in mutants(source):
        if (module, lines[mutant.line - 1].strip(), mutant.slip) not in SAME:
            yield mutant


def _source(module: str) -> str:
    return ROOT.joinpath("hub", "rules", f"{module}.py").read_text(encoding="utf-8")


def _copy(folder: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__")
    for name in _COPIED:
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, folder / name, ignore=ignored)
        else:
            shutil.copy(path, folder / name)
    return folder


def _try_all(tree: Path, chosen: Sequence[tuple[str, Mutant]]) -> Iterator[Result]:
    for module, mutant in chosen:
        path = tree / "hub" / "rules" / f"{module}.py"
        path.write_text(mutant.text, encoding="utf-8")
        yield Result(module, mutant, killed=not _passes(tree))
        path.write_text(_source(module), encoding="utf-8")


def _told(result: Result) -> bool:
    """Print a mutant that lives, as soon as it is known."""
    if not result.killed:
        module, (line, slip, _), _ = result
        sys.stdout.write(f"lives: hub/rules/{module}.py:{line}: {slip}\n")
        sys.stdout.flush()
    return True


def _passes(tree: Path) -> bool:
    """Run the tests of the rules in a copy; a run without end is noticed too."""
    tests = [f"tests/unit/rules/{name}.py" for name in TESTS]
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    command += ["-k", "not shipped and not carried"]  # the invented folder has every feature, soon
    environment = os.environ | {"RULE_QUESTIONS": "300", "PYTHONPATH": str(tree)}
    try:
        done = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
