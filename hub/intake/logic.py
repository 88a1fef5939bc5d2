"""Logic: what one notice may do to the resident it names, as last accepted.

In this order, so that a repeat is always called a repeat:

1. 更新順番号 rises per 市町村コード and resident, from any start, with gaps. A number seen before is a
   duplicate where all values are the same, and a conflict where not.
2. A notice under a code that has been changed is refused.
3. 記載 needs one who is not present, everything else one who is. The two halves of a nationality
   change (（帰化等）, （国籍喪失）; 施行令8の2) may come in either order.
4. 転居 changes 住所 and nothing of the person; 軽微な修正 only 氏名, its reading and 住所.
5. A change of number names the number recorded before; a change of code names a resident by the
   old one and takes a code that no other record has.
"""

from __future__ import annotations

from typing import NamedTuple

from hub.intake.residents import COMPARED, Resident, is_recorded, with_seen
from hub.vocabulary.change_reasons import ChangeReason, Effect
from hub.vocabulary.reasons import Reason, because

_MAY_CHANGE = {
    # 転居 also leaves the reading of 旧氏 unchecked: the contract does not list it.
    "転居": {"住所", "旧氏の振り仮名"},
    "軽微な修正": {"氏名", "氏名の振り仮名", "住所"},
}

# The half of a nationality change that is still awaited, by the half that came first.
_AWAITS_OTHER = {
    "職権記載等（帰化等）": 1,
    "職権消除等（帰化等）": 2,
    "職権記載等（国籍喪失）": 3,
    "職権消除等（国籍喪失）": 4,
}
_COUNTERPART = {
    "職権記載等（帰化等）": 2,
    "職権消除等（帰化等）": 1,
    "職権記載等（国籍喪失）": 4,
    "職権消除等（国籍喪失）": 3,
}


class Change(NamedTuple):
    """One notice as the logic sees it: digests, no values.

    ``code`` is the digest of its 住民票コード, ``known_as`` of the code it finds its resident by
    (the old one in a change of code), ``previous_number`` of 変更前個人番号 or nothing,
    ``code_taken`` says that the new code of a change of code already has a record, ``day`` is the
    day of judgement as an ordinal.
    """

    reason: ChangeReason
    sequence: int
    digest: bytes
    code: bytes
    known_as: bytes
    items: tuple[bytes, ...]
    previous_number: bytes | None
    code_taken: bool
    resubmitted: bool
    day: int = 0


def judge(change: Change, held: Resident | None) -> Reason | None:
    """Give the reason why a notice is not accepted, or nothing."""
    if held is None:
        absent = change.reason.effect is not Effect.ENTER
        return because("not-present") if absent else None
    return (
        _order(change, held)
        or _presence(change, held)
        or _unchanged(change, held)
        or _number(change, held)
        or _code(change)
    )


def judge_baseline(change: Change, held: Resident | None) -> Reason | None:
    """Give the reason why a line of an initial load is not accepted, or nothing."""
    if change.reason.effect is Effect.REMOVE:
        return because("baseline-removal", "異動事由")
    refusal = _order(change, held) if held else None
    return refusal or _code(change)


def _order(change: Change, held: Resident) -> Reason | None:
    seen = held.seen_as(change.sequence)
    if seen is not None:
        same = seen == change.digest
        return because("duplicate") if same else because("sequence-conflict", "更新順番号")
    if change.sequence < held.last:
        code = "superseded" if change.resubmitted else "sequence-not-rising"
        return because(code, "更新順番号")
    return None


def _presence(change: Change, held: Resident) -> Reason | None:
    if change.known_as != held.code and held.present:
        return because("code-retired", "住民票コード")
    if change.reason.effect is not Effect.ENTER:
        return None if held.present else because("not-present")
    # The new record of a nationality change may be entered before the old one is removed.
    if held.present and (change.reason.pair is None or held.pending):
        return because("already-present")
    return None


def _unchanged(change: Change, held: Resident) -> Reason | None:
    free = _MAY_CHANGE.get(change.reason.name)
    if free is None:
        return None
    for official, before, now in zip(COMPARED, held.items, change.items, strict=True):
        if before != now and official not in free:
            return because("item-changed", official)
        if before == now and official == "住所" and change.reason.name == "転居":
            return because("item-unchanged", official)
    return None


def _number(change: Change, held: Resident) -> Reason | None:
    if change.reason.effect is not Effect.NUMBER:
        return None
    recorded = is_recorded(held, "個人番号")
    if change.previous_number is None:
        return because("previous-number-missing", "変更前個人番号") if recorded else None
    if change.previous_number != held.items[COMPARED.index("個人番号")]:
        return because("previous-number-differs", "変更前個人番号")
    return None


def _code(change: Change) -> Reason | None:
    return because("code-in-use", "住民票コード") if change.code_taken else None


def accepted(change: Change, held: Resident | None) -> Resident:
    """Give the resident after an accepted notice."""
    seen = with_seen(held.seen if held else b"", change.sequence, change.digest)
    if change.reason.effect is not Effect.REMOVE:
        pending = _pending_after(change, held)
        return Resident(True, pending, change.code, change.sequence, change.items, seen)  # noqa: FBT003
    if held is None:
        raise ValueError("a removal needs one who is present")
    completes = change.reason.pair and held.pending == _COUNTERPART[change.reason.name]
    return held._replace(
        # A removed record bears the old values: what is held stays as it was.
        present=bool(completes),
        pending=0 if completes else _AWAITS_OTHER.get(change.reason.name, 0),
        last=change.sequence,
        seen=seen,
        left=0 if completes else change.day,
    )


def _pending_after(change: Change, held: Resident | None) -> int:
    """Give the half still awaited after an entry or amendment."""
    before = held.pending if held else 0
    if change.reason.effect is not Effect.ENTER:
        return before
    if change.reason.pair is None or before == _COUNTERPART[change.reason.name]:
        return 0
    return _AWAITS_OTHER[change.reason.name]


def baseline(change: Change, held: Resident | None) -> Resident:
    """Give the resident after a line of an initial load, who is present and awaits nothing."""
    seen = with_seen(held.seen if held else b"", change.sequence, change.digest)
    return Resident(True, 0, change.code, change.sequence, change.items, seen)  # noqa: FBT003
