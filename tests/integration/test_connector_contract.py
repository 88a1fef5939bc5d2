"""Every connector keeps the contract of ``connectors.contract``: passed on once, in order, by whoever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connectors.running import drain, started
from hub.bus.port import BusUnavailableError
from hub.runtime.delivery import Counter
from hub.runtime.slips import Slips
from hub.runtime.until_idle import run_until_idle
from hub.testing import sandbox_hub
from tests.support.benches import BENCHES
from tests.support.notices import PREFECTURE, line_of, notice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hub.runtime.hub import Hub
    from tests.support.benches import Bench


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Give a hub in memory."""
    with sandbox_hub() as made:
        yield made


@pytest.fixture(params=BENCHES)
def bench(request: pytest.FixtureRequest, hub: Hub, tmp_path: Path) -> Bench:
    """Give each kind of connector."""
    return BENCHES[request.param](hub, tmp_path)


def _lines(*serials: int) -> bytes:
    return b"".join(line_of(notice(serial)) + b"\n" for serial in serials)


def _carry(hub: Hub, bench: Bench) -> None:
    """Run the connectors as a new process, the hub, and the connectors again."""
    hub.slips = Slips(hub.bus, hub.vault)
    drain(bench.connectors())
    run_until_idle(hub)
    drain(bench.connectors())


def test_what_is_given_comes_out_once_and_in_order(hub: Hub, bench: Bench) -> None:
    """Another run passes nothing on again."""
    for serials in ((1, 2), (3,)):
        bench.give(_lines(*serials))
        _carry(hub, bench)
        _carry(hub, bench)
    ids = [each["id"] for each in bench.answered()]
    assert len(set(ids)) == 3
    assert sorted(each["id"] for each in bench.received()) == ids


def test_the_record_is_the_one_that_receive_prints(hub: Hub, bench: Bench) -> None:
    """Identical by every way, as the recipient's counter gives it."""
    bench.give(_lines(1))
    drain(bench.connectors())
    run_until_idle(hub)
    (handover,) = Counter(hub, "change-notice", hub.body(PREFECTURE)).fetch()
    drain(bench.connectors())
    assert bench.received() == [each.to_dict() for each in handover.deliveries]


def test_what_is_wrong_with_one_line_costs_only_that_line(hub: Hub, bench: Bench) -> None:
    """Who sent it is told, with a reason; its neighbours go through."""
    bench.give(_lines(1) + b"{}\n" + _lines(2))
    _carry(hub, bench)
    outcomes = [(each["outcome"], bool(each["reason"])) for each in bench.answered()]
    assert outcomes == [("accepted", False), ("quarantined", True), ("accepted", False)]
    assert len(bench.received()) == 2


@pytest.mark.parametrize("counts", [False, True])
def test_a_bus_that_fails_loses_nothing(
    hub: Hub, bench: Bench, monkeypatch: pytest.MonkeyPatch, *, counts: bool
) -> None:
    """It is raised to whoever runs the connector; the next run goes on, whether or not it counted."""
    bench.give(_lines(1, 2))
    member = type(hub.bus.join("x", []))
    real = member.commit

    def lost(*given: Any) -> None:
        if counts:
            real(*given)
        raise BusUnavailableError("lost")

    with monkeypatch.context() as patch:
        patch.setattr(member, "commit", lost)
        with pytest.raises(BusUnavailableError):
            drain(bench.connectors())
    _carry(hub, bench)
    ids = [each["id"] for each in bench.answered()]
    assert sorted(each["id"] for each in bench.received()) == ids
    assert len(set(ids)) == 2


def test_a_connector_that_was_stopped_lets_another_go_on(hub: Hub, bench: Bench) -> None:
    """Stopped twice does no harm, and so does a start where nothing waits."""
    bench.give(_lines(1))
    for _ in range(2):
        for connector in bench.connectors():
            with started(connector):
                connector.step()
            connector.stop()
        run_until_idle(hub)
    assert len(bench.answered()) == len(bench.received()) == 1
