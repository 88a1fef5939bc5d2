"""``hub topics``: what the bus lacks of what is declared, and how it gets there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from hub.cli.options import HubGroup, clock, home, settings, wants_json
from hub.cli.output import show
from hub.cli.topic_certificates import certificates
from hub.errors import UsageError
from hub.runtime.topic_care import open_topic_care

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from hub.runtime.topic_care import TopicCare
    from hub.runtime.topic_plan import Plan


@click.group("topics", cls=HubGroup)
def topics() -> None:
    """トピックと権限 / Topics, settings and rights, as declared and as the bus has them."""


@topics.command("plan")
def plan() -> None:
    """何が変わるか / What `apply` would change; changes nothing."""
    with _care() as care:
        _tell(care.plan())


@topics.command("apply")
def apply() -> int:
    """宣言のとおりにする / Make it as declared; never deletes a topic, never moves partitions."""
    with _care() as care:
        found = care.plan()
        care.apply(found)
    _tell(found)
    return int(bool(found.unresolved))


@topics.command("check")
def check() -> int:
    """宣言と異なれば失敗する / Fail (exit 1) where the bus is not as declared."""
    with _care() as care:
        found = care.plan()
    _tell(found)
    return int(bool(found.changes or found.rights or found.unresolved))


@topics.command("passwords")
@click.argument("users", nargs=-1, required=True, metavar="USER...")
def passwords(users: tuple[str, ...]) -> None:
    """利用者のパスワードを替える / Give users of a secured Kafka new passwords, into kafka-users."""
    with _care() as care:
        if care.rights is None:
            raise UsageError(
                "このバスには利用者がいません。認証のある Kafka で使ってください"
                " / this bus has no users: passwords are of a secured Kafka"
            )
        care.rights.renew_passwords(users)
    show({"users": sorted(users)})


topics.add_command(certificates)


def _care() -> AbstractContextManager[TopicCare]:
    return open_topic_care(home(), settings().bus, clock())


def _tell(found: Plan) -> None:
    """Print changes, what a person must resolve, and notes, in this order."""
    if wants_json():
        show(
            {
                "changes": [change.to_dict() for change in (*found.changes, *found.rights)],
                "unresolved": [each.to_dict() for each in found.unresolved],
                "notes": [note._asdict() for note in found.notes],
            }
        )
        return
    lines = [each.words for each in (*found.changes, *found.rights, *found.unresolved)]
    lines = lines or ["宣言のとおりです / as declared"]
    lines += [f"※ {note.ja} / {note.en}" for note in found.notes]
    sys.stdout.write("\n".join(lines) + "\n")


COMMANDS = [topics]
