"""What is asked of the rules about a letter, and which request a certificate answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.custody.claims import cover_of
from hub.custody.states import State
from hub.rules.letters import load_letters
from hub.rules.model import Question
from hub.vocabulary.clock import day_in_japan

if TYPE_CHECKING:
    from collections.abc import Collection

    from hub.custody.states import Custody, File
    from hub.rules.model import Decision
    from hub.runtime.hub import Hub

CERTIFICATE = "transfer-out-certificate"
REQUEST = "transfer-out-request"
MOVE_IN = "move-in"
MOVE_IN_REPORT = "move-in-report"

_AFTER_REQUEST = frozenset({"after-request"})


def decide(hub: Hub, file: File) -> Decision:
    """Ask the rules whether a letter may go to its recipient today.

    A certificate that was asked for goes under the row of the answer (住民基本台帳法24の2⑥), any other
    under its own. Raises ``LookupError`` where a party is not known.
    """
    directory, rules = hub.books.directory, load_letters()
    sender, recipient = directory.get(file.sender), directory.get(file.recipient)
    if sender is None or recipient is None:
        raise LookupError("a letter names its parties by id")
    day = day_in_japan(hub.custody_log.date(hub.clock.now()))
    if is_answer(hub, file):
        task, facts = rules.answers[file.feed], _AFTER_REQUEST
    else:
        task, facts = rules.tasks[file.feed], frozenset()
    return hub.books.catalogue.decide(
        Question(file.feed, sender, recipient, day, task, None, facts)
    )


def about(hub: Hub, file: File) -> list[Custody]:
    """Give every letter about any of the people of one, itself included, in order of arrival."""
    return hub.custody_log.about(file.cover.subjects if file.cover else ())


def open_requests(files: Collection[Custody], file: File) -> list[Custody]:
    """Give the requests that a certificate would answer, in full or for some of their people.

    They are its recipient's, to its sender, about people of the certificate that no other has
    answered for.
    """
    if file.feed != CERTIFICATE or file.cover is None:
        return []
    about = frozenset(file.cover.subjects)
    return [
        each
        for each in files
        if each.file.feed == REQUEST
        and (each.file.sender, each.file.recipient) == (file.recipient, file.sender)
        and about & unanswered(files, each)
        and was_accepted(each)
    ]


def is_asked_for(files: Collection[Custody], file: File) -> bool:
    """Say whether open requests name every one of a certificate's people.

    A request opens what it asks for and nothing else: a household's certificate is no answer to a
    request for one of them (住民基本台帳法24の2⑤⑥).
    """
    asked: set[str] = set()
    for each in open_requests(files, file):
        asked |= unanswered(files, each)
    return file.cover is not None and asked.issuperset(file.cover.subjects)


def is_answer(hub: Hub, file: File) -> bool:
    """Say the same of a certificate beside every letter about its people."""
    return is_asked_for(about(hub, file), file)


def unanswered(files: Collection[Custody], request: Custody) -> frozenset[str]:
    """Give the people (digests) of a request about whom no certificate has answered it."""
    left = frozenset(cover_of(request).subjects)
    for each in files:
        if request.file.id in cover_of(each).answers:
            left -= frozenset(cover_of(each).subjects)
    return left


def was_accepted(custody: Custody) -> bool:
    """Say whether a letter was ever accepted."""
    return any(step.state is State.ACCEPTED for step in custody.steps)
