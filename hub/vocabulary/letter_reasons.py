"""The words of reasons that only letters have: certificates, move-in notices, what goes with them.

They stand in the one table of ``hub.vocabulary.reasons``, which says how they are filled in.
"""

from __future__ import annotations

LETTER_TEXTS: dict[str, tuple[str, str]] = {
    "not-a-list": (
        "「{item}」は人ごとの項目の一覧（JSON の配列）で記録してください",
        "the item must be a list of people, each an object of items",
    ),
    "too-many-people": (
        "「{item}」が上限 {limit} 人を超えています。分けて送ってください",
        "the letter names more than {limit} people: send it in parts",
    ),
    "person-twice": (
        "同じ「{item}」の人が2回あります",
        "a person stands twice in the letter",
    ),
    "unknown-destination": (
        "「{item}」から市町村を特定できません。都道府県名から書くか --to で指定してください",
        "no municipality can be told from the item: write it with its prefecture, or give --to",
    ),
    "not-destination": (
        "「{item}」の市町村ではありません。ほかの市町村には、求め（住民基本台帳法24の2⑤）のあった人の分だけ送れます",
        "not the municipality of the item; another gets only those it has asked for (24の2⑤)",
    ),
    "planned-too-long-ago": (
        "「{item}」から30日を過ぎているため送れません（施行令24の2①二）",
        "the planned day is too long past: nobody could claim it any more",
    ),
    "planned-too-far": (
        "「{item}」が遠すぎます。年を確認してください",
        "the planned day is too far ahead: check its year",
    ),
    "not-yet-moved": (
        "「{item}」に将来の日付は記録できません",
        "nobody has moved in on a day that is still to come",
    ),
    "no-certificate": (
        "この人の転出証明書情報が届いていません。送信依頼（24の2⑤）をしてから送り直してください",
        "no certificate of this person is here: ask for one (24の2⑤), then send the notice again",
    ),
    "certificate-expired": (
        "転出証明書情報は期間を過ぎて消去されました。送信依頼（24の2⑤）をしてください",
        "the certificate was erased after its last day: ask for a fresh one (24の2⑤)",
    ),
    "certificate-held": (
        "転出証明書情報は保留されています。保留が解かれてから送り直してください",
        "the certificate is on hold: send the notice again when the hold has ended",
    ),
    "certificate-waits": (
        "転出証明書情報が届いています。hub receive で受け取ってください",
        "the certificate is here and waits: fetch it by `hub receive`",
    ),
    "already-claimed": (
        "この人の転入通知は既に受け付けました",
        "a move-in notice of this person was accepted before",
    ),
    "claim-too-late": (
        "転出の予定年月日から30日を過ぎました。転出証明書の添付が要ります（施行令24の2①二）",
        "more than 30 days after the planned day of the move out: a paper certificate is needed",
    ),
    "claim-after-move-days": (
        "転入をした日から14日を過ぎました。転出証明書の添付が要ります（施行令24の2①二）",
        "more than 14 days after the move in: a paper certificate is needed",
    ),
    "claimed": ("転入通知により、転入が済みました", "claimed by a move-in notice"),
    "partly-claimed": (
        "転入通知により、世帯の一部の転入が済みました。残りの人の分は期限まで残ります",
        "claimed for some of its people by a move-in notice; it is kept for the others",
    ),
    "unclaimed": (
        "期間内に転入通知がなかった人がいるため消去しました（住民基本台帳法24の2④）",
        "erased, since not all of its people were said to have moved in within its days (24の2④)",
    ),
    "replaced": (
        "同じ人の新しい転出証明書情報が届いたため消去しました",
        "erased, since a newer certificate of the same people came",
    ),
    "withdrawn": (
        "転出の取消しにより消去しました",
        "erased, since the move was cancelled",
    ),
}
