"""An outcome becomes records a broker takes: nothing lost, nothing doubled, nothing told."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.intake.values import Rejected
from hub.routing.release import baseline_receipt, rejected_receipt, released_receipt
from hub.routing.values import Receipt
from hub.runtime import topics
from hub.runtime.outcome import HUB, Outcome, ledger_pages, receipt_pages
from hub.sealing.envelope import open_record
from hub.sealing.errors import EnvelopeError
from hub.testing import sandbox_hub
from hub.vocabulary.clock import rfc3339
from hub.vocabulary.reasons import because
from hub.vocabulary.requests import Request
from tests.support.notices import TOWN, change_notice, notice
from tests.unit.routing.office import accepted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub.bus.port import Record
    from hub.runtime.hub import Hub

# A broker takes a megabyte by default; the rest is for headers and framing.
LIMIT = 500_000
FEED = change_notice()
STORED = "極秘花子,極秘県".encode()


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Give a hub with an empty bus."""
    with sandbox_hub() as hub:
        yield hub


def outcome_of(hub: Hub) -> Outcome:
    """Give an outcome with something of every kind."""
    now = hub.clock.now()
    releases = hub.desk(FEED.name).releaser.release([accepted(notice(n), n) for n in range(3)], now)
    request = Request("070009", baseline=False)
    bad = Rejected(
        hub.mint(), TOWN, because("item-twice", "氏名"), "line:utf-8", STORED, None, request
    )
    repeat = Rejected(hub.mint(), TOWN, because("duplicate"), "record", STORED)
    return Outcome(releases, [], [bad, repeat], [accepted(notice(9), 9)])


def records_on(hub: Hub, topic: str) -> list[Record]:
    """Give the records of the outcome that go to one topic."""
    made = hub.clerk.records(hub.desk(FEED.name), outcome_of(hub), hub.clock.now())
    return [record for record in made if record.topic == topic]


sizes = st.lists(st.sampled_from([1, 40, 900, 65_535]) | st.integers(1, 65_535), max_size=30)


@given(sizes)
def test_lines_are_paged_in_order_under_the_limit(lengths: list[int]) -> None:
    """Joined again the pages are the lines; no page is empty or over the limit."""
    lines = [b"%d" % n + b"x" * (length - 1) for n, length in enumerate(lengths)]
    pages = [record.value for record in ledger_pages(lines)]
    assert b"\n".join(pages).split(b"\n") == (lines or [b""])
    assert all(0 < len(page) <= LIMIT for page in pages)


@given(sizes)
def test_no_page_has_room_for_the_next_line(lengths: list[int]) -> None:
    """As few records as can be: a line begins a page only where the last had no room."""
    pages = [record.value for record in ledger_pages([b"x" * length for length in lengths])]
    for page, after in itertools.pairwise(pages):
        assert len(page) + 1 + len(after.split(b"\n")[0]) > LIMIT


def test_a_thousand_receipts_are_one_record() -> None:
    """A batch costs the bus few records, whatever it holds."""
    receipts = [Receipt(str(n), TOWN, "070009", "released", "rule", None) for n in range(1000)]
    (page,) = receipt_pages(receipts, "2026-04-01T09:00:00.000+09:00")
    rows = [orjson.loads(line) for line in page.value.split(b"\n")]
    assert [row["id"] for row in rows] == [str(n) for n in range(1000)]
    assert (page.topic, page.key) == (topics.receipts().name, None)


def test_no_lines_make_no_record() -> None:
    """An idle batch writes nothing."""
    assert ledger_pages([]) == receipt_pages([], "") == []


def test_the_receipts_of_an_outcome_are_those_of_its_parts(hub: Hub) -> None:
    """Byte for byte what each receipt says by itself, releases first, then the rest."""
    at = rfc3339(hub.clock.now())
    outcome = outcome_of(hub)
    made = hub.clerk.records(hub.desk(FEED.name), outcome, hub.clock.now())
    (page,) = [record for record in made if record.topic == topics.receipts().name]
    expected = [
        *map(released_receipt, outcome.releases),
        *map(rejected_receipt, outcome.rejected),
        *map(baseline_receipt, outcome.baseline),
    ]
    assert page.value.split(b"\n") == [orjson.dumps(each.to_dict(at)) for each in expected]


def test_each_release_goes_to_its_recipients_topic_under_the_residents_key(hub: Hub) -> None:
    """One resident's records stay in one partition, and no code is on the bus."""
    for recipient in ("070009", "jlis"):
        found = records_on(hub, topics.release(FEED.name, recipient).name)
        assert len(found) == 3
        assert {record.key for record in found} == {bytes(32)}


def test_only_what_an_operator_can_mend_is_quarantined(hub: Hub) -> None:
    """A repeat is answered and done; a bad line is kept, sealed for the hub alone."""
    (record,) = records_on(hub, topics.quarantine().name)
    note = orjson.loads(dict(record.headers)["quarantine"])
    assert (note["event"], note["from"], note["request"]) == ("opened", TOWN, "to=070009")
    assert note["reason"] == because("item-twice", "氏名").to_dict()
    opened = open_record(record.headers[:-1], record.value, hub.keyring(HUB))
    assert opened.payload.endswith(b"\n" + STORED)
    with pytest.raises(EnvelopeError):
        open_record(record.headers[:-1], record.value, hub.keyring(TOWN))


def test_no_record_shows_what_was_stored(hub: Hub) -> None:
    """In clear there are ids, bodies, codes and item names."""
    made = hub.clerk.records(hub.desk(FEED.name), outcome_of(hub), hub.clock.now())
    shown = b"".join(b"".join([r.value, r.key or b"", *(v for _, v in r.headers)]) for r in made)
    assert STORED not in shown
    assert "極秘".encode() not in shown
    assert "極秘" not in repr([outcome_of(hub), *made])
