"""Who may open which address of the console, read from ``access.toml``. Deny by default."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hub.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TABLE = Path(__file__).with_name("access.toml")


class Role(NamedTuple):
    """A role by its id, and its name in both languages."""

    id: str
    ja: str
    en: str


class Act(NamedTuple):
    """Something that may be done: the roles that propose it and agree to it, and reasons for it.

    Where no role agrees, one person acts alone.
    """

    id: str
    ja: str
    en: str
    proposes: frozenset[str]
    agrees: frozenset[str]
    causes: tuple[str, ...]


class Access(NamedTuple):
    """The roles, the routes open without a session, of every other route its roles, and the acts."""

    roles: Mapping[str, Role]
    open: frozenset[str]
    routes: Mapping[str, frozenset[str]]
    acts: Mapping[str, Act]

    def allows(self, role: str, route: str) -> bool:
        """Say whether a role may call a route; a route that is not named is for nobody."""
        return role in self.routes.get(route, frozenset())

    def names(self) -> set[str]:
        """Give every route that the table names."""
        return {*self.open, *self.routes}

    def require_role(self, role: str) -> Role:
        """Give a role; raises ``UsageError`` with those that there are."""
        if role not in self.roles:
            known = ", ".join(self.roles)
            raise UsageError(
                f"--role には次のいずれかを指定してください: {known} / --role must be one of: {known}"
            )
        return self.roles[role]

    def require_all(self, names: Iterable[str]) -> None:
        """Raise ``UsageError`` unless these are exactly the routes of the table."""
        odd = self.names() ^ set(names)
        if odd:
            raise UsageError(
                f"access.toml と画面が一致しません: {', '.join(sorted(odd))}"
                " / access.toml does not name exactly the console's addresses"
            )


@cache
def load_access() -> Access:
    """Read the table that ships with the console; raises ``UsageError`` for a role it does not name."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    roles = {name: Role(name, words["ja"], words["en"]) for name, words in table["role"].items()}
    routes = {name: frozenset(given) for name, given in table["route"].items()}
    acts = {name: _act(name, row) for name, row in table["act"].items()}
    access = Access(roles, frozenset(table["open"]), routes, acts)
    given = [*routes.values(), *(act.proposes | act.agrees for act in acts.values())]
    for role in frozenset[str]().union(*given):
        access.require_role(role)
    return access


def _act(name: str, row: Mapping[str, Any]) -> Act:
    proposes, agrees = frozenset(row["proposes"]), frozenset(row["agrees"])
    return Act(name, row["ja"], row["en"], proposes, agrees, tuple(row["causes"]))
