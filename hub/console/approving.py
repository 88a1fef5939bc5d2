"""Acts in the console: one person proposes, another agrees by a passkey, and it is done.

Where an act takes one person alone it is done at once. What is proposed stands in the console's file,
never to be changed, until somebody agrees, it is withdrawn, or a day has passed.
"""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from hub.console import acts
from hub.console.desk import go, read_json
from hub.console.passkeys import NotLetInError
from hub.console.refusals import RefusedError, require_form
from hub.console.store import Proposal
from hub.errors import UsageError
from hub.vocabulary.clock import rfc3339

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from hub.console.access import Act
    from hub.console.desk import Desk
    from hub.console.sessions import Session

_LASTS_SECONDS: Final = 86_400.0
# What messages, files and units are named by; no name of a person fits.
_is_target = re.compile(r"[A-Za-z0-9.-]{1,64}").fullmatch


async def proposals(desk: Desk, request: Request, session: Session) -> Response:
    """Show what waits for a second person."""
    waiting = desk.store.proposals(desk.clock.now().timestamp())
    told = request.query_params.get("told", "")
    figures = {"waiting": waiting, "acts": desk.access.acts, "told": told}
    return desk.page(request, "acts.html", figures, session)


async def propose(desk: Desk, request: Request, session: Session) -> Response:
    """Take a proposal, or do at once what takes one person alone."""
    form = await require_form(request, session)
    act = acts.require_known(desk.access.acts.get(form.get("act", "")), form.get("cause", ""))
    if session.role not in act.proposes:
        _refuse(desk, session, act)
    proposal = _proposal(desk, session, act, form)
    desk.audit(session.operator, f"proposed:{act.id}")
    if not act.agrees:
        told = await desk.pool.run(session.operator, lambda room: acts.do(room, act, proposal))
        desk.audit(session.operator, f"done:{act.id}")
        return go(f"/acts?{urlencode({'told': told})}")
    desk.store.propose(proposal)
    return go("/acts?told=proposed")


async def approve_options(desk: Desk, request: Request, session: Session) -> Response:
    """Give the challenge that a second person's passkey signs to agree to one proposal."""
    proposal, _ = _waiting(desk, request, session)
    return JSONResponse(desk.passkeys.begin_approval(session.operator, proposal.id))


async def approve(desk: Desk, request: Request, session: Session) -> Response:
    """Do what was proposed, since a second person's passkey has signed for it."""
    said = await read_json(request)
    proposal, act = _waiting(desk, request, session)
    _require_signed(desk, said, session, proposal)
    # Of two who agree at one moment, one does it.
    if not desk.store.close_proposal(proposal.id):
        raise HTTPException(404)
    await desk.pool.run(
        session.operator, lambda room: acts.do(room, act, proposal, session.operator)
    )
    desk.audit(session.operator, f"done:{act.id}")
    return JSONResponse({"go": "/acts?told=done"})


async def withdraw(desk: Desk, request: Request, session: Session) -> Response:
    """Take one's own proposal back, or turn down another's that one might agree to."""
    await require_form(request, session)
    proposal = _find(desk, request)
    act = desk.access.acts[proposal.act]
    if session.operator != proposal.operator and session.role not in act.agrees:
        _refuse(desk, session, act)
    desk.store.close_proposal(proposal.id)
    desk.audit(session.operator, f"withdrawn:{act.id}")
    return go("/acts?told=withdrawn")


def _require_signed(desk: Desk, said: dict[str, Any], session: Session, proposal: Proposal) -> None:
    """Raise ``NotLetInError``, and note it, unless this person's passkey has signed for a proposal."""
    answer = said.get("answer")
    answered = answer if isinstance(answer, dict) else {}
    try:
        desk.passkeys.end_approval(str(said.get("handle")), answered, session.operator, proposal.id)
    except NotLetInError:
        desk.audit(session.operator, "not-let-in")
        raise


def _proposal(desk: Desk, session: Session, act: Act, form: dict[str, str]) -> Proposal:
    now, target = desk.clock.now(), form.get("target", "")
    if not _is_target(target):
        raise UsageError("対象の ID が正しくありません / this is no id")
    return Proposal(
        secrets.token_hex(16),
        act.id,
        target,
        form["cause"],
        session.operator,
        rfc3339(now),
        now.timestamp() + _LASTS_SECONDS,
    )


def _waiting(desk: Desk, request: Request, session: Session) -> tuple[Proposal, Act]:
    """Give a proposal that this person may agree to: not their own, and their role agrees."""
    proposal = _find(desk, request)
    act = desk.access.acts[proposal.act]
    if session.operator == proposal.operator or session.role not in act.agrees:
        _refuse(desk, session, act)
    return proposal, act


def _find(desk: Desk, request: Request) -> Proposal:
    identifier = request.path_params["id"]
    for proposal in desk.store.proposals(desk.clock.now().timestamp()):
        if proposal.id == identifier:
            return proposal
    raise HTTPException(404)


def _refuse(desk: Desk, session: Session, act: Act) -> None:
    desk.audit(session.operator, f"refused:{act.id}")
    raise RefusedError
