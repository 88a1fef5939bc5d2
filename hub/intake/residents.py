"""What the hub remembers of a resident: keyed digests that the checks need, and no value.

A resident of a 市町村コード is kept under the digest of the first 住民票コード that the hub saw there;
a later code points to that place, so order and history survive a change of code. The digests are
keyed (BLAKE2b with a secret of the vault) and differ from resident to resident, so that equal names
do not show as equal.
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from hub.vocabulary.feeds import Feed, Value, Values

# The items that a later notice is compared with (転居, 軽微な修正, 番号; contract, State).
COMPARED = (
    "氏名",
    "氏名の振り仮名",
    "生年月日",
    "性別",
    "住所",
    "個人番号",
    "旧氏",
    "旧氏の振り仮名",
    "通称",
)

# What tells equal values of different items apart.
_PLACES = {official: b"%d:" % place for place, official in enumerate(COMPARED)}

SUBJECT_BYTES = 32
_DIGEST_BYTES = 8
_ABSENT = bytes(_DIGEST_BYTES)
_POINTER, _RESIDENT, _DEPARTED = b"p", b"r", b"d"
_DAY = struct.Struct(">I")
_HEAD = struct.Struct(">?B8sI")
_SEEN = struct.Struct(">I8s")
_ITEMS_END = _HEAD.size + _DIGEST_BYTES * len(COMPARED)
# A whole life sent again is all duplicates. The bound, far above any life, keeps a runaway sender
# from growing one resident without end; beyond it a repeat is refused as not rising.
_SEEN_KEPT = 4096


class Resident(NamedTuple):
    """One resident of a 市町村コード as last accepted.

    ``pending`` is the half of a nationality change still awaited (0: none), ``code`` the digest of
    the present 住民票コード, ``last`` the highest 更新順番号 accepted, ``items`` the digests of
    ``COMPARED`` in order, ``seen`` the accepted notices as (更新順番号, digest) pairs, packed.
    ``left`` is the day, as an ordinal, on which the hub accepted that the resident is gone; 0
    where present or not known.
    """

    present: bool
    pending: int
    code: bytes
    last: int
    items: tuple[bytes, ...]
    seen: bytes
    left: int = 0

    def __repr__(self) -> str:
        return f"Resident(present={self.present})"

    def seen_as(self, sequence: int) -> bytes | None:
        """Give the digest of the notice accepted under this 更新順番号, or nothing."""
        for number, digest in _SEEN.iter_unpack(self.seen):
            if number == sequence:
                return bytes(digest)
        return None

    def pack(self) -> bytes:
        """Give the resident as the bus keeps it."""
        head = _HEAD.pack(self.present, self.pending, self.code, self.last)
        tag = _DEPARTED + _DAY.pack(self.left) if self.left else _RESIDENT
        return tag + head + b"".join(self.items) + self.seen


def unpack(packed: bytes) -> Resident:
    """Read a resident that the bus kept."""
    begin, left = 1, 0
    if packed.startswith(_DEPARTED):
        begin, left = 1 + _DAY.size, int(_DAY.unpack_from(packed, 1)[0])
    present, pending, code, last = _HEAD.unpack_from(packed, begin)
    items = tuple(
        packed[at : at + _DIGEST_BYTES]
        for at in range(begin + _HEAD.size, begin + _ITEMS_END, _DIGEST_BYTES)
    )
    return Resident(present, pending, code, last, items, packed[begin + _ITEMS_END :], left)


def departed(state: Iterable[tuple[bytes, bytes]], day: date) -> dict[bytes, None]:
    """Give the keys of those who had left by a day, and of what points to them, to be removed.

    ``state`` is all of one partition as the bus keeps it, keys and values.
    """
    gone: set[bytes] = set()
    pointers: list[tuple[bytes, bytes]] = []
    last = day.toordinal()
    for key, value in state:
        if value.startswith(_POINTER):
            pointers.append((key, value[1:]))
        elif value.startswith(_DEPARTED) and _DAY.unpack_from(value, 1)[0] <= last:
            gone.add(key)
    return dict.fromkeys([*gone, *(key for key, place in pointers if place in gone)])


def with_seen(seen: bytes, sequence: int, digest: bytes) -> bytes:
    """Add an accepted notice to the packed pairs, dropping the oldest beyond what is kept."""
    return (seen + _SEEN.pack(sequence, digest))[-_SEEN_KEPT * _SEEN.size :]


def subject_hash(secret: bytes) -> hashlib.blake2b:
    """Give the keyed hash (32 bytes) by which the ledger and the bus know a 住民票コード."""
    return hashlib.blake2b(key=secret, digest_size=SUBJECT_BYTES, person=b"juki-subject")


class Digests:
    """The keyed digests of one hub, from two secrets of 32 bytes each."""

    def __init__(self, subject_secret: bytes, state_secret: bytes, feed: Feed) -> None:
        self._subject = subject_hash(subject_secret)
        self._state = hashlib.blake2b(
            key=state_secret, digest_size=_DIGEST_BYTES, person=b"juki-state"
        )
        self._compared = [(feed.index[item], _PLACES[item]) for item in COMPARED]

    def subject(self, code: str) -> bytes:
        """Give the digest (32 bytes) by which the ledger and the bus know a 住民票コード."""
        digest = self._subject.copy()
        digest.update(code.encode())
        return digest.digest()

    def short(self, *parts: bytes) -> bytes:
        """Give an 8-byte digest of parts that cannot be mistaken for one another."""
        digest = self._state.copy()
        for part in parts:
            digest.update(part)
        return digest.digest()

    def items(self, subject: bytes, values: Values) -> tuple[bytes, ...]:
        """Give the digests of the compared items of this resident; absent ones are zeros."""
        base = self._state.copy()
        base.update(subject)
        digests = []
        for index, place in self._compared:
            value = values[index]
            if value:
                digest = base.copy()
                digest.update(place + str(value).encode())
                digests.append(digest.digest())
            else:
                digests.append(_ABSENT)
        return tuple(digests)

    def item(self, subject: bytes, official: str, value: Value) -> bytes:
        """Give the digest that ``items`` gives for one present item."""
        return self.short(subject, _PLACES[official] + str(value).encode())


def is_recorded(resident: Resident, official: str) -> bool:
    """Say whether the resident's record held this compared item."""
    return resident.items[COMPARED.index(official)] != _ABSENT


class Register:
    """The residents a batch touches: as loaded, with the batch's own changes on top."""

    def __init__(self, held: Mapping[bytes, bytes]) -> None:
        self._held = dict(held)
        self._residents: dict[bytes, Resident] = {}
        self._pointers: dict[bytes, bytes] = {}

    @staticmethod
    def key(area: str, subject: bytes) -> bytes:
        """Give the state key of a code in a 市町村コード."""
        return area.encode() + subject

    @staticmethod
    def subject(key: bytes) -> bytes:
        """Give the digest of the code from a state key."""
        return key[-SUBJECT_BYTES:]

    @staticmethod
    def pointed_to(held: Mapping[bytes, bytes]) -> list[bytes]:
        """Give the keys that the loaded state points to, which must be loaded too."""
        return [value[1:] for value in held.values() if value.startswith(_POINTER)]

    def add(self, held: Mapping[bytes, bytes]) -> None:
        """Take in further loaded state."""
        self._held.update(held)

    def find(self, key: bytes) -> tuple[bytes, Resident | None]:
        """Give the place of a code's resident (following a change of code) and what is held."""
        place = self._pointers.get(key)
        if place is None:
            value = self._held.get(key)
            place = value[1:] if value is not None and value.startswith(_POINTER) else key
        if place not in self._residents:
            packed = self._held.get(place)
            if packed is None:
                return place, None
            self._residents[place] = unpack(packed)
        return place, self._residents[place]

    def put(self, place: bytes, resident: Resident) -> None:
        """Set what is held at a place."""
        self._residents[place] = resident
        self._held.pop(place, None)

    def point(self, key: bytes, place: bytes) -> None:
        """Let a further code lead to a place."""
        self._pointers[key] = place

    def changes(self, places: Iterable[bytes]) -> dict[bytes, bytes]:
        """Give the state to keep: these places, and every new pointer."""
        changed = {place: self._residents[place].pack() for place in places}
        return changed | {key: _POINTER + place for key, place in self._pointers.items()}
