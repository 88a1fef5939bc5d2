"""The provision report of one resident, in the columns of the prefectures' own reports.

Each row brings its ledger line and the hashes that lead from it to a signed checkpoint, so whoever
holds the report can check it with a few lines of code. What bears a non-disclosure flag is held for
a person's decision.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from hub.errors import SurroundingsError
from hub.ledger.checkpoint import Checkpoint
from hub.ledger.index.fill import Filler, trees
from hub.ledger.index.residents import known_as, of_subjects
from hub.ledger.index.schema import SUBJECT_BYTES
from hub.ledger.log_reader import read_keys
from hub.ledger.merkle import includes, leaf_hash
from hub.ledger.note import parse_note, signing_key
from hub.ledger.proofs import MonthReader
from hub.ledger.record import Kind, read_fields
from hub.vocabulary.reasons import because

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from hub.ledger.head import Head
    from hub.ledger.index.fill import Tree
    from hub.ledger.index.query import Place
    from hub.ledger.index.store import IndexStore
    from hub.ledger.note import VerifierKey

COLUMNS: Final = (
    "提供年月日",
    "利用方法",
    "利用事由",
    "提供事務",
    "提供元",
    "提供先",
    "提供された本人確認情報",
)
"""The columns of the report, as 岐阜県 and others publish them."""

_IMPORTED_MARK: Final = "（旧システムから移行した記録）"
_DATE_LENGTH: Final = len("2026-04-01")


class Row(NamedTuple):
    """One provision: its columns (the last a list of items), place, line and proof.

    ``hashes`` lead from the line's leaf up to the root of the month's checkpoint (RFC 6962).
    ``imported`` says that an old system recorded it, and not this hub.
    """

    columns: tuple[str | list[str] | None, ...]
    place: Place
    line: bytes
    hashes: tuple[bytes, ...]
    imported: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Give the row as ``hub ledger disclose`` prints it."""
        proof = {
            "month": self.place.month,
            "index": self.place.index,
            "line": self.line.decode(),
            "hashes": [base64.b64encode(each).decode() for each in self.hashes],
        }
        columns = dict(zip(COLUMNS, self.columns, strict=True))
        mark = {"imported": True} if self.imported else {}
        return {**columns, **mark, "proof": proof}

    def __repr__(self) -> str:
        return f"Row({self.place})"


class Report(NamedTuple):
    """A resident's provisions as far as the ledger's head, oldest first.

    ``checkpoints`` has the signed note of each month that a row stands in, ``keys`` what to verify
    them with, ``held`` the places of what a person must decide on, ``codes`` under how many codes
    the resident was looked for.
    """

    rows: tuple[Row, ...]
    held: tuple[Place, ...]
    checkpoints: dict[str, str]
    keys: tuple[str, ...]
    codes: int

    def to_dict(self) -> dict[str, Any]:
        """Give the report's own part of what ``hub ledger disclose`` prints."""
        reason = because("held-for-decision").to_dict()
        return {
            "codes": self.codes,
            "rows": [row.to_dict() for row in self.rows],
            "held": [
                {"month": place.month, "index": place.index, "reason": reason}
                for place in self.held
            ],
            "checkpoints": self.checkpoints,
            "vkey": list(self.keys),
        }

    def __repr__(self) -> str:
        return f"Report({len(self.rows)} rows, {len(self.held)} held)"


class Reporter:
    """Makes reports from one index over the ledger in a home's files, as of one head."""

    def __init__(
        self, store: IndexStore, root: Path, head: Head, name_of: Callable[[str], str]
    ) -> None:
        """Bring the index up to ``head``; ``name_of`` gives a body's official name by its id."""
        self._store, self._root, self._name_of = store, root, name_of
        self._trees = {tree.month: tree for tree in trees(root, head)}
        Filler(store, root).catch_up(list(self._trees.values()))

    def report(self, subjects: Iterable[bytes], org: str, *, release_held: bool = False) -> Report:
        """Give what was provided of the resident with these digests, with ``org`` on either side.

        A row whose proof does not hold is a ``SurroundingsError``: nothing unproven is handed out.
        """
        known = known_as(self._store, subjects)
        places = [
            place
            for kind in (Kind.PROVISION, Kind.IMPORTED)
            for place in of_subjects(self._store, known, kind, org)
        ]
        readers = {month: self._reader(month) for month in {place.month for place in places}}
        rows, held = [], []
        for place in places:
            reader = readers[place.month]
            fields = read_fields(line := reader.line(place.index))
            if bytes.fromhex(fields["subject"])[:SUBJECT_BYTES] not in known:
                raise _unproven(place.month)
            if fields["nondisclosure"] and not release_held:
                held.append(place)
                continue
            hashes = tuple(reader.proof(place.index))
            imported = fields["kind"] == Kind.IMPORTED
            rows.append((fields["at"], Row(self._columns(fields), place, line, hashes, imported)))
        rows.sort(key=lambda each: (each[0], each[1].place))
        return self._vouched([row for _, row in rows], held, len(known))

    def _reader(self, month: str) -> MonthReader:
        return MonthReader(self._root, month, self._trees[month].size)

    def _columns(self, fields: dict[str, Any]) -> tuple[str | list[str] | None, ...]:
        method = fields["method"]
        if fields["kind"] == Kind.IMPORTED:
            # Here, so that nobody reads it as the hub's own, on paper neither.
            method = f"{method or ''}{_IMPORTED_MARK}"
        return (
            fields["at"][:_DATE_LENGTH],
            method,
            fields["reason"],
            fields["task"],
            self._name_of(fields["from"]),
            self._name_of(fields["to"]),
            fields["items"],
        )

    def _vouched(self, rows: Sequence[Row], held: Sequence[Place], codes: int) -> Report:
        """Give the report, every proof and checkpoint verified as its reader would."""
        keys = read_keys(self._root)
        checkpoints = {}
        for month in sorted({row.place.month for row in rows}):
            tree = self._trees[month]
            checkpoint = _signed(tree, keys)
            checkpoints[month] = tree.note.decode()
            for row in rows:
                if row.place.month == month and not _proven(row, checkpoint):
                    raise _unproven(month)
        return Report(tuple(rows), tuple(held), checkpoints, tuple(k.encode() for k in keys), codes)


def _signed(tree: Tree, keys: Iterable[VerifierKey]) -> Checkpoint:
    """Give a month's checkpoint where one of the ledger's keys signed it."""
    note = parse_note(tree.note)
    if signing_key(note, keys) is None:
        raise _unproven(tree.month)
    return Checkpoint.parse(note.text)


def _proven(row: Row, checkpoint: Checkpoint) -> bool:
    leaf, index = leaf_hash(row.line), row.place.index
    return includes(leaf, index, checkpoint.size, row.hashes, checkpoint.root)


def _unproven(month: str) -> SurroundingsError:
    return SurroundingsError(
        f"台帳 {month} の記録を証明できないため開示しません。`hub ledger verify` で確認してください"
        f" / a record of {month} cannot be proven, so nothing is disclosed; see `hub ledger verify`"
    )
