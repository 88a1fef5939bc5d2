"""One long story that many acceptance tests tell a part of and look at afterwards.

A call of ``hub`` costs a third of a second, so tests do not make their own. At import they put
lines into the story (``line``, ``document``, ``resubmit``, ``discard``); then it is played once, in one
sandbox, and each test looks at what became of its lines. Residents are never shared between
tests, so lines do not disturb one another: that, too, is a promise under test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.support.invented import Notice, as_line

if TYPE_CHECKING:
    from tests.support.hub_command import Done, Sandbox

Rows = list[dict[str, Any]]

PREFECTURES = {"072010": "070009", "331007": "330001"}
READERS = ("070009", "330001", "jlis")


class Sent(NamedTuple):
    """A line of the story, by the file it stands in and its number there."""

    file: int
    line: int


class _File(NamedTuple):
    sender: str
    options: tuple[str, ...]
    lines: list[bytes]


class Document(NamedTuple):
    """A whole file of the story."""

    file: int

    def line(self, number: int) -> Sent:
        """Give the line of this number, from 1."""
        return Sent(self.file, number)


_files: list[_File] = []
# The place in ``_files`` of each sender's JSON Lines file.
_running: dict[str, int] = {}
_resubmitted: list[Sent] = []
_discarded: list[tuple[Sent, str]] = []


def line(content: Notice | bytes, sender: str = "072010") -> Sent:
    """Put a line, after all those before it, into the JSON Lines file of a sender."""
    data = content if isinstance(content, bytes) else as_line(content)
    if sender not in _running:
        _running[sender] = len(_files)
        _files.append(_File(sender, (), []))
    lines = _files[_running[sender]].lines
    lines.append(data + b"\n")
    return Sent(_running[sender], len(lines))


def document(data: bytes, sender: str = "072010", *options: str) -> Document:
    """Put a file of its own into the story."""
    _files.append(_File(sender, options, [data]))
    return Document(len(_files) - 1)


def documents_sent(option: str) -> int:
    """Give how many files of the story are sent with an option."""
    return sum(option in file.options for file in _files)


def resubmit(sent: Sent) -> Sent:
    """Let an operator resubmit this line from the quarantine, once everything has run."""
    _resubmitted.append(sent)
    return sent


def discard(sent: Sent, words: str) -> Sent:
    """Let an operator discard this line, for a reason, once everything has run."""
    _discarded.append((sent, words))
    return sent


class Fate(NamedTuple):
    """What became of one line.

    ``answer`` is the receipt that ``submit`` printed; ``legs`` the sender's receipts and ``held`` the
    row in quarantine after the first run, ``last_legs`` and ``last_held`` after the second;
    ``forwarded`` the prefecture's receipts; ``given`` what each reader received.
    """

    answer: dict[str, Any]
    legs: Rows
    held: dict[str, Any] | None
    last_legs: Rows
    last_held: dict[str, Any] | None
    forwarded: Rows
    given: dict[str, Rows]

    @property
    def code(self) -> str:
        """Give the code of the sender's only leg after the first run."""
        (leg,) = self.legs
        return str(leg["code"])

    @property
    def last_code(self) -> str:
        """Give the code of the sender's only leg after the second run."""
        (leg,) = self.last_legs
        return str(leg["code"])

    @property
    def items(self) -> dict[str, Any]:
        """Give the items that the one reader who is a prefecture received, exactly once."""
        ((given,),) = [given for reader, given in self.given.items() if reader != "jlis"]
        items: dict[str, Any] = given["items"]
        return items

    @property
    def is_released(self) -> bool:
        """Say whether the prefecture and the national side got it, exactly once each."""
        assert len(self.given) in {0, 2}
        assert all(len(given) == 1 for given in self.given.values())
        return len(self.given) == 2

    @property
    def quarantined_item(self) -> str | None:
        """Give the item that the quarantine names; fails where the line is not quarantined."""
        assert self.held is not None
        assert self.code == "quarantined"
        assert not self.given
        item: str | None = self.held["reason"]["item"]
        return item


@dataclass(frozen=True, repr=False)
class Story:
    """The played story, made of nothing but what the calls printed; JSON can hold it."""

    home: str
    submitted: list[tuple[int, Rows]] = field(default_factory=list)
    ran: list[tuple[int, Rows]] = field(default_factory=list)
    resubmitted: list[tuple[int, Rows]] = field(default_factory=list)
    discarded: list[tuple[int, Rows]] = field(default_factory=list)
    legs: dict[str, Rows] = field(default_factory=dict)
    last_legs: dict[str, Rows] = field(default_factory=dict)
    held: Rows = field(default_factory=list)
    last_held: Rows = field(default_factory=list)
    given: dict[str, Rows] = field(default_factory=dict)
    verified: dict[str, Any] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def fate(self, sent: Sent) -> Fate:
        """Give what became of a line."""
        sender = _files[sent.file].sender
        (answer,) = [row for row in self.submitted[sent.file][1] if row["line"] == sent.line]
        held, last_held = (_by_id(rows, answer["id"]) for rows in (self.held, self.last_held))
        given = {reader: _by_id(self.given.get(reader, []), answer["id"]) for reader in READERS}
        return Fate(
            answer,
            _by_id(self.legs[sender], answer["id"]),
            held[0] if held else None,
            _by_id(self.last_legs.get(sender, []), answer["id"]),
            last_held[0] if last_held else None,
            _by_id(self.last_legs.get(PREFECTURES[sender], []), answer["id"]),
            {reader: rows for reader, rows in given.items() if rows},
        )

    def resubmission(self, sent: Sent) -> tuple[int, dict[str, Any]]:
        """Give exit code and answer of a line's resubmission."""
        code, (answer,) = self.resubmitted[_resubmitted.index(sent)]
        return code, answer

    def discarding(self, sent: Sent) -> tuple[int, dict[str, Any]]:
        """Give exit code and answer of a line's discarding."""
        (place,) = [place for place, (each, _) in enumerate(_discarded) if each == sent]
        code, (answer,) = self.discarded[place]
        return code, answer

    def hear(self, done: Done) -> tuple[int, Rows]:
        """Keep what a call said, for the tests that look for what must not be said."""
        self.said.append(done.out + done.err)
        return done.code, done.lines


def _by_id(rows: Rows, identifier: str) -> Rows:
    return [row for row in rows if row["id"] == identifier]


def play(sandbox: Sandbox) -> Story:
    """Play the story: submit, run, resubmit and discard, run again, receive, verify."""
    story = Story(str(sandbox.home))
    for file in _files:
        done = sandbox.submit(file.sender, b"".join(file.lines), *file.options)
        story.submitted.append(story.hear(done))
    story.ran.append(story.hear(sandbox.run()))
    story.legs.update(_legs(story, sandbox, list(PREFECTURES)))
    story.held.extend(story.hear(sandbox.hub("quarantine", "list"))[1])
    for sent in _resubmitted:
        story.resubmitted.append(
            story.hear(sandbox.hub("quarantine", "resubmit", story.fate(sent).answer["id"]))
        )
    for sent, words in _discarded:
        call = ("quarantine", "discard", story.fate(sent).answer["id"], "--reason", words)
        story.discarded.append(story.hear(sandbox.hub(*call)))
    story.ran.append(story.hear(sandbox.run()))
    parties = [body for pair in PREFECTURES.items() for body in pair]
    story.last_legs.update(_legs(story, sandbox, parties))
    story.last_held.extend(story.hear(sandbox.hub("quarantine", "list"))[1])
    story.given.update({reader: sandbox.receive(reader).lines for reader in READERS})
    story.verified.update(story.hear(sandbox.hub("ledger", "verify", story.home))[1][0])
    return story


def _legs(story: Story, sandbox: Sandbox, bodies: list[str]) -> dict[str, Rows]:
    return {body: story.hear(sandbox.receipts(body))[1] for body in bodies}
