"""The comparison at the end of a scenario sees what it is there to see."""

from __future__ import annotations

import json
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import pytest

from connectors.simulators import Manners, Server, Town
from connectors.simulators.verdict import Verdict, judge
from connectors.simulators.ways import Answer, Handed, Shipment
from connectors.synthetic import Population
from tests.support.notices import PREFECTURE, TOWN, line_of, notice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

Records = list[dict[str, Any]]


class _Wire:
    """A way without a hub: what one side sends, changed on the way, is what the other fetches."""

    def __init__(self, change: Callable[[Records], Records]) -> None:
        self._change = change
        self._sent: list[Shipment] = []

    def send(self, shipment: Shipment) -> None:
        """Keep what was sent."""
        self._sent.append(shipment)

    def answers(self) -> Iterator[Answer]:
        """Answer every line, the n-th under the id n."""
        for shipment in self._sent:
            count = len(shipment.content.splitlines())
            yield Answer(shipment.slip, [_receipt(line) for line in range(1, count + 1)])

    def legs(self) -> Iterator[Sequence[dict[str, Any]]]:
        """Say of every line that it was released."""
        for answer in self.answers():
            for receipt in answer.receipts or ():
                yield [{"id": receipt["id"], "code": "released", "reason": None}]

    def fetch(self, feed: str) -> Iterator[Handed]:
        """Hand over what came of the lines."""
        del feed
        lines = b"".join(shipment.content for shipment in self._sent).splitlines()
        records = [_record(place, line) for place, line in enumerate(lines, start=1)]
        for record in self._change(records):
            yield Handed([record], list)


def _receipt(line: int) -> dict[str, Any]:
    return {"id": str(line), "line": line, "outcome": "accepted", "reason": None}


def _record(place: int, line: bytes) -> dict[str, Any]:
    items = json.loads(line)
    del items["市町村コード"], items["更新順番号"]
    return {"id": str(place), "from": TOWN, "items": items}


def _without_name(records: Records) -> Records:
    del records[-1]["items"]["氏名"]
    return records


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (list, Verdict(2, 0, 0, 0, 0)),
        (lambda records: records[:-1], Verdict(1, 1, 1, 0, 0)),
        (lambda records: [*records, records[0]], Verdict(2, 0, 0, 1, 0)),
        (lambda records: [records[1], records[0], records[2]], Verdict(1, 1, 0, 0, 1)),
        (_without_name, Verdict(1, 1, 0, 0, 0)),
    ],
    ids=["whole", "lost", "again after its acknowledgement", "out of order", "an item less"],
)
def test_every_way_to_go_wrong_is_seen(
    tmp_path: Path, change: Callable[[Records], Records], found: Verdict
) -> None:
    """A message lost, doubled, out of order, or with an item less; and nothing where all is well."""
    people = Population(
        seed=1,
        town=TOWN,
        areas=[TOWN],
        prefecture_name="福島県",
        area_names=["福島市"],
        size=1,
        slot=0,
    )
    manners = Manners([], 1, TOWN)
    with ExitStack() as stack:
        town = stack.enter_context(closing(Town(tmp_path / "town", people, manners, 1.0)))
        server = stack.enter_context(closing(Server(tmp_path / "server", PREFECTURE, manners)))
        moved = notice(1, 更新順番号=2, 異動事由="転居", 住所="福島県福島市架空町２番地")
        with town.register.memory.act():
            for items in (notice(1), moved, notice(2)):
                town.register.add(items, line_of(items), 0)
        wire = _Wire(change)
        town.send(wire)
        town.listen(wire)
        server.fetch(wire, day=0)
        assert judge(server, [town]) == found
        assert found.holds == (found == Verdict(2, 0, 0, 0, 0))
