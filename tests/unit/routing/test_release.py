"""A release holds the permitted items for one reader, and says under its seal by what rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hub.intake.values import Rejected
from hub.routing.release import (
    baseline_receipt,
    refusals,
    refused_receipt,
    rejected_receipt,
    released_receipt,
)
from hub.sealing.errors import DoesNotOpenError, EnvelopeError, WrongRecipientError
from hub.vocabulary.reasons import because
from tests.support.notices import (
    PREFECTURE,
    TOWN,
    change_notice,
    individual_number,
    notice,
    resident_code,
)
from tests.unit.routing.office import Office, accepted, open_office
from tests.unit.sealing.parties import HUB, NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


FEED = change_notice()
WITHHELD = {"続柄": "極秘の続柄", "転入前住所": "極秘の住所", "操作者ＩＤ": "極秘ID"}
SOMETIMES = {
    "変更前個人番号": individual_number(7),
    "旧住民票コード": resident_code(7),
    "旧氏": "架空旧氏",
    "旧氏の振り仮名": "カクウ",
    "通称": "架空通称",
}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Give an office with keys of its own."""
    with open_office(tmp_path) as office:
        yield office


def test_a_notice_becomes_one_release_a_leg(office: Office) -> None:
    """To the prefecture and on to J-LIS, each with an id of its own, the message's kept."""
    releases = office.release(*(accepted(notice(n), n) for n in range(3)))
    legs = [(release.leg.provider.id, release.leg.recipient.id) for release in releases]
    assert legs == [(TOWN, PREFECTURE), (PREFECTURE, "jlis")] * 3
    ids = [release.record_id for release in releases]
    assert ids == sorted(set(ids))
    opened = [office.open(release, release.leg.recipient.id) for release in releases]
    assert [each.message_id[-1] for each in opened] == list("001122")
    assert [each.record_id for each in opened] == ids


def test_the_recipient_reads_the_nine_items_and_no_other(office: Office) -> None:
    """What the rule does not name is not in the record, nor its bytes anywhere in it."""
    for release in office.release(accepted(notice(1, **WITHHELD))):
        items = office.items(release)
        assert set(items) == set(notice()) - {"市町村コード", "更新順番号"}
        assert len(items) == 9
        payload = office.open(release, release.leg.recipient.id).payload
        for value in WITHHELD.values():
            assert value.encode() not in payload


def test_the_five_leave_where_they_are_present(office: Office) -> None:
    """変更前個人番号, 旧住民票コード, 旧氏, its reading and 通称."""
    for release in office.release(accepted(notice(1, **SOMETIMES, **WITHHELD))):
        items = office.items(release)
        assert len(items) == 14
        assert {name: items[name] for name in SOMETIMES} == SOMETIMES


def test_what_the_release_says_it_carries_is_what_it_carries(office: Office) -> None:
    """The mask, from which the ledger names the items, is that of the sealed record."""
    without = notice(1, 氏名の振り仮名=None, 個人番号=None, 通称="架空通称", **WITHHELD)
    for release in office.release(accepted(without)):
        assert FEED.present_names(release.mask) == tuple(office.items(release))
        assert "氏名の振り仮名" not in FEED.present_names(release.mask)


def test_only_its_recipient_opens_a_release(office: Office) -> None:
    """Neither the sender, nor the other recipient, nor another prefecture, nor the hub itself."""
    for release in office.release(accepted(notice())):
        for reader in (TOWN, PREFECTURE, "110001", "jlis", HUB):
            if reader != release.leg.recipient.id:
                with pytest.raises(WrongRecipientError):
                    office.open(release, reader)


def test_a_recipient_cannot_open_anothers_release_by_claiming_it(office: Office) -> None:
    """Attack: J-LIS puts its own name, then its own key, into the prefecture's record."""
    to_prefecture, to_jlis = office.release(accepted(notice()))
    own = dict(to_jlis.headers)
    for names in ({"ce_recipient"}, {"ce_recipient", "ce_keyid"}, {*own} - {"ce_id"}):
        headers = tuple(
            (name, own[name] if name in names else value) for name, value in to_prefecture.headers
        )
        with pytest.raises(EnvelopeError):
            office.open(to_prefecture._replace(headers=headers), "jlis")


def test_rule_and_basis_stand_under_the_seal(office: Office) -> None:
    """A recipient can prove by what article it was given; another article does not open."""
    to_prefecture, to_jlis = office.release(accepted(notice()))
    found = [office.open(to_prefecture, PREFECTURE), office.open(to_jlis, "jlis")]
    assert [(each.purpose, each.legal_basis) for each in found] == [
        ("juki-30-6-notice", "住民基本台帳法30の6第1項"),
        ("juki-30-7-notice", "住民基本台帳法30の7第1項"),
    ]
    assert {each.schema for each in found} == {FEED.fingerprint}
    other = dict(to_jlis.headers)
    for name in ("ce_purpose", "ce_legalbasis"):
        headers = tuple((n, other[n] if n == name else v) for n, v in to_prefecture.headers)
        with pytest.raises(DoesNotOpenError):
            office.open(to_prefecture._replace(headers=headers), PREFECTURE)


def test_no_header_holds_anything_of_the_person(office: Office) -> None:
    """The broker sees bodies, rule, key and ids."""
    items = notice(1, **SOMETIMES)
    for release in office.release(accepted(items)):
        shown = b"".join(value for _, value in release.headers) + release.value
        for name, value in items.items():
            if name not in {"性別", "市町村コード", "更新順番号"}:
                assert str(value).encode() not in shown


def test_nothing_is_released_without_a_rule(office: Office) -> None:
    """Asked for a foreign prefecture, or sent by one whom no row names: no record is made."""
    assert office.release(accepted(notice(), asked="110001")) == []
    assert office.release(accepted(notice(), sender=PREFECTURE)) == []
    assert office.topic == []


def test_each_senders_notices_go_their_own_way(office: Office) -> None:
    """Two towns in one batch, in the order of the notices, each to its own prefecture."""
    mixed = [accepted(notice(n), n, sender) for n, sender in enumerate([TOWN, "112291", TOWN])]
    releases = office.release(*mixed)
    assert [release.leg.recipient.id for release in releases] == [
        *(PREFECTURE, "jlis"),
        *("110001", "jlis"),
        *(PREFECTURE, "jlis"),
    ]
    assert [release.notice.message_id[-1] for release in releases] == list("001122")


def test_one_key_serves_a_batch_and_is_announced_once(office: Office) -> None:
    """A data key a sender, recipient and day."""
    office.release(*(accepted(notice(n), n) for n in range(10)))
    office.release(*(accepted(notice(n), n) for n in range(10)))
    pairs = [(each.sender, each.recipient) for each in office.topic]
    assert sorted(pairs) == [(PREFECTURE, "jlis"), (TOWN, PREFECTURE)]


def test_a_refusal_names_the_leg_and_why(office: Office) -> None:
    """It is there to be recorded like a provision, and prints no value."""
    asked = accepted(notice(), asked="110001")
    (refusal,) = refusals([asked], office.planner, NOW.date())
    assert refusal.leg is not None
    assert (refusal.leg.recipient.id, refusal.reason.code) == ("110001", "no-rule")
    receipt = refused_receipt(refusal).to_dict("2026-04-01T09:00:00.000+09:00")
    assert receipt["to"] == "110001"
    assert receipt["code"] == receipt["reason"]["code"] == "no-rule"
    assert "架空" not in repr([refusal, asked])


def test_a_refusal_of_an_unknown_body_names_nobody(office: Office) -> None:
    """What a sender asked for may be any text, so it is not repeated."""
    (refusal,) = refusals([accepted(notice(), asked="架空花子")], office.planner, NOW.date())
    assert refusal.leg is None
    assert refused_receipt(refusal).recipient is None
    assert refused_receipt(refusal).code == "unknown-body"


def test_permitted_notices_have_no_refusal(office: Office) -> None:
    """Nothing is recorded twice."""
    assert refusals([accepted(notice())], office.planner, NOW.date()) == []


def test_receipts_say_what_became_of_a_message_on_each_leg(office: Office) -> None:
    """Released with its rule; a repeat by its own code; everything else quarantined."""
    first, second = map(released_receipt, office.release(accepted(notice())))
    assert (first.sender, first.recipient, first.rule) == (TOWN, PREFECTURE, "juki-30-6-notice")
    assert (second.sender, second.recipient, second.code) == (PREFECTURE, "jlis", "released")
    for reason, code in (
        ("duplicate", "duplicate"),
        ("superseded", "superseded"),
        ("not-present", "quarantined"),
    ):
        item = None if reason == "duplicate" else "更新順番号"
        rejected = Rejected("1", TOWN, because(reason, item), "record", b"")
        receipt = rejected_receipt(rejected)
        assert (receipt.code, receipt.recipient) == (code, None)
        assert receipt.reason is not None
        assert receipt.reason.code == reason
    assert baseline_receipt(accepted(notice())).code == "baseline"
