"""Tiles as files in a month's folder: read at the width asked for, and swept after a crash."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from hub.ledger.disk import prune, read_at_most
from hub.ledger.merkle import HASH_SIZE
from hub.ledger.record_fields import MAX_LINE
from hub.ledger.tiles import ENTRIES, WIDTH, Tile, cut_bundle, edge, levels, row_path

if TYPE_CHECKING:
    from pathlib import Path

_MAX_BYTES: Final = WIDTH * (MAX_LINE + 2)
_TRIES: Final = 5


def read_tile(folder: Path, tile: Tile) -> bytes | None:
    """Give a tile's bytes from a month's folder, or nothing where no file holds them.

    Where the writer has meanwhile put a wider tile in its place, its first part is given.
    """
    for _ in range(_TRIES):  # a running writer may take the one just found away
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            return read_at_most(folder / tile.path, _MAX_BYTES)
        wider = _wider(folder, tile)
        if wider is None:
            return None
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            data = read_at_most(folder / wider.path, _MAX_BYTES)
            if tile.level == ENTRIES:
                return cut_bundle(data, tile.width)
            return data[: tile.width * HASH_SIZE]
    return None


def _wider(folder: Path, tile: Tile) -> Tile | None:
    """Find the narrowest file that also holds this tile."""
    if tile.width == WIDTH:
        return None
    full = tile._replace(width=WIDTH)
    if (folder / full.path).is_file():
        return full
    partials = (folder / tile.path).parent
    widths = [int(path.name) for path in partials.glob("*") if path.name.isdecimal()]
    enough = [width for width in widths if tile.width < width < WIDTH]
    return tile._replace(width=min(enough)) if enough else None


def sweep(folder: Path, size: int) -> None:
    """Remove what no tree of ``size`` leaves needs: tiles past its end and partials it outgrew."""
    needed = {tile.path for tile in edge(size)}
    rows = {row_path(level): size >> 8 * level for level in range(levels(size))}
    rows[row_path(ENTRIES)] = size
    for path in sorted((folder / "tile").rglob("*"), reverse=True):  # what is in a folder first
        name = path.relative_to(folder).as_posix()
        if path.is_dir():
            prune(path, path.parent)
        elif name not in needed and not _is_full(name, rows):
            path.unlink()
    prune(folder / "tile", folder)


def _is_full(name: str, rows: dict[str, int]) -> bool:
    """Say whether a path is that of a full tile within the tree."""
    top, row, *groups = name.split("/")
    digits = "".join(group.removeprefix("x") for group in groups)
    return digits.isdecimal() and (int(digits) + 1) * WIDTH <= rows.get(f"{top}/{row}", 0)
