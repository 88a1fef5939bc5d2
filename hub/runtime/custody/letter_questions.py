"""What is asked of the rules about a letter, and which request a certificate answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.custody.claims import cover_of
from hub.custody.states import State
from hub.rules.letters import load_letters
from hub.rules.model import Question
from hub.vocabulary.clock import JST

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
    day = hub.custody_log.date(hub.clock.now()).astimezone(JST).date()
    if open_request(hub.custody_log.files.values(), file):
        task, facts = rules.answers[file.feed], _AFTER_REQUEST
    else:
        task, facts = rules.tasks[file.feed], frozenset()
    return hub.books.catalogue.decide(
        Question(file.feed, sender, recipient, day, task, None, facts)
    )


def open_request(files: Collection[Custody], file: File) -> Custody | None:
    """Give the request that a certificate would answer: its recipient's, and not answered yet."""
    if file.feed != CERTIFICATE or file.cover is None:
        return None
    done = answered(files)
    wanted = set(file.cover.subjects)
    return next(
        (
            each
            for each in files
            if each.file.feed == REQUEST
            and (each.file.sender, each.file.recipient) == (file.recipient, file.sender)
            and wanted.intersection(cover_of(each).subjects)
            and each.file.id not in done
            and was_accepted(each)
        ),
        None,
    )


def answered(files: Collection[Custody]) -> frozenset[str]:
    """Give the ids of the requests that a certificate has answered."""
    return frozenset(cover_of(each).answers for each in files if each.file.feed == CERTIFICATE)


def was_accepted(custody: Custody) -> bool:
    """Say whether a letter was ever accepted."""
    return any(step.state is State.ACCEPTED for step in custody.steps)
