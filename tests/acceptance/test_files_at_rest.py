"""Files at rest: nothing under a home, and nothing that was said, shows a resident.

Whatever became of a notice in the story (accepted, quarantined, refused, repeated, resubmitted,
discarded, loaded as baseline), its values are looked for in every file, in the encodings that the
contract names.
"""

from __future__ import annotations

import base64
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.hub_command import FEED, hub
from tests.support.invented import Person, as_lines, resident_code, someone, spoilt
from tests.support.story import discard, document, line, resubmit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.hub_command import Sandbox
    from tests.support.story import Story

ACCEPTED, BAD_FORM, BAD_STATE, REFUSED, DISCARDED, RESUBMITTED, LOADED, RECODED, IN_TABLE = (
    someone() for _ in range(9)
)
PLANTED = {
    "accepted": ACCEPTED,
    "bad in form": BAD_FORM,
    "bad for the state": BAD_STATE,
    "refused": REFUSED,
    "discarded": DISCARDED,
    "resubmitted": RESUBMITTED,
    "loaded": LOADED,
    "with a new code": RECODED,
    "in a CP932 table": IN_TABLE,
}
NEW_CODE = resident_code(500_000 + RECODED.serial)

line(ACCEPTED.notice())
line(ACCEPTED.notice())
line(BAD_FORM.notice(個人番号=spoilt(BAD_FORM.number), 旧氏=BAD_FORM.name))
line(BAD_FORM.notice() | {BAD_FORM.name: BAD_FORM.address, BAD_FORM.number: BAD_FORM.code})
line(f'{{"氏名": "{BAD_FORM.name}", "住所": "{BAD_FORM.address}", "個人番号": '.encode())
line(BAD_FORM.notice(異動事由=BAD_FORM.name, 異動年月日=BAD_FORM.number))
line(BAD_STATE.notice("転居"))
document(as_lines(REFUSED.notice()), "072010", "--to", "330001")
discard(line(DISCARDED.notice("死亡")), f"{DISCARDED.name} {DISCARDED.address} {DISCARDED.number}")
line(RESUBMITTED.notice("転居", 5, 住所=RESUBMITTED.address + "の二"))
RUN_AGAIN = resubmit(line(RESUBMITTED.notice("国外転出", 7)))
line(RESUBMITTED.notice("国内転入", 6))
document(as_lines(LOADED.notice()), "072010", "--baseline")
line(RECODED.notice())
line(
    RECODED.notice("住民票コードの変更請求", 2, 住民票コード=NEW_CODE, 旧住民票コード=RECODED.code)
)
_TABLE = ",".join(IN_TABLE.notice()) + "\n" + ",".join(map(str, IN_TABLE.notice().values()))
document(_TABLE.encode("cp932"), "072010", "--encoding", "cp932")


def _values(person: Person) -> Iterator[str]:
    yield from (person.name, person.address, person.code, person.number)
    if person is RECODED:
        yield NEW_CODE


def _spellings(value: str) -> Iterator[bytes]:
    """Give the bytes by which a value would show: encoded, escaped, in hex and base64."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp932"):
        raw = value.encode(encoding)
        yield raw
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        for shift in range(3):
            # Of whole groups alone, since the letters at both ends depend on the neighbours.
            whole = (b"\0" * shift + raw)[3 if shift else 0 :]
            text = base64.b64encode(whole[: len(whole) // 3 * 3])
            yield text
            yield text.replace(b"+", b"-").replace(b"/", b"_")
    yield value.encode("ascii", "backslashreplace")


def _spellings_of(person: Person) -> set[bytes]:
    return {found for value in _values(person) for found in _spellings(value)}


@pytest.fixture(scope="session")
def contents(told: Story, request: pytest.FixtureRequest) -> dict[str, bytes]:
    """Give every file under the home, what was left of temporary ones, and a broker's own."""
    folders = [Path(told.home).parent]
    if request.config.getoption("--bus") == "kafka":
        folders.append(request.getfixturevalue("broker").folder)
    return {
        str(path): _written(path)
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }


def _written(path: Path) -> bytes:
    """Give what was ever written to a file: a broker's indexes are large, and mostly holes."""
    found, place = [], 0
    with path.open("rb") as file, suppress(OSError):
        while True:
            place = os.lseek(file.fileno(), place, os.SEEK_DATA)
            hole = os.lseek(file.fileno(), place, os.SEEK_HOLE)
            found.append(os.pread(file.fileno(), hole - place, place))
            place = hole
    return b"".join(found)


def test_the_scan_would_find_what_it_looks_for() -> None:
    """Raw bytes, in UTF-8, UTF-16, CP932, hex, base64: each of them is found in a file of it."""
    text = f"ab{ACCEPTED.name}、{ACCEPTED.number}。"
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp932"):
        raw = text.encode(encoding)
        for shown in (
            raw,
            raw.hex().encode(),
            *(base64.b64encode(b"x" * n + raw) for n in range(3)),
        ):
            for value in (ACCEPTED.name, ACCEPTED.number):
                assert any(spelling in shown for spelling in _spellings(value))


def test_the_planted_residents_came_to_their_ends(told: Story) -> None:
    """What is scanned for was really there: two were received, one ran again after its entry."""
    received = {given["items"]["氏名"] for given in told.given["070009"]}
    assert {
        PLANTED[how].name for how in ("accepted", "with a new code", "in a CP932 table")
    } <= received
    fate = told.fate(RUN_AGAIN)
    assert (fate.code, fate.last_code) == ("quarantined", "released")


@pytest.mark.parametrize("how", PLANTED)
def test_no_file_shows_a_resident(contents: dict[str, bytes], how: str) -> None:
    """Nothing under the home … shows a planted name, address, 住民票コード or 個人番号."""
    spellings = _spellings_of(PLANTED[how])
    assert sum(map(len, contents.values())) > 100_000
    shown = {
        name for name, content in contents.items() for spelling in spellings if spelling in content
    }
    assert shown == set()


def test_nothing_that_was_said_shows_a_resident(told: Story) -> None:
    """Never personal data: not on stdout, not on stderr, save what ``receive`` gives its reader."""
    said = "\n".join(told.said).encode()
    for person in PLANTED.values():
        assert not [spelling for spelling in _spellings_of(person) if spelling in said]


def test_a_new_home_asked_in_the_text_form_shows_no_resident_either(sandbox: Sandbox) -> None:
    """A log shows nothing: the services' own words, and every list in its text form."""
    person = someone()
    bad = person.notice("死亡", 9, 性別="x")
    options = ("--home", str(sandbox.home))
    submit = ("submit", "--feed", FEED, "--from", "072010", "-")
    env = {"HUB_LOG_LEVEL": "debug"}
    calls = [
        hub(*submit, *options, stdin=as_lines(person.notice(), bad), env=env),
        hub("run", "--until-idle", *options, env=env),
        hub("quarantine", "list", *options, env=env),
    ]
    assert [done.code for done in calls] == [1, 0, 0]
    said = "\n".join(done.out + done.err for done in calls).encode()
    assert not [spelling for spelling in _spellings_of(person) if spelling in said]
