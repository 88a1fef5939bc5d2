"""Discloses to a resident what was provided of him or her, on record before it is handed out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from hub.errors import UsageError
from hub.intake.residents import Digests
from hub.ledger.disclose.report import Reporter
from hub.ledger.log_reader import read_head
from hub.ledger.page import requested_at
from hub.ledger.record import Entry, Kind
from hub.runtime import topics
from hub.runtime.outcome import ledger_pages
from hub.vocabulary.clock import rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from hub.ledger.disclose.report import Report
    from hub.ledger.disclose.subject import Person
    from hub.ledger.index.store import IndexStore
    from hub.runtime.hub import Hub
    from hub.vocabulary.organisations import Organisation

# Who answers a resident: prefectures and J-LIS for the resident network (住民基本台帳法30の32), a
# municipality for what it gave itself (個人情報保護法76).
_DISCLOSING_BODIES: Final = {"jlis"}
_PAGES_LOOKED_AT: Final = 50
_PROVISIONS: Final = (b'"kind":"provision"', b'"kind":"imported"')


class Disclosure(NamedTuple):
    """A report with the id and the instant under which it was recorded.

    ``complete`` says whether no provision waits to be taken into the ledger.
    """

    id: str
    org: Organisation
    at: datetime
    report: Report
    complete: bool

    def to_dict(self) -> dict[str, object]:
        """Give the disclosure as ``hub ledger disclose`` prints it."""
        return {
            "id": self.id,
            "org": self.org.id,
            "at": rfc3339(self.at),
            "complete": self.complete,
            **self.report.to_dict(),
        }

    def __repr__(self) -> str:
        return f"Disclosure({self.id})"


def discloser(hub: Hub, org: str) -> Organisation:
    """Give the body that discloses; raises ``UsageError`` for one that does not from this hub."""
    body = hub.party(org)
    is_local = body.kind == "prefecture" or body.is_municipality
    if not is_local and body.id not in _DISCLOSING_BODIES:
        raise UsageError(
            "この機関はこのハブから開示できません。都道府県・市区町村・jlis を指定してください"
            " / this body does not disclose from this hub: name a prefecture, municipality or jlis"
        )
    return body


def disclose(
    hub: Hub,
    store: IndexStore,
    org: Organisation,
    person: Person,
    operator: str | None,
    *,
    release_held: bool = False,
) -> Disclosure:
    """Give the provisions of a resident to which ``org`` was a party; the request is on record.

    ``release_held`` is an operator's decision to show the rows that bear a non-disclosure flag.
    """
    if release_held and operator is None:
        raise UsageError(
            "判断待ちの行を開示するには --operator で判断した人を示してください"
            " / name who decided on the held rows by --operator"
        )
    head = read_head(hub.home.path)
    subjects = _subjects(hub, person)
    reporter = Reporter(store, hub.home.path, head, lambda body: _name(hub, body))
    report = reporter.report(subjects, org.id, release_held=release_held)
    done = Disclosure(hub.mint(), org, hub.clock.now(), report, _nothing_waits(hub, head.position))
    line = _line(done, subjects[0], operator, released=release_held)
    # On record first: what is handed out without a record could be denied.
    hub.bus.publish(ledger_pages([line]))
    return done


def _subjects(hub: Hub, person: Person) -> list[bytes]:
    """Give the keyed digests of a resident's codes, the present one first."""
    feed = hub.books.feeds["change-notice"]
    digests = Digests(hub.vault.secret("subject-digest"), hub.vault.secret("state-digest"), feed)
    return [digests.subject(code) for code in person.codes]


def _name(hub: Hub, identifier: str) -> str:
    body = hub.books.directory.get(identifier)
    return body.name if body else identifier


def _nothing_waits(hub: Hub, position: int) -> bool:
    """Say whether no page beyond the ledger's position holds a provision."""
    pages = hub.bus.follow(topics.ledger().name, 0, position, _PAGES_LOOKED_AT)
    return len(pages) < _PAGES_LOOKED_AT and not any(
        kind in page.value for page in pages for kind in _PROVISIONS
    )


def _line(done: Disclosure, subject: bytes, operator: str | None, *, released: bool) -> bytes:
    return Entry(
        kind=Kind.DISCLOSURE,
        id=done.id,
        sender=done.org.id,
        at=rfc3339(done.at),
        requested_at=requested_at(done.id),
        subject=subject.hex(),
        code="disclosed",
        count=len(done.report.rows),
        operator=operator,
        nondisclosure=released or bool(done.report.held),
    ).to_line()
