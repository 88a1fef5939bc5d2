"""One month's checkpoints, and how its first leaf holds the month before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hub.errors import ForgeryError
from hub.ledger import disk
from hub.ledger.checkpoint import Checkpoint
from hub.ledger.dropped import DROPPED, is_dropped, read_mark
from hub.ledger.layout import CHECKPOINT, FOLDER, HEAD, genesis, origin
from hub.ledger.note import NoteError, parse_note
from hub.ledger.tiles import ENTRIES, WIDTH, Tile
from hub.ledger.verify_tree import TreeWalk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hub.ledger.findings import Findings
    from hub.ledger.head import Head
    from hub.ledger.note import Note, VerifierKey
    from hub.ledger.trust import Trust
    from hub.ledger.verify_span import Found, Span
    from hub.ledger.witness import WitnessKey


class Signed(NamedTuple):
    """A checkpoint with a good signature, and the newest known key that made one."""

    note: Note
    checkpoint: Checkpoint
    key: VerifierKey

    @property
    def log_name(self) -> str:
        """Give the name of the log: its key's."""
        return self.key.name


class MonthCheck:
    """The verification of one month: ``spans`` first, then ``settle`` with what they showed.

    ``latest`` is its last checkpoint, where there is one that can be trusted.
    """

    def __init__(
        self,
        root: Path,
        month: str,
        head: Head | None,
        trust: Trust,
        findings: Findings,
    ) -> None:
        self._root, self.month, self._trust, self._findings = root, month, trust, findings
        self.dropped = is_dropped(root, month)
        self._published = self._read_published()
        self.latest = self._committed(head) or self._published
        self._walk: TreeWalk | None = None
        if self.latest is not None and not self.dropped:
            checkpoint = self.latest.checkpoint
            folder = root / FOLDER / month
            self._walk = TreeWalk(folder, checkpoint.size, checkpoint.root)

    def spans(self) -> Iterator[Span]:
        """Give the parts of the month's tree to verify, from left to right; none where it is dropped."""
        if self._walk is not None:
            yield from self._walk.spans()

    def settle(self, below: Sequence[Found]) -> dict[int, bytes]:
        """Verify the rest of the month's tree; give leaf 0 and its marks, by index."""
        if self._walk is None:
            return self._leaves_of_dropped() if self.dropped else {}
        self._walk.settle([found.hashes for found in below])
        self._check_published(self._walk)
        for faults in (*(found.faults for found in below), self._walk.faults):
            for fault in faults:
                self._note(*fault)
        return {index: line for found in below for index, line in found.marks.items()}

    def check_chain(self, leaf: bytes | None, before: Signed | None, *, is_first: bool) -> None:
        """Note where leaf 0 is not the last checkpoint of the month before, or the genesis line."""
        if self.latest is None:
            return
        if self.latest.checkpoint.size == 0:
            self._note("chain-broken", CHECKPOINT)
        elif leaf is not None and not self._chains(leaf, before, is_first=is_first):
            place = None if self.dropped else (0, 2 + len(leaf))
            self._note("chain-broken", self._first_file(), 0, place)

    def check_key(self, before: Signed | None) -> None:
        """Note where an older key signed than the month before was signed by.

        Whoever steals a key that was rotated out cannot go on with it in a later month.
        """
        order = self._trust.rank
        if self.latest and before and order(self.latest.key) < order(before.key):
            self._note("key-retired", CHECKPOINT)

    def check_witnesses(self, witnesses: Sequence[WitnessKey]) -> None:
        """Take down which known witnesses signed the public checkpoint; note a false signature."""
        if self._published is None:
            return
        for witness in witnesses:
            try:
                seen = witness.seen(self._published.note)
            except ForgeryError:
                self._note("cosignature", CHECKPOINT)
            else:
                self._findings.seen += [(self.month, each) for each in seen]

    def _chains(self, leaf: bytes, before: Signed | None, *, is_first: bool) -> bool:
        if self.latest and is_first:
            return leaf == genesis(self.latest.log_name, self.month)
        if before is None:
            return True  # what is wrong with the month before is noted there
        try:
            note = parse_note(leaf)
        except NoteError:
            return False
        # Witnesses may have co-signed the public copy since: it holds at least what the leaf does.
        return note.text == before.note.text and set(note.signatures) <= set(before.note.signatures)

    def _first_file(self) -> str:
        """Give the file that holds leaf 0."""
        if self.dropped or self.latest is None:
            return DROPPED
        return Tile(ENTRIES, 0, min(WIDTH, self.latest.checkpoint.size)).path

    def _leaves_of_dropped(self) -> dict[int, bytes]:
        """Give what is left of a dropped month, once it is proven under the month's checkpoint."""
        if (self._root / FOLDER / self.month / "tile").exists():
            self._note("drop-unfinished", "tile")
        try:
            mark = read_mark(self._root, self.month)
        except ValueError:
            self._note("drop-malformed", DROPPED)
            return {}
        except OSError:
            self._note("unreadable", DROPPED)
            return {}
        if self.latest is None:
            return {}
        if not mark.proves(self.latest.checkpoint):
            self._note("drop-malformed", DROPPED)
            return {}
        return {leaf.place: leaf.line for leaf in mark.leaves}

    def _note(
        self,
        code: str,
        file: str,
        leaf: int | None = None,
        place: tuple[int, int] | None = None,
    ) -> None:
        """Take a problem of the month; ``file`` is relative to its folder."""
        self._findings.add(code, self.month, f"{FOLDER}/{self.month}/{file}", leaf, place)

    def _check_published(self, walk: TreeWalk) -> None:
        """Hold the public checkpoint, where it is an older one, against the same tree."""
        published, latest = self._published, self.latest
        if published and latest and published.checkpoint != latest.checkpoint:
            older = published.checkpoint
            if not walk.has_root(older.size, older.root):
                self._note("root-differs", CHECKPOINT)

    def _read_published(self) -> Signed | None:
        """Read the month's public checkpoint; one that is missing or unreadable is noted."""
        try:
            data = disk.published(self._root, self.month)
        except OSError:
            self._note("unreadable", CHECKPOINT)
            return None
        if data is None:
            self._note("checkpoint-missing", CHECKPOINT)
            return None
        return self._signed(data, f"{FOLDER}/{self.month}/{CHECKPOINT}")

    def _committed(self, head: Head | None) -> Signed | None:
        """Give the commit point's checkpoint where it is this month's and not behind the public one.

        After a kill between the two it is ahead of its public copy; both must hold then.
        """
        if head is None or head.month != self.month:
            return None
        signed, published = self._signed(head.note, f"{FOLDER}/{HEAD}"), self._published
        if signed and published and _behind(signed.checkpoint, published.checkpoint):
            self._findings.add("head-behind", self.month, f"{FOLDER}/{HEAD}")
            return None
        return signed

    def _signed(self, data: bytes, file: str) -> Signed | None:
        """Read a signed checkpoint of the month; what cannot be trusted is noted."""
        whole = (0, len(data))
        try:
            note = parse_note(data)
            checkpoint = Checkpoint.parse(note.text)
        except NoteError:
            self._findings.add("checkpoint-malformed", self.month, file, None, whole)
            return None
        key = self._trust.signer(note)
        if key is None:
            self._findings.add("signature", self.month, file, None, whole)
            return None
        if checkpoint.origin != origin(key.name, self.month):
            self._findings.add("origin", self.month, file, None, whole)
            return None
        return Signed(note, checkpoint, key)


def _behind(committed: Checkpoint, published: Checkpoint) -> bool:
    """Say whether the commit point is neither the public checkpoint nor one after it."""
    return committed != published and committed.size <= published.size
