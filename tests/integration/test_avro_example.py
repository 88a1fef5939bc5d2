"""Received records go through an Avro file and come out identical, read by Apache's own package."""

from __future__ import annotations

import io
import json
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import fastavro
import pytest

from examples.avro_reader.export import export
from examples.avro_reader.read import read
from hub.runtime.delivery import Counter
from hub.runtime.submission import sender_record
from hub.runtime.until_idle import run_until_idle
from hub.testing import sandbox_hub
from hub.vocabulary.requests import Request
from tests.support.notices import PREFECTURE, TOWN, change_notice, notice, values_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def received() -> list[dict[str, Any]]:
    """Give what the prefecture received: with items of every length, and some that are absent."""
    people = [
        notice(1),
        notice(2, 氏名="架空　花子", 旧氏="見本", 旧氏の振り仮名="みほん"),
        notice(3, 氏名="架" * 100, 個人番号=None, 異動事由="出生"),
    ]
    with sandbox_hub() as hub:
        for each in people:
            record = sender_record(
                hub, change_notice(), TOWN, Request(), hub.mint(), values_of(each)
            )
            hub.bus.publish([record])
        run_until_idle(hub)
        counter = Counter(hub, "change-notice", hub.body(PREFECTURE))
        return [each.to_dict() for handover in counter.fetch() for each in handover.deliveries]


def _lines(records: list[dict[str, Any]]) -> list[str]:
    return [json.dumps(record, ensure_ascii=False) for record in records]


def test_both_packages_read_the_records_that_were_received(
    received: list[dict[str, Any]],
) -> None:
    """Field by field, in order; and fastavro finds in the file what Apache's avro does."""
    assert len(received) == 3
    file = io.BytesIO()
    export(_lines(received), file, change_notice())
    assert list(read(io.BytesIO(file.getvalue()))) == received
    ours: list[Any] = list(fastavro.reader(io.BytesIO(file.getvalue())))
    assert [each["items"]["name"] for each in ours] == [each["items"]["氏名"] for each in received]


def test_the_programs_work_as_the_readme_writes_them(
    received: list[dict[str, Any]], tmp_path: Path
) -> None:
    """The lines that went in come out; the file is its owner's alone, and is never overwritten."""
    file = tmp_path / "notices.avro"
    call = [sys.executable, "-m", "examples.avro_reader.export", str(file)]
    lines = "".join(line + "\n" for line in _lines(received)).encode()
    subprocess.run(call, input=lines, check=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert subprocess.run(call, input=b"", check=False, capture_output=True).returncode != 0
    reader = [sys.executable, "-m", "examples.avro_reader.read", str(file)]
    assert subprocess.run(reader, check=True, capture_output=True).stdout == lines
