"""Delivery-address files by the command: byte for byte to their recipient, and gone on their day."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.support.hub_command import Done, hub

if TYPE_CHECKING:
    from tests.support.hub_command import Sandbox

FEED = "delivery-address"
CITY, CENTRE = "331007", "jlis"
SENT = "2026-06-15T10:00:00+09:00"
BEFORE = "2026-06-16T16:59:59+09:00"
DUE = "2026-06-16T17:00:00+09:00"
ALARM = "2026-06-16T17:10:00+09:00"
OVERDUE = "2026-06-16T17:15:00+09:00"
# A planted line, so that a scan has something to look for in every chunk.
PLANTED = "架空町一丁目二番三号　試験花子".encode()
CONTENT = PLANTED + secrets.token_bytes(2_500_000) + PLANTED


def _needs_a_file_on_disk(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--bus") == "kafka":
        pytest.skip("on Kafka the chunks lie on the broker's disk: see test_custody_on_kafka")


def submit(sandbox: Sandbox, content: bytes = CONTENT, *options: str, sender: str = CITY) -> Done:
    """Send a file."""
    return sandbox.hub("submit", "--feed", FEED, "--from", sender, *options, "-", stdin=content)


def receive(sandbox: Sandbox, out: Path, *options: str, reader: str = CENTRE) -> Done:
    """Fetch the files of a reader."""
    return sandbox.hub("receive", "--feed", FEED, "--as", reader, "--out", str(out), *options)


def accepted(sandbox: Sandbox, content: bytes = CONTENT) -> str:
    """Send a file and have it accepted; gives its id."""
    done = submit(sandbox, content)
    assert done.code == 0
    assert sandbox.run().code == 0
    return str(done.result["id"])


def listed(sandbox: Sandbox) -> dict[str, dict[str, Any]]:
    """Give the lines of ``hub custody list`` by id."""
    return {line["id"]: line for line in sandbox.hub("custody", "list").lines}


def kinds(sandbox: Sandbox) -> dict[str, int]:
    """Give how many records of each kind a verified ledger has."""
    found = hub("ledger", "verify", str(sandbox.home), "--format", "json").result
    assert found["verified"]
    return dict(found["by_kind"])


def at_rest(home: Path) -> bytes:
    """Give every byte of every file under a home."""
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_a_file_goes_from_its_sender_to_its_erasure(sandbox: Sandbox, tmp_path: Path) -> None:
    """Received, accepted, handed over with the same hash, acknowledged, due, erased, certified."""
    done = submit(sandbox)
    (receipt,) = done.lines
    assert receipt == {
        "line": 1,
        "id": receipt["id"],
        "outcome": "accepted",
        "reason": None,
        "warnings": [],
    }
    identifier = receipt["id"]
    expected = {
        "id": identifier,
        "feed": FEED,
        "from": CITY,
        "to": CENTRE,
        "state": "received",
        "sent_at": None,
        "due_at": None,
        "overdue": False,
    }
    assert sandbox.hub("custody", "list").lines == [expected]
    assert receive(sandbox, tmp_path / "early").lines == []

    assert sandbox.run().result["provisions"] == 1
    assert listed(sandbox)[identifier]["state"] == "accepted"

    (given,) = receive(sandbox, tmp_path / "out").lines
    path = tmp_path / "out" / f"{identifier}.bin"
    assert given == {
        "id": identifier,
        "file": str(path),
        "bytes": len(CONTENT),
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
    }
    assert path.read_bytes() == CONTENT
    assert [each.name for each in (tmp_path / "out").iterdir()] == [path.name]
    line = listed(sandbox)[identifier]
    assert (line["state"], line["sent_at"], line["due_at"]) == (
        "acknowledged",
        "2026-06-15T10:00:00.000+09:00",
        "2026-06-16T17:00:00.000+09:00",
    )
    assert receive(sandbox, tmp_path / "out").lines == []

    assert sandbox.at(BEFORE).run().code == 0
    assert listed(sandbox.at(BEFORE))[identifier]["state"] == "acknowledged"
    assert [each["state"] for each in sandbox.at(DUE).hub("custody", "due").lines] == ["due"]
    assert sandbox.at(DUE).run().code == 0
    assert listed(sandbox.at(DUE))[identifier]["state"] == "verified"
    assert kinds(sandbox) == {"provision": 1, "erasure": 1}
    (leg,) = sandbox.receipts(CITY).lines
    assert (leg["code"], leg["to"], leg["rule"]) == ("acknowledged", CENTRE, "card-order-35")
    assert leg["ledger"] == {"month": "2026-06", "index": 1}


def test_nothing_of_a_file_is_at_rest_after_its_erasure(
    sandbox: Sandbox, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Neither its plain bytes at any time, nor its sealed ones or its key once it is erased."""
    _needs_a_file_on_disk(request)
    identifier = accepted(sandbox)
    receive(sandbox, tmp_path / "out")
    (sealed,) = (sandbox.home / "files").iterdir()
    raw = sealed.read_bytes()
    pieces = [raw[at : at + 64] for at in range(100, len(raw) - 64, 50_000)]
    before = at_rest(sandbox.home)
    assert all(piece in before for piece in pieces)
    assert PLANTED not in before
    assert sandbox.at(DUE).run().code == 0
    after = at_rest(sandbox.home)
    assert not [piece for piece in pieces if piece in after]
    assert PLANTED not in after
    assert list((sandbox.home / "files").iterdir()) == []
    for vault in sandbox.home.glob("vault.sqlite*"):
        assert identifier.encode() not in vault.read_bytes()


def test_without_acknowledging_a_file_is_sent_and_given_again(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """Sent is the completed hand-over: ``--no-ack`` gives the same again, and the day stands."""
    identifier = accepted(sandbox)
    first = receive(sandbox, tmp_path, "--no-ack").lines
    again = receive(sandbox.at(BEFORE), tmp_path, "--no-ack").lines
    assert first == again
    line = listed(sandbox.at(BEFORE))[identifier]
    assert (line["state"], line["due_at"]) == ("sent", "2026-06-16T17:00:00.000+09:00")
    assert sandbox.at(DUE).run().code == 0
    assert receive(sandbox.at(DUE), tmp_path, "--no-ack").lines == []
    assert listed(sandbox.at(DUE))[identifier]["state"] == "verified"


def test_what_is_overdue_is_said_and_stops_its_sender(sandbox: Sandbox, tmp_path: Path) -> None:
    """Exit 1 while a file is overdue, and no new one of its sender; others go on; then it is gone."""
    identifier = accepted(sandbox)
    receive(sandbox, tmp_path)
    assert sandbox.at(ALARM).hub("custody", "list").code == 0
    late = sandbox.at(OVERDUE)
    shown = late.hub("custody", "list")
    assert (shown.code, [line["overdue"] for line in shown.lines]) == (1, [True])
    assert late.hub("custody", "due").code == 1
    refused = submit(late)
    assert (refused.code, refused.result["reason"]["code"]) == (1, "custody-overdue")
    assert submit(late, b"another town's", sender="072010").code == 0
    purged = late.hub("custody", "purge")
    assert purged.code == 0
    assert [(line["id"], line["state"]) for line in purged.lines] == [(identifier, "verified")]
    assert late.hub("custody", "list").code == 0
    assert submit(late).code == 0


def test_what_nobody_fetches_is_erased_and_its_sender_told(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """Five business days after Monday the 15th: Monday the 22nd at 17:00."""
    identifier = accepted(sandbox)
    assert sandbox.at("2026-06-22T16:59:00+09:00").run().code == 0
    assert listed(sandbox)[identifier]["state"] == "accepted"
    end = sandbox.at("2026-06-22T17:00:00+09:00")
    assert receive(end, tmp_path).lines == []
    assert end.run().code == 0
    assert listed(end)[identifier]["state"] == "verified"
    (leg,) = end.receipts(CITY).lines
    assert (leg["code"], leg["reason"]["code"]) == ("undelivered", "undelivered")


@pytest.mark.parametrize(
    ("sender", "options"), [("330001", ()), (CITY, ("--to", "330001")), (CITY, ("--to", "nta"))]
)
def test_what_no_rule_permits_is_refused_unread_and_recorded(
    sandbox: Sandbox, sender: str, options: tuple[str, ...]
) -> None:
    """A prefecture has no such file to give, and nobody but the centre gets one: exit 1."""
    done = submit(sandbox, CONTENT, *options, sender=sender)
    assert (done.code, done.result["outcome"]) == (1, "accepted")
    assert done.result["reason"]["code"] in {"no-rule", "prohibited-edge"}
    assert not (sandbox.home / "files").exists()
    assert sandbox.run().code == 0
    assert kinds(sandbox) == {"refusal": 1}
    (leg,) = sandbox.receipts(sender).lines
    assert leg["code"] == done.result["reason"]["code"]
    assert sandbox.hub("custody", "list").lines == []


def test_a_dry_run_says_who_would_get_which_items_and_takes_nothing(sandbox: Sandbox) -> None:
    """The one recipient, the rule, the items of the documents; nothing in custody."""
    preview = submit(sandbox, CONTENT, "--dry-run").result
    assert (preview["id"], preview["reason"]) == (None, None)
    (leg,) = preview["recipients"]
    assert (leg["to"], leg["decision"], leg["rule"]) == (CENTRE, "permit", "card-order-35")
    assert {"送付先住所漢字", "個人番号"} <= set(leg["items"])
    assert sandbox.hub("custody", "list").lines == []


def test_calls_that_are_wrong_take_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    """No folder to write to, an unknown body, an initial load, a ward: exit 2. No right: nothing."""
    accepted(sandbox, b"content")
    wrong = ("receive", "--feed", FEED, "--as", CENTRE)
    assert sandbox.hub(*wrong).code == 2
    assert receive(sandbox, tmp_path, reader="999999").code == 2
    assert submit(sandbox, b"x", "--baseline").code == 2
    assert submit(sandbox, b"x", sender="331015").code == 2
    assert sandbox.hub("custody", "certificate", "no-such-id").code == 2
    notices = ("receive", "--feed", "change-notice", "--as", "070009", "--out", str(tmp_path))
    assert sandbox.hub(*notices).code == 2
    none = receive(sandbox, tmp_path, reader="nta")
    assert (none.code, none.out) == (0, "")


def test_files_of_every_size_arrive_as_they_were(sandbox: Sandbox, tmp_path: Path) -> None:
    """Empty, one byte, a chunk and its neighbours; ``--max`` gives the oldest first."""
    contents = [secrets.token_bytes(n) for n in (0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1)]
    ids = [submit(sandbox, content).result["id"] for content in contents]
    sandbox.run()
    first = receive(sandbox, tmp_path, "--max", "2").lines
    rest = receive(sandbox, tmp_path).lines
    assert [given["id"] for given in [*first, *rest]] == ids
    assert len(first) == 2
    for given, content in zip([*first, *rest], contents, strict=True):
        assert Path(given["file"]).read_bytes() == content
        assert given["sha256"] == hashlib.sha256(content).hexdigest()


def test_a_damaged_file_is_not_handed_over(
    sandbox: Sandbox, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A changed byte on disk: exit 1, no file, no part of one; and it is not called sent."""
    _needs_a_file_on_disk(request)
    identifier = accepted(sandbox)
    (sealed,) = (sandbox.home / "files").iterdir()
    raw = bytearray(sealed.read_bytes())
    raw[len(raw) // 2] ^= 1
    sealed.write_bytes(raw)
    done = receive(sandbox, tmp_path / "out")
    assert (done.code, done.out) == (1, "")
    assert list((tmp_path / "out").iterdir()) == []
    assert listed(sandbox)[identifier]["state"] == "accepted"


def test_two_people_hold_a_file_beyond_its_day(sandbox: Sandbox, tmp_path: Path) -> None:
    """Held, not overdue, and recorded; one person alone cannot; when it ends the file goes."""
    identifier = accepted(sandbox)
    receive(sandbox, tmp_path / "out")
    one, two = (str(tmp_path / name) for name in ("one.json", "two.json"))
    assert sandbox.hub("operators", "add", "one", "--out", one).code == 0
    assert sandbox.hub("operators", "add", "two", "--out", two).code == 0
    hold = ("custody", "hold", identifier, "--reason", "legal-hold")
    assert sandbox.hub(*hold).code == 2
    assert sandbox.hub(*hold, "--operator", one).code == 2
    assert sandbox.hub(*hold, "--operator", one, "--approve-with", one).code == 2
    held = sandbox.hub(*hold, "--operator", one, "--approve-with", two)
    assert held.result == {"id": identifier, "state": "held", "operators": ["one", "two"]}
    late = sandbox.at("2026-07-30T10:00:00+09:00")
    assert late.run().code == 0
    shown = late.hub("custody", "list")
    assert (shown.code, shown.lines[0]["state"], shown.lines[0]["overdue"]) == (0, "held", False)
    end = ("custody", "hold", identifier, "--end", "--operator", one, "--approve-with", two)
    assert late.hub(*end).result["state"] == "acknowledged"
    assert late.run().code == 0
    assert listed(late)[identifier]["state"] == "verified"
    assert late.hub(*hold, "--operator", one, "--approve-with", two).code == 1
    assert kinds(sandbox) == {"provision": 1, "hold": 1, "hold-end": 1, "erasure": 1}


def test_a_period_that_a_document_leaves_open_is_set_in_the_home(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """福島市 sets three business days; 岡山市 cannot: its document says one."""
    setting = sandbox.home / "custody.toml"
    setting.write_text('["072010"]\nbusiness_days = 3\n', encoding="utf-8")
    identifier = submit(sandbox, b"content", sender="072010").result["id"]
    sandbox.run()
    receive(sandbox, tmp_path)
    assert listed(sandbox)[identifier]["due_at"] == "2026-06-18T17:00:00.000+09:00"
    setting.write_text('["331007"]\nbusiness_days = 3\n', encoding="utf-8")
    assert submit(sandbox).code == 2


def test_an_organisations_closing_days_move_its_due_day(sandbox: Sandbox, tmp_path: Path) -> None:
    """The 16th is closed here, so the file is due on the 17th."""
    (sandbox.home / "closing-days.toml").write_text('"331007" = [2026-06-16]\n', encoding="utf-8")
    identifier = accepted(sandbox)
    receive(sandbox, tmp_path)
    assert listed(sandbox)[identifier]["due_at"] == "2026-06-17T17:00:00.000+09:00"


def test_a_clock_set_back_extends_no_life(sandbox: Sandbox, tmp_path: Path) -> None:
    """What fell due once is gone, whatever a later command says the time is."""
    identifier = accepted(sandbox)
    receive(sandbox, tmp_path)
    assert sandbox.at(DUE).hub("custody", "due").code == 0
    assert sandbox.at(DUE).run().code == 0
    back = sandbox.at("2026-06-01T00:00:00+09:00")
    assert listed(back)[identifier]["state"] == "verified"
    newer = submit(back, b"later").result["id"]
    back.run()
    receive(back, tmp_path)
    assert listed(back)[newer]["sent_at"] == "2026-06-16T17:00:00.000+09:00"


def _leaf(line: bytes) -> bytes:
    return hashlib.sha256(b"\0" + line).digest()


def _root(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """Give the root that an audit path leads to, as RFC 9162 2.1.3.2 writes it."""
    node, last, found = index, size - 1, leaf
    for sibling in proof:
        if node % 2 or node == last:
            found = hashlib.sha256(b"\1" + sibling + found).digest()
            while node and not node % 2:
                node, last = node >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\1" + found + sibling).digest()
        node, last = node >> 1, last >> 1
    return found


def test_a_certificate_proves_itself_without_the_hub(sandbox: Sandbox, tmp_path: Path) -> None:
    """By hand: the line's hash, its path to the root, the Ed25519 signature over the checkpoint."""
    ids = [accepted(sandbox, secrets.token_bytes(9)) for _ in range(3)]
    receive(sandbox, tmp_path)
    assert sandbox.hub("custody", "certificate", ids[1]).code == 2
    sandbox.at(DUE).run()
    found = sandbox.at(DUE).hub("custody", "certificate", ids[1]).result
    text, _, signature_line = found["checkpoint"].rpartition("\n\n")
    _, size, root = text.split("\n")
    proof = [base64.b64decode(node) for node in found["proof"]]
    leaf = _leaf(found["record"].encode())
    assert _root(leaf, found["index"], int(size), proof) == base64.b64decode(root)
    name, _, key = found["vkey"].strip().split("+", 2)
    signature = base64.b64decode(signature_line.split(" ")[2])[4:]
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key)[1:])
    public.verify(signature, f"{text}\n".encode())
    assert text.startswith(f"{name}/2026-06")
    record = json.loads(found["record"])
    assert (record["kind"], record["id"], record["code"]) == ("erasure", ids[1], "erased")
    assert [step["state"] for step in found["steps"]][-3:] == ["due", "shredded", "verified"]


def test_a_certificate_verifies_from_its_file_alone(sandbox: Sandbox, tmp_path: Path) -> None:
    """``hub custody verify`` needs no home; a changed word, id or key is found out."""
    identifier = accepted(sandbox)
    receive(sandbox, tmp_path)
    sandbox.at(DUE).run()
    whole = sandbox.at(DUE).hub("custody", "certificate", identifier).result
    path = tmp_path / "certificate.json"

    def verify(fields: dict[str, Any], *options: str) -> int:
        path.write_text(json.dumps(fields), encoding="utf-8")
        return hub("custody", "verify", str(path), *options).code

    vkey = whole["vkey"].strip()
    assert verify(whole) == 0
    assert verify(whole, "--key", vkey) == 0
    assert verify(whole | {"record": whole["record"].replace(CITY, "072010")}) == 1
    assert verify(whole | {"id": "another"}) == 1
    assert verify(whole | {"index": whole["index"] - 1}) == 1
    another = f"{vkey.split('+')[0]}-2"
    assert verify(whole | {"vkey": f"{another}\n"}) == 2
    assert verify({"id": identifier}) == 2
