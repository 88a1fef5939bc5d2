"""A neighbour at the folders of a file drop: what it writes is whole, what it takes it takes once."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from connectors.simulators.ways import Answer, FolderWay, Shipment

if TYPE_CHECKING:
    from pathlib import Path

_SLIP = "00000000-0000-4000-8000-000000000000"
_FEED = "change-notice"


def _inbox(folder: Path, content: bytes, told: bytes | None = None) -> Path:
    inbox = folder / "inbox" / _FEED
    inbox.mkdir(parents=True)
    (inbox / "a.jsonl").write_bytes(content)
    digest = hashlib.sha256(told or content).hexdigest()
    (inbox / "a.jsonl.sha256").write_text(f"{digest}  a.jsonl\n", encoding="ascii")
    return inbox


def test_a_shipment_is_a_file_and_the_checksum_that_was_promised(tmp_path: Path) -> None:
    """The true one, unless the sender errs."""
    way = FolderWay(tmp_path)
    for promised in (None, "0" * 64):
        way.send(Shipment(_FEED, _SLIP, b"{}\n", promised))
        outbox = tmp_path / "outbox" / _FEED
        assert {each.name for each in outbox.iterdir()} == {
            f"{_SLIP}.jsonl",
            f"{_SLIP}.jsonl.sha256",
        }
        told = (outbox / f"{_SLIP}.jsonl.sha256").read_text().split()[0]
        assert told == (promised or hashlib.sha256(b"{}\n").hexdigest())


def test_answers_and_what_was_set_aside_are_taken_once(tmp_path: Path) -> None:
    """An answer file goes once the next thing is asked for; until then it would be read again."""
    for name in ("receipts", "failed"):
        (tmp_path / name).mkdir()
    (tmp_path / "receipts" / f"{_SLIP}.jsonl.1.jsonl").write_text('{"line":1}\n')
    (tmp_path / "receipts" / "legs.0.1.x.jsonl").write_text('{"id":"1"}\n')
    (tmp_path / "failed" / f"{_SLIP}.jsonl.2").write_text("")
    (tmp_path / "failed" / f"{_SLIP}.jsonl.2.reason.json").write_text("{}")
    way = FolderWay(tmp_path)
    assert next(way.answers()) == next(way.answers())
    assert list(way.answers()) == [Answer(_SLIP, [{"line": 1}]), Answer(_SLIP, None)]
    assert list(way.answers()) == []
    assert list(way.legs()) == [[{"id": "1"}]]
    assert list(way.legs()) == []
    assert not list((tmp_path / "failed").iterdir())


def test_a_record_stays_until_it_is_acknowledged(tmp_path: Path) -> None:
    """And a line separator within a value does not tear it."""
    record = {"items": {"氏名": "架空\u2028太郎"}}
    inbox = _inbox(tmp_path, json.dumps(record, ensure_ascii=False).encode() + b"\n")
    way = FolderWay(tmp_path)
    assert [each.records for each in way.fetch(_FEED)] == [[record]]
    for handed in way.fetch(_FEED):
        handed.acknowledge()
    assert list(inbox.iterdir()) == []


def test_a_file_that_is_not_its_checksums_is_not_read(tmp_path: Path) -> None:
    """It may be in the middle of being written."""
    _inbox(tmp_path, b"{}\n", told=b"{}\n{}\n")
    assert list(FolderWay(tmp_path).fetch(_FEED)) == []


def test_a_removal_that_was_cut_off_is_finished(tmp_path: Path) -> None:
    """The file is gone already, its checksum follows."""
    inbox = _inbox(tmp_path, b"{}\n")
    (inbox / "a.jsonl").unlink()
    assert list(FolderWay(tmp_path).fetch(_FEED)) == []
    assert list(inbox.iterdir()) == []
