"""Reads rule files into raw rows, each with its file and line. This room's only reading of files.

A TOML file holds ``[[rule]]`` (a row) and ``[[table]]`` (what holds for every row of the TSV file
beside it). What the words mean is for ``hub.rules.rows``.
"""

from __future__ import annotations

import hashlib
import tomllib
from typing import TYPE_CHECKING, Any, NamedTuple

from hub.errors import HubError
from hub.vocabulary.clock import parse_day

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

NOT_RULES = frozenset({"sandbox.toml"})
_LISTS = frozenset(
    {"recipient", "items", "items_if_present", "withhold", "subjects", "obligations", "conditions"}
) | {"inquirer"}
_DAYS = frozenset({"from", "to"})
_WORDS = frozenset(
    {
        "id",
        "row",
        "task",
        "ordinance",
        "status",
        "source",
        "heading",
        "under",
        "confirms",
        "purpose",
    }
)
COLUMNS = _LISTS | _DAYS | _WORDS


class CatalogueError(HubError):
    """A rule file cannot be used; the words name the file, the row and what is wrong."""

    def __init__(self, place: str, wrong: str) -> None:
        super().__init__(
            f"規則ファイル {place} を直してください: {wrong}"
            f" / rule file {place} cannot be used: {wrong}"
        )
        self.place = place
        self.wrong = wrong


class RawRow(NamedTuple):
    """A row as its file states it; ``place`` is ``<file>:<line>`` under the rules folder."""

    place: str
    values: Mapping[str, Any]


def read_toml(path: Path, folder: Path) -> dict[str, Any]:
    """Read a TOML file; raises ``CatalogueError`` where it is none."""
    return parse_toml(read_utf8(path, folder), path.relative_to(folder).as_posix())


def read_utf8(path: Path, folder: Path) -> str:
    """Read a text file; raises ``CatalogueError`` where it is missing or not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(path.relative_to(folder).as_posix(), type(error).__name__) from None


def parse_toml(text: str, place: str) -> dict[str, Any]:
    """Read TOML; raises ``CatalogueError`` where it is none."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(place, str(error)) from None


def organisation_files(folder: Path) -> list[Path]:
    """Give the files that may declare bodies, kinds and units, and hold rows of their own."""
    found = sorted(folder.joinpath("organisations").glob("*.toml"))
    return [path for path in found if path.name not in NOT_RULES]


def rule_files(folder: Path) -> list[Path]:
    """Give the files that may hold rows: one a statute's article or table, one an organisation."""
    return [*sorted(folder.joinpath("statutes").glob("*.toml")), *organisation_files(folder)]


def rows_of(
    path: Path, folder: Path, feeds: Collection[str], others: Collection[str]
) -> Iterator[RawRow]:
    """Yield the rows of a file but those of other feeds.

    A file that names none of the feeds is not even parsed: a command that carries one feed does
    not wait for the tables of the others. So a feed's id must be written plainly (no escapes).
    """
    text = read_utf8(path, folder)
    if others and not any(feed in text for feed in feeds):
        return
    name = path.relative_to(folder).as_posix()
    parsed = parse_toml(text, name)
    for kind, reader in (("rule", _single), ("table", _rows_of_table)):
        for line, stated in _stated(parsed, kind, text, name):
            feed = stated.get("feed")
            if isinstance(feed, str) and feed not in text:
                raise CatalogueError(f"{name}:{line}", "feed: write it without escapes")
            if feed not in others:
                yield from reader(path, folder, f"{name}:{line}", stated)


def _stated(
    parsed: Mapping[str, Any], kind: str, text: str, name: str
) -> list[tuple[int, Mapping[str, Any]]]:
    """Give the tables of one kind, each with the line of its header."""
    tables = parsed.get(kind, [])
    lines = [n for n, line in enumerate(text.split("\n"), 1) if line.strip() == f"[[{kind}]]"]
    if not isinstance(tables, list) or len(lines) != len(tables):
        raise CatalogueError(name, f"write each {kind} under a line [[{kind}]]")
    return list(zip(lines, tables, strict=True))


def _single(path: Path, folder: Path, place: str, stated: Mapping[str, Any]) -> Iterator[RawRow]:
    del path, folder
    yield RawRow(place, stated)


def _rows_of_table(
    path: Path, folder: Path, place: str, stated: Mapping[str, Any]
) -> Iterator[RawRow]:
    rows, prefix = stated.get("rows"), stated.get("prefix", "")
    if not isinstance(rows, str) or "/" in rows or not rows.endswith(".tsv"):
        raise CatalogueError(place, "rows: name a .tsv file of the same folder")
    common = {key: value for key, value in stated.items() if key not in {"rows", "prefix"}}
    beside = path.with_name(rows)
    name = beside.relative_to(folder).as_posix()
    lines = read_utf8(beside, folder).split("\n")
    header = lines[0].split("\t")
    if not COLUMNS.issuperset(header) or len(set(header)) != len(header) or "id" not in header:
        raise CatalogueError(f"{name}:1", "unknown, doubled or missing column")
    for number, line in enumerate(lines[1:], start=2):
        if line:
            cells = _cells(header, line, f"{name}:{number}")
            cells["id"] = prefix + cells.get("id", "")
            yield RawRow(f"{name}:{number}", common | cells)


def _cells(header: list[str], line: str, place: str) -> dict[str, Any]:
    """Give the cells that are filled in, lists as lists and days as days."""
    cells = line.split("\t")
    if len(cells) != len(header):
        raise CatalogueError(place, f"{len(cells)} cells under {len(header)} columns")
    return {key: _read(key, cell, place) for key, cell in zip(header, cells, strict=True) if cell}


def _read(key: str, cell: str, place: str) -> object:
    if key in _LISTS:
        return cell.split("|")
    if key not in _DAYS:
        return cell
    day = parse_day(cell)
    if day is None:
        raise CatalogueError(place, f"{key}: not a date YYYY-MM-DD")
    return day


def digest_of(folder: Path) -> str:
    """Name the catalogue by what it decides from: every file under ``rules`` that holds data.

    SHA-256 in hex over the list of files with their own SHA-256, as ``sha256sum`` writes it.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".toml", ".tsv"}:
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{content}  {path.relative_to(folder).as_posix()}\n".encode())
    return digest.hexdigest()
