"""A municipality's existing registry system: loads its residents, then sends what changes.

It can be told to misbehave: to send everything twice (``repeat``), and to slip faulty lines in
(``careless``), as systems do after a crash or a bad update.
"""

from __future__ import annotations

import io
import itertools
from typing import TYPE_CHECKING, NamedTuple

from connectors.simulators.stream import line_stream
from connectors.synthetic import Population, bad_lines, json_line
from hub.runtime.custody.submission import FileSubmission
from hub.runtime.submission import Submission
from hub.vocabulary.requests import Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from hub.runtime.hub import Hub
    from hub.vocabulary.organisations import Organisation

FEED = "change-notice"
FILES = "delivery-address"


class Sent(NamedTuple):
    """How many lines of a file were accepted, quarantined, and refused by rule, at submission."""

    accepted: int = 0
    quarantined: int = 0
    refused: int = 0


class Municipality:
    """One municipality, sending for itself or for the wards it has."""

    def __init__(
        self,
        hub: Hub,
        body: Organisation,
        size: int,
        seed: int,
        slot: int,
        *,
        repeat: bool = False,
        careless: bool = False,
    ) -> None:
        self._hub = hub
        self.body = body
        self._seed = seed
        self._repeat = repeat
        self._careless = careless
        self.population = population_of(hub, body, size, seed, slot)

    def load(self) -> Sent:
        """Send the initial load of existing residents."""
        lines = map(json_line, self.population.residents())
        return self._send(lines, Request(baseline=True))

    def live(self, start: date, days: int, yearly_rate: float) -> Sent:
        """Send the change notices of so many days from ``start``."""
        lines = self._notices(start, days, yearly_rate)
        sent = self._send(lines, Request())
        if self._repeat:
            self._send(self._notices(start, days, yearly_rate), Request())
        return sent

    def ask(self, recipient: Organisation, start: date) -> Sent:
        """Send one notice for one recipient alone."""
        lines = itertools.islice(self._notices(start, 365, 6.0), 1)
        return self._send(lines, Request(to=recipient.id))

    def send_addresses(self, most: int) -> bool:
        """Send one delivery-address file of so many residents; says whether it was taken.

        Its layout is made up: the hub does not read it.
        """
        residents = itertools.islice(self.population.residents(), most)
        lines = (
            f"{each['住所']}\t{each['氏名']}\t{each['住民票コード']}\r\n" for each in residents
        )
        content = io.BytesIO("".join(lines).encode())
        return FileSubmission(self._hub, FILES, self.body, None).take(content).reason is None

    def _notices(self, start: date, days: int, yearly_rate: float) -> Iterator[bytes]:
        stream = self.population.notices(start, days, yearly_rate)
        good = (json_line(items) for _, items in stream)
        if not self._careless:
            return good
        place = self.population.prefecture_name + self.population.area_names[0]
        faulty = (line for _, line in bad_lines(self._seed, self.population.areas[0], place))
        return itertools.chain(good, faulty)

    def _send(self, lines: Iterable[bytes], request: Request) -> Sent:
        submission = Submission(self._hub, FEED, self.body, request, "utf-8")
        accepted = quarantined = refused = 0
        for receipt in submission.take(line_stream(lines)):
            accepted += receipt.outcome == "accepted" and receipt.reason is None
            quarantined += receipt.outcome == "quarantined"
            refused += receipt.outcome == "accepted" and receipt.reason is not None
        return Sent(accepted, quarantined, refused)


def population_of(hub: Hub, body: Organisation, size: int, seed: int, slot: int) -> Population:
    """Give the synthetic residents of a municipality; a designated city's live in its wards."""
    directory = hub.books.directory
    areas = sorted(directory.wards_of(body.id)) or [body.id]
    prefecture = directory.prefecture_of(body)
    names = [area.name for code in areas if (area := directory.get(code))]
    return Population(
        seed=seed,
        town=body.id,
        areas=areas,
        prefecture_name=prefecture.name if prefecture else "",
        area_names=names,
        size=size,
        slot=slot,
    )
