"""The verification of a ledger from its files alone, as anyone can do it who has a copy.

Checked are every signature, every hash of every tile against the records, each root, each record's
form, that each month starts with the last checkpoint of the month before, and that every month that
is gone was let go by two operators after its time. What no files can show is that the latest month,
or all of them, were not set back together: for that, keep a checkpoint elsewhere, or let witnesses
co-sign.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hub.errors import SurroundingsError, UsageError
from hub.ledger import disk
from hub.ledger.findings import Findings, Report
from hub.ledger.head import Head, HeadError
from hub.ledger.layout import CHECKPOINT, FOLDER, HEAD, VKEY, WITNESSES, decode_keys
from hub.ledger.log_reader import find_head, read_witnesses
from hub.ledger.note import VerifierKey
from hub.ledger.trust import Trust
from hub.ledger.verify_drops import check_drops
from hub.ledger.verify_keys import check_keys, named_in
from hub.ledger.verify_month import MonthCheck
from hub.ledger.verify_pool import WORTH_PROCESSES, side_by_side
from hub.ledger.witness import WitnessKey
from hub.rules.retention import FLOOR_YEARS, RETENTION, Retention, RetentionError, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from hub.ledger.checkpoint import Checkpoint
    from hub.ledger.verify_keys import Named
    from hub.ledger.verify_month import Signed
    from hub.ledger.verify_span import Found, Span

_LOOKS: Final = 10


def verify(path: Path, *vkeys: str, witnesses: Sequence[str] = (), processes: int = 1) -> Report:
    """Verify the ledger of the home or export ``path``.

    With ``vkeys`` only these keys are trusted, else those of the ledger's own ``log.vkey``; likewise
    ``witnesses`` and ``witness.vkey``. Large months are shared between so many processes. Raises
    ``UsageError`` where there is no ledger at all or a key given is malformed; everything else that
    is wrong stands in the report.
    """
    if not (path / VKEY).exists() and not (path / FOLDER).is_dir():
        raise UsageError(
            "台帳がありません。ホームか書き出し先のフォルダを指定してください"
            " / there is no ledger here; give a home or an export"
        )
    anchors = [VerifierKey.decode(vkey) for vkey in vkeys]
    seen_by = [WitnessKey.decode(vkey) for vkey in witnesses]
    with disk.usable():
        for _ in range(_LOOKS):
            verification = _Verification(path, anchors, seen_by)
            if verification.begin():
                break
        return verification.run(processes)


def verify_month(path: Path, month: str, *, processes: int = 1) -> Report:
    """Verify one month of a ledger by itself: all but how it is chained to the months around it."""
    with disk.usable():
        return _Verification(path, [], []).run_one(month, processes)


class _Verification:
    """One run over one ledger, month by month."""

    def __init__(
        self, root: Path, anchors: list[VerifierKey], witnesses: Sequence[WitnessKey]
    ) -> None:
        self._root = root
        self._findings = Findings()
        self._trust = Trust(self._listed_keys(anchors), tuple(anchors))
        self._witnesses = witnesses
        self._head = self._read_head()
        self._months = [month for month in disk.months(root) if not self._only_begun(month)]
        self._checks: list[MonthCheck] = []
        self._before: Signed | None = None  # of the month before
        self._drops: list[tuple[str, bytes]] = []
        self._named: list[Named] = []

    def begin(self) -> bool:
        """Read the checkpoints of all months, before ``run``; say whether they are of one moment.

        They are not where a running writer moved the commit point on after it was read.
        """
        self._checks = [
            MonthCheck(self._root, month, self._head, self._trust, self._findings)
            for month in self._months
        ]
        self._check_head()
        if not self._findings.any_of({"head-behind", "month-missing"}):
            return True
        try:
            return find_head(self._root) == self._head
        except (HeadError, OSError):
            return True

    def run(self, processes: int) -> Report:
        """Verify every month in order."""
        self._witnesses = self._witnesses or self._own_witnesses()
        checks = self._checks
        leaves = sum(check.latest.checkpoint.size for check in checks if check.latest)
        shared = processes if leaves >= WORTH_PROCESSES else 1
        found = side_by_side(_in_a_row(checks), shared)
        for check in checks:
            self._settle(check, list(_until_gap(found)))
        dropped: dict[str, Checkpoint | None] = {
            check.month: check.latest.checkpoint if check.latest else None
            for check in checks
            if check.dropped
        }
        signed = {check.month: check.latest for check in checks if check.latest}
        check_keys(self._trust, signed, self._named, self._findings)
        check_drops(dropped, self._drops, self._findings, self._least_years())
        return self._findings.report(self._months, dropped)

    def run_one(self, month: str, processes: int) -> Report:
        """Verify one month alone."""
        check = MonthCheck(self._root, month, self._head, self._trust, self._findings)
        below = list(_until_gap(side_by_side(_in_a_row([check]), processes)))
        for found in below:
            self._findings.kinds.update(found.kinds)
        check.settle(below)
        return self._findings.report([month], [month] if check.dropped else [])

    def _settle(self, check: MonthCheck, below: list[Found]) -> None:
        """Finish a month with what its spans showed."""
        is_first = check.month == self._months[0]
        for found in below:
            self._findings.kinds.update(found.kinds)
        leaves = check.settle(below)
        check.check_chain(leaves.pop(0, None), self._before, is_first=is_first)
        check.check_key(self._before)
        check.check_witnesses(self._witnesses)
        self._named += named_in(check.month, leaves)
        self._drops += [(check.month, line) for line in leaves.values()]
        self._before = check.latest

    def _check_head(self) -> None:
        """Hold the writer's commit point against the months that are there."""
        if self._head is None or not self._head.month:
            return
        if self._head.month not in self._months:
            self._findings.add("month-missing", self._head.month, f"{FOLDER}/{HEAD}")
        elif self._head.month != self._months[-1]:
            self._findings.add("head-behind", self._months[-1], f"{FOLDER}/{HEAD}")

    def _listed_keys(self, anchors: list[VerifierKey]) -> tuple[VerifierKey, ...]:
        """Read ``log.vkey``, which must hold the anchors."""
        keys: list[VerifierKey] = []
        try:
            keys = decode_keys(disk.read_at_most(self._root / VKEY, 1 << 16))
        except FileNotFoundError:
            self._findings.add("key-missing", None, VKEY)
        except UsageError:
            self._findings.add("key-malformed", None, VKEY)
        except OSError:
            self._findings.add("unreadable", None, VKEY)
        if keys and not set(anchors) <= set(keys):
            self._findings.add("key-differs", None, VKEY)
        return tuple(keys)

    def _read_head(self) -> Head | None:
        """Read the writer's commit point; an export has none."""
        try:
            return find_head(self._root)
        except HeadError:
            self._findings.add("head-malformed", None, f"{FOLDER}/{HEAD}")
        except OSError:
            self._findings.add("unreadable", None, f"{FOLDER}/{HEAD}")
        return None

    def _least_years(self) -> int:
        """Give for how long every record is kept by the ``retention.toml`` that is there."""
        try:
            settings = read_settings((self._root / RETENTION).read_bytes(), RETENTION)
        except FileNotFoundError:
            return FLOOR_YEARS
        except RetentionError:
            self._findings.add("retention-malformed", None, RETENTION)
            return FLOOR_YEARS
        except OSError:
            self._findings.add("unreadable", None, RETENTION)
            return FLOOR_YEARS
        return Retention(settings).least()

    def _own_witnesses(self) -> list[WitnessKey]:
        """Read the ``witness.vkey`` that is there."""
        try:
            return read_witnesses(self._root)
        except UsageError:
            self._findings.add("witness-malformed", None, WITNESSES)
        except SurroundingsError:
            self._findings.add("unreadable", None, WITNESSES)
        return []

    def _only_begun(self, month: str) -> bool:
        """Say whether a month is what a kill left before its first commit: no part of the log."""
        return (
            self._head is not None
            and month > self._head.month
            and not (self._root / FOLDER / month / CHECKPOINT).exists()
        )


def _in_a_row(checks: Iterable[MonthCheck]) -> Iterator[Span | None]:
    """Give the spans of all months, with a gap after each month."""
    for check in checks:
        yield from check.spans()
        yield None


def _until_gap(found: Iterator[Found | None]) -> Iterator[Found]:
    """Give what the spans of one month showed."""
    for each in found:
        if each is None:
            return
        yield each
