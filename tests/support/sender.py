"""A town's registry system as it stands outside the hub: what it sends, and its own list of that.

The list is what a history is compared with, since 更新順番号 does not leave: per resident, the notices
in the order in which the town told them.
"""

from __future__ import annotations

import copy
import io
import itertools
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from connectors.synthetic import Population, json_line
from hub.runtime.hub import Hub
from hub.runtime.settings import Settings
from hub.runtime.submission import Submission
from hub.vocabulary.requests import Request
from tests.support.hub_command import FEED
from tests.support.invented import leaving

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from connectors.synthetic import Items

Content = tuple[tuple[str, object], ...]

_START = date(2025, 4, 1)
_DAYS = 200
_YEARLY_RATE = 12.0


class Town(NamedTuple):
    """A municipality of every sandbox, its prefecture, and their names."""

    code: str
    prefecture: str
    name: str
    prefecture_name: str


TOWNS = (
    Town("072010", "070009", "福島市", "福島県"),
    Town("112291", "110001", "和光市", "埼玉県"),
)


class Sender:
    """One town's system. ``sent`` holds every notice it wants released, in order, once."""

    def __init__(self, town: Town, slot: int, size: int, seed: int) -> None:
        self.town = town
        self.residents = size
        self.sent: list[Items] = []
        self.answers: list[dict[str, Any]] = []
        self._population = Population(
            seed=seed,
            town=town.code,
            areas=[town.code],
            prefecture_name=town.prefecture_name,
            area_names=[town.name],
            size=size,
            slot=slot,
        )
        self._life = (each for _, each in self._population.notices(_START, _DAYS, _YEARLY_RATE))

    def load(self, home: Path) -> None:
        """Send the initial load of all residents."""
        lines = list(map(json_line, self._population.residents()))
        self._submit(home, lines, Request(baseline=True))

    def next_lines(self, count: int) -> list[bytes]:
        """Give the next notices as lines, noted in the list: they are about to be sent."""
        notices = list(itertools.islice(self._life, count))
        assert len(notices) == count, "the town's life is too short for this test"
        self.sent += notices
        return list(map(json_line, notices))

    def send(self, home: Path, count: int) -> None:
        """Send the next notices in one file."""
        self._submit(home, self.next_lines(count), Request())

    def note(self, answers: Iterable[dict[str, Any]]) -> None:
        """Keep what the hub answered to lines; it must stand by it."""
        self.answers += answers

    def as_of_now(self) -> Sender:
        """Give a sender that keeps the lists of this moment, whatever is sent later."""
        then = copy.copy(self)
        then.sent, then.answers = [*self.sent], [*self.answers]
        return then

    def told(self) -> tuple[dict[str, list[Content]], dict[str, str]]:
        """Give what must arrive, per resident in order; and whose code each 住民票コード is.

        A resident goes by the first code that the list has; a changed code leads back to it.
        """
        by_resident: dict[str, list[Content]] = defaultdict(list)
        owners: dict[str, str] = {}
        for items in self.sent:
            code, old = str(items["住民票コード"]), items.get("旧住民票コード")
            if old:
                owners[code] = owners.setdefault(str(old), str(old))
            by_resident[owners.setdefault(code, code)].append(content_of(items))
        return by_resident, owners

    def _submit(self, home: Path, lines: list[bytes], request: Request) -> None:
        """Do as ``hub submit`` does, without the cost of a process; every line must be taken."""
        with Hub.open(Settings(home=home)) as hub:
            submission = Submission(hub, FEED, hub.party(self.town.code), request, "utf-8")
            answers = [each.to_dict() for each in submission.take(io.BytesIO(b"\n".join(lines)))]
            hub.act()
        assert [each["outcome"] for each in answers] == ["accepted"] * len(lines)
        self.note(answers)


def submit_words(home: Path, town: str) -> list[str]:
    """Give the words after ``hub submit`` for a town's file."""
    return ["--home", str(home), "--format", "json", "--feed", FEED, "--from", town]


def content_of(items: Items) -> Content:
    """Give what leaves of a notice, in a form that can be compared and counted."""
    return tuple(sorted(leaving(dict(items)).items()))
