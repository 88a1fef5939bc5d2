"""A ledger with provisions of two residents, and the report made from it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from hub.ledger.disclose.report import Report, Reporter
from hub.ledger.index.store import IndexStore, index_url
from hub.ledger.log_reader import read_head
from tests.unit.ledger_index.material import (
    ALICE,
    APRIL,
    JULY,
    LATER_ALICE,
    MAY,
    PREFECTURE,
    aliases,
    onward,
    provision,
    spread,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Ask = Callable[..., Report]

NAMES = {"072010": "福島市", "070009": "福島県", "jlis": "地方公共団体情報システム機構"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[IndexStore]:
    """Give an empty index in a file."""
    with IndexStore(index_url("sqlite", tmp_path / "index.sqlite")) as store:
        yield store


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Give a ledger of two months in which Alice has seven provisions, two of them held.

    The fifth is under the code that she got in May; the held ones bear a non-disclosure flag.
    """
    later = MAY + timedelta(minutes=1)
    write(
        tmp_path,
        (spread(0, 90, APRIL), APRIL),
        ([provision(200, APRIL, ALICE), onward(200, APRIL, ALICE)], APRIL),
        (spread(300, 200, MAY), MAY),
        (
            [
                provision(600, MAY, ALICE),
                onward(600, MAY, ALICE),
                *aliases(600, MAY, ALICE, LATER_ALICE),
                provision(601, later, LATER_ALICE),
                provision(602, later, ALICE, nondisclosure=True),
                provision(603, later, LATER_ALICE, nondisclosure=True),
            ],
            MAY,
        ),
        (spread(700, 3, JULY), JULY),
    )
    return tmp_path


@pytest.fixture
def ask(store: IndexStore, ledger: Path) -> Ask:
    """Give what makes a report of the resident with some digests, for the prefecture."""

    def report(*subjects: str, org: str = PREFECTURE, release_held: bool = False) -> Report:
        reporter = Reporter(store, ledger, read_head(ledger), lambda body: NAMES[body])
        return reporter.report(map(bytes.fromhex, subjects), org, release_held=release_held)

    return report
