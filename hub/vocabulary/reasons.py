"""Reasons a person can act on: a stable code, the item concerned, the words in both languages.

Every refusal, quarantine, warning and receipt of the hub carries one. The words name the item, the
rule and a position; they never repeat a value.
"""

from __future__ import annotations

from typing import NamedTuple

from hub.vocabulary.letter_reasons import LETTER_TEXTS


class Reason(NamedTuple):
    """One reason; ``item`` is an official item name or nothing."""

    code: str
    item: str | None
    ja: str
    en: str

    def to_dict(self) -> dict[str, str | None]:
        """Give the reason as every answer shows it."""
        return self._asdict()


# code: (Japanese, English); {item} and the named places are filled in by `because`.
TEXTS: dict[str, tuple[str, str]] = {
    # decoding: the line itself
    "invalid-json": (
        "JSON として読めません（{place}文字目付近）",
        "the line is not JSON (near character {place})",
    ),
    "not-an-object": (
        "1行に1つの JSON オブジェクトを書いてください",
        "each line must be one JSON object",
    ),
    "undecodable": (
        "{place}バイト目が宣言された文字コードで読めません",
        "byte {place} cannot be read in the declared encoding",
    ),
    "bom-in-middle": (
        "行の先頭に BOM があります。連結したファイルなら BOM を除いてください",
        "the line starts with a byte order mark; remove it where files were joined",
    ),
    "line-too-long": (
        "1行が上限 {limit} バイトを超えています。内容は保管していません",
        "the line is over the limit of {limit} bytes; its content was not kept",
    ),
    "column-count": (
        "列数が見出しと異なります（見出し {expected} 列、この行 {found} 列）",
        "the number of columns differs from the header ({expected}, here {found})",
    ),
    "unbalanced-quote": (
        "引用符が閉じていません",
        "a quotation mark is not closed",
    ),
    # format: one item
    "unknown-item": (
        "{place}番目の項目名は本人確認情報の項目ではありません",
        "key number {place} is not an item of this feed",
    ),
    "item-twice": (
        "「{item}」が2回（別名を含む）あります",
        "the item stands twice (aliases included)",
    ),
    "missing-item": ("「{item}」は必須です", "the item is required"),
    "wrong-type": (
        "「{item}」の型が違います（文字列で記録。更新順番号は整数も可）",
        "the item has the wrong type (a string; 更新順番号 may be an integer)",
    ),
    "too-long": (
        "「{item}」が上限 {limit} 文字を超えています",
        "the item is over its limit of {limit} characters",
    ),
    "refused-character": (
        "「{item}」の{place}文字目に使えない文字があります（{kind}）",
        "character {place} of the item cannot be carried ({kind})",
    ),
    "wrong-form": (
        "「{item}」は{limit}桁の半角数字で記録してください",
        "the item must be {limit} ASCII digits",
    ),
    "check-digit": (
        "「{item}」の検査数字が合いません",
        "the check digit of the item does not hold",
    ),
    "not-a-date": (
        "「{item}」は実在する日付を YYYY-MM-DD で記録してください",
        "the item must be a real date as YYYY-MM-DD",
    ),
    "partial-date": (
        "「{item}」の月日不明はこの異動事由では認められません",
        "the date of the item may not be partly unknown for this 異動事由",
    ),
    "future-date": (
        "「{item}」に将来の日付を記録できるのは国内転出・国外転出の予定日だけです",
        "only 国内転出 and 国外転出 may bear a planned, future date",
    ),
    "unknown-value": (
        "「{item}」の値が定められた値のいずれでもありません",
        "the item holds none of its defined values",
    ),
    "number-in-text": (
        "「{item}」に10桁以上の数字があります。個人を特定する番号は台帳に記録できません",
        "the item holds a run of ten digits or more: no number of a person may stand in the ledger",
    ),
    "provided-in-future": (
        "「{item}」が取込みの日より後です",
        "the item is after the day of the import",
    ),
    "sequence-form": (
        "「{item}」は1から2147483647までの整数で記録してください",
        "the item must be an integer from 1 to 2147483647",
    ),
    "not-your-area": (
        "「{item}」は送信者の市町村（政令市は区）のコードではありません",
        "the 市町村コード is not the sender's (a designated city's: nor its wards')",
    ),
    # warnings
    "resident-code-check-digit": (
        "「{item}」の検査数字が合いません（警告のみ）",
        "the check digit of the item does not hold (a warning only)",
    ),
    "reading-missing": (
        "日本人住民には「{item}」が必要です（警告のみ）",
        "the reading is required of Japanese residents (a warning only)",
    ),
    "birth-date-in-future": (
        "「{item}」が将来の日付です（警告のみ）",
        "the date of birth lies in the future (a warning only)",
    ),
    # logic: against what was accepted before
    "already-present": (
        "この住民は既に記載されています（記載は未記載の者に限ります）",
        "the resident is already present: only one who is not can be entered",
    ),
    "not-present": (
        "この住民は記載されていません（消除・修正は記載のある者に限ります）",
        "the resident is not present: only one who is can be removed or amended",
    ),
    "item-unchanged": (
        "転居なのに「{item}」が前回と同じです",
        "転居 must change the item, which is as last accepted",
    ),
    "item-changed": (
        "「{item}」はこの異動事由では変更できません",
        "the item may not change under this 異動事由",
    ),
    "previous-number-missing": (
        "前に記録された個人番号があるため「{item}」が必要です",
        "a 個人番号 was recorded before, so the item is required",
    ),
    "previous-number-differs": (
        "「{item}」が前に記録された個人番号と一致しません",
        "the item is not the 個人番号 recorded before",
    ),
    "code-in-use": (
        "「{item}」は既に他の住民の記録に使われています",
        "the 住民票コード is already that of another record",
    ),
    "code-unchanged": (
        "「{item}」が旧住民票コードと同じです",
        "the 住民票コード is the same as 旧住民票コード",
    ),
    "code-retired": (
        "「{item}」は変更済みの旧いコードです。現在のコードで送ってください",
        "the 住民票コード has been changed; send with the present one",
    ),
    "sequence-not-rising": (
        "「{item}」が受理済みの番号より大きくありません",
        "the 更新順番号 does not rise above those accepted",
    ),
    "sequence-conflict": (
        "同じ「{item}」で内容の異なる通知を既に受理しています",
        "a notice of the same 更新順番号 with other values was accepted",
    ),
    "baseline-removal": (
        "初期データに消除の異動事由は使えません",
        "an initial load holds residents, so 異動事由 may not remove one",
    ),
    # sealing: the record on the bus
    "unknown-key": ("鍵が告知されていません", "the record's key was never announced"),
    "wrong-recipient": ("宛先が異なる記録です", "the record was sealed for another reader"),
    "wrong-sender": (
        "鍵の持ち主と送信者が一致しません",
        "the record's key is not that of its sender",
    ),
    "does-not-open": (
        "封が開きません（改変または鍵の不一致）",
        "the record does not open: it was changed or sealed under another key",
    ),
    "malformed-envelope": ("封筒の形式が正しくありません", "the envelope is malformed"),
    "unknown-schema": (
        "スキーマの指紋が登録されていません",
        "no schema of this fingerprint is known",
    ),
    "unreadable-record": (
        "封の中身がスキーマどおりに読めません",
        "the opened record does not read by its schema",
    ),
    # decisions
    "permitted": ("規則により提供できます", "a rule permits it"),
    "no-rule": (
        "これを認める規則がありません（既定は不可）",
        "no rule permits it; the default is to deny",
    ),
    "before-catalogue": (
        "指定日は、保持する規則の最も古い条文より前です",
        "the day lies before the earliest text held of the rule",
    ),
    "subscription-ended": (
        "受信者の受信期間が終わっています",
        "the recipient's subscription has ended",
    ),
    "rule-ended": ("規則の適用期間が終わっています", "the rule is no longer in force"),
    "unresolved-rule": (
        "規則の提供先または事務が未確定のため認めません",
        "the rule's recipient or task is unresolved, so it denies",
    ),
    "deleted-row": (
        "この項目は法令で削除されています",
        "the law has deleted this row",
    ),
    "prohibited-edge": (
        "この接続では何も提供できません（禁止された経路）",
        "nothing may ever pass over this connection",
    ),
    "condition-unmet": (
        "条文の条件を満たすことが示されていません",
        "a condition of the article is not shown to be met",
    ),
    "task-needed": (
        "事務を指定してください（事務により可否が異なります）",
        "name the task: rows of several tasks fit",
    ),
    "item-withheld": (
        "この項目は提供できる項目に含まれません",
        "the item is not among those that may be given",
    ),
    "no-such-item": ("この項目は登録されていません", "no such item is known"),
    "unknown-condition": ("この条件は登録されていません", "no such condition is known"),
    "unknown-feed": ("この種類の情報は登録されていません", "no such feed is known"),
    "unknown-body": ("この機関は登録されていません", "no such body is known"),
    "unknown-task": ("この事務は規則に登録されていません", "no rule names such a task"),
    "unknown-subject": ("この対象者区分は登録されていません", "no such kind of subject is known"),
    # what became of a message
    "released": ("提供しました", "released to the recipient"),
    "acknowledged": ("提供先が受領を確認しました", "acknowledged by the recipient"),
    "quarantined": ("隔離しました。理由を確認してください", "quarantined; see the reason"),
    "duplicate": (
        "同じ内容を既に受理しています（再提供しません）",
        "already accepted with identical values; not released again",
    ),
    "superseded": (
        "より新しい更新順番号を受理済みのため、再投入を認めません",
        "a higher 更新順番号 was accepted meanwhile, so it is not taken up again",
    ),
    "baseline": (
        "初期データとして登録しました（提供なし）",
        "recorded as initial load; nothing released",
    ),
    "resubmitted": ("再投入しました", "resubmitted; the outcome follows"),
    "discarded": ("破棄しました", "discarded by an operator"),
    # disclosure
    "held-for-decision": (
        "不開示の申出があるため、担当者の判断を待っています",
        "it bears a non-disclosure flag and waits for a person's decision",
    ),
    # what became of a file in custody
    "sent": ("提供先にファイル全体を渡しました", "handed over to the recipient whole"),
    "undelivered": (
        "期限までに受け取られなかったため消去しました。必要なら送り直してください",
        "not fetched in time and erased; send it again if it is still needed",
    ),
    "quarantine-expired": (
        "期限までに訂正されなかったため破棄しました。訂正した行を新たに送ってください",
        "not mended in time and discarded; send a corrected line",
    ),
    "erased": ("鍵を廃棄し、内容を消去しました", "its key was destroyed and its bytes removed"),
    "not-permitted": ("規則が認めないため消去しました", "erased, since no rule permits it"),
    "never-completed": (
        "途中で終わったファイルを消去しました",
        "a file whose sending never ended was erased",
    ),
    "restored": (
        "消去済みのファイルが控えから戻されたため、再び消去しました",
        "an erased file came back with a backup and was erased again",
    ),
    "held": ("消去を保留しています", "its erasure is on hold"),
    "hold-ended": ("消去の保留を解きました", "the hold has ended"),
    "custody-overdue": (
        "消去の期限を過ぎたファイルがあります。hub custody purge で消去してから送ってください",
        "a file is overdue for erasure, so no new one is taken: erase it by `hub custody purge`",
    ),
} | LETTER_TEXTS


def because(code: str, item: str | None = None, **places: str | int) -> Reason:
    """Give the reason of this code, its words filled in with the item and the places."""
    ja, en = TEXTS[code]
    return Reason(code, item, ja.format(item=item, **places), en.format(item=item, **places))
