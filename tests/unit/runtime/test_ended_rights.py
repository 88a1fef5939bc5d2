"""When a rule or a subscription has ended no key is announced any more to whom it served."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import orjson
import pytest

from hub.resources import shelf
from hub.rules.load import load_books
from hub.rules.subscriptions import Subscription, Subscriptions
from hub.runtime import topics
from hub.runtime.hub import Hub
from hub.runtime.submission import sender_record
from hub.sealing.keys import Announcement
from hub.testing import sandbox_hub
from hub.vocabulary.requests import Request
from tests.support.notices import PREFECTURE, TOWN, books, notice, values_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hub.rules.load import Books

FEED = "change-notice"


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Give a hub of an empty sandbox, on 2026-04-01."""
    with sandbox_hub("2026-04-01T09:00:00+09:00") as hub:
        yield hub


def _carry(hub: Hub, serial: int) -> str:
    """Let a town send a notice under new data keys; gives what became of the prefecture's leg."""
    hub.vault.rotate(hub.clock.now())
    feed = hub.books.feeds[FEED]
    sent = sender_record(hub, feed, TOWN, Request(), hub.mint(), values_of(notice(serial)))
    hub.bus.publish([sent])
    hub.worker().step()
    pages = hub.bus.follow(topics.receipts().name, 0, 0, 100)
    rows = [orjson.loads(line) for page in pages for line in page.value.split(b"\n")]
    code: str = [row["code"] for row in rows if row["to"] in {PREFECTURE, None}][-1]
    return code


def _announced(hub: Hub) -> int:
    """Count the keys that were announced to the prefecture."""
    found = hub.bus.follow(topics.keys().name, 0, 0, 100)
    readers = [Announcement.from_bytes(record.value).recipient for record in found]
    return readers.count(PREFECTURE)


def _rule_ended(folder: Path) -> Books:
    """Give the rules with 30条の6 in force up to the day before."""
    shutil.copytree(str(shelf("rules")), folder / "rules")
    file = folder / "rules" / "statutes" / "juki-30-6.toml"
    text = file.read_text(encoding="utf-8")
    ended = text.replace("from = 2025-05-26", "from = 2025-05-26\nto = 2026-03-31")
    assert ended != text
    file.write_text(ended, encoding="utf-8")
    return load_books(folder / "rules")


def _subscription_ended(_: Path) -> Books:
    row = Subscription(PREFECTURE, FEED, date(2026, 3, 31), "試行の終了")
    return books()._replace(subscriptions=Subscriptions([row]))


@pytest.mark.parametrize("ended", [_rule_ended, _subscription_ended])
def test_after_the_end_no_key_is_announced(
    hub: Hub, ended: Callable[[Path], Books], tmp_path: Path
) -> None:
    """Before it each new key is; afterwards the leg is refused, on record, and nothing follows."""
    assert [_carry(hub, serial) for serial in (1, 2)] == ["released", "released"]
    assert _announced(hub) == 2
    later = Hub(ended(tmp_path), hub.vault, hub.bus, hub.clock, hub.home)
    later.rulebook.sign(later.clock.now(), later.books.catalogue.digest)
    assert _carry(later, 3) != "released"
    assert _announced(later) == 2
