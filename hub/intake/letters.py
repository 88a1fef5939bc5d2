"""Reads letters line by line (JSON Lines), and checks the format of each.

A household is a list within its line, which no row of CSV holds, so letters come as JSON alone.
What decoding says of a line is what it says of any other feed's; nothing is guessed or repaired.
"""

from __future__ import annotations

import hashlib
from typing import IO, TYPE_CHECKING, NamedTuple

from hub.errors import UsageError
from hub.intake.checks import first_wrong
from hub.intake.decode import Encoding, Pairs, json_pairs
from hub.intake.items import values_of
from hub.intake.lines import Line, physical_lines
from hub.intake.residents import SUBJECT_BYTES, subject_hash
from hub.vocabulary.check_digits import resident_code_holds
from hub.vocabulary.letters import Letter
from hub.vocabulary.reasons import Reason, because

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hub.vocabulary.letters import LetterFeed

MAX_LETTER_BYTES = 524_288
"""The longest line of letters: a hundred people of every item, 5 KB each."""

_CODE = "住民票コード"


class ReadLetter(NamedTuple):
    """One line of input: its letter, or the reason why it is none, and the bytes to keep."""

    line: int
    letter: Letter | None
    reason: Reason | None
    stored: bytes

    def __repr__(self) -> str:
        return f"ReadLetter(line={self.line}, reason={self.reason and self.reason.code})"


def read_letters(
    stream: IO[bytes], feed: LetterFeed, encoding: Encoding = "utf-8"
) -> Iterator[ReadLetter]:
    """Yield every line of a file, read; raises ``UsageError`` where the file is no JSON Lines."""
    lines = (
        line
        for line in physical_lines(stream, MAX_LETTER_BYTES)
        if line.data is None or line.data.strip()
    )
    first = next(lines, None)
    if first is None:
        return
    if first.data is not None and not first.data.lstrip().startswith(b"{"):
        raise UsageError(
            "この種類は世帯員の一覧を含むため JSON Lines で送ってください（CSV は使えません）"
            " / this feed holds lists of people: send it as JSON Lines, not CSV"
        )
    yield _read(first, feed, encoding)
    for line in lines:
        yield _read(line, feed, encoding)


def read_letter(stored: bytes, feed: LetterFeed, encoding: Encoding) -> ReadLetter:
    """Read again what a ``ReadLetter`` kept of its line."""
    return _read(Line(1, stored), feed, encoding)


def _read(line: Line, feed: LetterFeed, encoding: Encoding) -> ReadLetter:
    if line.data is None:
        reason = because("line-too-long", limit=MAX_LETTER_BYTES)
        return ReadLetter(line.number, None, reason, b"")
    pairs = json_pairs(line, encoding)
    found = pairs if isinstance(pairs, Reason) else _letter(pairs, feed)
    if isinstance(found, Reason):
        return ReadLetter(line.number, None, found, line.data)
    return ReadLetter(line.number, found, None, line.data)


def _letter(pairs: Pairs, feed: LetterFeed) -> Letter | Reason:
    known = feed.sheet.spellings.keys() | feed.list_spellings
    for place, (key, _) in enumerate(pairs, start=1):
        if key not in known:
            return because("unknown-item", place=place)
    lists = [value for key, value in pairs if key in feed.list_spellings]
    if len(lists) > 1:
        return because("item-twice", feed.people)
    sheet = values_of([pair for pair in pairs if pair[0] in feed.sheet.spellings], feed.sheet)
    if isinstance(sheet, Reason):
        return sheet
    members = _members(lists[0], feed) if lists else ()
    return members if isinstance(members, Reason) else Letter(sheet, members)


def _members(listed: object, feed: LetterFeed) -> tuple[list[str | int], ...] | Reason:
    if isinstance(listed, Pairs) or not isinstance(listed, list):
        return because("not-a-list", feed.people)
    members = []
    for person in listed:
        if not isinstance(person, Pairs):
            return because("not-a-list", feed.people)
        values = values_of(person, feed.member)
        if isinstance(values, Reason):
            return values
        members.append(values)
    return tuple(members)


class LetterCheck:
    """The format check of one feed of letters: what any letter of it must be."""

    def __init__(self, feed: LetterFeed) -> None:
        self._feed = feed
        personal = feed.member.index
        self._own = [item for item in feed.sheet.items if item.official not in personal]
        self._places = [feed.sheet.index[item.official] for item in self._own]

    def refusal(self, letter: Letter) -> Reason | None:
        """Name the first thing that is wrong with a letter, or nothing."""
        found = first_wrong([letter.sheet[place] for place in self._places], self._own)
        people = self._feed.persons(letter)
        if found is None and not people:
            found = because("missing-item", _CODE)
        if found is None and len(people) > self._feed.most_people:
            found = because("too-many-people", self._feed.people, limit=self._feed.most_people)
        for person in people:
            found = found or first_wrong(person, self._feed.member.items)
        codes = self._feed.of_persons(_CODE, letter)
        if found is None and len(set(codes)) < len(codes):
            found = because("person-twice", _CODE)
        return found

    def warnings(self, letter: Letter) -> tuple[Reason, ...]:
        """Give what is doubtful in a letter that is well-formed."""
        codes = self._feed.of_persons(_CODE, letter)
        found = []
        if not all(map(resident_code_holds, codes)):
            found.append(because("resident-code-check-digit", _CODE))
        return tuple(found)


class Marks:
    """The keyed digests by which letters are matched, from two secrets of 32 bytes each."""

    def __init__(self, subject_secret: bytes, state_secret: bytes) -> None:
        self._subject = subject_secret
        self._state = state_secret

    def subjects(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Give the digests (hex) by which the ledger and the bus know these 住民票コード."""
        found = []
        for code in codes:
            digest = subject_hash(self._subject)
            digest.update(code.encode())
            found.append(digest.hexdigest())
        return tuple(found)

    def content(self, encoded: bytes) -> str:
        """Give the digest (hex) that tells whether a letter repeats another."""
        return hashlib.blake2b(
            encoded, key=self._state, digest_size=SUBJECT_BYTES, person=b"juki-letter"
        ).hexdigest()
