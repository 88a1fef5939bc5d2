"""What must hold when all is delivered: servers and towns agree, nothing lost, doubled or out of order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from connectors.simulators.register import Sent
    from connectors.simulators.server import Server
    from connectors.simulators.town import Town


class Verdict(NamedTuple):
    """One server beside the towns that it is told of; every figure but ``residents`` should be 0.

    ``residents`` those both agree on; ``differing`` of whom they hold different items, one nothing;
    ``lost`` messages carried that the server has not; ``doubled`` lines that it has twice;
    ``out_of_order`` records that came after one of the same resident with a higher 更新順番号.
    """

    residents: int
    differing: int
    lost: int
    doubled: int
    out_of_order: int

    @property
    def holds(self) -> bool:
        """Say whether all is as it must be."""
        return not (self.differing or self.lost or self.doubled or self.out_of_order)

    def to_dict(self) -> dict[str, Any]:
        """Give the figures as ``hub simulate`` prints them."""
        return self._asdict() | {"holds": self.holds}


def judge(server: Server, towns: Sequence[Town]) -> Verdict:
    """Compare what a server holds with the registers of the towns it is told of."""
    truth = {each for town in towns for each in town.register.residents()}
    held = set(server.holds())
    sent: dict[str, tuple[str, Sent]] = {}
    for town in towns:
        sent |= {key: (town.body, each) for key, each in town.register.sent().items()}
    taken = server.ids()
    lines = [sent[key] for key in taken if key in sent]
    return Verdict(
        residents=len(truth & held),
        differing=len({code for code, _ in truth ^ held}),
        lost=len(set(sent) - set(taken)),
        doubled=len(lines) - len({(town, each.line) for town, each in lines}) + server.doubled(),
        out_of_order=_out_of_order(lines),
    )


def _out_of_order(lines: Iterable[tuple[str, Sent]]) -> int:
    highest: dict[tuple[str, int], int] = {}
    late = 0
    for town, each in lines:
        whose = (town, each.person)
        late += each.sequence < highest.get(whose, 0)
        highest[whose] = max(each.sequence, highest.get(whose, 0))
    return late
