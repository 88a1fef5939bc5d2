"""What is remembered of a resident: packed, found by every code, and telling nothing."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.intake.residents import (
    COMPARED,
    Digests,
    Register,
    Resident,
    departed,
    is_recorded,
    unpack,
    with_seen,
)
from tests.support.notices import change_notice, notice, resident_code, values_of
from tests.unit.intake.bench import DIGESTS, FEED

eight = st.binary(min_size=8, max_size=8)
residents = st.builds(
    Resident,
    st.booleans(),
    st.integers(0, 4),
    eight,
    st.integers(1, 2**31 - 1),
    st.lists(eight, min_size=len(COMPARED), max_size=len(COMPARED)).map(tuple),
    st.lists(st.binary(min_size=12, max_size=12), max_size=64).map(b"".join),
    st.one_of(st.just(0), st.integers(730_000, 760_000)),
)
KEYS = [Register.key("331015", DIGESTS.subject(resident_code(serial))) for serial in range(3)]


@given(residents)
def test_a_resident_is_packed_and_read_back_whole(resident: Resident) -> None:
    """What the bus keeps is what the logic left."""
    assert unpack(resident.pack()) == resident


def test_printing_a_resident_shows_presence_alone() -> None:
    """Neither digests nor numbers stand in a log."""
    resident = Resident(True, 0, b"c" * 8, 7, (b"d" * 8,) * 9, b"")  # noqa: FBT003
    assert repr(resident) == "Resident(present=True)"


def test_a_whole_life_is_remembered_and_no_more() -> None:
    """4,096 notices, so that a life sent again is all duplicates; of more the oldest are dropped."""
    life = [(number, number.to_bytes(8, "big")) for number in range(1, 5001)]
    seen = b""
    for number, digest in life:
        seen = with_seen(seen, number, digest)
    resident = Resident(True, 0, bytes(8), 5000, (bytes(8),) * 9, seen)  # noqa: FBT003
    assert [resident.seen_as(number) for number in (1, 904, 5001)] == [None] * 3
    for number in (905, 906, 3000, 5000):
        assert resident.seen_as(number) == number.to_bytes(8, "big")


def test_a_code_leads_to_its_resident_through_every_change() -> None:
    """First, second and third code lead to one place, before and after it is kept."""
    first, second, third = KEYS
    resident = Resident(True, 0, bytes(8), 1, (bytes(8),) * 9, b"")  # noqa: FBT003
    register = Register({})
    assert register.find(first) == (first, None)
    register.put(first, resident)
    register.point(second, first)
    register.point(third, first)
    kept = register.changes({first})
    assert [Register(kept).find(key) for key in KEYS] == [(first, resident)] * 3
    assert [register.find(key) for key in KEYS] == [(first, resident)] * 3
    assert Register.pointed_to(kept) == [first, first]


def test_a_pointed_to_resident_is_found_when_loaded_after() -> None:
    """A batch that knows only the new code loads the pointer first, then where it leads."""
    first, second, _ = KEYS
    resident = Resident(False, 2, bytes(8), 5, (bytes(8),) * 9, b"")  # noqa: FBT003
    register = Register({second: b"p" + first})
    register.add({first: resident.pack()})
    assert register.find(second) == (first, resident)


def test_what_a_batch_changed_hides_what_was_loaded() -> None:
    """The next notice of the batch meets the state its predecessor left."""
    before, after = (
        Resident(present, 0, bytes(8), 5, (bytes(8),) * 9, b"") for present in (True, False)
    )
    register = Register({KEYS[0]: before.pack()})
    assert register.find(KEYS[0])[1] == before
    register.put(KEYS[0], after)
    assert register.find(KEYS[0])[1] == after
    assert Register.subject(KEYS[0]) == DIGESTS.subject(resident_code(0))


def test_the_same_value_shows_differently_for_another_resident_or_item() -> None:
    """Equal names of two residents, or of two items of one, have no equal digests."""
    values = values_of(notice(1, 氏名="架空", 旧氏="架空", 通称="架空"))
    of_one, of_other = (DIGESTS.items(DIGESTS.subject(code), values) for code in ("1", "2"))
    names = [COMPARED.index(item) for item in ("氏名", "旧氏", "通称")]
    digests = {each[index] for each in (of_one, of_other) for index in names}
    assert len(digests) == 6
    assert DIGESTS.item(DIGESTS.subject("1"), "旧氏", "架空") == of_one[COMPARED.index("旧氏")]


def test_an_absent_item_is_recorded_as_absent() -> None:
    """So that a change of number knows whether one was recorded before."""
    items = DIGESTS.items(DIGESTS.subject("1"), values_of(notice(1, 個人番号=None)))
    resident = Resident(True, 0, bytes(8), 1, items, b"")  # noqa: FBT003
    assert not is_recorded(resident, "個人番号")
    assert not is_recorded(resident, "通称")
    assert is_recorded(resident, "氏名")


def test_those_who_left_by_a_day_are_forgotten_with_what_points_to_them() -> None:
    """Who is present, who left later and who left on a day that is not known stay."""
    day = date(2026, 6, 15)
    early, later, unknown = (
        Resident(False, 0, bytes(8), 5, (bytes(8),) * 9, b"", left)  # noqa: FBT003
        for left in (day.toordinal(), day.toordinal() + 1, 0)
    )
    present = Resident(True, 0, bytes(8), 1, (bytes(8),) * 9, b"")  # noqa: FBT003
    first, second, third = KEYS
    state = {first: early.pack(), second: b"p" + first, third: later.pack()}
    state |= {b"x": present.pack(), b"y": unknown.pack(), b"z": b"p" + third}
    assert departed(state.items(), day) == dict.fromkeys((first, second))
    assert departed(state.items(), day - timedelta(days=1)) == {}


def test_digests_are_keyed() -> None:
    """Under another hub's secrets every digest is another, so lists of names are no help."""
    other = Digests(bytes(32), bytes(range(32)), FEED)
    values = values_of(notice())
    subject = DIGESTS.subject(resident_code(1))
    assert other.subject(resident_code(1)) != subject
    assert set(other.items(subject, values)).isdisjoint(
        set(DIGESTS.items(subject, values)) - {bytes(8)}
    )
    assert len(subject) == 32


def test_the_compared_items_are_those_the_contract_compares() -> None:
    """Nothing is remembered that no check needs."""
    assert set(COMPARED) <= {item.official for item in change_notice().items}
    assert len(COMPARED) == len(set(COMPARED)) == 9
