"""Rights follow the rules: who may write a feed, who may read what was sealed for it."""

from __future__ import annotations

from datetime import date

import pytest

from hub.bus.declared_rights import PROVIDER, RECIPIENT, administrator, roles
from hub.bus.rights import FoundRights, Right
from hub.rules.load import Books, load_books
from hub.runtime.right_changes import GrantRight, MakeUser, RemoveUser, RevokeRight
from hub.runtime.right_plan import changes, strange
from hub.runtime.rights import entitlements, wanted_rights

DAY = date(2026, 10, 1)
PARTIES = ["072010", "070009", "112291", "110001", "jlis"]
FEED = "change-notice"


@pytest.fixture(scope="module")
def books() -> Books:
    """Give the shipped books."""
    return load_books()


def _given(books: Books, parties: list[str], day: date = DAY) -> set[tuple[str, str]]:
    found = entitlements(books.catalogue, [FEED], parties, day)
    return {(each.organisation, each.holder) for each in found}


def test_towns_provide_and_their_prefecture_and_the_national_side_receive(books: Books) -> None:
    """30の6 and 30の7, and nobody else: a prefecture forwards nothing by itself, a town gets nothing."""
    assert _given(books, PARTIES) == {
        ("072010", PROVIDER),
        ("112291", PROVIDER),
        ("070009", RECIPIENT),
        ("110001", RECIPIENT),
        ("jlis", RECIPIENT),
    }


def test_before_its_first_day_a_row_gives_no_right(books: Books) -> None:
    """The rows hold from 2025-05-26."""
    assert _given(books, PARTIES, date(2025, 5, 25)) == set()
    assert _given(books, PARTIES, date(2025, 5, 26)) == _given(books, PARTIES)


def test_who_has_no_partner_here_reads_nothing(books: Books) -> None:
    """A prefecture none of whose towns takes part has nothing to read."""
    assert ("110001", RECIPIENT) not in _given(books, ["072010", "070009", "110001", "jlis"])


def test_without_the_row_the_right_is_gone(books: Books) -> None:
    """A catalogue without 30の6 gives neither the town nor the prefecture anything."""
    catalogue = books.catalogue.without("statutes/juki-30-6.toml")
    given = entitlements(catalogue, [FEED], PARTIES, DAY)
    assert {(each.organisation, each.holder) for each in given} & {
        ("072010", PROVIDER),
        ("070009", RECIPIENT),
    } == set()


def test_a_bodys_rights_are_its_own_topics(books: Books) -> None:
    """A recipient reads its own release topic by its own group; it writes nothing at all."""
    wanted = wanted_rights(entitlements(books.catalogue, [FEED], PARTIES, DAY))
    mine = {right for right in wanted.rights if right.user == "org-070009"}
    assert {(r.kind, r.name, r.begins, r.operation) for r in mine} == {
        ("topic", f"release.{FEED}.070009", False, "READ"),
        ("topic", "keys", False, "READ"),
        ("group", "receive.070009", False, "READ"),
    }


def test_only_the_administrator_may_change_the_cluster(books: Books) -> None:
    """No role may alter, create or delete on the cluster, nor act as a broker; he is no role."""
    wanted = wanted_rights(entitlements(books.catalogue, [FEED], PARTIES, DAY))
    on_cluster = {right.operation for right in wanted.rights if right.kind == "cluster"}
    assert on_cluster == {"DESCRIBE", "DESCRIBE_CONFIGS"}
    assert administrator() not in roles()


def test_only_a_custodian_may_delete_and_no_state(books: Books) -> None:
    """A role that erases, or the one that is all of them; what the checks remember is no payload."""
    wanted = wanted_rights(entitlements(books.catalogue, [FEED], PARTIES, DAY))
    deleting = [right for right in wanted.rights if right.operation == "DELETE"]
    assert {right.user for right in deleting} == {"custodian", "hub"}
    assert "file." in {right.name for right in deleting}
    assert not any(right.name.startswith(("state", "slips")) for right in deleting)


def _right(name: str, user: str = "worker") -> Right:
    return Right(user, "topic", name, begins=False, operation="READ")


def test_what_narrows_comes_before_what_widens(books: Books) -> None:
    """Rights are taken, users removed, users made, rights given, in this order."""
    wanted = wanted_rights(entitlements(books.catalogue, [FEED], PARTIES, DAY))
    right = next(iter(wanted.rights))
    found = FoundRights(
        frozenset(wanted.rights) - {right} | {_right("other")},
        wanted.users - {"org-jlis"} | {"org-460001"},
    )
    assert list(changes(wanted, found, {})) == [
        RevokeRight(_right("other"), "宣言にない / nothing asks for it"),
        RemoveUser("org-460001"),
        MakeUser("org-jlis"),
        GrantRight(right, wanted.rights[right]),
    ]


def test_a_right_that_ended_is_taken_with_its_reason(books: Books) -> None:
    """The plan says of whose subscription it was."""
    wanted = wanted_rights(entitlements(books.catalogue, [FEED], PARTIES, DAY))
    extra = _right("release.x.110001", "org-110001")
    found = FoundRights(frozenset(wanted.rights) | {extra}, wanted.users)
    (taken,) = changes(wanted, found, {"org-110001": "ended"})
    assert taken == RevokeRight(extra, "ended")


def test_rules_of_strangers_and_users_nobody_knows_need_a_person() -> None:
    """A refusal, a rule for one machine, a wildcard of somebody else, and a user not of our making."""
    found = FoundRights(frozenset(), frozenset(), ("DENY User:x",), ("mallory",))
    assert [each.to_dict()["what"] for each in strange(found)] == ["strange-right", "unknown-user"]
