"""A resident asks what was given about him or her, and an operator what was given at all."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import shutil
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.support.hub_command import Sandbox
from tests.support.invented import as_lines, resident_code, someone
from tests.support.ledger_files import ledger_lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Shelf
    from tests.support.hub_command import Done

TOWN, PREFECTURE, OTHER_CITY = "072010", "070009", "331007"
COLUMNS = (
    "提供年月日",
    "利用方法",
    "利用事由",
    "提供事務",
    "提供元",
    "提供先",
    "提供された本人確認情報",
)
NEXT_MONTH = "2026-07-02T09:00:00+09:00"


class Life(NamedTuple):
    """A home in which one resident, who changed codes, has four provisions a side."""

    sandbox: Sandbox
    code: str
    new_code: str
    names: tuple[str, ...]


def ask(sandbox: Sandbox, org: str, code: str, *old: str, options: tuple[str, ...] = ()) -> Done:
    """Ask for a resident's report by codes on standard input."""
    subject = json.dumps({"住民票コード": code, "旧住民票コード": list(old)}, ensure_ascii=False)
    return sandbox.hub("ledger", "disclose", "--org", org, *options, stdin=subject.encode())


def play(sandbox: Sandbox) -> list[str]:
    """Play two months: an entry, a change of code, rotated keys, a move, and a neighbour.

    Gives the two codes, then what else must not be printed.
    """
    person, neighbour = someone(), someone()
    new_code = resident_code(person.serial + 5_000_000)
    entry = person.notice()
    recoded = person.notice(
        "住民票コードの変更請求", 2, 住民票コード=new_code, 旧住民票コード=person.code
    )
    moved = person.notice("転居", 3, 住民票コード=new_code, 住所=f"{person.address}の2")
    assert sandbox.submit(TOWN, as_lines(entry, neighbour.notice(), recoded)).code == 0
    assert sandbox.run().code == 0
    later = sandbox.at(NEXT_MONTH)
    assert later.hub("keys", "rotate").code == 0
    assert later.submit(TOWN, as_lines(moved)).code == 0
    assert later.run().code == 0
    return [person.code, new_code, person.name, person.address, person.number]


def life_of(sandbox: Sandbox, said: list[str]) -> Life:
    """Give a life by what playing it gave."""
    code, new_code, *_ = said
    return Life(sandbox, code, new_code, tuple(said))


@pytest.fixture(scope="session")
def told_life(shelf: Shelf, pristine: Path, bus_of: Callable[[Path], dict[str, str]]) -> Life:
    """Give a life that was played once, to be asked about only."""

    def make(folder: Path) -> dict[str, Any]:
        home = shutil.copytree(pristine, folder / "home")
        env = bus_of(folder)
        return {"env": env, "said": play(Sandbox(home, env=env))}

    folder, made = shelf.once("life", make)
    sandbox = Sandbox(folder / "home", NEXT_MONTH, made["env"])
    return life_of(sandbox, made["said"])


@pytest.fixture
def own_life(sandbox: Sandbox) -> Life:
    """Give a life of the test's own, which may go on."""
    return life_of(sandbox.at(NEXT_MONTH), play(sandbox))


def lead_to_root(proof: dict[str, Any], note: str) -> bool:
    """Say whether a row's proof leads to the root of its month's checkpoint (RFC 9162, 2.1.3.2)."""
    _, size, root = note.split("\n")[:3]
    node, last = proof["index"], int(size) - 1
    found = hashlib.sha256(b"\0" + proof["line"].encode()).digest()
    for sibling in map(base64.b64decode, proof["hashes"]):
        left = bool(node & 1) or node == last
        pair = sibling + found if left else found + sibling
        found = hashlib.sha256(b"\1" + pair).digest()
        while left and not node & 1 and node:
            node, last = node >> 1, last >> 1
        node, last = node >> 1, last >> 1
    return last == 0 and found == base64.b64decode(root)


def test_a_report_has_every_provision_with_its_proof_over_months_codes_and_keys(
    told_life: Life,
) -> None:
    """The provision report of one resident, each row with its inclusion proof."""
    done = ask(told_life.sandbox, PREFECTURE, told_life.new_code)
    assert (done.code, done.err) == (0, "")
    told = done.result
    rows = told["rows"]
    assert [row["提供年月日"] for row in rows] == ["2026-06-15"] * 4 + ["2026-07-02"] * 2
    assert {(row["提供元"], row["提供先"]) for row in rows} == {
        ("福島市", "福島県"),
        ("福島県", "地方公共団体情報システム機構"),
    }
    assert (told["codes"], told["held"], told["complete"]) == (2, [], True)
    for row in rows:
        assert tuple(row) == (*COLUMNS, "proof")
        assert lead_to_root(row["proof"], told["checkpoints"][row["proof"]["month"]])
        published = told_life.sandbox.home / "ledger" / row["proof"]["month"] / "checkpoint"
        assert told["checkpoints"][row["proof"]["month"]] == published.read_text("utf-8")
    assert ask(told_life.sandbox, PREFECTURE, told_life.code).result["rows"] == rows
    assert (
        ask(told_life.sandbox, PREFECTURE, told_life.new_code, told_life.code).result["rows"]
        == rows
    )
    # What is printed names nobody but the codes' owner by his own digest.
    assert not any(name in done.out for name in told_life.names)


def test_a_lost_index_is_built_anew_and_answers_the_same(own_life: Life) -> None:
    """Index lost: rebuilt from files, same answers."""
    before = ask(own_life.sandbox, PREFECTURE, own_life.code).result["rows"]
    for file in own_life.sandbox.home.glob("ledger-index.sqlite*"):
        file.unlink()
    assert ask(own_life.sandbox, PREFECTURE, own_life.code).result["rows"] == before


def test_a_request_is_a_record_of_the_ledger(own_life: Life) -> None:
    """The request itself is recorded, before it is answered, and its subject is a digest."""
    told = ask(own_life.sandbox, PREFECTURE, own_life.code).result
    stranger = ask(own_life.sandbox, PREFECTURE, someone().code).result
    assert stranger["rows"] == []
    assert own_life.sandbox.run().code == 0
    found = [each.fields for each in ledger_lines(own_life.sandbox.home)]
    asked = [fields for fields in found if fields["kind"] == "disclosure"]
    assert [fields["id"] for fields in asked] == [told["id"], stranger["id"]]
    assert [fields["count"] for fields in asked] == [6, 0]
    assert {fields["from"] for fields in asked} == {PREFECTURE}
    listed = own_life.sandbox.hub("ledger", "find", "--outcome", "disclosure").lines
    assert [row["id"] for row in listed] == [told["id"], stranger["id"]]
    verified = own_life.sandbox.hub("ledger", "verify", str(own_life.sandbox.home))
    assert verified.result["by_kind"]["disclosure"] == 2


def test_no_file_shows_who_asked(told_life: Life) -> None:
    """What came on standard input stands nowhere under the home, the index included."""
    assert ask(told_life.sandbox, PREFECTURE, told_life.code).code == 0
    files = [path for path in told_life.sandbox.home.rglob("*") if path.is_file()]
    assert any(path.name == "ledger-index.sqlite" for path in files)
    for path in files:
        content = path.read_bytes()
        assert not any(name.encode() in content for name in told_life.names), path.name


def test_only_a_body_that_discloses_is_answered_and_of_its_own_provisions(told_life: Life) -> None:
    """A department does not disclose, nor does a ward; another prefecture was no party."""
    assert ask(told_life.sandbox, "330001", told_life.code).result["rows"] == []
    assert len(ask(told_life.sandbox, "jlis", told_life.code).result["rows"]) == 3
    for body in ("331015", "immigration", "999999", ""):
        done = ask(told_life.sandbox, body, told_life.code)
        assert (done.code, done.out) == (2, "")
        assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("subject", ["", "{}", '{"住民票コード": "123"}', "[1]", "11111111111"])
def test_a_malformed_request_is_a_wrong_call(sandbox: Sandbox, subject: str) -> None:
    """2 the call or its input is wrong; nothing that was typed comes back."""
    done = sandbox.hub("ledger", "disclose", "--org", PREFECTURE, stdin=subject.encode())
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1
    assert "123" not in done.err
    assert "111" not in done.err


def test_the_report_comes_as_csv_too(told_life: Life, tmp_path: Path) -> None:
    """As JSON, CSV and PDF (tests/unit/disclose); a file that is there is not written over."""
    file = tmp_path / "report.csv"
    done = ask(told_life.sandbox, PREFECTURE, told_life.code, options=("--csv", str(file)))
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline="")))
    assert [row["提供先"] for row in rows] == [row["提供先"] for row in done.result["rows"]]
    assert file.stat().st_mode & 0o077 == 0
    again = ask(told_life.sandbox, PREFECTURE, told_life.code, options=("--csv", str(file)))
    assert (again.code, again.out) == (2, "")


def test_an_operators_decision_is_named(own_life: Life, tmp_path: Path) -> None:
    """Held rows are shown by an operator's decision, who is on record; by nobody's, not at all."""
    anonymous = ask(own_life.sandbox, PREFECTURE, own_life.code, options=("--release-held",))
    assert (anonymous.code, anonymous.out) == (2, "")
    credential = str(tmp_path / "desk.json")
    assert own_life.sandbox.hub("operators", "add", "desk-7", "--out", credential).code == 0
    options = ("--release-held", "--operator", credential)
    assert ask(own_life.sandbox, PREFECTURE, own_life.code, options=options).code == 0
    assert own_life.sandbox.run().code == 0
    (row,) = own_life.sandbox.hub("ledger", "find", "--by", "desk-7").lines
    assert (row["kind"], row["operator"], row["nondisclosure"]) == ("disclosure", "desk-7", True)


def test_what_waits_for_the_ledger_is_said(own_life: Life) -> None:
    """A report made before the ledger has taken in all provisions says that it may lack some."""
    newcomer = as_lines(someone().notice())
    assert own_life.sandbox.submit(TOWN, newcomer).code == 0
    assert own_life.sandbox.hub("run", "--until-idle", "--role", "worker").code == 0
    assert ask(own_life.sandbox, PREFECTURE, own_life.code).result["complete"] is False
    assert own_life.sandbox.run().code == 0
    assert ask(own_life.sandbox, PREFECTURE, own_life.code).result["complete"] is True


def test_find_gives_a_record_a_line_and_names_nobody(told_life: Life) -> None:
    """By rule, article, feed, party, period, outcome; a page after a place; nothing when empty."""
    find = ("ledger", "find")
    everything = told_life.sandbox.hub(*find)
    records = [each.fields["id"] for each in ledger_lines(told_life.sandbox.home)]
    assert [row["id"] for row in everything.lines] == records
    assert not any(name in everything.out for name in told_life.names)
    thirty7 = told_life.sandbox.hub(*find, "--article", "30の7", "--feed", "change-notice").lines
    assert len(thirty7) == 4
    assert all(row["basis"]["article"] == "30の7" and row["to"] == "jlis" for row in thirty7)
    rule = told_life.sandbox.hub(*find, "--rule", thirty7[0]["rule"], "--max", "1").lines
    assert rule == thirty7[:1]
    place = f"{rule[0]['month']}/{rule[0]['index']}"
    rest = told_life.sandbox.hub(*find, "--rule", thirty7[0]["rule"], "--after", place).lines
    assert rule + rest == thirty7
    july = told_life.sandbox.hub(*find, "--since", "2026-07-01", "--party", "福島県").lines
    assert {row["month"] for row in july} == {"2026-07"}
    assert (told_life.sandbox.hub(*find, "--rule", "made-up").out) == ""


def test_counts_are_by_month_and_rule(told_life: Life) -> None:
    """``--count`` for the annual publication."""
    rows = told_life.sandbox.hub("ledger", "find", "--count", "--outcome", "released").lines
    assert [(row["month"], row["rule"], row["count"]) for row in rows] == [
        ("2026-06", "juki-30-6-notice", 3),
        ("2026-06", "juki-30-7-notice", 3),
        ("2026-07", "juki-30-6-notice", 1),
        ("2026-07", "juki-30-7-notice", 1),
    ]


@pytest.mark.parametrize(
    "options",
    [
        ("--party", "架空市"),
        ("--since", "2026-02-30"),
        ("--after", "x"),
        ("--count", "--max", "1"),
        ("--outcome", "provisions"),
    ],
)
def test_a_wrong_question_is_a_wrong_call(sandbox: Sandbox, options: tuple[str, ...]) -> None:
    """Exit 2, one line."""
    done = sandbox.hub("ledger", "find", *options)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1
