"""proposals: read what somebody asks for that takes two people, and confirm it or turn it down."""

from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Form
from starlette.responses import Response

from events import streams
from events.figures import StateFigure
from events.manual_matches import UndoManualMatch
from events.proposals import JudgeAct
from events.treasury import StateTreasuryFigures
from policies.reference_data.figure_history import span_on
from projections.queries import manual_matches, proposals_waiting
from projections.queries.manual_matches import StatedMember
from services.spreadsheets.page_table import PageTable
from services.web.acts.sending import Act, send
from services.web.parts.policies_now import policies_now
from services.web.reconciliation.match_tables import members_table
from services.web.reconciliation.treasury_lines import lines_of
from services.web.request.actors import name_of
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import Field, Note
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.act_names import ACTS, CAUSES
from services.wording.budget_line_names import line_name
from services.wording.city_names import region_name
from services.wording.coded_words import LINE_KINDS
from services.wording.figure_values import UNSOURCED, said, said_row
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import PROPOSALS, state_of

router = APIRouter()

_FIELDS: dict[str, str] = {
    "fund": _("基金"),
    "district": _("区划"),
    "month": _("月份"),
    "application": _("申请号"),
    "clawback": _("追回编号"),
    "cause": _("事由"),
    "grade": _("等级"),
    "document": _("文书"),
    "reason": _("理由"),
    "amount": _("金额（元）"),
    "floor": _("每笔留给本人"),
    "received_on": _("入账日期"),
    "bank_account": _("银行账户"),
    "line": _("流水行"),
    "number": _("勾对编号"),
    "kind": _("认定为"),
    "bank_reference": _("银行流水号"),
    "disbursement": _("支付号"),
    "instruction": _("指令"),
    "verdict": _("查明结果"),
    "queue": _("排队的"),
    "account": _("收款账号"),
    "name": _("参数"),
    "jurisdiction": _("地区"),
    "from_on": _("起始日期"),
    "to_on": _("截止日期"),
    "value": _("数值"),
    "supersedes": _("所取代的文号"),
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
    if found.act == StateFigure.__name__:
        shown = await _figure(visit, StateFigure.model_validate(body))
    if found.act == StateTreasuryFigures.__name__:
        shown = lines_of(StateTreasuryFigures.model_validate(body))
    kind, _slash, name = found.stream.partition("/")
    payee = name if kind in ("payee", "beneficiary") else ""
    return visit.page(
        "proposal.html",
        translate("待复核：{act}", act=translate(ACTS.get(found.act, found.act))),
        proposal=found,
        state=state_of(PROPOSALS, found.state),
        words=translate(ACTS.get(found.act, found.act)),
        shown=shown,
        members=await _members(visit, name, found.act, body) if kind == "matching" else None,
        line=line_name(found.stream) if kind == "budget" else "",
        who=(await visit.names([payee])).get(payee) if payee else None,
        name_of=name_of,
        same=visit.actor.id and visit.actor.id == found.maker,
        act=Act.new,
        segment=segment,
    )


async def _members(
    visit: Visit, account: str, act: str, body: dict[str, Any]
) -> PageTable[manual_matches.MatchMember]:
    """What is to be matched by hand, or undone, beside what books and bank have."""
    if act == UndoManualMatch.__name__:
        said = await manual_matches.members(visit.db, account, body["number"])
    else:
        stated = [
            StatedMember(one["movement"], None, None, one["amount"]) for one in body["movements"]
        ]
        stated += [
            StatedMember(None, one["month"], one["line"], one["amount"]) for one in body["lines"]
        ]
        said = await manual_matches.compared(visit.db, account, stated)
    return members_table(visit, account, said)


async def _figure(visit: Visit, asked: StateFigure) -> list[tuple[str, str]]:
    """A figure as its second person reads it, beside what counts on its first day so far."""
    declared = visit.sources.policies.written.declared.get(asked.name)
    regions = visit.sources.policies.cities.regions
    standards = (await policies_now(visit)).standards
    rows = standards.stated.get((asked.name, asked.jurisdiction), ())
    before = span_on(rows, asked.from_on)
    shown = {
        "name": f"{declared.label}（{asked.name}）" if declared else asked.name,
        "jurisdiction": regions.get(asked.jurisdiction, asked.jurisdiction),
        "from_on": str(asked.from_on),
        "to_on": str(asked.to_on or translate("长期")),
        "value": said(declared, asked.value) if declared else str(asked.value),
        "document": asked.document,
        "supersedes": asked.supersedes,
    }
    lines = [(translate(_FIELDS[name]), words) for name, words in shown.items() if words]
    if declared and before:
        was = said_row(declared, before.row)
        since = translate(
            "{value}，自 {day} 起，{document}",
            value=was,
            day=before.first,
            document=before.document or translate(UNSOURCED),
        )
        lines.append((translate("原值"), since))
    if asked.from_on < visit.scope.as_of:
        lines.append(
            (
                translate("提示"),
                translate(
                    "起始日早于今天的，已决定的申请不变，只对以后决定的申请按申请日期适用；谁会不同，可用 benefit-ledger policies backtest 查看。"
                ),
            )
        )
    return lines


def _said(name: str, value: object, masked: object) -> str:
    """Write one field of an act as people read it."""
    match name:
        case "cause":
            return translate(CAUSES.get(str(value), str(value)))
        case "verdict":
            return translate(_VERDICTS.get(str(value), str(value)))
        case "fund":
            return FUND_NAMES.get(str(value), str(value))
        case "district":
            return region_name(str(value)) or str(value)
        case "kind":
            return translate(LINE_KINDS.get(str(value), str(value)))
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
        if not visit.scope.holds(district):
            raise PageRefused(NOT_FOUND)
    return found
