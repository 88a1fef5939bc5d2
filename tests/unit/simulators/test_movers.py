"""Both sides of a move keep what they sent and what came, message by message."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Any

from connectors.simulators.manners import Manners
from connectors.simulators.movers import CERTIFICATE, MOVE_IN, Movers
from connectors.simulators.ways import Answer, Handed, Shipment
from tests.support.notices import TOWN, notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

NEIGHBOUR = "112291"
_DAY = date(2026, 4, 1)


class _Post:
    """A way that keeps what is sent, and hands it over under the ids it is told."""

    def __init__(self) -> None:
        self.sent: list[Shipment] = []
        self.ids: list[str] = []

    def send(self, shipment: Shipment) -> None:
        """Keep a letter."""
        self.sent.append(shipment)

    def answers(self) -> Iterator[Answer]:
        """Answer nothing."""
        return iter(())

    def legs(self) -> Iterator[Sequence[dict[str, Any]]]:
        """Tell nothing."""
        return iter(())

    def fetch(self, feed: str) -> Iterator[Handed]:
        """Hand letters over as the hub does: about people in a list."""
        letters = [json.loads(each.content) for each in self.sent if each.feed == feed]
        for message_id, letter in zip(self.ids, letters, strict=True):
            person = {name: letter.pop(name) for name in ("住民票コード", "氏名")}
            items = letter | {"世帯員": [person]}
            yield Handed([{"id": message_id, "items": items}], list)


def _movers(folder: Path, town: str, *manners: str) -> closing[Movers]:
    return closing(Movers(folder / town, Manners(manners, 1, town)))


def test_a_letter_goes_once_however_often_it_is_planned_and_the_town_opened(tmp_path: Path) -> None:
    """What is noted as sent does not go again."""
    post = _Post()
    for _ in range(2):
        with _movers(tmp_path, TOWN) as old:
            old.leave([notice(1), notice(2)], NEIGHBOUR, _DAY)
            old.send(post)
    assert len(post.sent) == len({each.slip for each in post.sent}) == 2


def test_a_letter_that_comes_again_is_kept_once_and_under_two_ids_twice(tmp_path: Path) -> None:
    """So a doubled letter is seen, and one that merely was not acknowledged is not taken for it."""
    post = _Post()
    with _movers(tmp_path, TOWN) as old, _movers(tmp_path, NEIGHBOUR) as new:
        old.leave([notice(1)], NEIGHBOUR, _DAY)
        old.send(post)
        for ids, count in ((["a"], 1), (["a"], 1), (["b"], 2)):
            post.ids = ids
            new.fetch(post, CERTIFICATE)
            assert new.count(CERTIFICATE) == count
        assert new.taken(CERTIFICATE) == old.sent(CERTIFICATE)


def test_only_so_many_of_those_who_came_are_reported(tmp_path: Path) -> None:
    """The same ones when it is planned again."""
    post = _Post()
    with _movers(tmp_path, TOWN) as old, _movers(tmp_path, NEIGHBOUR) as new:
        old.leave(map(notice, range(1, 5)), NEIGHBOUR, _DAY)
        old.send(post)
        post.ids = list("abcd")
        new.fetch(post, CERTIFICATE)
        for _ in range(2):
            new.arrive(3, _DAY)
        assert len(new.sent(MOVE_IN)) == 3
        assert set(new.sent(MOVE_IN)) < set(old.sent(CERTIFICATE))
