"""Every parser of input from outside that has no property test of its own beside its other tests.

Each with something that it reads: what is tried is that, changed in a few places, and any bytes at all.
``docs/reference/parsers.md`` names all parsers, these among them.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from connectors.configured import read_configured
from connectors.simulators.scenario import SHIPPED, read_scenario
from hub.client.errors import ClientError, require_done
from hub.errors import HubError
from hub.gateway.cursor import read_cursor
from hub.intake.letters import read_letters
from hub.ledger.checkpoint import Checkpoint
from hub.ledger.disclose.subject import read_person
from hub.ledger.dropped import Leaf
from hub.ledger.head import Head
from hub.ledger.note import NoteError, VerifierKey
from hub.ledger.record import Kind, parse_line
from hub.rules.load import load_retention
from hub.rules.signed import read_statement
from hub.runtime.buses import open_bus
from hub.runtime.custody.certificate import verify
from hub.runtime.home import create_home, open_home
from hub.runtime.home_settings import closing_days, subscriptions_of, terms_of
from hub.runtime.kafka_card import read_card
from hub.runtime.operators import add_operator, operator_of
from hub.runtime.slips import read_slip
from hub.sealing.envelope import open_record
from hub.sealing.keyring import HeldKeys, Keyring
from hub.sealing.keys import public_id
from hub.sealing.master import load_master_key
from tests.support.notices import books

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PERSON = "架空名前"
"""Stands in many of the samples, and in no words of an error."""

_PARTY = "072010"


class Parser(NamedTuple):
    """A parser: its name, what it reads, how it is called in a folder, and how it may refuse."""

    name: str
    sample: bytes
    read: Callable[[bytes, Path], object]
    refuses: tuple[type[Exception], ...] = (HubError,)


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _in_file(name: str, read: Callable[[Path], object]) -> Callable[[bytes, Path], object]:
    """Give what writes the content to a file of the folder and reads that."""

    def read_it(content: bytes, folder: Path) -> object:
        (folder / name).write_bytes(content)
        return read(folder)

    return read_it


def _operator(folder: Path) -> object:
    home = folder / "home"
    if not home.exists():
        create_home(home, sandbox=True, towns=1, residents=1, seed=1)
        add_operator(open_home(home), "staff-1", folder / "true.json")
    return operator_of(open_home(home), folder / "operator.json")


def _letters(content: bytes, _: Path) -> object:
    feed = books().letters["transfer-out-certificate"]
    return [str(read) for read in read_letters(io.BytesIO(content), feed)]


def _letter_record(content: bytes, _: Path) -> object:
    feed = books().letters["transfer-out-certificate"]
    return feed.decode(feed.fingerprint.encode() + content)


def _envelope(content: bytes, _: Path) -> object:
    """Open a record whose headers and value are the lines of the content."""
    lines = content.split(b"\n")
    names = [line.partition(b"=") for line in lines[:-1]]
    headers = tuple((name.decode("latin-1"), value) for name, _, value in names)
    key, signing = X25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    trust = HeldKeys({public_id(key.public_key()): key}, {"hub": (signing.public_key(),)})
    return open_record(headers, lines[-1], Keyring("070009", trust, "hub"))


def _answer(content: bytes, _: Path) -> object:
    answer = httpx.Response(400, content=content)
    require_done(answer)
    return answer


def _master(content: bytes, folder: Path) -> object:
    return load_master_key({"HUB_MASTER_KEY": _text(content)}, folder, sandbox=False)


def _bus(content: bytes, folder: Path) -> object:
    home = create_home(folder / "bus", sandbox=True, towns=1, residents=1, seed=1)
    try:
        # A host that is named but not reached would be waited for: only its form is tried.
        return open_bus("kafka:" + _text(content), home)
    finally:
        for each in (home.path / "home.toml", home.operators):
            each.unlink() if each.is_file() else each.rmdir()


_ENVELOPE = "\n".join(
    [
        "ce_specversion=1.0",
        "ce_type=change-notice",
        "ce_source=072010",
        "ce_recipient=070009",
        "ce_keyid=" + "0" * 32,
        "ce_message=1",
        "ce_id=2",
        PERSON * 4,
    ]
)
_PERSON = {"住民票コード": "95000000014", "旧住民票コード": ["95000000021"]}
_LETTER = {"氏名": PERSON, "世帯員": [{"氏名": PERSON, "住民票コード": "95000000014"}]}
_CERTIFICATE: dict[str, Any] = {
    "id": "1",
    "record": "{}",
    "index": 0,
    "proof": ["AAAA"],
    "checkpoint": "a\n1\nAAAA\n\n— a AAAA\n",
    "vkey": "a+00000000+AAAA",
}
_HEAD = b'{"checkpoint":"","month":"","position":0,"v":1}\n' + b"0" * 64 + b"\n"
_SUBSCRIPTION = (
    '[[subscription]]\norganisation = "070009"\nfeed = "change-notice"\n'
    f'until = 2026-01-01\nreason = "{PERSON}"\n'
)
_DROP = f'[[file-drop]]\nname = "a"\nparty = "{PERSON}"\nfolder = "f"\nsends = ["change-notice"]\n'
_RETENTION = '[[retention]]\norganisation = "070009"\nyears = 8\nsource = "s"\n'
_STATEMENT = "juki-hub rules\n" + "0" * 64 + "\nsigned 2026-04-01\n"

PARSERS = [
    Parser("cursor", b"0-10-20", lambda content, _: read_cursor(_text(content))),
    Parser(
        "slip",
        b"6a0e2a3c-1f3e-4a5b-8c7d-9e0f1a2b3c4d",
        lambda content, _: read_slip(_text(content), "p"),
    ),
    Parser(
        "kafka.toml",
        b'user = "hub"\npassword_file = "p"\nca_file = "c"\n',
        _in_file("kafka.toml", lambda folder: read_card(folder / "kafka.toml")),
    ),
    Parser("connectors.toml", _DROP.encode(), _in_file("connectors.toml", read_configured)),
    Parser(
        "subscriptions.toml",
        _SUBSCRIPTION.encode(),
        _in_file("subscriptions.toml", lambda folder: subscriptions_of(folder, books())),
    ),
    Parser(
        "closing-days.toml",
        b'072010 = ["2026-08-14"]\n',
        _in_file("closing-days.toml", lambda folder: closing_days(folder, _PARTY)),
    ),
    Parser(
        "custody.toml",
        b'[072010]\nbusiness_days = 1\nhour = "17:00"\n',
        _in_file("custody.toml", lambda folder: terms_of(folder, _PARTY)),
    ),
    Parser(
        "retention.toml",
        _RETENTION.encode(),
        _in_file("retention.toml", lambda folder: load_retention(folder, set(Kind))),
    ),
    Parser(
        "home.toml",
        b'name = "a"\nsandbox = true\ntowns = 1\n',
        _in_file("home.toml", open_home),
    ),
    Parser(
        "scenario",
        (SHIPPED / "bad-days.toml").read_bytes(),
        _in_file("own.toml", lambda folder: read_scenario(str(folder / "own.toml"))),
    ),
    Parser(
        "operator's credential",
        b'{"operator": "staff-1", "key": "AAAA"}',
        _in_file("operator.json", _operator),
    ),
    Parser("master key", b"5a" * 32, _master),
    Parser("address of the bus", b"//127.0.0.1:port/name", _bus),
    Parser(
        "whom a report is about",
        json.dumps(_PERSON, ensure_ascii=False).encode(),
        lambda content, _: read_person(content),
    ),
    Parser("lines of letters", json.dumps(_LETTER, ensure_ascii=False).encode() + b"\n", _letters),
    Parser("record of a letter", PERSON.encode() + b"\0" * 60, _letter_record),
    Parser("envelope", _ENVELOPE.encode(), _envelope),
    Parser(
        "certificate of erasure",
        json.dumps(_CERTIFICATE, ensure_ascii=False).encode(),
        lambda content, _: verify(content, None),
    ),
    Parser("head of the ledger", _HEAD, lambda content, _: Head.parse(content)),
    Parser(
        "text of a checkpoint",
        b"juki-hub\n1\n" + b"A" * 43 + b"=\n",
        lambda content, _: Checkpoint.parse(_text(content)),
        (NoteError,),
    ),
    Parser(
        "line of log.vkey",
        b"juki-hub+00000000+AAAA",
        lambda content, _: VerifierKey.decode(_text(content)),
    ),
    Parser(
        "leaf beside a dropped month",
        b'{"index": 1, "line": "{}", "proof": ["AAAA"]}',
        lambda content, _: Leaf.from_dict(orjson.loads(content)),
        (ValueError,),
    ),
    Parser(
        "line of the ledger",
        b'{"at":"2026-04-01T09:00:00.000+09:00","from":"072010","id":"1","kind":"alias","v":1}',
        lambda content, _: parse_line(content),
    ),
    Parser(
        "note of the signed rules",
        _STATEMENT.encode(),
        lambda content, _: read_statement(_text(content)),
    ),
    Parser(
        "answer of a gateway",
        b'{"detail": "d", "detail_ja": "e"}',
        _answer,
        (ClientError,),
    ),
]
