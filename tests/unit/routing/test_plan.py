"""Where a sender's notices go is decided by the catalogue, once a day, denials included."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hub.routing.plan import Plan, Planner
from hub.rules.subscriptions import Subscription, Subscriptions
from tests.support.notices import PREFECTURE, TOWN, books

DAY = date(2026, 4, 1)
BEFORE = date(2025, 5, 25)


def plan(sender: str, asked: str | None = None, day: date = DAY) -> Plan:
    """Plan with a planner that remembers nothing yet."""
    return Planner("change-notice", books()).plan(sender, asked, day)


def legs_of(found: Plan) -> list[tuple[str, str, str]]:
    """Give provider, recipient and the decision's code of every leg."""
    return [(leg.provider.id, leg.recipient.id, leg.decision.reason.code) for leg in found.legs]


def test_a_towns_notices_go_to_its_prefecture_and_on_to_jlis() -> None:
    """Both legs are permitted, and nothing is denied."""
    found = plan(TOWN)
    assert legs_of(found) == [
        (TOWN, PREFECTURE, "permitted"),
        (PREFECTURE, "jlis", "permitted"),
    ]
    assert found.permitted == found.legs
    assert found.denied == ()
    assert found.denial is None


def test_asking_for_the_own_prefecture_is_the_same_journey() -> None:
    """The prefecture passes on what it received, however it was asked for."""
    assert legs_of(plan(TOWN, PREFECTURE)) == legs_of(plan(TOWN))


@pytest.mark.parametrize("asked", ["110001", "112291", "jlis", TOWN, "331015", "nta"])
def test_asking_for_anyone_else_is_one_denied_leg(asked: str) -> None:
    """The leg is kept, since the refusal has to be recorded."""
    found = plan(TOWN, asked)
    assert legs_of(found) == [(TOWN, asked, "no-rule")]
    assert found.permitted == ()
    assert found.denial is not None
    assert found.denial.code == "no-rule"


@pytest.mark.parametrize(("sender", "asked"), [("999999", None), (TOWN, "999999"), (TOWN, "架空")])
def test_nobody_knows_a_made_up_body(sender: str, asked: str | None) -> None:
    """There is no leg at all then, only the reason."""
    found = plan(sender, asked)
    assert found.legs == ()
    assert found.denial is not None
    assert found.denial.code == "unknown-body"


@pytest.mark.parametrize("sender", [PREFECTURE, "331015", "jlis"])
def test_a_body_that_no_row_names_as_provider_reaches_nobody(sender: str) -> None:
    """A prefecture starts nothing by itself, a ward does not send, J-LIS does not provide."""
    found = plan(sender)
    assert found.permitted == ()
    assert found.denial is not None
    assert found.denial.code == "no-rule"


def test_a_day_before_the_rows_denies_with_its_own_code() -> None:
    """The plan of the day is the answer of the day."""
    found = plan(TOWN, day=BEFORE)
    assert found.permitted == ()
    assert found.denial is not None
    assert found.denial.code == "before-catalogue"


def test_a_plan_is_made_once_a_day_and_anew_the_next() -> None:
    """One planner over midnight: the same plan all day, another decision on another day."""
    planner = Planner("change-notice", books())
    first = planner.plan(TOWN, None, BEFORE)
    assert planner.plan(TOWN, None, BEFORE) is first
    assert planner.plan(TOWN, None, BEFORE + timedelta(days=1)).denial is None
    assert planner.plan(TOWN, None, BEFORE).denial is not None


def test_plans_of_two_senders_or_requests_are_not_mixed_up() -> None:
    """Whoever asked first."""
    planner = Planner("change-notice", books())
    asked = planner.plan(TOWN, "110001", DAY)
    assert asked.denial is not None
    assert planner.plan(TOWN, None, DAY).denial is None
    assert legs_of(planner.plan("112291", None, DAY))[0] == ("112291", "110001", "permitted")


def test_a_flood_of_made_up_requests_does_not_fill_the_memory() -> None:
    """Whatever senders ask for, a planner remembers a limited number of plans, and stays right."""
    planner = Planner("change-notice", books())
    for number in range(10_000):
        assert planner.plan(TOWN, f"nobody-{number}", DAY).denial is not None
    assert len(planner._plans) <= 4097
    assert planner.plan(TOWN, None, DAY).denial is None


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        (PREFECTURE, ["subscription-ended", "subscription-ended"]),
        ("jlis", ["permitted", "subscription-ended"]),
    ],
)
def test_nothing_goes_to_whose_subscription_has_ended(body: str, codes: list[str]) -> None:
    """From the day after its last, nor on from there; the legs are kept, since they are recorded."""
    ends = Subscriptions([Subscription(body, "change-notice", DAY, "試行の終了")])
    planner = Planner("change-notice", books()._replace(subscriptions=ends))
    assert planner.plan(TOWN, None, DAY).denied == ()
    after = planner.plan(TOWN, None, DAY + timedelta(days=1))
    assert [code for _, _, code in legs_of(after)] == codes
    assert all(leg.decision.items == () for leg in after.denied)
