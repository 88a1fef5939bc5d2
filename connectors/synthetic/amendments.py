"""Events that change the record of someone who stays (修正, 番号, コード, 施行規則11③④⑤).

Each tells its notices in order, one for each of ``stage.days``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from connectors.synthetic import words
from connectors.synthetic.people import one_of, with_building

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connectors.synthetic.dice import Dice
    from connectors.synthetic.life import Items
    from connectors.synthetic.stage import Stage
    from connectors.synthetic.words import Name

_OF_AGE = 18


def moves_within(stage: Stage) -> Iterator[Items]:
    """Tell of a move within the area: only 住所 differs."""
    stage.people.settle(stage.life, stage.dice)
    yield stage.life.change("転居", stage.lately(14))


def is_spelled_plainly(stage: Stage) -> Iterator[Items]:
    """Tell of 文字の同定 of the surname, or else of a building's new name (施行規則11③二ロヘ)."""
    life = stage.life
    plain = words.PLAIN_SURNAMES.get(life.surname.written)
    if plain and not life.foreign:
        life.surname = life.surname._replace(written=plain)
    else:
        life.address = with_building(life.address, stage.dice)
    yield life.change("軽微な修正", stage.days[0])


def is_corrected(stage: Stage) -> Iterator[Items]:
    """Tell of a given name changed by the court, or of a wrong day of birth put right."""
    life = stage.life
    if "-00" in life.born or stage.dice.one_in(2):
        life.given = _other(words.GIVEN_NAMES[life.sex], life.given, stage.dice)
    else:
        life.born = str(date.fromisoformat(life.born) - timedelta(days=1 + stage.dice.below(9)))
    yield life.change("職権修正等", stage.lately(10))


def marries(stage: Stage) -> Iterator[Items]:
    """Tell of a new surname on marriage, the old one kept as 旧氏; a child's is a correction."""
    life = stage.life
    if not life.is_older_than(_OF_AGE, stage.days[0]):
        yield from is_corrected(stage)
        return
    life.former = None if life.foreign else life.surname
    life.surname = _other(words.SURNAMES, life.surname, stage.dice)
    yield life.change("職権修正等", stage.lately(10))


def asks_for_new_number(stage: Stage) -> Iterator[Items]:
    """Tell of a new 個人番号 at the resident's request (番号法7②)."""
    yield _new_number(stage, "個人番号の変更請求")


def is_given_new_number(stage: Stage) -> Iterator[Items]:
    """Tell of a new 個人番号 ex officio (番号法7②)."""
    yield _new_number(stage, "個人番号の職権修正")


def asks_for_new_code(stage: Stage) -> Iterator[Items]:
    """Tell of a new 住民票コード at the resident's request (住基法30の4①)."""
    yield _new_code(stage, "住民票コードの変更請求")


def is_given_new_code(stage: Stage) -> Iterator[Items]:
    """Tell of a new 住民票コード ex officio."""
    yield _new_code(stage, "住民票コードの職権記載等")


def becomes_japanese(stage: Stage) -> Iterator[Items]:
    """Tell of a naturalisation; the 通称 becomes the name (施行令8の2①)."""
    return _change_nationality(stage, "（帰化等）", foreign="")


def loses_nationality(stage: Stage) -> Iterator[Items]:
    """Tell of a loss of nationality; the name lives on as 通称 (施行令8の2②)."""
    foreign = one_of(words.FOREIGN_NAMES, stage.dice)
    return _change_nationality(stage, "（国籍喪失）", foreign)


def _change_nationality(stage: Stage, change: str, foreign: str) -> Iterator[Items]:
    """Tell of removal and entry in either order, both of the day of the change."""
    old, day = stage.life, stage.lately(10)
    stage.life = new = replace(old, foreign=foreign, former=None)
    removal, entry = f"職権消除等{change}", f"職権記載等{change}"
    if stage.dice.one_in(2):
        yield old.remove(removal, day)
        new.sequence = old.sequence
        yield new.enter(entry, day)
    else:
        yield new.enter(entry, day)
        old.sequence = new.sequence
        removed = old.remove(removal, day)
        new.sequence = old.sequence
        yield removed


def _new_number(stage: Stage, reason: str) -> Items:
    old, stage.life.number = stage.life.number, stage.people.fresh_number(stage.serial)
    return stage.life.change(reason, stage.days[0]) | {"変更前個人番号": old}


def _new_code(stage: Stage, reason: str) -> Items:
    old, stage.life.code = stage.life.code, stage.people.fresh_code(stage.serial)
    return stage.life.change(reason, stage.days[0]) | {"旧住民票コード": old}


def _other(names: Sequence[Name], old: Name, dice: Dice) -> Name:
    """Give a name that is read otherwise than the old one."""
    return one_of([name for name in names if name.read != old.read], dice)
