"""A report has every provision of one resident and no other's, each provable by anybody."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, select, update

from hub.errors import SurroundingsError
from hub.ledger.disclose.report import COLUMNS
from hub.ledger.index.schema import records
from tests.unit.ledger_index.material import ALICE, BOB, CENTRE, LATER_ALICE, TOWN, message

if TYPE_CHECKING:
    from pathlib import Path

    from hub.ledger.disclose.report import Report
    from hub.ledger.index.store import IndexStore
    from tests.unit.disclose.conftest import Ask


def ids(report: Report) -> list[str]:
    """Give the message of each row."""
    return [orjson.loads(row.line)["id"] for row in report.rows]


def root_from(proof: dict[str, Any], size: int) -> bytes:
    """Give the root that a row's proof leads to: RFC 9162, 2.1.3.2, with no code of the hub."""
    node, last = proof["index"], size - 1
    found = hashlib.sha256(b"\0" + proof["line"].encode()).digest()
    for sibling in map(base64.b64decode, proof["hashes"]):
        if node & 1 or node == last:
            found = hashlib.sha256(b"\1" + sibling + found).digest()
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\1" + found + sibling).digest()
        node, last = node >> 1, last >> 1
    assert last == 0
    return found


def signed_root(note: str, vkey: str) -> tuple[int, bytes]:
    """Give size and root of a checkpoint whose signature holds, with no code of the hub."""
    text, _, signatures = note.partition("\n\n")
    key = base64.b64decode(vkey.split("+", 2)[2])[1:]
    signature = base64.b64decode(signatures.split(" ")[2])[4:]
    Ed25519PublicKey.from_public_bytes(key).verify(signature, f"{text}\n".encode())
    _, size, root = text.split("\n")[:3]
    return int(size), base64.b64decode(root)


def test_each_row_is_proven_by_a_few_lines_of_other_code(ask: Ask) -> None:
    """Line, proof and signed checkpoint agree, and the columns are those of the line."""
    told = ask(ALICE).to_dict()
    assert len(told["rows"]) == 5
    for row in told["rows"]:
        proof = row["proof"]
        size, root = signed_root(told["checkpoints"][proof["month"]], told["vkey"][0])
        assert root_from(proof, size) == root
        line = orjson.loads(proof["line"])
        assert row["提供年月日"] == line["at"][:10]
        assert row["提供された本人確認情報"] == line["items"]
        assert (row["利用方法"], row["利用事由"]) == (line["method"], line["reason"])
        assert row["提供事務"] == line["task"]


def test_a_row_has_the_columns_of_the_prefectures_reports(ask: Ask) -> None:
    """提供年月日, 利用方法, 利用事由, 提供事務, 提供元, 提供先, 提供された本人確認情報."""
    row = ask(ALICE).to_dict()["rows"][0]
    assert tuple(row) == (*COLUMNS, "proof")
    assert (row["提供年月日"], row["提供元"], row["提供先"]) == ("2026-04-30", "福島市", "福島県")


def test_rows_come_oldest_first_over_months_and_codes(ask: Ask) -> None:
    """Over months, and over a change of 住民票コード."""
    assert ids(ask(ALICE)) == [message(number) for number in (200, 200, 600, 600, 601)]


@pytest.mark.parametrize("subjects", [(ALICE,), (LATER_ALICE,), (ALICE, LATER_ALICE)])
def test_whichever_code_is_given_all_rows_are_found(ask: Ask, subjects: tuple[str, ...]) -> None:
    """A resident need not know under which code the hub first saw him or her."""
    report = ask(*subjects)
    assert len(report.rows) == 5
    assert report.codes == 2


def test_nobody_elses_rows_are_given(ask: Ask) -> None:
    """Every row's subject is the resident's; a stranger has none, and that is an answer too."""
    for row in ask(ALICE).rows:
        assert orjson.loads(row.line)["subject"] in {ALICE, LATER_ALICE}
    assert ask("ee" * 32).rows == ()


def test_an_index_that_lies_cannot_hand_out_anothers_row(ask: Ask, store: IndexStore) -> None:
    """The line says whose it is, and the line is in the signed tree."""
    assert ask(ALICE).rows
    table = records("2026-04")
    with store.writing() as connection:
        place = select(func.min(table.c.place)).where(table.c.subject == bytes.fromhex(BOB)[:16])
        planted = update(table).where(table.c.place == place.scalar_subquery())
        connection.execute(planted.values(subject=bytes.fromhex(ALICE)[:16]))
    with pytest.raises(SurroundingsError, match="2026-04"):
        ask(ALICE)


def test_a_body_tells_only_of_what_it_was_a_party_to(ask: Ask) -> None:
    """The centre got two of the provisions, the town gave three, another body none."""
    assert len(ask(ALICE, org=CENTRE).rows) == 2
    assert len(ask(ALICE, org=TOWN).rows) == 3
    assert ask(ALICE, org="330001").rows == ()


def test_rows_that_bear_a_flag_wait_for_a_person(ask: Ask) -> None:
    """Non-disclosure flags hold the affected rows for a person's decision."""
    held = ask(ALICE).to_dict()["held"]
    assert [each["reason"]["code"] for each in held] == ["held-for-decision"] * 2
    assert all(set(each) == {"month", "index", "reason"} for each in held)
    released = ask(ALICE, release_held=True)
    assert released.held == ()
    assert len(released.rows) == 7


def test_a_changed_line_is_not_handed_out(ask: Ask, ledger: Path) -> None:
    """Nothing unproven is disclosed: the proof of a changed line fails before anybody sees it."""
    assert ask(ALICE).rows
    for bundle in (ledger / "ledger" / "2026-05" / "tile" / "entries").rglob("*"):
        if bundle.is_file():
            bundle.write_bytes(bundle.read_bytes().replace(b"juki-30-6", b"juki-30-9"))
    with pytest.raises(SurroundingsError, match="2026-05"):
        ask(ALICE)


def test_a_checkpoint_that_no_key_of_the_log_signed_is_not_handed_out(
    ask: Ask, ledger: Path
) -> None:
    """The reader would find out; so does the hub."""
    note = ledger / "ledger" / "2026-05" / "checkpoint"
    text, gap, signature = note.read_text(encoding="utf-8").partition("\n\n")
    name = signature.split(" ")[1]
    broken = base64.b64encode(bytes(68)).decode()
    note.write_text(f"{text}{gap}— {name} {broken}\n", encoding="utf-8")
    with pytest.raises(SurroundingsError, match="2026-05"):
        ask(ALICE)


def test_a_report_prints_no_digest(ask: Ask) -> None:
    """A log or a traceback that holds a report holds no resident."""
    report = ask(ALICE)
    assert ALICE not in repr(report) + repr(report.rows[0])
    assert BOB not in repr(report.to_dict())
