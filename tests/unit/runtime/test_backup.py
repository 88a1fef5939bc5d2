"""A backup holds every file that a home's reference names, and a false list of files is refused."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest

from hub.errors import SurroundingsError
from hub.runtime.acts import record_keys
from hub.runtime.backup import MANIFEST, back_up, restore
from hub.runtime.until_idle import run_until_idle
from hub.testing import sandbox_hub

REFERENCE = Path(__file__).parents[3] / "docs/reference/home.md"
# What a home makes anew, what must vanish on its day, where this copy of the home lies, by what
# this machine is known to others, and who was let in before somebody was let go.
LEFT_OUT = {"views.sqlite", "ledger-index.sqlite", "kafka/", "files/", "place"}
LEFT_OUT |= {"kafka-users/", "gateway/", "console.sqlite"}


def named() -> set[str]:
    """Give the files and folders of the table in the reference, which no empty line cuts in two."""
    table = REFERENCE.read_text(encoding="utf-8").split("| --- | --- | --- |\n")[1].split("\n\n")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Back up a home in which everything stands that the reference names."""
    target = tmp_path_factory.mktemp("backup")
    with sandbox_hub() as hub:
        record_keys(hub, "hub", "rotated", "it-1")
        run_until_idle(hub)
        for name in named():
            path = hub.home.path / name
            if name.endswith("/") and name != "ledger/":
                path.mkdir(exist_ok=True)
                (path / "a.pub").touch()
            elif not path.exists():
                path.touch()
        back_up(hub.home, target, hub.clock.now())
    return target


def test_every_file_that_the_reference_names_is_in_a_backup(kept: Path) -> None:
    """What is left out is what the module says is left out: a new file of a home is in one of both."""
    files: dict[str, str] = orjson.loads((kept / MANIFEST).read_bytes())["files"]
    backed_up = {name.partition("/")[0] + "/" * ("/" in name) for name in files}
    assert {"connectors.toml", "custody.toml", "retention.toml", "log.vkey"} <= named()
    assert backed_up == named() - LEFT_OUT


@pytest.mark.parametrize("files", [["home.toml"], "home.toml", 5, {"home.toml": 5}, None])
def test_a_list_of_files_of_another_form_is_refused_in_words(
    kept: Path, tmp_path: Path, files: object
) -> None:
    """A manifest that is valid JSON and no manifest: exit 3, and no new home."""
    note = orjson.loads((kept / MANIFEST).read_bytes())
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / MANIFEST).write_bytes(orjson.dumps(note | {"files": files}))
    with pytest.raises(SurroundingsError):
        restore(tmp_path / "backup", tmp_path / "home")
    assert not (tmp_path / "home").exists()
