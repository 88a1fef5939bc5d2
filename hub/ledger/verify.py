"""The verification of a ledger from its files alone, as anyone can do it who has a copy.

Checked are every signature, every hash of every tile against the records, each root, each record's
form, and that each month starts with the last checkpoint of the month before. What no files can
show is that the latest month, or all of them, were not set back together: for that, keep a
checkpoint elsewhere, or let witnesses co-sign.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hub.errors import ForgeryError, UsageError
from hub.ledger import disk
from hub.ledger.checkpoint import Checkpoint
from hub.ledger.findings import Findings, Report
from hub.ledger.head import Head, HeadError
from hub.ledger.layout import CHECKPOINT, FOLDER, HEAD, VKEY, decode_keys, genesis, origin
from hub.ledger.log_reader import find_head
from hub.ledger.note import NoteError, VerifierKey, parse_note
from hub.ledger.record import RecordError, read_fields
from hub.ledger.tiles import ENTRIES, WIDTH, Tile
from hub.ledger.verify_tree import TreeWalk

if TYPE_CHECKING:
    from pathlib import Path

    from hub.ledger.note import Note


class _Signed(NamedTuple):
    """A checkpoint with a good signature, and the key's name: the name of the log."""

    note: Note
    checkpoint: Checkpoint
    log_name: str


def verify(path: Path, vkey: str | None = None) -> Report:
    """Verify the ledger of the home or export ``path``.

    With ``vkey`` only that key is trusted, else those of the ledger's own ``log.vkey``. Raises
    ``UsageError`` where there is no ledger at all or ``vkey`` is malformed; everything else that
    is wrong stands in the report.
    """
    if not (path / VKEY).exists() and not (path / FOLDER).is_dir():
        raise UsageError(
            "台帳がありません。ホームか書き出し先のフォルダを指定してください"
            " / there is no ledger here; give a home or an export"
        )
    anchor = VerifierKey.decode(vkey) if vkey is not None else None
    with disk.usable():
        return _Verification(path, anchor).run()


class _Verification:
    """One run over one ledger, month by month."""

    def __init__(self, root: Path, anchor: VerifierKey | None) -> None:
        self._root = root
        self._findings = Findings()
        self._keys = self._trusted_keys(anchor)
        self._head = self._read_head()
        self._months = [month for month in disk.months(root) if not self._only_begun(month)]
        self._month = ""
        self._latest: _Signed | None = None  # of the present month
        self._before: _Signed | None = None  # of the month before

    def run(self) -> Report:
        """Verify every month in order."""
        for month in self._months:
            self._month = month
            self._verify_month()
        if self._head is not None and self._head.month:
            if self._head.month not in self._months:
                self._findings.add("month-missing", self._head.month, f"{FOLDER}/{HEAD}")
            elif self._head.month != self._months[-1]:
                self._findings.add("head-behind", self._months[-1], f"{FOLDER}/{HEAD}")
        return self._findings.report(self._months)

    def _note(self, code: str, file: str, index: int | None = None) -> None:
        """Take a problem of the present month; ``file`` is relative to its folder."""
        self._findings.add(code, self._month, f"{FOLDER}/{self._month}/{file}", index)

    def _trusted_keys(self, anchor: VerifierKey | None) -> list[VerifierKey]:
        keys: list[VerifierKey] = []
        try:
            keys = decode_keys(disk.read_at_most(self._root / VKEY, 1 << 16))
        except FileNotFoundError:
            self._findings.add("key-missing", None, VKEY)
        except UsageError:
            self._findings.add("key-malformed", None, VKEY)
        except OSError:
            self._findings.add("unreadable", None, VKEY)
        if anchor is None:
            return keys
        if keys and anchor not in keys:
            self._findings.add("key-differs", None, VKEY)
        return [anchor]

    def _read_head(self) -> Head | None:
        """Read the writer's commit point; an export has none."""
        try:
            return find_head(self._root)
        except HeadError:
            self._findings.add("head-malformed", None, f"{FOLDER}/{HEAD}")
        except OSError:
            self._findings.add("unreadable", None, f"{FOLDER}/{HEAD}")
        return None

    def _only_begun(self, month: str) -> bool:
        """Say whether a month is what a kill left before its first commit: no part of the log."""
        return (
            self._head is not None
            and month > self._head.month
            and not (self._root / FOLDER / month / CHECKPOINT).exists()
        )

    def _verify_month(self) -> None:
        """Verify the present month against its latest checkpoint, and the public one with it."""
        published = self._published()
        latest = self._committed(published) or published
        self._latest = latest
        if latest is not None:
            walk = TreeWalk(self._root / FOLDER / self._month, self._note, self._take)
            walk.walk(latest.checkpoint.size, latest.checkpoint.root)
            if latest.checkpoint.size == 0:
                self._note("chain-broken", CHECKPOINT)
            if published is not None and published.checkpoint != latest.checkpoint:
                older = published.checkpoint
                if not walk.has_root(older.size, older.root):
                    self._note("root-differs", CHECKPOINT)
        self._before = latest

    def _take(self, index: int, line: bytes) -> None:
        """Take one leaf: the chain at index 0, a record anywhere else."""
        if index == 0:
            if not self._chains(line):
                self._note("chain-broken", self._bundle(index), index)
            return
        try:
            self._findings.kinds[read_fields(line)["kind"]] += 1
        except RecordError:
            self._note("entry-malformed", self._bundle(index), index)

    def _bundle(self, index: int) -> str:
        """Give the file that holds a leaf of the present month."""
        size = self._latest.checkpoint.size if self._latest else 0
        number = index // WIDTH
        return Tile(ENTRIES, number, min(WIDTH, size - number * WIDTH)).path

    def _chains(self, leaf: bytes) -> bool:
        """Say whether leaf 0 is the last checkpoint of the month before, or the genesis line."""
        if self._latest and self._month == self._months[0]:
            return leaf == genesis(self._latest.log_name, self._month)
        if self._before is None:
            return True  # what is wrong with the month before is noted there
        try:
            note = parse_note(leaf)
        except NoteError:
            return False
        # Witnesses may have co-signed the public copy since: it holds at least what the leaf does.
        before = self._before.note
        return note.text == before.text and set(note.signatures) <= set(before.signatures)

    def _published(self) -> _Signed | None:
        """Read the month's public checkpoint; one that is missing or unreadable is noted."""
        try:
            data = disk.published(self._root, self._month)
        except OSError:
            self._note("unreadable", CHECKPOINT)
            return None
        if data is None:
            self._note("checkpoint-missing", CHECKPOINT)
            return None
        return self._signed(data, f"{FOLDER}/{self._month}/{CHECKPOINT}")

    def _committed(self, published: _Signed | None) -> _Signed | None:
        """Give the commit point's checkpoint where it is this month's and not behind the public one.

        After a kill between the two it is ahead of its public copy; both must hold then.
        """
        if self._head is None or self._head.month != self._month:
            return None
        signed = self._signed(self._head.note, f"{FOLDER}/{HEAD}")
        if signed and published and _behind(signed.checkpoint, published.checkpoint):
            self._findings.add("head-behind", self._month, f"{FOLDER}/{HEAD}")
            return None
        return signed

    def _signed(self, data: bytes, file: str) -> _Signed | None:
        """Read a signed checkpoint of the present month; what cannot be trusted is noted."""
        try:
            note = parse_note(data)
            checkpoint = Checkpoint.parse(note.text)
        except NoteError:
            self._findings.add("checkpoint-malformed", self._month, file)
            return None
        key = _signing_key(note, self._keys)
        if key is None:
            self._findings.add("signature", self._month, file)
            return None
        if checkpoint.origin != origin(key.name, self._month):
            self._findings.add("origin", self._month, file)
            return None
        return _Signed(note, checkpoint, key.name)


def _signing_key(note: Note, keys: list[VerifierKey]) -> VerifierKey | None:
    """Give the trusted key that signed a note, or nothing."""
    for key in keys:
        try:
            key.verify(note)
        except ForgeryError:
            continue
        return key
    return None


def _behind(committed: Checkpoint, published: Checkpoint) -> bool:
    """Say whether the commit point is neither the public checkpoint nor one after it."""
    return committed != published and committed.size <= published.size
