"""What the state keeps of a resident tells nothing to whoever has not the vault."""

from __future__ import annotations

import pytest

from hub.intake.residents import COMPARED, Digests
from tests.support.notices import change_notice, notice, resident_code, values_of

SECRETS = b"s" * 32, b"t" * 32
FEED = change_notice()


@pytest.fixture
def digests() -> Digests:
    """Give the digests of one hub."""
    return Digests(*SECRETS, FEED)


def test_equal_values_of_two_residents_look_unrelated(digests: Digests) -> None:
    """Attack: who shares a name, a day of birth or an address? The digests do not say."""
    values = values_of(notice())
    one = digests.items(digests.subject(resident_code(1)), values)
    two = digests.items(digests.subject(resident_code(2)), values)
    present = {digest for digest in (*one, *two) if any(digest)}
    given = [official for official in COMPARED if values[FEED.index[official]]]
    assert len(present) == 2 * len(given)


def test_equal_values_of_two_items_look_unrelated(digests: Digests) -> None:
    """A 旧氏 that equals the 通称 does not show."""
    subject = digests.subject(resident_code(1))
    assert len({digests.item(subject, official, "架空") for official in COMPARED}) == len(COMPARED)


def test_equal_values_of_one_resident_are_known_again(digests: Digests) -> None:
    """What the checks need: an item as last accepted has the digest it had."""
    subject = digests.subject(resident_code(1))
    again = Digests(*SECRETS, FEED)
    assert digests.items(subject, values_of(notice())) == again.items(subject, values_of(notice()))


@pytest.mark.parametrize("place", [0, 1], ids=["subject-digest", "state-digest"])
def test_without_the_secret_no_value_can_be_tried(place: int) -> None:
    """Attack: all codes or all days of birth are tried. Another secret gives other digests."""
    secrets = list(SECRETS)
    secrets[place] = b"x" * 32
    values, code = values_of(notice()), resident_code(1)
    for_us = Digests(*SECRETS, FEED)
    for_them = Digests(secrets[0], secrets[1], FEED)
    subjects = for_us.subject(code), for_them.subject(code)
    items = for_us.items(subjects[0], values), for_them.items(subjects[1], values)
    assert (subjects[0] == subjects[1]) == (place == 1)
    assert not {digest for digest in items[0] if any(digest)} & set(items[1])
