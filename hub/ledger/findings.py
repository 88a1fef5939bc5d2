"""What a verification found: counts, and every problem by name and place, in both languages."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from hub.vocabulary.clock import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hub.ledger.witness import Seen

_LIMIT: Final = 200

TEXTS: Final = {
    "key-missing": (
        "検証鍵 log.vkey がありません",
        "the verifier key log.vkey is missing",
    ),
    "key-malformed": ("検証鍵の書式が不正です", "the verifier key is malformed"),
    "key-differs": (
        "log.vkey に --key で与えた鍵がありません",
        "log.vkey does not hold the key given by --key",
    ),
    "head-malformed": (
        "書込側の ledger/head が壊れています",
        "the writer's ledger/head is damaged",
    ),
    "head-behind": (
        "ledger/head が公開済みの checkpoint より古いか、別の履歴です",
        "ledger/head is older than, or another history than, the published checkpoint",
    ),
    "month-missing": (
        "ledger/head が示す月がありません",
        "the month that ledger/head names is missing",
    ),
    "checkpoint-missing": (
        "checkpoint がありません。突然停止した直後なら一度起動してから再検証してください",
        "the checkpoint is missing; right after an abrupt stop, start the hub once and verify again",
    ),
    "checkpoint-malformed": ("checkpoint の書式が不正です", "the checkpoint is malformed"),
    "signature": (
        "checkpoint に信頼する鍵の正しい署名がありません",
        "the checkpoint bears no good signature by a trusted key",
    ),
    "key-retired": (
        "替えた後の前の鍵だけで署名されています。交換が突然止まった直後なら一度起動してから再検証してください",
        "signed by an older key alone after a newer took its place; after an abrupt stop, start the hub once",
    ),
    "key-unrecorded": (
        "log.vkey の鍵が鍵交換の記録と一致しません。交換が途中で止まったなら起動し、残れば再交換してください",
        "log.vkey is not what the records of rotations name; after an abrupt stop start the hub, then rotate",
    ),
    "hand-over": (
        "新しい鍵の最初の checkpoint に前の鍵の署名がありません",
        "the new key's first checkpoint is not signed by the key before it too",
    ),
    "cosignature": (
        "連署者の署名が checkpoint と一致しません",
        "a witness's signature is not of this checkpoint",
    ),
    "origin": (
        "checkpoint が別の台帳か別の月のものです",
        "the checkpoint is that of another log or month",
    ),
    "root-differs": (
        "記録から計算した根が、署名された根と一致しません",
        "the root over the records is not the one signed",
    ),
    "tile-missing": ("tile ファイルがありません", "the tile's file is missing"),
    "tile-differs": (
        "tile の内容が木と一致しません",
        "the tile's hashes are not those of the tree",
    ),
    "entries-missing": ("記録のファイルがありません", "the file of records is missing"),
    "entries-malformed": (
        "記録のファイルが途中で切れているか、余分があります",
        "the file of records is cut off or holds too much",
    ),
    "entry-differs": (
        "記録が木にあるものと一致しません",
        "the record is not the one in the tree",
    ),
    "entry-malformed": ("記録の書式が不正です", "the record is not as its schema says"),
    "chain-broken": (
        "月の先頭が前月の最後の checkpoint と一致しません",
        "the month does not start with the last checkpoint of the month before",
    ),
    "drop-unrecorded": (
        "記録がないのに、廃棄の記録（二人の操作者・同じ根）が後の月にありません",
        "the records are gone, but no later month records their drop by two operators with this root",
    ),
    "drop-early": (
        "保存期間が終わる前に廃棄されています",
        "the month was dropped before its retention had ended",
    ),
    "drop-malformed": (
        "廃棄の控え dropped が壊れているか、署名された根と一致しません",
        "the file dropped is damaged, or not of the tree that was signed",
    ),
    "drop-unfinished": (
        "廃棄した月の記録がまだ残っています。`hub ledger drop` をもう一度実行すると消えます",
        "records of a dropped month are still there; `hub ledger drop` once more removes them",
    ),
    "retention-malformed": (
        "retention.toml を読めません。全記録の保存期間は最短の7年として検証しました",
        "retention.toml cannot be read; every record's retention was taken to be the least, seven years",
    ),
    "witness-malformed": (
        "witness.vkey を読めません。連署は検証していません",
        "witness.vkey cannot be read; no witness's signature was verified",
    ),
    "unreadable": ("ファイルを読めません", "the file cannot be read"),
    "more": ("問題がさらにあります", "there are more problems"),
}
"""Every problem's code with its words in Japanese and English."""


class Problem(NamedTuple):
    """One problem; ``file`` is relative to what was verified, ``leaf`` its index if that is known.

    ``place`` is the first range of bytes in the file that is wrong, from and up to, if it is known;
    it may lie past the file's end where bytes are missing.
    """

    code: str
    month: str | None
    file: str
    leaf: int | None = None
    place: tuple[int, int] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give the problem as ``hub ledger verify`` prints it."""
        ja, en = TEXTS[self.code]
        return {
            "code": self.code,
            "month": self.month,
            "file": self.file,
            "index": self.leaf,
            "bytes": list(self.place) if self.place else None,
            "ja": ja,
            "en": en,
        }


class Report(NamedTuple):
    """The outcome of a verification. ``records`` leaves out the leaves that chain the months.

    ``dropped`` names the months of which, lawfully, only the checkpoint is left; ``seen`` has, by
    month, which known witnesses saw its last checkpoint, and when.
    """

    records: int
    by_kind: dict[str, int]
    months: tuple[str, ...]
    problems: tuple[Problem, ...]
    dropped: tuple[str, ...] = ()
    seen: tuple[tuple[str, Seen], ...] = ()

    @property
    def verified(self) -> bool:
        """Say whether nothing was found wrong."""
        return not self.problems

    def to_dict(self) -> dict[str, Any]:
        """Give the report as ``hub ledger verify`` prints it.

        ``dropped`` and ``witnesses`` stand there only where there are any.
        """
        dropped = {"dropped": list(self.dropped)} if self.dropped else {}
        seen = [
            {"month": month, "name": each.witness, "at": rfc3339(each.at)}
            for month, each in self.seen
        ]
        return {
            "records": self.records,
            "by_kind": self.by_kind,
            "months": list(self.months),
            "verified": self.verified,
            "problems": [problem.to_dict() for problem in self.problems],
            **dropped,
            **({"witnesses": seen} if seen else {}),
        }


class Findings:
    """Collects while a verification runs; keeps a bounded number of problems, each once."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self.seen: list[tuple[str, Seen]] = []
        self._problems: dict[Problem, None] = {}

    def add(
        self,
        code: str,
        month: str | None,
        file: str,
        leaf: int | None = None,
        place: tuple[int, int] | None = None,
    ) -> None:
        """Note a problem."""
        if len(self._problems) < _LIMIT:
            self._problems[Problem(code, month, file, leaf, place)] = None
        else:
            self._problems[Problem("more", None, "")] = None

    def any_of(self, codes: set[str]) -> bool:
        """Say whether a problem of these codes was noted."""
        return any(problem.code in codes for problem in self._problems)

    def report(self, months: Iterable[str], dropped: Iterable[str] = ()) -> Report:
        """Give the outcome."""
        kinds = dict(sorted(self.kinds.items()))
        problems = tuple(self._problems)
        return Report(
            sum(kinds.values()), kinds, tuple(months), problems, tuple(dropped), tuple(self.seen)
        )
