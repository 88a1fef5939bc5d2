"""The wheel carries everything: installed away from the checkout, it is the same ``hub``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and install it, without its dependencies, into a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = [*pip, "wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", str(folder)]
    subprocess.run([*build, str(ROOT)], check=True)
    (wheel,) = folder.glob("*.whl")
    site = folder / "site"
    subprocess.run([*pip, "install", "--no-deps", "--target", str(site), str(wheel)], check=True)
    return site


def _run(installed: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hub", "--format", "json", *words],
        env={**os.environ, "PYTHONPATH": str(installed)},
        cwd=installed.parent,
        check=False,
        capture_output=True,
        text=True,
    )


def _json(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_the_installed_hub_is_not_the_checkout(installed: Path) -> None:
    """What the other tests here run comes from the wheel."""
    found = subprocess.run(
        [sys.executable, "-c", "import hub, connectors; print(hub.__file__, connectors.__file__)"],
        env={**os.environ, "PYTHONPATH": str(installed)},
        cwd=installed.parent,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert [Path(file).is_relative_to(installed) for file in found] == [True, True]


def test_schemas_topics_and_rules_are_inside(installed: Path) -> None:
    """The wheel's own schemas and rules answer as the checkout's do."""
    shown = _json(_run(installed, "schemas", "show", "--feed", "change-notice"))
    assert shown["items"][0]["official"] == "住民票コード"
    why = ("rules", "why", "--feed", "change-notice", "--from", "福島市", "--to", "福島県")
    assert _json(_run(installed, *why))["rule"] == "juki-30-6-notice"


def test_the_demonstration_runs_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    """The main job runs where no checkout is, with a ledger that verifies."""
    home = str(tmp_path / "home")
    _json(_run(installed, "--home", home, "init", "--sandbox", "--residents", "20"))
    played = _json(_run(installed, "--home", home, "demo"))
    # A notice has two legs, a file one.
    legs = 2 * played["accepted"] - played["custody"]["files"]
    assert played["delivered"] == played["provisions"] == legs > 0
    assert played["ledger"]["verified"] is True


def test_the_ledgers_index_is_made_by_the_wheels_own_migrations(
    installed: Path, tmp_path: Path
) -> None:
    """``ledger find`` makes its index where nothing of the checkout is."""
    home = str(tmp_path / "home")
    assert _run(installed, "--home", home, "init", "--sandbox").returncode == 0
    found = _run(installed, "--home", home, "ledger", "find")
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")
    assert (tmp_path / "home" / "ledger-index.sqlite").exists()


def test_an_export_from_the_wheel_brings_its_instructions(installed: Path, tmp_path: Path) -> None:
    """The verifier's instructions are packed, and so is how long records are kept."""
    home, export = str(tmp_path / "home"), tmp_path / "export"
    _json(_run(installed, "--home", home, "init", "--sandbox", "--residents", "20"))
    _json(_run(installed, "--home", home, "demo"))
    _json(_run(installed, "--home", home, "ledger", "export", str(export)))
    assert "検証のしかた" in (export / "VERIFY.md").read_text(encoding="utf-8")
    assert _json(_run(installed, "ledger", "verify", str(export)))["verified"] is True
    assert (installed / "hub/_data/rules/retention.toml").is_file()
