"""Every answer that differs between two catalogues, or two days, and only those. Pure.

The bodies that neither catalogue tells apart form one class, so walking over all cells of both
compares every question there is: feed, task, provider, recipient, subject. Answers differ where
one permits and the other does not, or by another row, other items, obligations or conditions.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from hub.rules.compiled import Compiled, compile_rules
from hub.rules.places import selectors_of
from hub.rules.selectors import Relation, relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from hub.rules.catalogue import Catalogue
    from hub.rules.compiled import Entry
    from hub.rules.places import Spot
    from hub.rules.selectors import Standing

Pair = tuple[str, str]


class Side(NamedTuple):
    """One of the two that are compared: a catalogue on a day."""

    catalogue: Catalogue
    day: date


class Answer(NamedTuple):
    """What is compared of an answer; all empty where it denies.

    ``items`` are those given where no facts are known, ``at_most`` those where all conditions hold.
    """

    rule: str | None = None
    items: tuple[str, ...] = ()
    at_most: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Give the answer as ``hub rules diff`` shows it."""
        return {"decision": "permit" if self.rule else "deny", **self._asdict()}


class Change(NamedTuple):
    """Answers that change alike: for these subjects, and between bodies like these pairs."""

    feed: str
    task: str
    subjects: tuple[str, ...]
    before: Answer
    after: Answer
    pairs: tuple[Pair, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the change as ``hub rules diff`` shows it."""
        return {
            "feed": self.feed,
            "task": self.task,
            "subjects": list(self.subjects),
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "pairs": [{"from": giver, "to": taker} for giver, taker in self.pairs],
        }


def differences(before: Side, after: Side) -> list[Change]:
    """Give every change, by feed and task; each pair of bodies stands for all that are alike."""
    sides = before, after
    selectors = {
        each
        for side in sides
        for each in selectors_of(side.catalogue.rules, side.catalogue.terms.edges)
    }
    compiled = [_compiled(side.catalogue, selectors) for side in sides]
    found: dict[tuple[str, str, Answer, Answer, Pair], list[str]] = defaultdict(list)
    bodies = _Classes(*compiled)
    for feed, task in sorted({key[:2] for each in compiled for key in each.cells if key[1]}):
        for pair, spots in bodies.pairs(feed, str(task)):
            for subject in _subjects(sides, feed):
                answers = [
                    _answer(each.cells.get((feed, task, spot), ()), side.day, subject)
                    for each, side, spot in zip(compiled, sides, spots, strict=True)
                ]
                if answers[0] != answers[1]:
                    found[feed, str(task), answers[0], answers[1], pair].append(subject)
    return _grouped(found)


def _compiled(catalogue: Catalogue, selectors: Iterable[str]) -> Compiled:
    return compile_rules(
        catalogue.rules,
        catalogue.directory,
        catalogue.kinds,
        catalogue.terms,
        catalogue.digest,
        selectors,
    )


def _subjects(sides: Iterable[Side], feed: str) -> list[str]:
    known = [side.catalogue.terms.feeds.get(feed) for side in sides]
    return sorted({subject for terms in known if terms for subject in terms.subjects})


def _answer(entries: Iterable[Entry], day: date, subject: str) -> Answer:
    for entry in entries:
        if entry.permits and entry.first <= day <= entry.last and subject in entry.subjects:
            rule, decision = entry.rule, entry.decision
            return Answer(
                rule.id, decision.items, rule.permitted, decision.obligations, rule.conditions
            )
    return Answer()


class _Classes:
    """Bodies that neither side tells apart, and a pair of bodies for every spot there is."""

    def __init__(self, one: Compiled, two: Compiled) -> None:
        self._sides = one, two
        self._members: dict[tuple[int, int], list[str]] = defaultdict(list)
        for identifier in one.space.seats.keys() | two.space.seats.keys():
            groups = [
                side.space.seats[identifier].group if identifier in side.space.seats else -1
                for side in self._sides
            ]
            self._members[groups[0], groups[1]].append(identifier)
        self._found: dict[tuple[tuple[int, int], tuple[int, int]], dict[Relation, Pair]] = {}
        self._cells = [_spots_by_task(side) for side in self._sides]

    def pairs(self, feed: str, task: str) -> Iterator[tuple[Pair, list[Spot]]]:
        """Yield a pair of bodies for every spot at which a side has rows, with both sides' spots."""
        seen = set()
        for number, cells in enumerate(self._cells):
            for giver, taker, how in cells[feed, task]:
                for one, two in self._classes(number, giver, taker):
                    pair = self._examples(one, two).get(how)
                    if pair and (one, two, how) not in seen:
                        seen.add((one, two, how))
                        yield pair, [(one[n], two[n], how) for n in (0, 1)]

    def _classes(
        self, side: int, giver: int, taker: int
    ) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
        givers = [each for each in self._members if each[side] == giver]
        takers = [each for each in self._members if each[side] == taker]
        return ((one, two) for one in givers for two in takers)

    def _examples(self, one: tuple[int, int], two: tuple[int, int]) -> dict[Relation, Pair]:
        """Give a pair of bodies of two classes for each relation in which such a pair stands."""
        if (one, two) not in self._found:
            found: dict[Relation, Pair] = {}
            for giver, taker in self._candidates(one, two):
                found.setdefault(self._relation(giver, taker), (giver, taker))
                if len(found) == len(Relation):
                    break
            self._found[one, two] = found
        return self._found[one, two]

    def _candidates(self, one: tuple[int, int], two: tuple[int, int]) -> Iterator[Pair]:
        """Yield pairs that show every relation: a giver of each prefecture, and all takers."""
        givers: dict[str, str] = {}
        for each in sorted(self._members[one]):
            place = self._standing(each)
            givers.setdefault(place.prefecture or place.home, each)
        takers = sorted(self._members[two])
        yield from ((each, each) for each in takers if each in self._members[one])
        yield from ((giver, taker) for giver in givers.values() for taker in takers)

    def _standing(self, identifier: str) -> Standing:
        for side in self._sides:
            if identifier in side.space.seats:
                return side.space.seats[identifier].standing
        raise KeyError(identifier)

    def _relation(self, giver: str, taker: str) -> Relation:
        return relation(self._standing(giver), self._standing(taker))


def _spots_by_task(side: Compiled) -> dict[tuple[str, str | None], list[Spot]]:
    found: dict[tuple[str, str | None], list[Spot]] = defaultdict(list)
    for feed, task, spot in side.cells:
        found[feed, task].append(spot)
    return found


def _grouped(found: dict[tuple[str, str, Answer, Answer, Pair], list[str]]) -> list[Change]:
    """Join the pairs of bodies for which the same answers change for the same subjects."""
    pairs: dict[tuple[str, str, tuple[str, ...], Answer, Answer], list[Pair]] = defaultdict(list)
    for (feed, task, before, after, pair), subjects in found.items():
        pairs[feed, task, tuple(subjects), before, after].append(pair)
    return [Change(*key, tuple(sorted(each))) for key, each in pairs.items()]
