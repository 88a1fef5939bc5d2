"""Acts in the console: who may propose and agree, and that two people and the ledger know of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from hub.console.access import load_access
from tests.support.authenticator import Authenticator, with_passkeys
from tests.support.consoles import NOW
from tests.support.hub_command import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx
    from playwright.sync_api import Browser

    from tests.support.consoles import Console

    Enter = Callable[[str, str], "_Person"]

ACCESS = load_access()
ROLES = tuple(ACCESS.roles)
PAIRED = [name for name, act in ACCESS.acts.items() if act.agrees]
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


class _Person:
    """An operator of a role with a passkey, signed in over HTTP."""

    def __init__(self, console: Console, operator: str, role: str) -> None:
        self.passkey = Authenticator("localhost", console.origin)
        self.client = console.client()
        said = self.client.post("/enrol/options", json={"code": console.code(operator, role)})
        answer = {"handle": said.json()["handle"], "answer": self.passkey.make(said.json())}
        assert self.client.post("/enrol/finish", json=answer).status_code == 200
        self.token = str(re.findall(r'name="token" value="([^"]+)"', self.client.get("/").text)[0])

    def post(self, path: str, **fields: str) -> httpx.Response:
        """Send one of the console's forms."""
        return self.client.post(path, data={"token": self.token, **fields})

    def propose(self, act: str, target: str, cause: str = "") -> httpx.Response:
        """Propose an act, for its first reason where none is given."""
        cause = cause or ACCESS.acts[act].causes[0]
        return self.post("/acts", act=act, target=target, cause=cause)

    def options(self, proposal: str) -> httpx.Response:
        """Ask for the challenge of a proposal."""
        return self.client.post(f"/acts/{proposal}/options")

    def agree(self, proposal: str) -> httpx.Response:
        """Sign for a proposal."""
        return self.finish(proposal, self.options(proposal).json())

    def finish(self, proposal: str, said: dict[str, Any]) -> httpx.Response:
        """Answer a challenge, as if it were this proposal's."""
        answer = {"handle": said["handle"], "answer": self.passkey.sign(said)}
        return self.client.post(f"/acts/{proposal}/approve", json=answer)

    def proposals(self, target: str) -> list[str]:
        """Give the ids of the proposals about a target that this person may decide about."""
        page = self.client.get("/acts").text
        rows = [row for row in page.split("<tr>") if target in row]
        return [found[0] for row in rows if (found := re.findall(r'/acts/(\w+)/withdraw"', row))]

    def first(self, page: str) -> str:
        """Give the first message's id on a page."""
        return str(_ID.findall(self.client.get(page).text)[0])


@pytest.fixture
def person(console: Console) -> Iterator[Enter]:
    """Give operators by id and role, who leave when the test ends."""
    come: list[_Person] = []

    def enter(operator: str, role: str) -> _Person:
        come.append(_Person(console, operator, role))
        return come[-1]

    yield enter
    for each in come:
        each.client.close()


@pytest.mark.parametrize("act", ACCESS.acts)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_proposes_what_the_table_says(console: Console, role: str, act: str) -> None:
    """Another's proposal is refused; one that nothing answers to is told to be wrong or waits."""
    session, word = console.signed_in(role)
    cause = ACCESS.acts[act].causes[0]
    form = {"token": session.token, "act": act, "target": f"none-{role}", "cause": cause}
    with console.client(word) as client:
        status = client.post("/acts", data=form).status_code
    waits = 303 if ACCESS.acts[act].agrees else 400
    assert status == (waits if role in ACCESS.acts[act].proposes else 403)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_agrees_to_what_the_table_says(person: Enter, role: str) -> None:
    """And never to its own proposal, whatever the role."""
    proposer = person(f"proposer-{role}", "operator")
    other = person(f"second-{role}", role)
    for act in PAIRED:
        target = f"target-{act}-{role}"
        assert proposer.propose(act, target).status_code == 303
        (proposal,) = proposer.proposals(target)
        agrees = role in ACCESS.acts[act].agrees
        assert other.options(proposal).status_code == (200 if agrees else 403)
        assert proposer.options(proposal).status_code == 403
        assert other.post(f"/acts/{proposal}/withdraw").status_code == (303 if agrees else 403)
        proposer.post(f"/acts/{proposal}/withdraw")
        assert proposer.proposals(target) == []


def test_a_discard_takes_two_and_both_are_on_record(console: Console, person: Enter) -> None:
    """The message waits until the second has signed; the ledger names both, in order."""
    first, second = (
        person("discards-1", "operator"),
        person("agrees-1", "privacy-officer"),
    )
    message = first.first("/quarantine")
    first.propose("quarantine-discard", message, "sent-twice")
    (proposal,) = second.proposals(message)
    assert message in first.client.get("/quarantine").text
    assert second.agree(proposal).json() == {"go": "/acts?told=done"}
    assert message not in first.client.get("/quarantine").text
    assert second.options(proposal).status_code == 404
    sandbox = Sandbox(console.home, NOW)
    sandbox.run()
    lines = sandbox.hub("ledger", "find", "--outcome", "discard").lines
    told = [(line["code"], line["operator"]) for line in lines if line["id"] == message]
    assert told == [("approved", "agrees-1"), ("discarded", "discards-1")]


def test_a_signature_for_something_else_does_nothing(person: Enter) -> None:
    """Neither that of a sign-in nor that for another proposal; and each counts once."""
    first, second = (
        person("discards-2", "operator"),
        person("agrees-2", "privacy-officer"),
    )
    message = first.first("/quarantine")
    first.propose("quarantine-discard", message)
    first.propose("quarantine-discard", "none-other")
    (proposal,), (other,) = second.proposals(message), second.proposals("none-other")
    sign_in = second.client.post("/sign-in/options", json={}).json()
    for said in (sign_in, second.options(other).json()):
        assert second.finish(proposal, said).status_code == 403
    assert message in first.client.get("/quarantine").text
    for each in (proposal, other):
        second.post(f"/acts/{each}/withdraw")


def test_a_message_is_resubmitted_by_one_person(person: Enter) -> None:
    """What is wrong in form is quarantined again, and its page says so; the act is on record."""
    operator = person("resubmits-1", "operator")
    message = operator.first("/quarantine")
    answer = operator.propose("quarantine-resubmit", message)
    assert answer.headers["location"] == "/acts?told=quarantined"
    assert "再び隔離" in operator.client.get(answer.headers["location"]).text


@pytest.mark.parametrize("cause", ["", "made-up", "山田太郎のため"])
def test_words_of_ones_own_are_not_taken(console: Console, cause: str) -> None:
    """Neither as a reason nor as a target: they might name a person."""
    session, word = console.signed_in("operator")
    form = {"token": session.token, "act": "custody-hold", "target": "x", "cause": cause}
    named = form | {"target": "山田太郎", "cause": "incident"}
    with console.client(word) as client:
        assert client.post("/acts", data=form).status_code == 400
        assert client.post("/acts", data=named).status_code == 400
        assert client.post("/acts", data=form | {"token": "x"}).status_code == 403


def test_two_browsers_hold_a_file(console: Console, browser: Browser) -> None:
    """One proposes on the page of custody, the other agrees by passkey; the page shows it held."""
    proposer, approver = (with_passkeys(browser) for _ in range(2))
    for page, operator, role in (
        (proposer, "holds-1", "operator"),
        (approver, "agrees-3", "privacy-officer"),
    ):
        page.goto(console.origin + "/enrol")
        page.fill("#code", console.code(operator, role))
        page.press("#code", "Enter")
        page.wait_for_selector(".lights")
    proposer.goto(console.origin + "/custody")
    form = proposer.locator("form.act").first
    file = form.locator("[name=target]").input_value()
    form.get_by_role("button").click()
    proposer.wait_for_selector("text=別の人のパスキーによる承認を待っています")
    assert proposer.get_by_role("button", name=f"パスキーで承認 {file}").count() == 0
    approver.goto(console.origin + "/acts")
    approver.get_by_role("button", name=f"パスキーで承認 {file}").click()
    approver.wait_for_selector("text=実行し、台帳に記録しました")
    approver.goto(console.origin + "/custody")
    assert "保留" in approver.locator("tr", has_text=file).inner_text()
    for page in (proposer, approver):
        page.context.close()
