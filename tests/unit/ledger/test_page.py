"""Every release, refusal and rejection of a batch is one line, true to what left."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from hub.intake.values import Rejected
from hub.ledger.page import Scribe, requested_at
from hub.ledger.record import Entry, parse_line
from hub.routing.release import refusals
from hub.vocabulary.clock import rfc3339
from hub.vocabulary.reasons import because
from tests.support.notices import (
    PREFECTURE,
    TOWN,
    books,
    change_notice,
    individual_number,
    notice,
    resident_code,
)
from tests.unit.routing.office import Office, accepted, open_office
from tests.unit.sealing.parties import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hub.routing.values import Refusal, Release

AT = rfc3339(NOW)
SCRIBE = Scribe(change_notice(), books().catalogue.digest)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Give an office with keys of its own."""
    with open_office(tmp_path) as office:
        yield office


def rejected(code: str, item: str | None = None, subject: bytes | None = None) -> Rejected:
    """Give a rejected message."""
    identifier = "0195f000-0000-7000-8000-00000000000f"
    return Rejected(identifier, TOWN, because(code, item), "record", b"\x01\x02", subject)


def read(
    releases: list[Release] | None = None,
    refused: list[Refusal] | None = None,
    others: list[Rejected] | None = None,
) -> list[Entry]:
    """Give the entries of a batch's page, each read from its line."""
    lines = SCRIBE.page(releases or [], refused or [], others or [], AT)
    entries = [parse_line(line) for line in lines]
    assert [entry.to_line() for entry in entries] == lines
    return entries


def test_a_provision_has_every_column_of_the_report(office: Office) -> None:
    """提供年月日, 利用方法, 利用事由, 提供事務, 提供元, 提供先, 提供された情報 and what proves them."""
    releases = office.release(accepted(notice()))
    to_prefecture, to_jlis = read(releases)
    assert to_prefecture == Entry(
        kind="provision",
        id=releases[0].notice.message_id,
        record=releases[0].record_id,
        feed="change-notice",
        sender=TOWN,
        recipient=PREFECTURE,
        at=AT,
        requested_at=requested_at(releases[0].notice.message_id),
        method="電気通信回線を通じた送信",
        reason="都道府県知事保存本人確認情報ファイルの更新",
        task="本人確認情報の通知",
        basis=books().catalogue.by_id["juki-30-6-notice"].basis,
        rule="juki-30-6-notice",
        catalogue=books().catalogue.digest,
        items=tuple(item for item in notice() if item not in {"市町村コード", "更新順番号"}),
        subject=bytes(32).hex(),
        content=hashlib.sha256(releases[0].value).hexdigest(),
        code="released",
    )
    assert (to_jlis.sender, to_jlis.recipient, to_jlis.rule) == (
        PREFECTURE,
        "jlis",
        "juki-30-7-notice",
    )


def test_the_items_of_a_line_are_those_of_its_own_record(office: Office) -> None:
    """Notices of one batch with other items present share nothing of their lines."""
    lacking = notice(2, 氏名の振り仮名=None, 通称="架空通称", 続柄="世帯主")
    releases = office.release(accepted(notice(1), 1), accepted(lacking, 2), accepted(notice(3), 3))
    for entry, release in zip(read(releases), releases, strict=True):
        assert entry.items == tuple(office.items(release))
        assert entry.record == release.record_id
        assert entry.content == hashlib.sha256(release.value).hexdigest()


def test_lines_stand_in_the_order_of_the_batch(office: Office) -> None:
    """Releases, refusals, rejections; within each as they arrived."""
    releases = office.release(accepted(notice(1), 1), accepted(notice(2), 2))
    asked = [accepted(notice(n), n, asked="110001") for n in (3, 4)]
    refused = refusals(asked, office.planner, NOW.date())
    found = read(releases, refused, [rejected("not-present"), rejected("duplicate")])
    assert [entry.kind for entry in found] == [
        *["provision"] * 4,
        *["refusal"] * 2,
        "quarantine",
        "duplicate",
    ]
    assert [entry.id[-1] for entry in found] == list("112234ff")


def test_a_refusal_is_recorded_like_a_provision(office: Office) -> None:
    """Who wanted to give to whom, when, of whom, under which catalogue and why not."""
    refused = refusals([accepted(notice(), asked="110001")], office.planner, NOW.date())
    (entry,) = read(refused=refused)
    assert (entry.sender, entry.recipient, entry.code) == (TOWN, "110001", "no-rule")
    assert (entry.at, entry.subject) == (AT, bytes(32).hex())
    assert entry.catalogue == books().catalogue.digest
    assert (entry.rule, entry.basis, entry.content) == (None, None, None)
    assert entry.items == ()


@pytest.mark.parametrize("asked", ["架空　花子", "\x00\ud842", "x" * 60_000])
def test_a_made_up_recipient_is_refused_without_being_named(office: Office, asked: str) -> None:
    """Attack: any text as the recipient asked for. The line is written, and it is not in it."""
    refused = refusals([accepted(notice(), asked=asked)], office.planner, NOW.date())
    (entry,) = read(refused=refused)
    assert (entry.recipient, entry.code) == (None, "unknown-body")


@pytest.mark.parametrize(
    ("code", "item", "kind"),
    [
        ("duplicate", None, "duplicate"),
        ("superseded", "更新順番号", "refusal"),
        ("not-present", None, "quarantine"),
        ("item-changed", "氏名", "quarantine"),
        ("does-not-open", None, "quarantine"),
    ],
)
def test_a_rejection_is_recorded_by_its_kind(code: str, item: str | None, kind: str) -> None:
    """Code and item, the resident where they are known; never what the message held."""
    for subject in (None, bytes(32)):
        (entry,) = read(others=[rejected(code, item, subject)])
        assert (entry.kind, entry.code, entry.item) == (kind, code, item)
        assert entry.subject == (subject.hex() if subject else None)
        assert entry.recipient is None


def test_the_time_of_the_request_is_that_of_the_messages_id() -> None:
    """An id says when it was minted; the ledger says it in Japan's time."""
    assert requested_at("0195f000-0000-7000-8000-00000000000f") == "2025-04-01T15:18:06.720+09:00"


def test_no_line_holds_anything_of_the_person(office: Office) -> None:
    """Names of items and digests only."""
    items = notice(
        1,
        変更前個人番号=individual_number(7),
        旧住民票コード=resident_code(7),
        旧氏="架空旧氏",
        通称="架空通称",
        続柄="極秘の続柄",
    )
    releases = office.release(accepted(items))
    refused = refusals([accepted(items, asked="110001")], office.planner, NOW.date())
    page = b"\n".join(SCRIBE.page(releases, refused, [rejected("item-changed", "氏名")], AT))
    for name, value in items.items():
        if name not in {"性別", "市町村コード", "更新順番号"}:
            assert str(value).encode() not in page


def test_a_notice_under_a_later_code_says_that_both_codes_are_one(office: Office) -> None:
    """Two lines for the message, one a digest, however many recipients there are."""
    changed = accepted(notice())._replace(alias=b"\x07" * 32)
    releases = office.release(changed, accepted(notice()))
    first, second = [entry for entry in read(releases) if entry.kind == "alias"]
    assert (first.subject, second.subject) == (changed.subject.hex(), "07" * 32)
    assert first.id == second.id == changed.message_id
    assert first.sender == changed.sender
    assert not first.items


def test_an_empty_batch_has_an_empty_page() -> None:
    """No line is made up."""
    assert SCRIBE.page([], [], [], AT) == []
