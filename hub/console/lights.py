"""The seven promises of the hub as lights: each with its figure, by the limits of the alerts.

The limits are those of ``ops/prometheus/rules.yml``, so that the console and whoever is called at
night say the same.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from hub.console.look import Both, age, number
from hub.rules.signed import Standing

if TYPE_CHECKING:
    from hub.console.figures import Figures

WAITS_SECONDS: Final = 300.0
ASIDE_SECONDS: Final = 86_400.0


class State(StrEnum):
    """How a promise stands."""

    GOOD = "good"
    WATCH = "watch"
    BROKEN = "broken"


class Light(NamedTuple):
    """A promise: its number, how it stands, its words, the figure behind it, and its page."""

    number: int
    state: State
    words: Both
    figure: Both
    page: str


def lights(now: Figures) -> list[Light]:
    """Give the seven, in order."""
    return [
        _recorded(now),
        _ruled(now),
        _sealed(now),
        _erased(now),
        _carried(now),
        _apart(now),
        _closed(now),
    ]


def _state(*, broken: bool, watch: bool) -> State:
    if broken:
        return State.BROKEN
    return State.WATCH if watch else State.GOOD


def _recorded(now: Figures) -> Light:
    lag, grace = now.ledger.lag, now.ledger.grace
    late, most = age(lag), age(grace)
    figure = Both(f"遅れ {late.ja} / 猶予 {most.ja}", f"{late.en} behind of {most.en}")
    words = Both("記録なければ提供なし", "No record, no release")
    state = _state(broken=lag > grace, watch=lag > grace / 2)
    return Light(1, state, words, figure, "/ledger")


def _ruled(now: Figures) -> Light:
    standing, signed = now.rules.standing, now.rules.signed
    state = _state(
        broken=standing in (Standing.WRONG, Standing.STALE), watch=standing is Standing.OLD
    )
    if signed and state is not State.BROKEN:
        figure = Both(f"規則の署名 {signed}", f"rules signed {signed}")
    else:
        figure = Both("署名が無効", "not signed")
    return Light(2, state, Both("規則なければ提供なし", "No rule, no release"), figure, "/rules")


def _sealed(now: Figures) -> Light:
    count = now.set_aside.unopened
    figure = Both(f"開封できない {count} 件", f"{count} did not open")
    words = Both("宛先だけが読める", "Only the right party reads")
    return Light(3, _state(broken=False, watch=count > 0), words, figure, "/quarantine")


def _erased(now: Figures) -> Light:
    alarm, overdue = now.erasures.alarm, now.erasures.overdue
    figure = Both(f"期限超過 {overdue}・接近 {alarm}", f"{overdue} overdue, {alarm} near")
    words = Both("期日を越えて残さない", "Nothing outlives its day")
    return Light(4, _state(broken=overdue > 0, watch=alarm > 0), words, figure, "/custody")


def _carried(now: Figures) -> Light:
    waits, oldest = now.waiting.messages, age(now.waiting.oldest)
    figure = Both(f"待ち {number(waits)}・最古 {oldest.ja}", f"{number(waits)} wait, {oldest.en}")
    words = Both("失わず、重ねず、順に", "Nothing lost or reordered")
    late = (now.waiting.oldest or 0.0) > WAITS_SECONDS
    return Light(5, _state(broken=False, watch=late), words, figure, "/operations")


def _apart(now: Figures) -> Light:
    waits, oldest = now.set_aside.messages, age(now.set_aside.oldest)
    figure = Both(f"隔離 {number(waits)}・最古 {oldest.ja}", f"{number(waits)} aside, {oldest.en}")
    words = Both("誤りは他を止めない", "Bad input costs only itself")
    late = (now.set_aside.oldest or 0.0) > ASIDE_SECONDS
    return Light(6, _state(broken=False, watch=late), words, figure, "/quarantine")


def _closed(now: Figures) -> Light:
    stopped = now.ledger.lag > now.ledger.grace or now.rules.standing in (
        Standing.WRONG,
        Standing.STALE,
    )
    near = now.ledger.lag > now.ledger.grace / 2 or now.rules.standing is Standing.OLD
    figure = (
        Both("提供を停止中", "stopped") if stopped else Both("提供は継続中", "exchange goes on")
    )
    words = Both("危うければ閉じる", "Expire closed, in sight")
    return Light(7, _state(broken=stopped, watch=near), words, figure, "/")
