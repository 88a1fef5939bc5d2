"""The environment in which packages run that the project does not depend on: Faust and aiokafka.

It lies in ``benchmarks/.envs``, which git passes over, and is made when it is first asked for, from
the pinned versions in ``benchmarks/outside/requirements.txt``.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path

OUTSIDE = Path(__file__).parent / "outside"
_REQUIREMENTS = OUTSIDE / "requirements.txt"
_FOLDER = Path(__file__).parent / ".envs"


def outside_python() -> Path:
    """Give the interpreter that has the packages; a change of their versions makes another one.

    Raises ``CalledProcessError`` where pip cannot install them.
    """
    digest = hashlib.sha256(_REQUIREMENTS.read_bytes()).hexdigest()[:12]
    place = _FOLDER / f"{digest}-{sys.version_info.major}.{sys.version_info.minor}"
    python = place / "bin" / "python"
    if not (place / ".installed").exists():
        shutil.rmtree(place, ignore_errors=True)
        venv.create(place, with_pip=True)
        (_FOLDER / ".gitignore").write_text("*\n", encoding="ascii")
        install = ["install", "--quiet", "--disable-pip-version-check", "--requirement"]
        subprocess.run([python, "-m", "pip", *install, _REQUIREMENTS], check=True)
        (place / ".installed").touch()
    return python


def script(name: str, *words: object) -> list[str]:
    """Give the call of a script under ``benchmarks/outside`` with the packages at hand."""
    return [str(outside_python()), str(OUTSIDE / f"{name}.py"), *map(str, words)]
