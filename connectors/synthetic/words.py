"""The words that invented residents are put together from: common names, made-up places.

No entry stands for anybody. Surnames and given names are among the most common of Japan, each
with its reading; the 町 and the buildings do not exist. Some are written with the characters that
are lost first on the way between systems: 髙 and 﨑, a character beyond 16 bits (𠮷) and one with
a variation selector (辻 U+8FBB U+E0100), and half-width kana in a building's name.
"""

from __future__ import annotations

from typing import NamedTuple


class Name(NamedTuple):
    """One part of a name and its reading in hiragana."""

    written: str
    read: str


def _names(text: str) -> tuple[Name, ...]:
    """Read pairs ``written/read`` parted by blanks."""
    return tuple(Name(*pair.split("/")) for pair in text.split())


SURNAMES = _names(
    "佐藤/さとう 鈴木/すずき 髙橋/たかはし 田中/たなか 伊藤/いとう 渡邉/わたなべ 山本/やまもと"
    " 中村/なかむら 小林/こばやし 加藤/かとう 𠮷田/よしだ 山田/やまだ 佐々木/ささき"
    " 山口/やまぐち 松本/まつもと 井上/いのうえ 木村/きむら 林/はやし 斎藤/さいとう 清水/しみず"
    " 山﨑/やまさき 森/もり 池田/いけだ 橋本/はしもと 阿部/あべ 石川/いしかわ 山下/やました"
    " 中島/なかじま 石井/いしい 小川/おがわ 前田/まえだ 岡田/おかだ 長谷川/はせがわ 藤田/ふじた"
    " 後藤/ごとう 近藤/こんどう 村上/むらかみ 遠藤/えんどう 青木/あおき 坂本/さかもと"
    " 福田/ふくだ 太田/おおた 西村/にしむら 藤井/ふじい 金子/かねこ 岡本/おかもと"
    " 辻\U000e0100/つじ 藤原/ふじわら 三浦/みうら 濵田/はまだ 中野/なかの 宮﨑/みやざき"
)
"""Surnames; no reading stands twice, so a changed surname is always read anew."""

PLAIN_SURNAMES = {
    "髙橋": "高橋",
    "渡邉": "渡辺",
    "𠮷田": "吉田",
    "山﨑": "山崎",
    "辻\U000e0100": "辻",
    "濵田": "浜田",
    "宮﨑": "宮崎",
}
"""What 文字の同定 makes of a surname (施行規則11③二ロ)."""

GIVEN_NAMES = {
    "男": _names(
        "蓮/れん 陽翔/はると 大翔/ひろと 湊/みなと 悠真/ゆうま 翔太/しょうた 大輔/だいすけ"
        " 健太/けんた 拓也/たくや 直樹/なおき 誠/まこと 浩/ひろし 隆/たかし 修/おさむ"
        " 清/きよし 茂/しげる 正/ただし 勇/いさむ 学/まなぶ 豊/ゆたか 亮/りょう 和也/かずや"
        " 達也/たつや 剛/つよし 進/すすむ"
    ),
    "女": _names(
        "陽葵/ひまり 凛/りん 結衣/ゆい 葵/あおい さくら/さくら 美咲/みさき 愛/あい 彩/あや"
        " 真由美/まゆみ 久美子/くみこ 恵子/けいこ 幸子/さちこ 和子/かずこ 洋子/ようこ"
        " 節子/せつこ 千代/ちよ 文子/ふみこ 直美/なおみ 由美子/ゆみこ 明美/あけみ 香織/かおり"
        " 麻衣/まい 七海/ななみ 莉子/りこ 花/はな"
    ),
    "不明": _names("薫/かおる 光/ひかる 司/つかさ 千秋/ちあき 忍/しのぶ 操/みさお"),
}
"""Given names by 性別."""

FOREIGN_NAMES = (
    "NGUYEN VAN AN",
    "NGUYEN THI LAN",
    "TRAN MINH DUC",
    "SMITH JOHN MICHAEL",
    "GARCIA MARIA LUISA",
    "SILVA ANA PAULA",
    "SANTOS JOSE",
    "KIM MINJUN",
    "WANG WEI",
    "LI NA",
    "SHRESTHA BIKASH",
    "KHAN AMIR",
    "グエン　ヴァン　ミン",
    "サントス　マリア",
    "オリベイラ　カルロス",
    "シュレスタ　アニタ",
    "スミス　ジェーン",
    "アブドゥル　ラーマン",
)
"""Names of foreign residents in Latin letters or katakana."""

QUARTERS = (
    "朝凪町",
    "風鈴町",
    "花筏町",
    "蛍ヶ沢",
    "月見坂",
    "星降町",
    "小春日町",
    "雲居町",
    "波音町",
    "霧笛町",
    "千夜灯町",
    "虹見台",
    "鈴鳴町",
    "白露台",
    "夕映町",
    "紙風船町",
    "氷室ノ辻",
    "龍ヶ鼻",
)
"""町 that no municipality has."""

BUILDINGS = (
    "コーポ朝凪",
    "ﾒｿﾞﾝ・ﾎﾀﾙ",
    "月見坂ハイツ",
    "ｸﾞﾗﾝﾄﾞｰﾙ雲居",
    "第２虹見荘",
    "ﾊｲﾂ鈴鳴",
    "白露マンション",
)
"""Blocks of flats that stand nowhere, some in half-width kana."""
