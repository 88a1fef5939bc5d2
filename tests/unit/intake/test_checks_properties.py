"""Format, held against a plain reading of the contract on notices with any mixture of faults."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.intake.checks import FormatCheck, Sender
from tests.support.notices import (
    TOWN,
    Items,
    change_notice,
    individual_number,
    notice,
    resident_code,
    values_of,
)
from tests.unit.intake.format_by_hand import ITEMS, REASONS, TODAY, faults, is_refused

FEED = change_notice()
CHECK = FormatCheck(FEED)
AREAS = frozenset({TOWN})
SENDER = Sender(TOWN, AREAS, TODAY)
FREE_TEXTS = [name for name, item in ITEMS.items() if item.kind == "text"]

any_text = st.text(max_size=12)
digits = st.text("0123456789", max_size=13)
years, months, days = st.integers(0, 2030), st.integers(0, 13), st.integers(0, 32)
dates = st.builds("{:04}-{:02}-{:02}".format, years, months, days)
edges = st.sampled_from(
    ["0000-00-00", "2026-04-00", "2026-05-00", "2027-00-00", TODAY, "2026-04-02"]
)
values_by_kind = {
    "resident-code": st.sampled_from([resident_code(1), resident_code(2)]) | digits,
    "individual-number": st.builds(individual_number, st.integers(0, 9)) | digits,
    "body-code": st.sampled_from([TOWN, "072028", "072011", "331015"]) | digits,
    "date": dates | edges,
    "partial-date": dates | edges,
    "change-date": dates | edges,
    "sex": st.sampled_from(["男", "女", "不明", "男性"]),
    "digits": digits | st.text("0123456789", min_size=19, max_size=22),
    "change-reason": st.sampled_from(REASONS),
    "text": any_text
    | st.integers(95, 105).map("あ".__mul__)
    | st.integers(298, 302).map("x".__mul__),
}


@st.composite
def changed_notices(draw: st.DrawFn) -> Items:
    """Give a notice with up to four items changed to anything, or taken out."""
    changes: dict[str, str | int | None] = {}
    for name in draw(st.sets(st.sampled_from(sorted(ITEMS)), max_size=4)):
        kind = ITEMS[name].kind
        if kind == "sequence":
            changes[name] = draw(st.none() | st.integers(1, 2**31 - 1))
        else:
            changes[name] = draw(st.none() | values_by_kind[kind] | any_text) or None
    return notice(1, **changes)


@settings(max_examples=600)
@given(changed_notices())
def test_a_notice_is_refused_where_and_only_where_it_has_a_fault(items: Items) -> None:
    """The fast way through and the careful one agree with the contract, and name a true fault."""
    values = values_of(items)
    checked = CHECK.check(values, SENDER)
    found = checked.refusal and (checked.refusal.code, checked.refusal.item)
    expected = faults(items, AREAS)
    assert found in expected if expected else found is None
    assert (checked.change is None) == bool(expected)


@settings(max_examples=300)
@given(st.lists(any_text, min_size=len(FEED.items), max_size=len(FEED.items)), st.integers())
def test_no_value_of_any_kind_makes_the_check_fail(texts: list[str], number: int) -> None:
    """Arbitrary Unicode everywhere, lone surrogates included, is answered and never raised."""
    values = [
        number if item.type == "int" else text for item, text in zip(FEED.items, texts, strict=True)
    ]
    checked = CHECK.check(list(values), SENDER)
    assert (checked.change is None) == (checked.refusal is not None)


@given(st.sampled_from(FREE_TEXTS), st.text(min_size=1, max_size=40))
def test_a_refused_character_is_named_with_its_true_position(item: str, text: str) -> None:
    """The position is that of the first refused character, counted from 1 in characters."""
    refusal = CHECK.check(values_of(notice(1, **{item: text})), SENDER).refusal
    place = next((place for place, char in enumerate(text, 1) if is_refused(char)), None)
    if place is None:
        assert refusal is None
    else:
        assert refusal is not None
        assert (refusal.code, refusal.item) == ("refused-character", item)
        assert f"の{place}文字目" in refusal.ja


@given(
    st.sampled_from(FREE_TEXTS),
    st.text("極秘0123456789 \x00\ufffd\ue000", min_size=4, max_size=400),
)
def test_the_words_of_a_refusal_never_hold_the_value(item: str, text: str) -> None:
    """Neither whole nor a part of it: only the item's name, a position and a limit."""
    refusal = CHECK.check(values_of(notice(1, **{item: text})), SENDER).refusal
    if refusal:
        words = refusal.ja + refusal.en
        assert not any(text[at : at + 4] in words for at in range(len(text) - 3))


@given(st.sampled_from(sorted(ITEMS)), st.sampled_from(sorted(ITEMS)), st.text(max_size=5))
def test_no_item_can_pose_as_two(first: str, second: str, text: str) -> None:
    """A line end within a value is a refused character, not the border between two items."""
    if "sequence" not in {ITEMS[first].kind, ITEMS[second].kind}:
        items = notice(1, **{first: f"{text}\n{notice().get(second, '')}"})
        assert CHECK.check(values_of(items), SENDER).change is None
