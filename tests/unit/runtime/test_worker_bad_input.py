"""Forged and damaged records on the bus: each costs only itself, and nothing of it is told.

The bad record stands between two good ones of the same partition, so one batch holds all three.
Bad lines of a file stand in ``tests/unit/intake/test_bad_input.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.bus.port import Record
from hub.runtime import topics
from hub.runtime.quarantine import NotResubmittableError, Quarantine
from hub.runtime.views import Views
from hub.runtime.worker import Tally
from hub.testing import sandbox_hub
from tests.unit.runtime.forgeries import FEED, FORGED, PLANTED, good, planted_payload, sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hub.runtime.hub import Hub


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Give a hub with an empty bus."""
    with sandbox_hub() as hub:
        yield hub


def everything_told(hub: Hub) -> bytes:
    """Give all that the bus holds: names, headers and values of every topic's records."""
    names = [
        topics.ledger().name,
        topics.receipts().name,
        topics.quarantine().name,
        topics.keys().name,
    ]
    names += [topics.release(FEED.name, party).name for party in hub.parties]
    found = []
    for name in names:
        for partition in range(hub.bus.partitions(name)):
            for record in hub.bus.follow(name, partition, 0, 1000):
                found += [record.key or b"", record.value, *(value for _, value in record.headers)]
    return b"\n".join(found)


def waiting(hub: Hub) -> list[dict[str, Any]]:
    """Give the notes of what waits in quarantine."""
    return list(Views(":memory:", hub.bus, hub.home.path).quarantined())


def released(hub: Hub) -> list[str]:
    """Give the ids of messages released to the prefecture, in order."""
    pages = hub.bus.follow(topics.receipts().name, 0, 0, 100)
    rows = [orjson.loads(line) for page in pages for line in page.value.split(b"\n")]
    return [row["id"] for row in rows if row["to"] == "070009" and row["code"] == "released"]


@pytest.mark.parametrize(("forge", "code"), FORGED.values(), ids=FORGED)
def test_a_forged_or_damaged_record_costs_only_itself(
    hub: Hub, capfd: pytest.CaptureFixture[str], forge: Callable[[Hub], Record], code: str
) -> None:
    """It is quarantined with its code, its neighbours are released, and nothing of it is told."""
    before, after = good(hub), good(hub)
    hub.bus.publish([before, forge(hub), after])
    worker = hub.worker()
    assert worker.step() == Tally(accepted=2, quarantined=1, provisions=4)
    assert worker.step() is None
    assert released(hub) == [dict(each.headers)["ce_message"].decode() for each in (before, after)]
    (note,) = waiting(hub)
    assert note["reason"]["code"] == code
    told = everything_told(hub) + "".join(capfd.readouterr()).encode()
    for value in PLANTED.values():
        assert value.encode() not in told


@pytest.mark.parametrize(
    "asked", ["\x07\x1b極秘花子", "極秘花子", "x" * 60_000, PLANTED["住民票コード"]]
)
def test_a_made_up_recipient_is_refused_and_not_named(hub: Hub, asked: str) -> None:
    """Attack: any text as the recipient asked for. It stops no worker and enters no ledger."""
    hub.bus.publish([good(hub), sealed(hub, planted_payload(), request=f"to={asked}"), good(hub)])
    assert hub.worker().step() == Tally(accepted=2, provisions=4, refusals=1)
    assert asked.encode() not in everything_told(hub)


def test_a_replayed_record_is_a_duplicate(hub: Hub) -> None:
    """Attack: a captured record is put on the bus again. It is answered, not released again."""
    record = good(hub)
    hub.bus.publish([record, record])
    worker = hub.worker()
    assert worker.step() == Tally(accepted=1, repeated=1, provisions=2)
    hub.bus.publish([record])
    assert worker.step() == Tally(repeated=1)
    assert len(released(hub)) == 1
    assert waiting(hub) == []


def test_a_forged_announcement_stops_nobody(hub: Hub) -> None:
    """Attack: noise on the topic of keys, before the true key and after it."""
    noise = Record(topics.keys().name, None, PLANTED["氏名"].encode() + b"\xff{}")
    hub.bus.publish([noise])
    first = good(hub)
    hub.bus.publish([noise, first])
    assert hub.worker().step() == Tally(accepted=1, provisions=2)


@pytest.mark.parametrize(
    "kind", ["a flipped bit of the text", "an unknown schema", "a record cut short"]
)
def test_what_no_schema_reads_cannot_be_run_again(hub: Hub, kind: str) -> None:
    """Neither what does not open nor what is of no known schema is taken for a record of ours."""
    hub.bus.publish([FORGED[kind][0](hub)])
    hub.worker().step()
    views = Views(":memory:", hub.bus, hub.home.path)
    (note,) = views.quarantined()
    with pytest.raises(NotResubmittableError):
        Quarantine(hub, views, None).resubmit(note["id"])


# Headers are text without NUL on every bus (hub.bus.port).
header_values = st.binary(max_size=40).map(lambda value: value.replace(b"\0", b"."))
requests = st.text("to=;baselinresubmtd0123456789\x07極", max_size=30)
header_names = st.sampled_from(["ce_source", "ce_keyid", "ce_schema", "ce_id", "ce_extra", "other"])


def test_no_damage_of_any_kind_stops_the_worker() -> None:
    """Random damage to headers, value and payload: every record is answered, none raises."""
    with sandbox_hub() as hub:
        worker = hub.worker()

        @given(
            payload=st.binary(max_size=40) | st.just(planted_payload()),
            headers=st.dictionaries(header_names, header_values, max_size=3),
            value=st.none() | st.binary(max_size=60),
            request=requests,
        )
        def damage(
            payload: bytes, headers: dict[str, bytes], value: bytes | None, request: str
        ) -> None:
            record = sealed(hub, payload, request=request)
            changed = tuple((dict(record.headers) | headers).items())
            damaged = record.value if value is None else value
            hub.bus.publish([record._replace(headers=changed, value=damaged)])
            tally = worker.step()
            assert tally is not None
            assert sum(tally) - tally.provisions == 1

        damage()
