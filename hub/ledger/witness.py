"""Witnesses' signatures under a checkpoint (C2SP tlog-cosignature, Ed25519). Pure.

A witness signs that it saw a checkpoint at an instant, and no other of that log which disagrees: with
one outside the hub, not even the hub's operators can set the ledger back unseen. The signature is eight
bytes of seconds since 1970, big-endian, and Ed25519 over ``cosignature/v1``, that time and the
checkpoint's text. The hub's own home lists the witnesses it knows in ``witness.vkey``, one a line.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from hub.errors import ForgeryError, UsageError
from hub.ledger.checkpoint import Checkpoint
from hub.ledger.note import MAX_SIGNATURES, Note, NoteError, Signature, VerifierKey, parse_note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_TIME_SIZE: Final = 8
_LAST_SECOND: Final = 253_402_300_799  # of the year 9999


class Seen(NamedTuple):
    """That a witness, by its key's name, saw a checkpoint at an instant (UTC)."""

    witness: str
    at: datetime


class WitnessKey(VerifierKey):
    """A witness's public key with its name."""

    __slots__ = ()

    ALGORITHM: ClassVar = b"\x04"

    def seen(self, note: Note) -> list[Seen]:
        """Give when this witness saw a checkpoint; ``ForgeryError`` where a signature is false."""
        return [Seen(self.name, self._instant(each, note)) for each in self.signatures_of(note)]

    def _instant(self, value: bytes, note: Note) -> datetime:
        seconds = int.from_bytes(value[:_TIME_SIZE], "big")
        if seconds > _LAST_SECOND:
            raise ForgeryError(
                "連署の時刻が不正です / a witness's signature bears no possible time"
            )
        self.check(value[_TIME_SIZE:], message(note.text, seconds))
        return datetime.fromtimestamp(seconds, UTC)


def message(text: str, seconds: int) -> bytes:
    """Give what a witness signs: a checkpoint's text, seen at a time (seconds since 1970)."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def decode_witnesses(data: bytes) -> list[WitnessKey]:
    """Read ``witness.vkey``; raises ``UsageError`` where a line is no key of a witness."""
    try:
        return [WitnessKey.decode(line) for line in data.decode("ascii", "replace").splitlines()]
    except UsageError:
        raise UsageError(
            "witness.vkey には連署者の検証鍵 (名前+ハッシュ+base64、種別4) を1行に1つ書いてください"
            " / witness.vkey must hold one witness's verifier key a line (NAME+HASH+BASE64, type 4)"
        ) from None


def seen_by(note: Note, witnesses: Sequence[WitnessKey]) -> Iterator[Seen]:
    """Give who of these witnesses saw a checkpoint, and when; a false one is a ``ForgeryError``."""
    for witness in witnesses:
        yield from witness.seen(note)


def month_in(data: bytes) -> str:
    """Give the month that a co-signed note is of, as its origin says; raises ``UsageError``."""
    try:
        return Checkpoint.parse(parse_note(data).text).origin.rpartition("/")[2]
    except NoteError:
        raise _unreadable() from None


def merge(published: bytes, cosigned: bytes, witnesses: Sequence[WitnessKey]) -> Note:
    """Give the published checkpoint with the known witnesses' signatures of a co-signed copy.

    Of each witness the newest one stays, so that a checkpoint co-signed daily does not grow. Raises
    ``UsageError`` where the copy is of another checkpoint, no known witness signed it, or more signed it
    than a note can bear; ``ForgeryError`` where a known witness's signature is false.
    """
    mine, theirs = _parsed(published), _parsed(cosigned)
    if mine.text != theirs.text:
        raise UsageError(
            "連署された checkpoint は今の checkpoint と違います。今のものに連署を受けてください"
            " / the co-signed checkpoint is not the present one: have the present one co-signed"
        )
    signed = [each for each in witnesses if each.seen(theirs)]
    if not signed:
        raise UsageError(
            "witness.vkey にある連署者の署名がありません"
            " / no witness of witness.vkey has signed this checkpoint"
        )
    newest = _newest(mine, theirs, signed)
    rest = [each for each in mine.signatures if (each.name, each.key_hash) not in newest]
    merged = Note(mine.text, (*rest, *newest.values()))
    if len(merged.signatures) > MAX_SIGNATURES:
        raise UsageError(
            f"checkpoint に載せられる署名は{MAX_SIGNATURES}までです。witness.vkey の連署者を減らしてください"
            f" / a checkpoint bears at most {MAX_SIGNATURES} signatures: name fewer in witness.vkey"
        )
    return merged


def _newest(
    mine: Note, theirs: Note, witnesses: Iterable[WitnessKey]
) -> dict[tuple[str, bytes], Signature]:
    """Give the newest signature of each of these witnesses, who all signed ``theirs``."""
    newest = {}
    for witness in witnesses:
        witness.seen(mine)  # a false one here is not to win by its time
        identity = (witness.name, witness.key_hash)
        values = [*witness.signatures_of(mine), *witness.signatures_of(theirs)]
        newest[identity] = Signature(*identity, max(values, key=_time_of))
    return newest


def _time_of(value: bytes) -> bytes:
    return value[:_TIME_SIZE]


def _parsed(data: bytes) -> Note:
    try:
        return parse_note(data)
    except NoteError:
        raise _unreadable() from None


def _unreadable() -> UsageError:
    return UsageError(
        "連署された checkpoint として読めません。連署者から受け取ったファイルを指定してください"
        " / not a co-signed checkpoint: give the file that the witness returned"
    )
