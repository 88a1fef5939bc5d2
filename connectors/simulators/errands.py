"""What neighbours do besides change notices: people move between towns, and files of addresses go."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from connectors.simulators.card_centre import FEED as FILES
from connectors.simulators.card_centre import CardCentre
from connectors.simulators.letters import LetterBook, digest
from connectors.simulators.manners import Manners
from connectors.simulators.movers import CERTIFICATE, MOVE_IN, REPORT, Movers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from connectors.simulators.scenario import MovePart, Scenario
    from connectors.simulators.ways import Way
    from connectors.synthetic import Population

NATIONAL = "jlis"


class Errands:
    """The moves and files of a scenario.

    ``towns`` has the residents of every municipality, ``prefectures`` the prefecture of each.
    """

    def __init__(
        self,
        scenario: Scenario,
        folder: Path,
        towns: Mapping[str, Population],
        prefectures: Mapping[str, str],
    ) -> None:
        self._moves = scenario.moves
        self._files = {part.body: part.addresses for part in scenario.municipalities}
        self._towns = towns
        self._prefectures = prefectures
        self._manners = {
            part.body: Manners(part.manners, scenario.seed, part.body)
            for part in scenario.municipalities
        }
        good = Manners([], scenario.seed, NATIONAL)
        bodies = [*towns, *prefectures.values()]
        self._movers = {
            body: Movers(folder / body, self._manners.get(body, good)) for body in bodies
        }
        self._books = {body: LetterBook(folder / body / "addresses.sqlite") for body in towns}
        self._centre = CardCentre(folder / NATIONAL)

    def plan(self, today: date, day: int) -> None:
        """Note what is to be sent: on day 0 certificates and files, from the next on the reports."""
        for move in self._moves:
            if day == 0:
                residents = itertools.islice(self._with_number(move), move.people)
                self._movers[move.old].leave(residents, move.new, today)
            else:
                self._movers[move.new].arrive(move.claimed, today - timedelta(days=1))
        for body, most in self._files.items():
            if day == 0 and most:
                residents = itertools.islice(self._towns[body].residents(), most)
                lines = (f"{each['住所']}\t{each['氏名']}\r\n" for each in residents)
                self._books[body].plan(FILES, body, "".join(lines).encode())

    def send(self, ways: Mapping[str, Way]) -> int:
        """Let every town send what it noted; gives how many messages."""
        good = Manners([], 0, NATIONAL)
        done = sum(self._movers[town].send(ways[town]) for town in self._towns)
        return done + sum(self._books[town].send(ways[town], good) for town in self._towns)

    def fetch(self, ways: Mapping[str, Way]) -> int:
        """Let everybody take what waits; gives how many messages were new."""
        done = 0
        for body in {body for move in self._moves for body in (move.old, move.new)}:
            done += self._movers[body].fetch(ways[body], CERTIFICATE, MOVE_IN)
        for move in self._moves:
            prefecture = self._prefectures[move.old]
            done += self._movers[prefecture].fetch(ways[prefecture], REPORT)
        if any(self._files.values()):
            done += self._centre.fetch(ways[NATIONAL])
        return done

    def outcome(self) -> dict[str, Any]:
        """Give what came of moves and files, as ``hub simulate`` prints it."""
        sent = [
            digest(content)
            for book in self._books.values()
            for content in book.sent(FILES).values()
        ]
        received = self._centre.hashes()
        return {
            "moves": [self._of_move(move) for move in self._moves],
            "files": {"sent": len(sent), "differing": len(set(sent) ^ set(received))},
        }

    def close(self) -> None:
        """Let go of all books."""
        for movers in self._movers.values():
            movers.close()
        for book in self._books.values():
            book.close()
        self._centre.close()

    def _with_number(self, move: MovePart) -> Iterator[dict[str, str | int]]:
        """Yield residents with a 個人番号, which a certificate needs."""
        return (each for each in self._towns[move.old].residents() if each.get("個人番号"))

    def _of_move(self, move: MovePart) -> dict[str, Any]:
        """Compare what the one town sent and the other has, both ways, and what the prefecture heard."""
        old, new = self._movers[move.old], self._movers[move.new]
        certificates, notices = old.sent(CERTIFICATE), new.sent(MOVE_IN)
        given, heard = new.taken(CERTIFICATE), old.taken(MOVE_IN)
        # A prefecture hears of others' residents too.
        reported = set(certificates) & set(self._movers[self._prefectures[move.old]].taken(REPORT))
        return {
            "from": move.old,
            "to": move.new,
            "certificates": len(certificates),
            "move_ins": len(notices),
            "differing": _differing(certificates, given) + _differing(notices, heard),
            "doubled": new.count(CERTIFICATE) - len(given) + old.count(MOVE_IN) - len(heard),
            "unreported": len(set(notices) ^ reported),
        }


def _differing(sent: Mapping[str, Any], taken: Mapping[str, Any]) -> int:
    """Count the people of whom both sides do not have the same."""
    return sum(sent.get(code) != taken.get(code) for code in {*sent, *taken})
