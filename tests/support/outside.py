"""Looks at a home from outside: as recipients, as senders, as an auditor with the files.

Recipients' records are read through the bus's port and opened with the recipient's own keys, as
``hub receive`` does, but from the beginning and without acknowledging.
"""

from __future__ import annotations

import hashlib
import io
import json
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

from hub.cli.main import cli
from hub.runtime import topics
from hub.runtime.buses import open_bus
from hub.runtime.home import open_home
from hub.runtime.hub import Hub
from hub.runtime.settings import Settings
from hub.runtime.worker import GROUP
from hub.sealing.envelope import open_record
from hub.sealing.errors import EnvelopeError, ForgedAnnouncementError
from tests.support.history import NATIONAL, History, Seen
from tests.support.hub_command import FEED, hub
from tests.support.ledger_files import ledger_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hub.bus.port import Bus, Delivered
    from tests.support.sender import Sender

_AT_ONCE = 1000


def look(home: Path, senders: Sequence[Sender]) -> History:
    """Give the history of a home whose services do not run."""
    towns = [sender.town for sender in senders]
    bodies = sorted({town.code for town in towns} | {town.prefecture for town in towns})
    with Hub.open(Settings(home=home)) as opened:
        taken = frozenset(_taken(opened.bus))
        recipients = sorted({town.prefecture for town in towns} | {NATIONAL})
        found = [seen for recipient in recipients for seen in _seen(opened, recipient)]
    return History(
        taken=taken,
        seen=[seen for seen in found if seen is not None],
        unopened=found.count(None),
        receipts=[row for body in bodies for row in _told(home, "receipts", "--from", body)],
        lines=list(ledger_lines(home)),
        quarantined=_told(home, "quarantine", "list"),
        verified=_told(home, "ledger", "verify", str(home))[0],
    )


def ask(home: Path, *words: str) -> list[dict[str, Any]]:
    """Call a command that must succeed and say nothing on stderr; gives its lines."""
    done = hub("--home", str(home), "--format", "json", *words)
    assert (done.code, done.err) == (0, ""), f"{words[0]}: exit {done.code}, {done.err}"
    return done.lines


def verified(home: Path) -> dict[str, Any]:
    """Give what ``hub ledger verify`` says of a home, good or bad."""
    return _told(home, "ledger", "verify", str(home))[0]


def _told(home: Path, *words: str) -> list[dict[str, Any]]:
    """Give the lines that a command prints, called as the process ``hub`` calls it, but in this one."""
    with redirect_stdout(io.StringIO()) as printed:
        cli.main(["--home", str(home), "--format", "json", *words], standalone_mode=False)
    return [json.loads(line) for line in printed.getvalue().splitlines()]


def backlog(home: Path) -> int:
    """Give how many messages no worker has carried yet."""
    with open_bus(Settings().bus, open_home(home)) as bus:
        return bus.backlog(GROUP, topics.intake(FEED).name)


def _taken(bus: Bus) -> Iterator[str]:
    """Give the ids of all messages on the way in, initial loads included."""
    for _, record in _records(bus, topics.intake(FEED).name):
        yield dict(record.headers)["ce_message"].decode()


def _seen(opened: Hub, recipient: str) -> Iterator[Seen | None]:
    """Give a recipient's records per partition in order; nothing for one that does not open."""
    keyring, feed = opened.keyring(recipient), opened.desk(FEED).feed
    for partition, record in _records(opened.bus, topics.release(FEED, recipient).name):
        try:
            envelope = open_record(record.headers, record.value, keyring)
        except (EnvelopeError, ForgedAnnouncementError):
            yield None
            continue
        yield Seen(
            recipient,
            partition,
            envelope.message_id,
            envelope.record_id,
            envelope.source,
            hashlib.sha256(record.value).hexdigest(),
            feed.named(feed.open(envelope.payload).values),
        )


def _records(bus: Bus, topic: str) -> Iterator[tuple[int, Delivered]]:
    """Give every committed record of a topic with its partition."""
    for partition in range(bus.partitions(topic)):
        position = 0
        while records := bus.follow(topic, partition, position, _AT_ONCE):
            position = records[-1].offset + 1
            yield from ((partition, record) for record in records)
