"""異動事由: why a resident record was written, erased or amended (施行規則11).

The canonical value leaves; the spellings that existing systems use are read as aliases: the
everyday 転入 and 転出, and those of the 標準仕様書 (1.2.2), which leave out 等.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Effect(Enum):
    """What a reason does to the record (施行令30の5, items 1 to 5)."""

    ENTER = "記載"
    REMOVE = "消除"
    AMEND = "修正"
    NUMBER = "番号"
    CODE = "コード"


@dataclass(frozen=True, slots=True)
class ChangeReason:
    """One value of 異動事由; ``pair`` names the change it makes up with its counterpart."""

    name: str
    effect: Effect
    source: str
    aliases: tuple[str, ...] = ()
    pair: str | None = None

    @property
    def may_be_future(self) -> bool:
        """Say whether 異動年月日 may be a planned day (転出届, 施行令30の5二)."""
        return self.name in {"国内転出", "国外転出"}

    @property
    def may_be_partly_unknown(self) -> bool:
        """Say whether month or day of 異動年月日 may be unknown."""
        return self.name == "死亡" or self.name.startswith("職権")

    @property
    def may_lack_number(self) -> bool:
        """Say whether 個人番号 may follow later."""
        return self.name in {"出生", "国外転入等", "職権記載等"}


def _reason(name: str, effect: Effect, place: str, *aliases: str) -> ChangeReason:
    pair = name[name.index("（") :] if "（" in name else None
    return ChangeReason(name, effect, f"住民基本台帳法施行規則11{place}", aliases, pair)


_ALL = (
    _reason("国内転入", Effect.ENTER, "①一", "転入"),
    _reason("国外転入等", Effect.ENTER, "①二", "国外転入"),
    _reason("出生", Effect.ENTER, "①三"),
    _reason("職権記載等（帰化等）", Effect.ENTER, "①四", "職権記載（帰化等）"),
    _reason("職権記載等（国籍喪失）", Effect.ENTER, "①五", "職権記載（国籍喪失）"),
    _reason("職権記載等", Effect.ENTER, "①六", "職権記載"),
    _reason("国内転出", Effect.REMOVE, "②一", "転出"),
    _reason("国外転出", Effect.REMOVE, "②二"),
    _reason("死亡", Effect.REMOVE, "②三"),
    _reason("職権消除等（帰化等）", Effect.REMOVE, "②四", "職権消除（帰化等）"),
    _reason("職権消除等（国籍喪失）", Effect.REMOVE, "②五", "職権消除（国籍喪失）"),
    _reason("職権消除等", Effect.REMOVE, "②六", "職権消除"),
    _reason("転居", Effect.AMEND, "③一"),
    _reason("軽微な修正", Effect.AMEND, "③二"),
    _reason("職権修正等", Effect.AMEND, "③三", "職権修正"),
    _reason("個人番号の変更請求", Effect.NUMBER, "④一"),
    _reason("個人番号の職権修正", Effect.NUMBER, "④二"),
    _reason("個人番号の職権記載等", Effect.NUMBER, "④三", "個人番号の職権記載"),
    _reason("住民票コードの変更請求", Effect.CODE, "⑤一"),
    _reason("住民票コードの職権記載等", Effect.CODE, "⑤二", "住民票コードの職権記載"),
)

CHANGE_REASONS: dict[str, ChangeReason] = {reason.name: reason for reason in _ALL}

_SPELLINGS = {alias: reason for reason in _ALL for alias in (reason.name, *reason.aliases)}
# Half-width parentheses are the same spelling to a person.
_SPELLINGS |= {k.replace("（", "(").replace("）", ")"): v for k, v in _SPELLINGS.items()}


def find_change_reason(spelling: str) -> ChangeReason | None:
    """Give the reason of a canonical name or alias, or nothing."""
    return _SPELLINGS.get(spelling)
