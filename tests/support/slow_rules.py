"""A second, slow reading of a rules folder, to hold the compiled catalogue against.

It shares nothing with ``hub.rules``: it reads the files itself, knows no classes and no cells, and
asks every row about every question. What it says must be what the catalogue says.
"""

from __future__ import annotations

import json
import tomllib
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from tests.support.slow_reading import Row, rows, tsv

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_TOWNS = {"city", "special-ward", "town", "village"}


class Said(NamedTuple):
    """An answer in plain values: the reason's code, the row, what leaves, what else is due."""

    code: str
    rule: str | None = None
    items: frozenset[str] = frozenset()
    obligations: frozenset[str] = frozenset()


class Asked(NamedTuple):
    """A question in plain values."""

    feed: str
    giver: str
    taker: str
    day: date
    task: str | None
    subject: str | None
    facts: frozenset[str]


class SlowRules:
    """All rows of a folder, as their files state them."""

    def __init__(self, folder: Path, schemas: Path) -> None:
        files = [
            *sorted(folder.glob("statutes/*.toml")),
            *sorted(p for p in folder.glob("organisations/*.toml") if p.name != "sandbox.toml"),
        ]
        read = {path: tomllib.loads(path.read_text(encoding="utf-8")) for path in files}
        self.bodies: dict[str, Row] = {}
        for line in tsv(folder / "organisations" / "local-bodies.tsv"):
            self.bodies[line["code"]] = {**line, "id": line["code"]}
        wards = [body for body in self.bodies.values() if body["kind"] == "ward"]
        self._with_wards = {ward["parent"] for ward in wards}
        self.kinds: list[Row] = []
        for stated in read.values():
            self._declare(stated)
        for stated in read.values():
            for member in stated.get("member", []):
                (kind,) = (k for k in self.kinds if k["id"] == member["kind"])
                kind["bodies"] = [*kind.get("bodies", []), member["body"]]
        self.names = list(self.bodies)
        self.ids = {str(body[key]): i for i, body in self.bodies.items() for key in ("name", "id")}
        self.order = {name: number for number, name in enumerate(self.names)}
        words = tomllib.loads((folder / "conditions.toml").read_text(encoding="utf-8"))
        self.conditions = {c["id"]: c for c in words["condition"]}
        self._read_feeds(folder, schemas)
        self.rows = [row for path, stated in read.items() for row in rows(path, stated)]
        self.by_id = {row["id"]: row for row in self.rows}
        self._asked: dict[tuple[str, str | None], list[Row]] = {}
        for row in self.rows:
            for task in (row["task"], None):
                self._asked.setdefault((row["feed"], task), []).append(row)
        self._meant: dict[tuple[str, str, str | None], bool] = {}

    def _declare(self, stated: Row) -> None:
        for body in stated.get("body", []):
            self.bodies[body["id"]] = body
        for unit in stated.get("department", []):
            own = {"id": "own:" + unit["id"], "name": unit["name"], "kind": unit["id"]}
            self.bodies[own["id"]] = own
        self.kinds += [dict(kind) for kind in stated.get("kind", [])]

    def _read_feeds(self, folder: Path, schemas: Path) -> None:
        path = folder / "items.toml"
        stated = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        self.sets = {each["name"]: each["items"] for each in stated.get("set", [])}
        self.feeds = {}
        for feed in tomllib.loads((folder / "feeds.toml").read_text(encoding="utf-8"))["feed"]:
            items = [i["name"] for i in stated.get("item", []) if feed["id"] in i["feeds"]]
            if feed["carried"] and feed.get("form") != "file":
                newest = max(schemas.joinpath(feed["id"]).glob("*.avsc"), key=lambda p: int(p.stem))
                fields = json.loads(newest.read_text(encoding="utf-8"))["fields"]
                items = [field["official"] for field in fields]
            self.feeds[feed["id"]] = {**feed, "items": items}
        edges = folder / "edges.toml"
        self.edges = (
            tomllib.loads(edges.read_text(encoding="utf-8"))["prohibited"] if edges.exists() else []
        )

    def ask(self, asked: Asked) -> Said:
        """Answer a question by asking every row."""
        unknown = self._unknown(asked)
        if unknown:
            return Said(unknown)
        giver, taker = self.bodies[asked.giver], self.bodies[asked.taker]
        for edge in self.edges:
            ends = self._is(giver, edge["from"], None) and self._is(taker, edge["to"], giver)
            if ends and edge["feed"] in ("*", asked.feed):
                return Said("prohibited-edge")
        rows = self._asked.get((asked.feed, asked.task), [])
        fitting = [row for row in rows if self._fits(row, asked, giver, taker)]
        now = [row for row in fitting if _covers(row, self.by_id, asked.day)]
        live = sorted((r for r in now if self._lives(r)), key=lambda row: row["id"])
        if live:
            return self._permit(live, asked)
        if now:
            every_deleted = all(row["status"] == "deleted" for row in now)
            return Said("deleted-row" if every_deleted else "unresolved-rule")
        if fitting:
            first = min(_days(row, self.by_id)[0] for row in fitting)
            return Said("before-catalogue" if asked.day < first else "rule-ended")
        return Said("no-rule")

    def _unknown(self, asked: Asked) -> str | None:
        if asked.feed not in self.feeds:
            return "unknown-feed"
        if asked.giver not in self.bodies or asked.taker not in self.bodies:
            return "unknown-body"
        known = asked.task and (asked.feed, asked.task) in self._asked
        if asked.task is not None and not known:
            return "unknown-task"
        if asked.subject is not None and asked.subject not in self.feeds[asked.feed]["subjects"]:
            return "unknown-subject"
        return "unknown-condition" if asked.facts - set(self.conditions) else None

    def _permit(self, live: list[Row], asked: Asked) -> Said:
        said = [self._permit_by(row, asked) for row in live]
        granted = [each for each in said if each.rule]
        if len({self.by_id[str(each.rule)]["task"] for each in granted}) > 1:
            return Said("task-needed")
        return (granted or said)[0]

    def _permit_by(self, row: Row, asked: Asked) -> Said:
        items = self._items(row, asked.facts)
        if "under" in row:
            above = self.by_id[row["under"]]
            items = [i for i in items if i in self._items(above, asked.facts)]
        names = [*row.get("conditions", [])]
        names += self.by_id[row["under"]].get("conditions", []) if "under" in row else []
        words = [self.conditions[name] for name in names]
        for word in words:
            given = word["id"] in asked.facts
            excluded = [fact for fact in word.get("excludes", []) if fact in asked.facts]
            if excluded or (word["effect"], given) in {("require", False), ("refuse", True)}:
                return Said("condition-unmet")
        if not items:
            return Said("condition-unmet")
        due = {*row["obligations"], *(w["id"] for w in words if w["effect"] == "oblige")}
        return Said("permitted", row["id"], frozenset(items), frozenset(due))

    def _items(self, row: Row, facts: frozenset[str]) -> list[str]:
        away = set(self._spelled_out(row.get("withhold", [])))
        for name in row.get("conditions", []):
            word = self.conditions[name]
            if word["effect"] == "exclude" or (word["effect"] == "withhold" and name not in facts):
                away.update(word["items"])
        named = self._spelled_out([*row.get("items", []), *row.get("items_if_present", [])])
        return [item for item in named if item not in away]

    def _spelled_out(self, words: list[str]) -> list[str]:
        found: list[str] = []
        for word in words:
            found += self.sets[word[1:]] if word.startswith("@") else [word]
        return found

    def _lives(self, row: Row) -> bool:
        above = self.by_id.get(row.get("under", ""))
        if "under" in row and (above is None or above["status"] == "deleted"):
            return False
        return row["status"] in ("in-force", "ended")

    def _fits(self, row: Row, asked: Asked, giver: Row, taker: Row) -> bool:
        provider = row["provider"].get("kind") or row["provider"].get("body")
        return (
            row["feed"] == asked.feed
            and "confirms" not in row
            and self._is(giver, provider, None)
            and any(self._is(taker, word, giver) for word in row["recipient"])
            and asked.task in (None, row["task"])
            and asked.subject in (None, *row["subjects"])
        )

    def _is(self, body: Row, word: str, giver: Row | None) -> bool:
        """Say whether a word means this body; ``giver`` is who gives, where the body receives."""
        key = (body["id"], word, giver["id"] if giver else None)
        if key not in self._meant:
            self._meant[key] = self._means(body, word, giver)
        return self._meant[key]

    def _means(self, body: Row, word: str, giver: Row | None) -> bool:
        relative = _RELATIVE.get(word)
        if relative:
            return giver is not None and relative(self, body, giver)
        if word.startswith("own:"):
            return self._is_unit(body, word, giver)
        if word == "*" or word in (body["id"], body["kind"], body["name"]):
            return True
        designated = body["id"] in self._with_wards and body["kind"] in _TOWNS
        if word in ("municipality", "designated-city"):
            return body["kind"] in _TOWNS and (word == "municipality" or designated)
        return any(
            word in (kind["id"], kind["name"])
            and body["id"] not in kind.get("except", [])
            and (
                body["id"] in kind.get("bodies", [])
                or body["kind"] in kind.get("kinds", [])
                or (kind.get("designated", False) and designated)
            )
            for kind in self.kinds
        )

    def _is_unit(self, body: Row, word: str, giver: Row | None) -> bool:
        """Say whether a body is a unit of a kind, and where it receives, the giver's own."""
        unit = body["kind"] == word.removeprefix("own:") and bool(body.get("parent"))
        if giver is None or body["id"] == giver["id"]:
            return unit or body["id"] == word
        return body["id"] == word or (unit and body["parent"] == giver["id"])

    def is_meant(self, body: str, words: Sequence[str], giver: str | None) -> bool:
        """Say whether a word means this body, as provider or as recipient from a giver."""
        by = self.bodies[giver] if giver else None
        return any(self._is(self.bodies[body], word, by) for word in words)

    def prefecture(self, body: Row) -> str | None:
        """Give the prefecture that a local body lies in; nothing for a unit or a national body."""
        if not body["id"].isdigit():
            return None
        while body["kind"] != "prefecture":
            body = self.bodies[body["parent"]]
        return str(body["id"])

    def is_near(self, one: Row, two: Row) -> bool:
        """Say whether two local bodies lie in one prefecture."""
        return self.prefecture(one) is not None and self.prefecture(one) == self.prefecture(two)


def _is_town(body: Row) -> bool:
    return body["kind"] in _TOWNS


_RELATIVE: dict[str, Callable[[SlowRules, Row, Row], bool]] = {
    "prefecture-of-provider": lambda s, b, g: b["kind"] == "prefecture" and s.is_near(b, g),
    "other-prefecture": lambda s, b, g: b["kind"] == "prefecture" and not s.is_near(b, g),
    "other-municipality": lambda _, b, g: _is_town(b) and b["id"] != g["id"],
    "municipality-in-prefecture": lambda s, b, g: (
        _is_town(b) and b["id"] != g["id"] and s.is_near(b, g)
    ),
    "municipality-outside-prefecture": lambda s, b, g: _is_town(b) and not s.is_near(b, g),
    "provider-itself": lambda _, b, g: b["id"] == g["id"],
}


def _covers(row: Row, by_id: dict[str, Row], day: date) -> bool:
    first, last = _days(row, by_id)
    return first <= day <= last


def _days(row: Row, by_id: dict[str, Row]) -> tuple[date, date]:
    first, last = row["from"], row.get("to", date.max)
    above = by_id.get(row.get("under", ""))
    if above and above["status"] != "deleted":
        return max(first, above["from"]), min(last, above.get("to", date.max))
    return first, last
