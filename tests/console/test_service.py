"""The console as a service: it says that it listens, ends when told to, and starts on no false settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.consoles import NOW, Console
from tests.support.hub_command import Sandbox
from tests.support.services import Service, free_port

if TYPE_CHECKING:
    from collections.abc import Mapping


def test_it_ends_while_somebody_watches(console: Console) -> None:
    """With exit code 0; who signed in and out stands in the log, by operator id."""
    settings = console.settings.model_copy(update={"console_port": free_port()})
    own = Console(settings, console.home)
    env = {"HUB_CONSOLE_PORT": str(settings.console_port), "HUB_NOW": NOW}
    with Service(console.home, "--role", "console", env=env) as service:
        service.await_event("console-listening")
        session, word = own.signed_in("observer")
        with own.client(word) as client:
            client.post("/sign-out", data={"token": session.token})
        _, word = own.signed_in("observer")
        with own.client(word) as client, client.stream("GET", "/live") as live:
            assert next(live.iter_lines()).startswith("data: ")
            assert service.stop() == 0
        (act,) = service.events("console-act")
        assert (act["operator"], act["act"]) == ("observer-1", "signed-out")


@pytest.mark.parametrize(
    ("options", "env"),
    [
        (["--until-idle"], {}),
        ([], {"HUB_CONSOLE_HOST": "127.0.0.1"}),
        ([], {"HUB_CONSOLE_HOST": "console.example"}),
    ],
)
def test_what_cannot_be_served_is_said_before_it_starts(
    console: Console, options: list[str], env: Mapping[str, str]
) -> None:
    """Exit 2: until nothing waits, an address in numbers, a name without a certificate."""
    done = Sandbox(console.home, NOW, env).hub("run", "--role", "console", *options)
    assert done.code == 2
    assert " / " in done.err


def test_operators_are_enrolled_listed_and_revoked_by_the_command(console: Console) -> None:
    """The code is printed once; an unknown operator or a name that is none is exit 2."""
    sandbox = Sandbox(console.home, NOW)
    made = sandbox.hub("console", "enroll", "it-command", "--role", "observer").result
    assert made.keys() == {"operator", "role", "code", "until"}
    listed = sandbox.hub("console", "list")
    assert {"operator": "it-command", "role": "observer", "passkeys": 0} in listed.lines
    assert made["code"] not in listed.out
    assert sandbox.hub("console", "revoke", "it-command").code == 0
    assert sandbox.hub("console", "revoke", "it-command").code == 2
    assert sandbox.hub("console", "enroll", "山田", "--role", "observer").code == 2
