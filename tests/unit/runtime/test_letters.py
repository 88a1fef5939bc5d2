"""Certificates and notices in one hub: who gets what, what is claimed, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hub.custody.states import Cause
from hub.errors import UsageError
from hub.runtime.custody import holds
from hub.runtime.custody.withdrawals import withdraw
from hub.testing import sandbox_hub
from tests.support.transfers import (
    CERTIFICATE,
    MOVE_IN,
    NEW,
    OLD,
    PREFECTURE,
    REPORT,
    REQUEST,
    THIRD,
    Play,
    certificate,
    move_in,
    person,
    request,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

LAST_DAY = "2026-05-01T23:59:59+09:00"
TOO_LATE = "2026-05-02T00:00:00+09:00"
GONE = "2026-05-03T00:00:00+09:00"


@pytest.fixture
def play() -> Iterator[Play]:
    """Give a hub on the day on which a certificate is sent."""
    with sandbox_hub(residents=1) as hub:
        yield Play(hub)


def test_a_household_arrives_as_it_was_sent(play: Play) -> None:
    """Two people in the list, every item by its official name, and its row: 24の2③."""
    sent = certificate(1, 2)
    (receipt,) = play.submit(CERTIFICATE, OLD, sent)
    given, again = (play.run().receive(CERTIFICATE, NEW, confirm=False)[0] for _ in range(2))
    assert given == again
    assert play.state(receipt.id) == "sent"
    assert play.receive(CERTIFICATE, NEW) == [given]
    assert given["id"] == receipt.id
    assert given["items"] == sent
    assert (given["rule"], given["basis"]["paragraph"]) == ("juki-24-2-3", "3")
    assert play.receive(CERTIFICATE, NEW) == []


@pytest.mark.parametrize(
    ("asked", "code"), [(PREFECTURE, "prohibited-edge"), ("jlis", "prohibited-edge")]
)
def test_it_never_goes_by_way_of_a_prefecture_or_the_centre(
    play: Play, asked: str, code: str
) -> None:
    """Asked for, it is refused, the refusal recorded, and nothing of it is kept."""
    (receipt,) = play.submit(CERTIFICATE, OLD, certificate(1), to=asked)
    assert receipt.reason is not None
    assert receipt.reason.code == code
    assert play.run().codes(OLD, receipt.id) == [code]
    assert play.receive(CERTIFICATE, asked) == []
    assert play.hub.vault.files_with_keys() == []


def test_only_its_destination_gets_it(play: Play) -> None:
    """A third municipality that was not named and has not asked is refused."""
    (receipt,) = play.submit(CERTIFICATE, OLD, certificate(1), to=THIRD)
    assert receipt.reason is not None
    assert receipt.reason.code == "not-destination"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"転出先": "どこかの町"}, "unknown-destination"),
        ({"転出の予定年月日": "2026-02-30"}, "not-a-date"),
        ({"転出の予定年月日": ""}, "missing-item"),
        ({"転出の予定年月日": "2026-02-17"}, "planned-too-long-ago"),
        ({"転出の予定年月日": "2036-04-01"}, "planned-too-far"),
        ({"個人番号": "123456789012"}, "check-digit"),
        ({"氏名": "試\u0007験"}, "refused-character"),
        ({"世帯員": [{"住民票コード": "1"}]}, "missing-item"),
        ({"世帯員": {}}, "not-a-list"),
        ({"世帯員": [person(1)]}, "person-twice"),
        ({"好きな色": "青"}, "unknown-item"),
    ],
)
def test_a_bad_line_costs_only_itself(play: Play, wrong: dict[str, object], code: str) -> None:
    """It is quarantined with its reason; its neighbour goes through."""
    bad, good = play.submit(CERTIFICATE, OLD, certificate(1) | wrong, certificate(2))
    assert bad.outcome == "quarantined"
    assert bad.reason is not None
    assert bad.reason.code == code
    assert good.reason is None


def test_a_claim_on_the_last_day_counts_and_tells_the_prefecture(play: Play) -> None:
    """D+30 in its last second: claimed, the notice delivered, 施行令13③ on the old one's behalf."""
    identifier = play.sent(1)
    late = play.at(LAST_DAY)
    late.submit(MOVE_IN, NEW, move_in(1, moved="2026-04-20"))
    assert late.run().state(identifier) == "claimed"
    (notice,) = late.receive(MOVE_IN, OLD)
    assert notice["items"] == move_in(1, moved="2026-04-20")
    (report,) = late.receive(REPORT, PREFECTURE)
    assert report["items"] == {
        "転入通知を受けた旨": "該当",
        "世帯員": [{"住民票コード": person(1)["住民票コード"]}],
    }
    assert (report["from"], report["rule"]) == (OLD, "juki-rei-13-3")
    assert late.codes(OLD, identifier) == ["claimed"]
    assert late.codes(NEW) == ["acknowledged"]


def test_a_claimed_certificate_goes_a_day_after(play: Play) -> None:
    """Not a second before; its key is gone with it, and so is the notice's."""
    identifier = play.sent(1)
    claimed = play.at("2026-04-10T10:00:00+09:00")
    claimed.submit(MOVE_IN, NEW, move_in(1))
    claimed.run().receive(MOVE_IN, OLD)
    claimed.receive(REPORT, PREFECTURE)
    assert claimed.at("2026-04-11T09:59:59+09:00").run().state(identifier) == "claimed"
    after = claimed.at("2026-04-11T10:00:00+09:00")
    assert after.state(identifier) == "due"
    assert after.run().state(identifier) == "verified"
    assert after.hub.vault.files_with_keys() == []
    assert after.hub.files.idle() == set()


@pytest.mark.parametrize(
    ("now", "moved", "code"),
    [
        (TOO_LATE, "2026-04-25", "claim-too-late"),
        ("2026-04-16T00:00:00+09:00", "2026-04-01", "claim-after-move-days"),
        (GONE, "2026-05-01", "certificate-expired"),
    ],
)
def test_a_claim_that_comes_too_late_is_refused(
    play: Play, now: str, moved: str, code: str
) -> None:
    """After D+30, after the 14th day from the move, after the erasure: refused, nothing delivered."""
    identifier = play.sent(1)
    late = play.at(now).run()
    (receipt,) = late.submit(MOVE_IN, NEW, move_in(1, moved=moved))
    assert late.run().codes(NEW, receipt.id) == [code]
    assert late.receive(MOVE_IN, OLD) == []
    assert late.receive(REPORT, PREFECTURE) == []
    assert late.state(identifier) != "claimed"


def test_the_fourteenth_day_from_the_move_is_in_time(play: Play) -> None:
    """転入をした日から14日: the move on the 1st, the notice in the last second of the 15th."""
    identifier = play.sent(1)
    late = play.at("2026-04-15T23:59:59+09:00")
    late.submit(MOVE_IN, NEW, move_in(1))
    assert late.run().state(identifier) == "claimed"


def test_unclaimed_it_expires_and_is_gone_when_its_last_day_has_ended(play: Play) -> None:
    """D = 2026-04-01: expired on 05-02, there until it ends, gone at 05-03 00:00, its sender told."""
    identifier = play.sent(1)
    assert play.at(LAST_DAY).run().state(identifier) == "acknowledged"
    assert play.at("2026-05-02T23:59:59+09:00").run().state(identifier) == "expired"
    assert play.hub.vault.files_with_keys() == [identifier]
    gone = play.at(GONE)
    assert gone.state(identifier) == "due"
    assert gone.run().state(identifier) == "verified"
    assert gone.hub.vault.files_with_keys() == []
    assert gone.codes(OLD, identifier) == ["unclaimed"]


def test_a_notice_in_time_finds_its_certificate_gone_when_it_waited_too_long(play: Play) -> None:
    """Sent on the last day, run after the end: the erasure is first, and the notice says what to do."""
    identifier = play.sent(1)
    last = play.at(LAST_DAY)
    (receipt,) = last.submit(MOVE_IN, NEW, move_in(1, moved="2026-04-25"))
    gone = last.at(GONE).run()
    assert gone.state(identifier) == "verified"
    assert gone.codes(NEW, receipt.id) == ["certificate-expired"]


def test_a_notice_sent_in_time_and_run_a_day_late_is_accepted(play: Play) -> None:
    """What counts is the day on which the notice came in."""
    identifier = play.sent(1)
    last = play.at(LAST_DAY)
    last.submit(MOVE_IN, NEW, move_in(1, moved="2026-04-25"))
    next_day = last.at("2026-05-02T09:00:00+09:00").run()
    assert next_day.state(identifier) == "claimed"
    # A day after the claim would be after the day on which it must be gone at the latest.
    assert next_day.at(GONE).run().state(identifier) == "verified"


def test_without_a_certificate_there_is_nothing_to_claim(play: Play) -> None:
    """Nobody's, another's, or one for another municipality: refused, and the receipt says why."""
    play.sent(1)
    for sender, serial in ((NEW, 2), (THIRD, 1)):
        (receipt,) = play.submit(MOVE_IN, sender, move_in(serial, moved="2026-03-20"))
        assert play.run().codes(sender, receipt.id) == ["no-certificate"]


def test_a_household_is_claimed_when_its_last_member_has_moved_in(play: Play) -> None:
    """Some of them: it stays; all of them: claimed; one of them twice: refused."""
    identifier = play.sent(1, 2, 3)
    some = play.at("2026-04-05T10:00:00+09:00")
    some.submit(MOVE_IN, NEW, move_in(1, 3))
    assert some.run().state(identifier) == "acknowledged"
    (again,) = some.submit(MOVE_IN, NEW, move_in(3, moved="2026-04-02"))
    assert some.run().codes(NEW, again.id) == ["already-claimed"]
    some.submit(MOVE_IN, NEW, move_in(2))
    assert some.run().state(identifier) == "claimed"


def test_what_is_left_of_a_household_expires(play: Play) -> None:
    """One of two moved in: the certificate is gone on the day on which nobody claimed it."""
    identifier = play.sent(1, 2)
    some = play.at("2026-04-05T10:00:00+09:00")
    some.submit(MOVE_IN, NEW, move_in(1))
    some.run()
    assert some.at("2026-04-20T10:00:00+09:00").run().state(identifier) == "acknowledged"
    assert some.at(GONE).run().state(identifier) == "verified"


def test_a_notice_about_somebody_without_a_certificate_claims_for_nobody(play: Play) -> None:
    """A notice is accepted for all the people it names, or refused whole."""
    identifier = play.sent(1)
    play.submit(MOVE_IN, NEW, move_in(1, 2, moved="2026-03-20"))
    assert play.run().state(identifier) == "acknowledged"


def test_repeats_are_answered_and_not_given_again(play: Play) -> None:
    """The same certificate, the same notice: ``duplicate``."""
    play.sent(1)
    (receipt,) = play.submit(CERTIFICATE, OLD, certificate(1))
    assert play.run().codes(OLD, receipt.id) == ["duplicate"]
    assert play.receive(CERTIFICATE, NEW) == []
    for expected in ("released", "duplicate"):
        (notice,) = play.submit(MOVE_IN, NEW, move_in(1, moved="2026-03-20"))
        assert play.run().codes(NEW, notice.id) == [expected]
    assert len(play.receive(MOVE_IN, OLD)) == 1


def test_a_move_to_a_third_municipality_takes_the_place_of_the_first(play: Play) -> None:
    """転出先 changed: a new certificate to the other one; the first is erased at once."""
    first = play.sent(1)
    (receipt,) = play.submit(CERTIFICATE, OLD, certificate(1, to="広島市中区見本町"))
    play.run()
    assert play.state(first) == "verified"
    assert play.codes(OLD, first) == ["replaced"]
    (given,) = play.receive(CERTIFICATE, THIRD)
    assert given["id"] == receipt.id
    (notice,) = play.submit(MOVE_IN, NEW, move_in(1, moved="2026-03-20"))
    assert play.run().codes(NEW, notice.id) == ["no-certificate"]


def test_a_cancelled_move_leaves_nothing_to_claim(play: Play) -> None:
    """転出取消: taken back by its sender alone, erased, and a notice finds no certificate."""
    identifier = play.sent(1)
    with pytest.raises(UsageError):
        withdraw(play.hub, identifier, play.hub.party(NEW), None)
    withdraw(play.hub, identifier, play.hub.party(OLD), None)
    assert play.run().state(identifier) == "verified"
    assert play.codes(OLD, identifier) == ["withdrawn"]
    (notice,) = play.submit(MOVE_IN, NEW, move_in(1, moved="2026-03-20"))
    assert play.run().codes(NEW, notice.id) == ["no-certificate"]
    with pytest.raises(UsageError):
        withdraw(play.hub, identifier, play.hub.party(OLD), None)


def test_a_held_certificate_is_claimed_after_the_hold(play: Play) -> None:
    """While two people hold it a notice is refused; then it can be sent again."""
    identifier, two = play.sent(1), ("one", "two")
    holds.hold(play.hub, identifier, Cause.LEGAL_HOLD, two)
    letter = move_in(1, moved="2026-03-20")
    (notice,) = play.submit(MOVE_IN, NEW, letter)
    assert play.run().codes(NEW, notice.id) == ["certificate-held"]
    holds.end(play.hub, identifier, two)
    play.submit(MOVE_IN, NEW, letter)
    assert play.run().state(identifier) == "claimed"


def test_a_request_is_answered_by_a_fresh_certificate_under_its_own_row(play: Play) -> None:
    """24の2⑤⑥: a third municipality asks, and gets one with a new id though it is not 転出先."""
    first = play.sent(1)
    (asked,) = play.submit(REQUEST, THIRD, request(1))
    (given,) = play.run().receive(REQUEST, OLD)
    assert given["id"] == asked.id
    assert "個人番号" not in str(given["items"])
    receipt, second = play.submit(
        *(CERTIFICATE, OLD, certificate(1), certificate(1, planned="2026-04-02")), to=THIRD
    )
    (answer,) = play.run().receive(CERTIFICATE, THIRD)
    assert answer["id"] == receipt.id != first
    assert answer["rule"] == "juki-24-2-6"
    assert play.codes(OLD, second.id) == ["not-destination"]
    # Answered once, also where two answers waited; another needs another request.
    (again,) = play.submit(CERTIFICATE, OLD, certificate(1), to=THIRD)
    assert again.reason is not None
    assert again.reason.code == "not-destination"


def test_what_was_erased_is_asked_for_and_claimed_again(play: Play) -> None:
    """After the erasure: request, fresh certificate of a new day, move-in."""
    first = play.sent(1)
    later = play.at(GONE).run()
    later.submit(REQUEST, NEW, request(1))
    later.run()
    (receipt,) = later.submit(CERTIFICATE, OLD, certificate(1, planned="2026-05-03"))
    later.run().receive(CERTIFICATE, NEW)
    later.submit(MOVE_IN, NEW, move_in(1, moved="2026-05-01"))
    assert later.run().state(receipt.id) == "claimed"
    assert later.state(first) == "verified"
    # The first request is answered: the same words ask anew.
    for expected in ("released", "duplicate"):
        (again,) = later.submit(REQUEST, NEW, request(1))
        assert later.run().codes(NEW, again.id) == [expected]


def test_nobody_asks_for_what_waits_to_be_fetched(play: Play) -> None:
    """24の2⑤ is for a certificate that did not come or is erased."""
    play.submit(CERTIFICATE, OLD, certificate(1))
    play.run()
    (receipt,) = play.submit(REQUEST, NEW, request(1))
    assert play.run().codes(NEW, receipt.id) == ["certificate-waits"]


@pytest.mark.parametrize("key", ["個人番号", "基礎年金番号"])
def test_a_request_has_no_room_for_a_number(play: Play, key: str) -> None:
    """特定個人情報 in a request: no item of its schema, told by its position."""
    (receipt,) = play.submit(REQUEST, NEW, request() | person(1) | {key: person(1)["個人番号"]})
    assert receipt.outcome == "quarantined"
    assert receipt.reason is not None
    assert receipt.reason.code == "unknown-item"


def test_nothing_about_a_person_stands_on_the_bus(play: Play) -> None:
    """Steps, receipts, ledger lines: no code, name or number of anybody."""
    identifier = play.sent(1)
    play.submit(MOVE_IN, NEW, move_in(1, moved="2026-03-20"))
    play.run()
    bus = play.hub.bus
    found = b"".join(
        record.value + repr(record.headers).encode() + (record.key or b"")
        for topic in ("custody", "receipts", "ledger", "keys", "quarantine")
        for record in bus.follow(topic, 0, 0, 1000)
    )
    assert identifier.encode() in found
    for value in person(1).values():
        assert value.encode() not in found
