"""Makes the rights on a bus agree with the rules that count in a home."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hub.bus.declared_rights import RECIPIENT, user_of
from hub.errors import UsageError
from hub.runtime.kafka_card import access_of
from hub.runtime.kafka_users import (
    alone,
    draft_passwords,
    forget_password,
    keep_authority,
    keep_passwords,
    new_passwords,
    unfinished,
)
from hub.runtime.right_changes import FinishPassword, GrantRight, MakeUser, RemoveUser, RevokeRight
from hub.runtime.right_plan import changes, possible_users, shown, strange
from hub.runtime.rights import entitlements, wanted_rights

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from hub.bus.rights import RightsCare
    from hub.rules.load import Books
    from hub.runtime.home import Home
    from hub.runtime.right_changes import RightChange
    from hub.runtime.rights import Entitlement
    from hub.runtime.topic_plan import Plan


class RightCare:
    """The rights that a home's parties should have on a bus on a day, and how they get them."""

    def __init__(
        self, care: RightsCare, home: Home, books: Books, parties: Sequence[str], day: date
    ) -> None:
        self._care = care
        self._home = home
        self._books = books
        self._parties = parties
        self._day = day

    def added_to(self, plan: Plan) -> Plan:
        """Give the plan with what differs in rights and users."""
        given, ended = self._given()
        found, wanted = self._care.found(self._ours()), wanted_rights(given)
        left = sorted(unfinished(self._home) & wanted.users & found.users)
        return plan._replace(
            rights=[*changes(wanted, found, ended), *map(FinishPassword, left)],
            unresolved=[*plan.unresolved, *strange(found)],
        )

    def _ours(self) -> frozenset[str]:
        return possible_users(body.id for body in self._books.directory)

    def _given(self) -> tuple[list[Entitlement], dict[str, str]]:
        """Give what bodies may do today, and by user why subscriptions of theirs have ended."""
        by_rule = entitlements(self._books.catalogue, self._books.feeds, self._parties, self._day)
        given, ended = [], {}
        for each in by_rule:
            over = self._books.subscriptions.ended(each.organisation, each.feed, self._day)
            if each.holder == RECIPIENT and over:
                ended[user_of(each.organisation)] = over.words
            else:
                given.append(each)
        return given, ended

    def apply(self, wanted: Sequence[RightChange]) -> None:
        """Take away, then make users, then give, and wait until all of it shows.

        What the administrator trusts goes to the users of the home first.
        """
        with alone(self._home):
            self._apply(wanted)

    def _apply(self, wanted: Sequence[RightChange]) -> None:
        keep_authority(self._home, access_of(self._home))
        self._care.revoke([change.right for change in wanted if isinstance(change, RevokeRight)])
        gone = [change.user for change in wanted if isinstance(change, RemoveUser)]
        self._care.remove_users(gone)
        for user in gone:
            forget_password(self._home, user)
        made = [each.user for each in wanted if isinstance(each, MakeUser | FinishPassword)]
        self._set_passwords(made)
        self._care.grant([change.right for change in wanted if isinstance(change, GrantRight)])
        if wanted:
            self._care.await_shown(
                self._ours(), lambda found: all(map(partial(shown, found), wanted))
            )

    def renew_passwords(self, users: Sequence[str]) -> None:
        """Give users new passwords; raises ``UsageError`` for one who is no user of this bus."""
        given, _ = self._given()
        if not set(users) <= wanted_rights(given).users:
            raise UsageError(
                "利用者の名前が正しくありません。役割名か org-機関コードで指定してください"
                " / no such user: name a role, or org- and a body's id"
            )
        with alone(self._home):
            self._set_passwords(users)

    def _set_passwords(self, users: Sequence[str]) -> None:
        """Give users new passwords.

        They lie in the home before the brokers know them: one that nobody has would shut its user
        out. Whoever is killed in between leaves drafts, which ``added_to`` finds.
        """
        passwords = new_passwords(users)
        draft_passwords(self._home, passwords, access_of(self._home))
        self._care.set_passwords(passwords)
        keep_passwords(self._home, {user: self._care.name(user) for user in users})
