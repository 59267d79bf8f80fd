"""proposals: read what somebody asks for that takes two people, and confirm it or turn it down."""

from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Form
from starlette.responses import Response

from events import streams
from events.proposals import JudgeAct
from projections.queries import proposals_waiting
from services.web.acts.sending import Act, send
from services.web.request.actors import name_of
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import Field, Note
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.act_names import ACTS, CAUSES
from services.wording.budget_line_names import line_name
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import PROPOSALS, state_of

router = APIRouter()

_FIELDS: dict[str, str] = {
    "application": _("申请号"),
    "clawback": _("追回编号"),
    "cause": _("事由"),
    "grade": _("等级"),
    "document": _("文书"),
    "reason": _("理由"),
    "amount": _("金额（元）"),
    "floor": _("每笔留给本人"),
    "received_on": _("入账日期"),
    "bank_account": _("收款账户"),
    "bank_reference": _("银行流水号"),
    "disbursement": _("支付号"),
    "instruction": _("指令"),
    "verdict": _("查明结果"),
    "queue": _("排队的"),
    "account": _("收款账号"),
}
_VERDICTS = {"paid": _("银行已按指令全额支付"), "not_paid": _("银行没有支付，或已全额退回")}
_QUEUES = {"lapse": _("失效"), "carry": _("结转下一年度")}
_MONEY = ("amount", "floor")


@router.get("/proposals/{proposal}")
async def detail(visit: Arrived, proposal: str) -> Response:
    """Read one proposal; whoever did not make it may confirm it or turn it down."""
    found = await _one(visit, proposal)
    body = orjson.loads(found.body)
    accounts = await visit.sources.accounts([body["account"]]) if body.get("account") else {}
    masked = accounts.get(body.get("account", ""))
    shown = [
        (translate(words), _said(name, body[name], masked))
        for name, words in _FIELDS.items()
        if body.get(name) not in (None, "", 0)
    ]
    kind, _slash, name = found.stream.partition("/")
    payee = name if kind in ("payee", "beneficiary") else ""
    return visit.page(
        "proposal.html",
        translate("待复核：{act}", act=translate(ACTS.get(found.act, found.act))),
        proposal=found,
        state=state_of(PROPOSALS, found.state),
        words=translate(ACTS.get(found.act, found.act)),
        shown=shown,
        line=line_name(found.stream) if kind == "budget" else "",
        who=(await visit.names([payee])).get(payee) if payee else None,
        name_of=name_of,
        same=visit.actor.id and visit.actor.id == found.maker,
        act=Act.new,
        segment=segment,
    )


def _said(name: str, value: object, masked: object) -> str:
    """Write one field of an act as people read it."""
    match name:
        case "cause":
            return translate(CAUSES.get(str(value), str(value)))
        case "verdict":
            return translate(_VERDICTS.get(str(value), str(value)))
        case "queue":
            return translate(_QUEUES.get(str(value), str(value)))
        case "account":
            return str(masked) if masked else "***"
        case _ if name in _MONEY and isinstance(value, int):
            return figures.yuan(value)
        case _:
            return str(value)


@router.post("/proposals/{proposal}/judge")
async def judge(
    visit: Arrived,
    proposal: str,
    command: Field,
    verdict: Annotated[Literal["confirm", "reject"], Form()],
    reason: Note = "",
) -> Response:
    """Confirm a proposal, or turn it down; the ledger keeps the two people apart."""
    found = await _one(visit, proposal)
    body = JudgeAct(
        proposal=found.proposal, checker=visit.actor.id, verdict=verdict, reason=reason.strip()
    )
    return await send(visit, Act(command, found.stream, body), f"/proposals/{segment(proposal)}")


async def _one(visit: Visit, proposal: str) -> proposals_waiting.ProposedAct:
    found = await proposals_waiting.proposal(visit.db, proposal)
    if found is None:
        raise PageRefused(NOT_FOUND)
    if streams.kind(found.stream) == "budget":
        district = streams.line_parts(found.stream)[2]
        if visit.scope.district not in (None, district):
            raise PageRefused(NOT_FOUND)
    return found
