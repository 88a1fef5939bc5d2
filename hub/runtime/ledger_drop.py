"""Dropping a month of the ledger: asked for by one operator, approved by another, recorded first."""

from __future__ import annotations

from time import monotonic, sleep
from typing import TYPE_CHECKING

from hub.errors import SurroundingsError, UsageError
from hub.ledger.disk import AnotherWriterError
from hub.ledger.drop import DropSearch, Ended, find_drop, last_checkpoint, remove, survey
from hub.ledger.dropped import is_dropped
from hub.ledger.page import requested_at
from hub.ledger.record import Entry, Kind
from hub.ledger.verify_drops import APPROVED, DROPPED_CODE, rule_of
from hub.runtime.operators import require_two
from hub.runtime.outcome import HUB, ledger_pages
from hub.runtime.until_idle import run_until_idle
from hub.vocabulary.clock import rfc3339, today

if TYPE_CHECKING:
    from hub.ledger.verify_drops import Drop
    from hub.rules.retention import Retention
    from hub.runtime.hub import Hub

_PATIENCE_SECONDS = 60.0
_LOOK_SECONDS = 0.2


def drop_month(
    hub: Hub, month: str, operator: str, approver: str, retention: Retention, *, processes: int = 1
) -> Drop:
    """Drop a month (``YYYY-MM``) past its retention, and give what the ledger says of it.

    Raises ``UsageError`` where both names are one operator's, there is no such month, it is gone
    already or its day has not come; ``SurroundingsError`` where it does not verify, or a running
    ledger does not record the drop within a minute. Called again, it finishes what was begun.
    """
    require_two([operator, approver])
    root = hub.home.path
    checkpoint = last_checkpoint(root, month)
    if is_dropped(root, month) and not (root / "ledger" / month / "tile").exists():
        raise UsageError(f"{month} は廃棄済みです / {month} is dropped already")
    if find_drop(root, month, checkpoint) is None:
        ended = survey(root, month, retention, processes=processes)
        _refuse_early(ended, hub)
        _record(hub, ended, operator, approver)
    drop = remove(root, month)
    # Made anew from what is left, they no longer point into the month.
    hub.home.drop_views()
    hub.act()
    return drop


def _refuse_early(ended: Ended, hub: Hub) -> None:
    if today(hub.clock) < ended.free_from:
        raise UsageError(
            f"{ended.month} の保存期間は終わっていません。{ended.free_from} から廃棄できます"
            f" / {ended.month} must be kept: it may be dropped from {ended.free_from}"
        )


def _record(hub: Hub, ended: Ended, operator: str, approver: str) -> None:
    """Put the drop into the present month, under a checkpoint, before anything is removed."""
    identifier = hub.mint()
    lines = [
        Entry(
            kind=Kind.DROP,
            id=identifier,
            sender=HUB,
            at=rfc3339(hub.clock.now()),
            requested_at=requested_at(identifier),
            code=code,
            item=ended.month,
            rule=rule_of(ended.free_from),
            content=ended.checkpoint.root.hex(),
            count=ended.records,
            operator=name,
        ).to_line()
        for code, name in ((APPROVED, approver), (DROPPED_CODE, operator))
    ]
    hub.bus.publish(ledger_pages(lines))
    hub.act()
    try:
        run_until_idle(hub, "ledger")
    except AnotherWriterError:
        _await_writer(hub, ended)


def _await_writer(hub: Hub, ended: Ended) -> None:
    """Wait until the ledger that runs beside this call has recorded the drop."""
    give_up = monotonic() + _PATIENCE_SECONDS
    search = DropSearch(hub.home.path, ended.month, ended.checkpoint)
    while search.look() is None:
        if monotonic() > give_up:
            raise SurroundingsError(
                "動作中の台帳が廃棄をまだ記録していません。しばらくしてもう一度実行してください"
                " / the running ledger has not recorded the drop yet: run this again in a while"
            )
        sleep(_LOOK_SECONDS)
