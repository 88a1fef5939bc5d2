"""Events that bring someone to the town or take them away (記載 and 消除, 施行規則11①②).

Each tells its notices in order, one for each of ``stage.days``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from connectors.synthetic.life import Items, Life
    from connectors.synthetic.stage import Stage

_REPORTED_WITHIN = 14  # days: 戸籍法49, 住基法22
_PLANNED_WITHIN = 7


def is_born(stage: Stage) -> Iterator[Items]:
    """Tell a birth in the household; the 個人番号 follows days later."""
    born = stage.lately(_REPORTED_WITHIN)
    child = stage.people.newborn(stage.serial, stage.life, born)
    child.number = ""
    yield child.enter("出生", born)
    yield _number_follows(child, stage)


def is_born_with_number(stage: Stage) -> Iterator[Items]:
    """Tell a birth whose 個人番号 was already there."""
    born = stage.lately(_REPORTED_WITHIN)
    yield stage.people.newborn(stage.serial, stage.life, born).enter("出生", born)


def arrives(stage: Stage) -> Iterator[Items]:
    """Tell of someone who comes from another municipality."""
    newcomer = stage.people.newcomer(stage.serial)
    _take_place(newcomer, stage)
    yield newcomer.enter("国内転入", stage.lately(_REPORTED_WITHIN))


def arrives_from_abroad(stage: Stage) -> Iterator[Items]:
    """Tell of someone who comes from abroad and has no 個人番号 yet."""
    newcomer = stage.people.newcomer(stage.serial, from_abroad=True)
    newcomer.number = ""
    _take_place(newcomer, stage)
    yield newcomer.enter("国外転入等", stage.lately(_REPORTED_WITHIN))
    yield _number_follows(newcomer, stage)


def is_found_unregistered(stage: Stage) -> Iterator[Items]:
    """Tell of someone who lives here and is entered ex officio, the 個人番号 to follow."""
    newcomer = stage.people.newcomer(stage.serial)
    newcomer.number = ""
    _take_place(newcomer, stage)
    yield newcomer.enter("職権記載等", stage.lately(_REPORTED_WITHIN))
    yield _number_follows(newcomer, stage)


def leaves(stage: Stage) -> Iterator[Items]:
    """Tell of a move to another municipality, planned for a day that may lie ahead."""
    yield stage.life.remove("国内転出", stage.soon(_PLANNED_WITHIN))


def leaves_the_country(stage: Stage) -> Iterator[Items]:
    """Tell of a move abroad, planned for a day that may lie ahead."""
    yield stage.life.remove("国外転出", stage.soon(_PLANNED_WITHIN))


def leaves_and_returns(stage: Stage) -> Iterator[Items]:
    """Tell of a move away and, weeks later, back to another address here."""
    yield stage.life.remove("国内転出", stage.soon(_PLANNED_WITHIN))
    stage.people.settle(stage.life, stage.dice)
    yield stage.life.enter("国内転入", _some_days_before_last(stage))


def leaves_the_country_and_returns(stage: Stage) -> Iterator[Items]:
    """Tell of a move abroad and, weeks later, back with the same 個人番号."""
    yield stage.life.remove("国外転出", stage.soon(_PLANNED_WITHIN))
    stage.people.settle(stage.life, stage.dice)
    yield stage.life.enter("国外転入等", _some_days_before_last(stage))


def moves_to_other_ward(stage: Stage) -> Iterator[Items]:
    """Tell of a move between wards, which is 転出 and 転入 (住基法38, 施行令31)."""
    planned = stage.soon((stage.days[1] - stage.days[0]).days)
    yield stage.life.remove("国内転出", planned)
    stage.people.settle_in_other_area(stage.life, stage.dice)
    yield stage.life.enter("国内転入", planned)


def is_removed_and_found(stage: Stage) -> Iterator[Items]:
    """Tell of a removal ex officio that turns out wrong."""
    yield stage.life.remove("職権消除等", stage.lately(3))
    yield stage.life.enter("職権記載等", stage.days[1])


def dies(stage: Stage) -> Iterator[Items]:
    """Tell of a death, seldom of one whose day is unknown; most of the young move away instead."""
    if not stage.life.is_older_than(60, stage.days[0]) and not stage.dice.one_in(10):
        yield from leaves(stage)
    elif stage.dice.one_in(20):
        last_month = stage.days[0].replace(day=1) - timedelta(days=1)
        yield stage.life.remove("死亡", f"{last_month.isoformat()[:7]}-00")
    else:
        yield stage.life.remove("死亡", stage.lately(7))


def returns(stage: Stage) -> Iterator[Items]:
    """Tell of the return of one who left long ago; for the dead someone else comes."""
    if stage.life.gone == "死亡":
        yield from arrives(stage)
        return
    stage.people.settle(stage.life, stage.dice)
    reason = "国外転入等" if stage.life.gone == "国外転出" else "国内転入"
    yield stage.life.enter(reason, stage.lately(_REPORTED_WITHIN))


def _take_place(newcomer: Life, stage: Stage) -> None:
    """Let a newcomer live on in the place of one who is gone."""
    if stage.life.gone:
        stage.life = newcomer


def _number_follows(life: Life, stage: Stage) -> Items:
    life.number = stage.people.fresh_number(stage.serial)
    return life.change("個人番号の職権記載等", stage.days[1])


def _some_days_before_last(stage: Stage) -> date:
    return stage.days[-1] - timedelta(days=stage.dice.below(_REPORTED_WITHIN))
