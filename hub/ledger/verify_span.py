"""One span of a month's tree against its records: what one process verifies by itself.

A span is a level-1 tile with all below it (65,536 records), or the partial tile of level 0 at the
edge. Where its tile is vouched for by the signed root, every byte below is held against it; where it
is not, the hashes are worked out from the records, so that the spans together still tell which
file is wrong. Memory holds one tile a level and one bundle.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from hub.ledger.merkle import HASH_SIZE, leaf_hashes, root_of
from hub.ledger.record import Kind, RecordError
from hub.ledger.shapes import Shapes
from hub.ledger.tile_files import read_tile
from hub.ledger.tiles import ENTRIES, PREFIX_SIZE, WIDTH, Tile, hashes_of, whole_lines
from hub.ledger.verify_keys import names_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SPAN_LEVEL: Final = 1
_LIMIT: Final = 201  # one more than a report shows


class Fault(NamedTuple):
    """A problem by code, file within the month, leaf, and the range of bytes, where known."""

    code: str
    file: str
    leaf: int | None = None
    place: tuple[int, int] | None = None


class Stored(NamedTuple):
    """The hashes of a tile as its file holds them, and whether the signed root vouches for them."""

    hashes: list[bytes] | None
    trusted: bool


class Span(NamedTuple):
    """What to verify: a month's folder, the span's tile, whether the signed root vouches for it."""

    folder: Path
    tile: Tile
    trusted: bool


class Found(NamedTuple):
    """What a span showed: its tile's hashes, faults, records by kind, and the lines that matter later.

    ``marks`` are by index: leaf 0, which chains the months, and records of drops and of the ledger's keys.
    """

    hashes: list[bytes]
    faults: list[Fault]
    kinds: Counter[str]
    marks: dict[int, bytes]


class Walk:
    """Goes down from tiles to the tiles below, noting what differs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[Fault] = []

    def note(
        self,
        code: str,
        file: str,
        leaf: int | None = None,
        place: tuple[int, int] | None = None,
    ) -> None:
        """Note a fault, up to as many as a report shows."""
        if len(self.faults) < _LIMIT:
            self.faults.append(Fault(code, file, leaf, place))

    def hashes(self, tile: Tile) -> list[bytes] | None:
        """Read a tile; one that is missing or has another length is noted and gives nothing."""
        data = self.read(tile)
        if data is None:
            self.note("tile-missing", tile.path)
            return None
        wanted = tile.width * HASH_SIZE
        if len(data) != wanted:
            self.note("tile-differs", tile.path, None, tuple(sorted((len(data), wanted))))  # type: ignore[arg-type]
            return None
        return hashes_of(data)

    def read(self, tile: Tile) -> bytes | None:
        """Read a tile's bytes; what the system refuses is noted."""
        try:
            return read_tile(self.folder, tile)
        except OSError:
            self.note("unreadable", tile.path)
            return None

    def check(self, tile: Tile, stored: Stored) -> list[bytes]:
        """Verify all below a tile; give its hashes, those of the records where it is not trusted."""
        found = self.below(tile, stored)
        if stored.trusted and stored.hashes is not None:
            return stored.hashes
        if stored.hashes is not None and stored.hashes != found:
            at = _first_difference(stored.hashes, found) * HASH_SIZE
            self.note("tile-differs", tile.path, None, (at, at + HASH_SIZE))
        return found

    def below(self, tile: Tile, stored: Stored) -> list[bytes]:
        """Verify the tiles whose roots a tile holds; give the roots they have."""
        roots = []
        for (child, lower), wanted in zip(
            self.children(tile, stored), _wanted(tile, stored), strict=True
        ):
            found = self.check(child, lower)
            if wanted is not None and not lower.trusted and lower.hashes == found:
                # The records agree with the tile, and both are not what was signed.
                self.note("tile-differs", child.path, None, (0, child.width * HASH_SIZE))
            roots.append(wanted if wanted is not None else root_of(found))
        return roots

    def children(self, tile: Tile, stored: Stored) -> Iterator[tuple[Tile, Stored]]:
        """Give the tiles below one of level 1 or higher, each as it is stored."""
        first = tile.number * WIDTH
        for place, wanted in enumerate(_wanted(tile, stored)):
            child = Tile(tile.level - 1, first + place)
            hashes = self.hashes(child)
            trusted = hashes is not None and wanted is not None and root_of(hashes) == wanted
            yield child, Stored(hashes, trusted)


class SpanWalk(Walk):
    """One pass over a span, down to its records."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.kinds: Counter[str] = Counter()
        self.marks: dict[int, bytes] = {}
        self._shapes = Shapes()

    def below(self, tile: Tile, stored: Stored) -> list[bytes]:
        """Verify what is below a tile: other tiles, or records."""
        if tile.level > 0:
            return super().below(tile, stored)
        bundle = Tile(ENTRIES, tile.number, tile.width)
        wanted = stored.hashes if stored.trusted else None
        lines = self._lines(bundle, wanted)
        for place, line in enumerate(lines):
            self._take(bundle, place, lines, line)
        found = leaf_hashes(lines)
        if len(found) < tile.width:
            return stored.hashes or [bytes(HASH_SIZE)] * tile.width
        if wanted is not None and found != wanted:
            self._note_entry("entry-differs", bundle, lines, _first_difference(wanted, found))
        return found

    def _lines(self, bundle: Tile, wanted: Sequence[bytes] | None) -> list[bytes]:
        """Read a bundle's lines; none where it is missing, cut off or too long."""
        data = self.read(bundle)
        if data is None:
            self.note("entries-missing", bundle.path)
            return []
        lines, end = whole_lines(data)
        if len(lines) == bundle.width and end == len(data):
            return lines
        first = bundle.number * WIDTH
        place = len(lines)
        if wanted is not None:
            place = _first_difference(wanted, leaf_hashes(lines[: bundle.width]))
        if place < len(lines):
            self._note_entry("entries-malformed", bundle, lines, place)
        else:
            self.note("entries-malformed", bundle.path, first + place, (end, len(data)))
        return []

    def _take(self, bundle: Tile, place: int, lines: list[bytes], line: bytes) -> None:
        """Take one leaf: the chain at index 0, a record anywhere else."""
        index = bundle.number * WIDTH + place
        if index == 0:
            self.marks[0] = line
            return
        try:
            kind = self._shapes.kind(line)
        except RecordError:
            self._note_entry("entry-malformed", bundle, lines, place)
            return
        self.kinds[kind] += 1
        if kind == Kind.DROP or names_key(line):
            self.marks[index] = line

    def _note_entry(self, code: str, bundle: Tile, lines: list[bytes], place: int) -> None:
        """Note a fault of one entry, with the bytes it takes in its bundle."""
        start = sum(map(len, lines[:place])) + place * PREFIX_SIZE
        end = start + PREFIX_SIZE + len(lines[place])
        self.note(code, bundle.path, bundle.number * WIDTH + place, (start, end))


def check_span(span: Span) -> Found:
    """Verify a span; runs in a process of its own where a ledger is large."""
    walk = SpanWalk(span.folder)
    hashes = walk.hashes(span.tile)
    trusted = span.trusted and hashes is not None
    found = walk.check(span.tile, Stored(hashes, trusted))
    return Found(found, walk.faults, walk.kinds, walk.marks)


def _wanted(tile: Tile, stored: Stored) -> list[bytes | None]:
    """Give the roots that the tiles below must have, or nothing where none is trusted."""
    if stored.trusted and stored.hashes is not None:
        return list(stored.hashes)
    return [None] * tile.width


def _first_difference(wanted: Sequence[bytes], found: Sequence[bytes]) -> int:
    """Give the first place where two rows differ, the shorter one's end included."""
    pairs = zip(wanted, found, strict=False)
    shorter = min(len(wanted), len(found))
    return next((place for place, (one, other) in enumerate(pairs) if one != other), shorter)
