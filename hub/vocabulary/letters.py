"""Feeds whose messages name several people: a sheet of items, and a list of people (世帯員).

Such a schema has the items of the message, the items of one person, and last a list of records with
the items of a person again. One who moves alone may stand on the sheet itself; a household stands in
the list, or its head on the sheet and the others in the list. The order is sheet, then list.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

import fastavro

from hub.vocabulary.feeds import Feed, UnreadableRecordError, Values, fingerprint

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class Letter(NamedTuple):
    """One message: the values of its sheet, and of each person in its list, in schema order."""

    sheet: Values
    members: tuple[Values, ...] = ()

    def __repr__(self) -> str:
        return f"Letter({len(self.members)} in the list)"


class LetterFeed:
    """One kind of message, by the newest version of its schema.

    ``sheet`` has the items of the message and of a person on it, ``member`` those of a person in
    the list; ``people`` is the official name of the list, ``most_people`` how many it may hold.
    """

    def __init__(self, name: str, schemas: Sequence[dict[str, Any]]) -> None:
        self.name = name
        self.schema = schemas[-1]
        self.version = len(schemas)
        self.fingerprint = fingerprint(self.schema)
        *flat, listed = self.schema["fields"]
        self.sheet = Feed(name, [self.schema | {"fields": flat}])
        self.member = Feed(name, [listed["type"]["items"]])
        self.people = str(listed["official"])
        self.most_people = int(listed["max"])
        self.list_spellings = frozenset([self.people, *listed.get("spellings", ())])
        self.source = str(listed["source"])
        self._list = str(listed["name"])
        self._by_fingerprint = {fingerprint(schema): schema for schema in schemas}
        self._parsed = fastavro.parse_schema(self.schema)
        self._own = [self.sheet.index[item.official] for item in self.member.items]

    @property
    def items(self) -> tuple[str, ...]:
        """Give the official names of all items but the list."""
        return tuple(self.sheet.index)

    def persons(self, letter: Letter) -> list[Values]:
        """Give the values of every person a letter names, in the order of a person's items."""
        own = [letter.sheet[index] for index in self._own]
        return [own, *letter.members] if any(own) else list(letter.members)

    def of_persons(self, official: str, letter: Letter) -> list[str]:
        """Give one item of every person; empty where it is absent."""
        index = self.member.index[official]
        return [str(person[index]) for person in self.persons(letter)]

    def on_sheet(self, official: str, letter: Letter) -> str:
        """Give one item of the message itself, empty where it is absent."""
        return str(letter.sheet[self.sheet.index[official]])

    def present(self, letter: Letter) -> tuple[str, ...]:
        """Give the official names of the items that are anywhere in a letter, in schema order."""
        found = set(self.sheet.named(letter.sheet))
        found.update(name for person in letter.members for name in self.member.named(person))
        return tuple(name for name in self.items if name in found)

    def keep(self, letter: Letter, officials: Collection[str]) -> Letter:
        """Give the letter with only these items; the others are absent, not blanked later on."""
        return Letter(
            _kept(self.sheet, letter.sheet, officials),
            tuple(_kept(self.member, person, officials) for person in letter.members),
        )

    def named(self, letter: Letter) -> dict[str, Any]:
        """Give the present items by official name, the people of the list as a list."""
        found: dict[str, Any] = dict(self.sheet.named(letter.sheet))
        if letter.members:
            found[self.people] = [self.member.named(person) for person in letter.members]
        return found

    def encode(self, letter: Letter) -> bytes:
        """Give a letter as bytes: the schema's fingerprint (32 hex digits), then Avro binary."""
        record: dict[str, Any] = _record(self.sheet, letter.sheet)
        record[self._list] = [_record(self.member, person) for person in letter.members]
        buffer = io.BytesIO()
        fastavro.schemaless_writer(buffer, self._parsed, record)
        return self.fingerprint.encode() + buffer.getvalue()

    def decode(self, content: bytes) -> Letter:
        """Read what ``encode`` gave, of this version or an older one.

        Raises ``UnreadableRecordError`` for anything else.
        """
        schema = self._by_fingerprint.get(content[:32].decode("ascii", "replace"))
        buffer = io.BytesIO(content[32:])
        if schema is None:
            raise UnreadableRecordError(f"スキーマを知りません / unknown schema of {self.name}")
        try:
            record: Any = fastavro.schemaless_reader(buffer, schema, self.schema)
        except (EOFError, ValueError, IndexError):
            raise UnreadableRecordError(
                f"スキーマどおりに読めません / not a record of {self.name}"
            ) from None
        return Letter(
            _values(self.sheet, record),
            tuple(_values(self.member, person) for person in record[self._list]),
        )


def _kept(feed: Feed, values: Values, officials: Collection[str]) -> Values:
    pairs = zip(feed.items, values, strict=True)
    return [value if item.official in officials else "" for item, value in pairs]


def _record(feed: Feed, values: Values) -> dict[str, Any]:
    return {item.name: value for item, value in zip(feed.items, values, strict=True)}


def _values(feed: Feed, record: dict[str, Any]) -> Values:
    return [record[item.name] for item in feed.items]
