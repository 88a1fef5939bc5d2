"""In what the rights on a bus can differ from what they should be, each a type of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from hub.bus.rights import Right


class GrantRight(NamedTuple):
    """A right is missing; ``why`` is the role or the row of the rules that it rests on."""

    right: Right
    why: str

    @property
    def words(self) -> str:
        """Say it in one line."""
        return f"+ {self.right.words} ({self.why})"

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {"what": "grant", **self.right._asdict(), "why": self.why}


class RevokeRight(NamedTuple):
    """A right that nothing asks for, or that has ended; ``why`` says so where it is known."""

    right: Right
    why: str

    @property
    def words(self) -> str:
        """Say it in one line."""
        return f"- {self.right.words} ({self.why})"

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {"what": "revoke", **self.right._asdict(), "why": self.why}


class MakeUser(NamedTuple):
    """A user is missing; his password goes to a file of the home."""

    user: str

    @property
    def words(self) -> str:
        """Say it in one line."""
        return (
            f"+ {self.user}: 利用者を作成、パスワードは kafka-users へ"
            " / make the user, the password goes to kafka-users"
        )

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {"what": "make-user", "user": self.user}


class FinishPassword(NamedTuple):
    """A new password was drawn up and nobody knows whether the brokers have it: give another."""

    user: str

    @property
    def words(self) -> str:
        """Say it in one line."""
        return (
            f"~ {self.user}: パスワードの変更が途中で止まっています。新しいものにします"
            " / a change of the password broke off: it gets another"
        )

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {"what": "finish-password", "user": self.user}


class RemoveUser(NamedTuple):
    """A user of ours who holds no role any more."""

    user: str

    @property
    def words(self) -> str:
        """Say it in one line."""
        return f"- {self.user}: 利用者を削除 / remove the user"

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {"what": "remove-user", "user": self.user}


RightChange = GrantRight | RevokeRight | MakeUser | FinishPassword | RemoveUser
"""A difference that the hub can remove."""


class StrangeRight(NamedTuple):
    """A rule of the broker that reaches into this bus and is no plain right of a user of it."""

    rule: str

    @property
    def words(self) -> str:
        """Say it in one line."""
        return (
            f"! {self.rule}: 宣言にない権限です。担当者が kafka-acls で確かめて除いてください"
            " / nothing declares this rule: a person must look at it, and remove it by kafka-acls"
        )

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {"what": "strange-right", "rule": self.rule}


class UnknownUser(NamedTuple):
    """A user whom nothing declares and whose name is not of our making."""

    user: str

    @property
    def words(self) -> str:
        """Say it in one line."""
        return (
            f"! {self.user}: 宣言にない利用者です。不要なら担当者が削除してください"
            " / nothing declares this user: if nobody needs it, a person must remove it"
        )

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {"what": "unknown-user", "user": self.user}
