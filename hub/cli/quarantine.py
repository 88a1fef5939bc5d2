"""``hub quarantine``: what was set aside, why, and what to do with it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from hub.cli.options import HubGroup, open_hub, open_views, operator
from hub.cli.output import show, show_lines
from hub.runtime.quarantine import Quarantine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub.runtime.hub import Hub


@click.group("quarantine", cls=HubGroup)
def quarantine() -> None:
    """隔離 / Messages set aside: the reason and the item, never the value."""


@quarantine.command("list")
def list_() -> None:
    """隔離中の一覧 / Everything that waits."""
    with open_hub() as hub:
        views = open_views(hub)
        show_lines(map(_public, views.quarantined()))
        views.close()


@quarantine.command("show")
@click.argument("message_id", metavar="ID")
def show_(message_id: str) -> None:
    """1件の理由 / Why one message was set aside."""
    with _acting(None) as (_, held):
        show(_public(held.show(message_id)))


@quarantine.command("resubmit")
@click.argument("message_ids", metavar="ID...", nargs=-1, required=True)
def resubmit(message_ids: tuple[str, ...]) -> int:
    """保管した内容をもう一度処理する / Run the stored bytes again."""
    wrong = 0
    with _acting(operator()) as (hub, held):
        for message_id in message_ids:
            reason = held.resubmit(message_id)
            wrong |= reason is not None
            outcome = "quarantined" if reason else "resubmitted"
            show({"id": message_id, "outcome": outcome, "reason": reason and reason.to_dict()})
        hub.act()
    return int(wrong)


@quarantine.command("discard")
@click.argument("message_id", metavar="ID")
@click.option("--reason", "words", required=True, help="破棄の理由（封をして保管）/ sealed")
def discard(message_id: str, words: str) -> None:
    """隔離した1件を破棄する / Take a message out for good."""
    with _acting(operator()) as (hub, held):
        held.discard(message_id, words)
        hub.act()
    show({"id": message_id, "outcome": "discarded"})


@contextmanager
def _acting(operator_id: str | None) -> Iterator[tuple[Hub, Quarantine]]:
    with open_hub() as hub:
        views = open_views(hub)
        yield hub, Quarantine(hub, views, operator_id)
        views.close()


def _public(note: dict[str, Any]) -> dict[str, Any]:
    """Give what is shown of a note, in a stable order."""
    return {key: note[key] for key in ("id", "feed", "from", "at", "reason")}


COMMANDS = [quarantine]
