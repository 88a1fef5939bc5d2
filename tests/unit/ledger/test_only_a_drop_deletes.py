"""Nothing but a drop removes records of the ledger."""

from __future__ import annotations

import ast
from pathlib import Path

import hub
from hub.ledger import drop

_HUB = Path(hub.__file__).parent
_REMOVERS = {"unlink", "rmdir", "rmtree", "remove_tree", "removedirs"}

# Who removes files, and what of the ledger that can reach. `recovery` and `log_files` remove what lies
# past the commit point or is outgrown at the edge (held by test_log_crash and test_log_torn), the
# others nothing of a ledger that stands.
_KNOWN = {
    "bus/chunk_files.py",
    "bus/kafka_slots.py",
    "client/files.py",
    "ledger/disk.py",
    "ledger/drop.py",
    "ledger/log_files.py",
    "ledger/tile_files.py",
    "runtime/backup.py",
    "runtime/custody/counter.py",
    "runtime/home.py",
    "runtime/kafka_users.py",
    "runtime/operators.py",
    "runtime/rulebook.py",
}


def _calls(path: Path) -> set[str]:
    """Give the names of all functions and methods that a module calls."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            found.add(name)
    return found


def test_who_removes_files_is_known_by_name() -> None:
    """A module that begins to remove files must be looked at, and added here with the reason."""
    removing = {
        path.relative_to(_HUB).as_posix() for path in _HUB.rglob("*.py") if _calls(path) & _REMOVERS
    }
    assert removing <= _KNOWN, removing - _KNOWN


def test_a_month_is_removed_in_one_place_after_its_drop_was_found() -> None:
    """``remove_tree`` of a month stands in ``drop.remove`` alone, behind ``find_drop``."""
    callers = {
        path.relative_to(_HUB).as_posix()
        for path in _HUB.rglob("*.py")
        if "remove_tree" in _calls(path)
    }
    assert callers == {"ledger/drop.py", "runtime/backup.py"}
    source = Path(drop.__file__).read_text(encoding="utf-8")
    remove = source[source.index("def remove(") :]
    assert remove.index("find_drop(") < remove.index("raise ") < remove.index("remove_tree(")
