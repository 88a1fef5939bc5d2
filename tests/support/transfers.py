"""Transfers of residence for tests: certificates and notices of invented people, and their parties."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import orjson

from connectors.synthetic.codes import Codes
from connectors.synthetic.dice import Dice
from hub.runtime.custody import overview
from hub.runtime.custody.letter_counter import LetterCounter
from hub.runtime.custody.letter_submission import LetterSubmission
from hub.runtime.until_idle import run_until_idle
from hub.runtime.views import Views
from hub.vocabulary.clock import parse_instant

if TYPE_CHECKING:
    from hub.runtime.hub import Hub
    from hub.runtime.submission import LineReceipt

CERTIFICATE, REQUEST = "transfer-out-certificate", "transfer-out-request"
MOVE_IN, REPORT = "move-in", "move-in-report"
OLD, NEW, THIRD, PREFECTURE = "072010", "112291", "341002", "070009"
PLANNED = "2026-04-01"
SUBMITTED = "2026-03-20T10:00:00+09:00"
_CODES = Codes(7, Dice(1 << 100))


def person(serial: int) -> dict[str, str]:
    """Give the items of an invented person."""
    return {
        "氏名": f"転出　試験{serial}",
        "氏名の振り仮名": "てんしゅつ　しけん",
        "生年月日": "1980-04-01",
        "性別": "女",
        "世帯主の氏名及び続柄": "転出　試験、本人",
        "戸籍の表示": "架空市見本町１番地　転出　試験",
        "住民票コード": _CODES.resident_code(serial),
        "個人番号": _CODES.individual_number(serial),
        "国民年金の被保険者の種別": "第１号",
        "個人番号カードの発行の日": "2024-02-29",
    }


def certificate(
    *serials: int, planned: str = PLANNED, to: str = "埼玉県和光市見本町１番地"
) -> dict[str, Any]:
    """Give a certificate: one person on the sheet, or a household in the list."""
    sheet = {"転出前の住所": "福島県福島市見本町１番地", "転出先": to, "転出の予定年月日": planned}
    if len(serials) == 1:
        return sheet | person(serials[0])
    return sheet | {"世帯員": [person(serial) for serial in serials]}


def move_in(*serials: int, moved: str = PLANNED) -> dict[str, Any]:
    """Give a move-in notice about people."""
    people = [{key: person(serial)[key] for key in ("住民票コード", "氏名")} for serial in serials]
    sheet = {
        "住民票の記載をした旨": "該当",
        "転入先の住所": "埼玉県和光市見本町１番地",
        "転入をした年月日": moved,
    }
    return sheet | (people[0] if len(people) == 1 else {"世帯員": people})


def request(*serials: int) -> dict[str, Any]:
    """Give a request for the certificate of people."""
    people = [{key: person(serial)[key] for key in ("住民票コード", "氏名")} for serial in serials]
    return {
        "最初の転入届等を受けた旨": "該当",
        "従前の住所": "福島県福島市見本町１番地",
        "世帯員": people,
    }


def line(letter: dict[str, Any]) -> bytes:
    """Give a letter as a line of JSON."""
    return orjson.dumps(letter) + b"\n"


class Play:
    """A hub of a sandbox, played at instants in order, in this process."""

    def __init__(self, hub: Hub, now: str = SUBMITTED) -> None:
        self.hub = hub.moved_to(parse_instant(now))

    def at(self, now: str) -> Play:
        """Give the same hub at another instant."""
        return Play(self.hub, now)

    def submit(
        self, feed: str, sender: str, *letters: dict[str, Any], to: str | None = None
    ) -> list[LineReceipt]:
        """Send letters; gives a receipt each."""
        asked = self.hub.body(to) if to else None
        submission = LetterSubmission(self.hub, feed, self.hub.party(sender), asked, "utf-8")
        return list(submission.take(BytesIO(b"".join(map(line, letters)))))

    def run(self) -> Play:
        """Erase what is due, decide what waits."""
        run_until_idle(self.hub)
        return self

    def receive(self, feed: str, reader: str, *, confirm: bool = True) -> list[dict[str, Any]]:
        """Fetch what waits for a reader."""
        counter = LetterCounter(self.hub, feed, self.hub.body(reader))
        found = []
        for delivery in counter.fetch():
            found.append(delivery.to_dict())
            if confirm:
                counter.acknowledge(delivery)
        assert counter.unopened == 0
        return found

    def state(self, message_id: str | None) -> str:
        """Give the state of a certificate as the list shows it."""
        return str(
            {each["id"]: each["state"] for each in overview.lines(self.hub)}[str(message_id)]
        )

    def codes(self, sender: str, message_id: str | None = None) -> list[str]:
        """Give the codes of a sender's receipts, the last of each leg."""
        views = Views(self.hub.home.views, self.hub.bus, self.hub.home.path)
        found = [str(each["code"]) for each in views.receipts(sender, message_id)]
        views.close()
        return found

    def sent(self, *serials: int, planned: str = PLANNED) -> str:
        """Have a certificate sent, accepted, fetched and confirmed; gives its id."""
        (receipt,) = self.submit(CERTIFICATE, OLD, certificate(*serials, planned=planned))
        assert receipt.reason is None
        self.run().receive(CERTIFICATE, NEW)
        return str(receipt.id)
