"""Delivery-address files by the shipped rules: from municipalities, to the centre, to nobody else."""

from __future__ import annotations

from datetime import date, timedelta

from hub.rules.custody import load_custody
from hub.rules.load import load_books
from hub.rules.model import Question

BOOKS = load_books()
BODIES = list(BOOKS.directory)
FEED = "delivery-address"
FIRST_DAY = date(2024, 12, 10)


def _permits(giver: str, taker: str, day: date = FIRST_DAY) -> bool:
    provider, recipient = BOOKS.directory.get(giver), BOOKS.directory.get(taker)
    assert provider is not None
    assert recipient is not None
    return BOOKS.catalogue.decide(Question(FEED, provider, recipient, day)).permits


def test_every_municipality_may_give_to_the_centre_and_no_other_body() -> None:
    """A ward's city gives for it; prefectures and national bodies have no such file."""
    for body in BODIES:
        assert _permits(body.id, "jlis") is body.is_municipality, body.id


def test_nobody_but_the_centre_may_receive_one() -> None:
    """Of a city: not its prefecture, not another town, not itself."""
    permitted = [body.id for body in BODIES if _permits("331007", body.id)]
    assert permitted == ["jlis"] == [load_custody().recipients[FEED]]


def test_before_the_text_held_nothing_is_given() -> None:
    """The row holds from 2024-12-10."""
    assert not _permits("331007", "jlis", FIRST_DAY - timedelta(days=1))
