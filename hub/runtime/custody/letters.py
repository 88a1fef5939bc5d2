"""Letters in custody: sealed whole under a key of their own, opened for one reader or a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.custody.certificate_life import read_certificate_terms, read_notice_terms
from hub.custody.events import Event
from hub.custody.states import Cause, State, Step
from hub.intake.letters import Marks
from hub.rules.letters import load_letters
from hub.runtime.custody import sealed_file

if TYPE_CHECKING:
    from datetime import datetime

    from hub.bus.chunks import ChunkWriter
    from hub.custody.certificate_life import CertificateTerms, NoticeTerms
    from hub.custody.states import File
    from hub.runtime.hub import Hub
    from hub.vocabulary.letters import Letter, LetterFeed

PLANNED = "転出の予定年月日"
"""The item of a certificate from which its days are counted."""


def feed_of(hub: Hub, name: str) -> LetterFeed:
    """Give a feed of letters."""
    return hub.books.letters[name]


def marks_of(hub: Hub) -> Marks:
    """Give the digests by which a hub's letters are matched."""
    return Marks(hub.vault.secret("subject-digest"), hub.vault.secret("state-digest"))


def certificate_terms() -> CertificateTerms:
    """Give the days of a certificate."""
    return read_certificate_terms(load_letters().certificate)


def notice_terms() -> NoticeTerms:
    """Give the days of any other letter."""
    return read_notice_terms(load_letters().notice)


def seal_into(hub: Hub, file: File, letter: Letter, writer: ChunkWriter) -> File:
    """Seal a letter under a new key of its own; gives what is known of the file then."""
    return sealed_file.seal_into(hub, file, [feed_of(hub, file.feed).encode(letter)], writer)


def arrival(file: File, at: datetime) -> list[Event]:
    """Give the steps of a letter that has come in whole."""
    causes = (Cause.BEGUN, Cause.SUBMITTED)
    return [Event(file.id, Step(State.RECEIVED, at, cause), file) for cause in causes]


def open_letter(hub: Hub, file: File) -> Letter:
    """Open a letter.

    Raises ``ChunksGoneError`` or ``UnknownKeyError`` where it is erased, ``ChunksDamagedError``,
    ``DamagedFileError`` or ``UnreadableRecordError`` where it is not as it was sealed.
    """
    return feed_of(hub, file.feed).decode(sealed_file.open_whole(hub, file))
