"""People who move from one town to another, as both towns see it (docs/reference/transfers.md).

The old town sends a certificate (転出証明書情報) for each; the new one keeps what comes, and reports
(転入通知) those who have moved in, which claims their certificates. The old town's prefecture is told
by the hub (施行令13③).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from connectors.simulators.letters import LetterBook, Taken

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from connectors.simulators.manners import Manners
    from connectors.simulators.ways import Way
    from connectors.synthetic import Items

CERTIFICATE, MOVE_IN, REPORT = "transfer-out-certificate", "move-in", "move-in-report"
_CODE, _PEOPLE = "住民票コード", "世帯員"
_PERSONAL = (_CODE, "氏名", "氏名の振り仮名", "生年月日", "性別", "個人番号", "通称")


class Move(NamedTuple):
    """So many people who leave one town for another, and how many of them move in there."""

    old: str
    new: str
    people: int
    claimed: int


class Movers:
    """One town's side of moves; ``folder`` is where its book lies."""

    def __init__(self, folder: Path, manners: Manners) -> None:
        self._book = LetterBook(folder / "moves.sqlite")
        self._manners = manners

    def leave(self, residents: Iterable[Items], new: str, planned: date) -> None:
        """Note the certificates of residents who leave for another town, each once."""
        for each in residents:
            sheet = {
                "転出前の住所": each["住所"],
                "転出先": new,
                "転出の予定年月日": planned.isoformat(),
            }
            person = {name: each[name] for name in _PERSONAL if each.get(name)}
            self._book.plan(CERTIFICATE, str(each[_CODE]), _line(sheet | person))

    def arrive(self, most: int, day: date) -> None:
        """Note the reports of the first people whose certificates have come, up to so many."""
        for taken in sorted(self._book.taken(CERTIFICATE))[:most]:
            items = json.loads(taken.content)
            sheet = {"住民票の記載をした旨": "該当", "転入をした年月日": day.isoformat()}
            person = {name: items[name] for name in (_CODE, "氏名")}
            self._book.plan(MOVE_IN, taken.about, _line(sheet | person))

    def send(self, way: Way) -> int:
        """Send what was noted; gives how many messages."""
        return self._book.send(way, self._manners)

    def fetch(self, way: Way, *feeds: str) -> int:
        """Keep and acknowledge what waits of some feeds; gives how many messages were new."""
        new = 0
        for feed in feeds:
            for handed in way.fetch(feed):
                for record in handed.records:
                    items = _of_one(record["items"])
                    taken = Taken(str(items[_CODE]), json.dumps(items, sort_keys=True))
                    new += self._book.take(feed, record["id"], taken)
                handed.acknowledge()
        return new

    def sent(self, feed: str) -> dict[str, dict[str, Any]]:
        """Give what it sent of a feed, by 住民票コード."""
        return {code: json.loads(content) for code, content in self._book.sent(feed).items()}

    def taken(self, feed: str) -> dict[str, dict[str, Any]]:
        """Give what it was told of a feed, by 住民票コード."""
        return {each.about: json.loads(each.content) for each in self._book.taken(feed)}

    def count(self, feed: str) -> int:
        """Give how many messages of a feed it was given."""
        return len(self._book.taken(feed))

    def close(self) -> None:
        """Let go of the book."""
        self._book.close()


def _of_one(items: Mapping[str, Any]) -> dict[str, Any]:
    """Give the items of a letter about one person, who stands on the sheet or in the list."""
    sheet = {name: value for name, value in items.items() if name != _PEOPLE}
    for person in items.get(_PEOPLE, ()):
        sheet |= person
    return sheet


def _line(letter: Mapping[str, Any]) -> bytes:
    return json.dumps(letter, ensure_ascii=False).encode() + b"\n"
