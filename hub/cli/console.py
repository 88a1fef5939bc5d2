"""``hub console``: who may sign in to the operators' console."""

from __future__ import annotations

import click

from hub.cli.options import HubGroup, home
from hub.cli.output import show, show_lines
from hub.console import enrolment
from hub.console.access import load_access
from hub.vocabulary.clock import SystemClock, rfc3339


@click.group("console", cls=HubGroup)
def console() -> None:
    """運用画面 / The operators' console; `hub run --role console` runs it."""


@console.command("enroll")
@click.argument("name", metavar="OPERATOR")
@click.option(
    "--role", required=True, type=click.Choice(list(load_access().roles)), help="役割 / the role"
)
def enroll(name: str, role: str) -> None:
    """役割を与え、一度だけ使える登録コードを作る / Give a role, and a code for one passkey."""
    made = enrolment.enrol(home(), SystemClock(), name, role)
    show({"operator": name, "role": role, "code": made.code, "until": rfc3339(made.until)})


@console.command("list")
def list_() -> None:
    """登録されている操作者 / Who may sign in, and with how many passkeys."""
    show_lines(each._asdict() for each in enrolment.enrolled(home()))


@console.command("revoke")
@click.argument("name", metavar="OPERATOR")
def revoke(name: str) -> None:
    """役割・パスキー・セッションを取り消す / Take role, passkeys and sessions away, at once."""
    enrolment.revoke(home(), SystemClock(), name)
    show({"operator": name, "revoked": True})


COMMANDS = [console]
