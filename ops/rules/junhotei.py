"""準法定事務 (令和6年総務省令第49号, 住民基本台帳法30条の15の2) → rules/statutes/juki-junhotei-*.tsv.

    python -m ops.rules.junhotei --law DIR [--rules rules]

DIR holds ``juki-junhotei.md``, the text of the ordinance: 第一条 and 第三条 as tables (who | task),
第二条 as a list (tasks of the governor). One rule row per task; where an entry only introduces
numbered tasks (「次に掲げるもの」), one row for each of those under its heading. What 第一条 gives to
prefectures goes to a table of its own: the law gives it only to other ones than that which notified.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ops.rules.numerals import plain
from ops.rules.recipients import Recipients, declared
from ops.rules.tables import LawTableError, RuleRow, check_ids, write_rows
from ops.rules.words import OF_QUASI

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ARTICLES = "123"
_KANJI = "一二三四五六七八九十"
_IROHA = "イロハニホヘトチリヌ"
_ARTICLE = re.compile(r"^\*\*第([一二三])条\*\*", re.MULTILINE)
_ENTRY = re.compile(
    r"^\| ([一二三四五六七八九十の]+)　(.+?) \| (.+?) \|$|^- ([一二三四五六七八九十の]+)　(.+)$"
)
_BELOW = re.compile(rf"^  - ([{_IROHA}])　(.+)$")
_GOVERNOR = "都道府県知事"
_PREFECTURAL = frozenset({"prefecture", "prefectural-education-board", "minamata-prefecture"})


class Entry(NamedTuple):
    """One entry of an article: its number, who handles the task, its words, the tasks below it."""

    number: str
    who: str
    words: str
    below: tuple[str, ...]


def entries(text: str) -> dict[str, list[Entry]]:
    """Read the ordinance: article (``1``-``3``) → its entries, in order."""
    found: dict[str, list[Entry]] = {}
    parts = _ARTICLE.split(text)[1:]
    for kanji, body in zip(parts[::2], parts[1::2], strict=True):
        found[plain(kanji)] = list(_entries(body))
    if sorted(found) != list(ARTICLES) or not all(found.values()):
        raise LawTableError(
            "juki-junhotei.md に第一条から第三条までがありません。取り直してください"
            " / juki-junhotei.md lacks articles 1 to 3; fetch it again"
        )
    return found


def _entries(body: str) -> Iterator[Entry]:
    below: list[str] = []
    entry: Entry | None = None
    for line in body.splitlines():
        lower, match = _BELOW.match(line), _ENTRY.match(line)
        if lower:
            below.append(lower.group(2))
        elif match:
            if entry:
                yield entry._replace(below=tuple(below) or entry.below)
            below, entry = [], _entry(match)
    if entry:
        yield entry._replace(below=tuple(below) or entry.below)


def _entry(match: re.Match[str]) -> Entry:
    if match.group(4):
        return Entry(match.group(4), _GOVERNOR, match.group(5), ())
    heading, *below = numbered(match.group(3))
    return Entry(match.group(1), match.group(2), heading, tuple(below))


def numbered(words: str) -> list[str]:
    """Split words that run 「…一　…二　…」 at their numbers, which must come in order."""
    parts, rest = [], words
    for kanji in _KANJI:
        head, mark, tail = rest.partition(f"{kanji}　")
        if not mark:
            break
        parts.append(head)
        rest = tail
    return [*parts, rest]


def rule_rows(article: str, found: Sequence[Entry], recipients: Recipients) -> list[RuleRow]:
    """Give the rule rows of one article of the ordinance."""
    rows = [row for entry in found for row in _rows(article, entry, recipients.of(entry.who))]
    check_ids(rows)
    return rows


def _rows(article: str, entry: Entry, recipient: str) -> Iterator[RuleRow]:
    number = plain(entry.number)
    place = f"令和6年総務省令第49号第{_KANJI[int(article) - 1]}条{entry.number}"
    for index, task in enumerate(entry.below or (entry.words,), start=1):
        below = f"-g{index}" if entry.below else ""
        yield RuleRow(
            id=f"junhotei-{article}-{number}{below}",
            row=number,
            recipient=recipient,
            task=task,
            ordinance="",
            status="",
            source=place + (f" ({index})" if entry.below else ""),
            heading=entry.words if entry.below else "",
        )


def prefectures_apart(rows: Sequence[RuleRow]) -> tuple[list[RuleRow], list[RuleRow]]:
    """Split each row into what it gives to others and to prefectures (``…-prefecture``)."""
    others: list[RuleRow] = []
    prefectures: list[RuleRow] = []
    for row in rows:
        names = row.recipient.split("|")
        rest = "|".join(name for name in names if name not in _PREFECTURAL)
        own = "|".join(name for name in names if name in _PREFECTURAL)
        if rest:
            others.append(replace(row, recipient=rest))
        if own:
            prefectures.append(replace(row, id=f"{row.id}-prefecture", recipient=own))
    return others, prefectures


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the three rule tables and say how many rows each has."""
    parser = argparse.ArgumentParser(prog="python -m ops.rules.junhotei")
    parser.add_argument("--law", type=Path, required=True, help="folder of the law's tables")
    parser.add_argument("--rules", type=Path, default=Path("rules"), help="the rules folder")
    options = parser.parse_args(arguments)
    found = entries((options.law / "juki-junhotei.md").read_text(encoding="utf-8"))
    tables: dict[str, list[RuleRow]] = {}
    for article in ARTICLES:
        recipients = declared(options.rules / "organisations", OF_QUASI[article])
        tables[article] = rule_rows(article, found[article], recipients)
    tables["1"], tables["1-prefecture"] = prefectures_apart(tables["1"])
    for name, rows in tables.items():
        path = options.rules / "statutes" / f"juki-junhotei-{name}.tsv"
        print(f"{path.name}: {write_rows(path, rows)}")  # noqa: T201


if __name__ == "__main__":
    main()
