"""money_back_lines: what is told of debts, advances, accounts and disputes in an application's trail."""

from events import advances as a
from events import clawbacks as c
from events import disbursements as d
from events.applications import WithdrawalAsked
from events.approvals import ApprovalRevoked, ServiceLeftEarly
from events.objections import ObjectionRaised, ObjectionResolved
from events.payees import AccountChanged, AccountProposed, AccountRejected
from events.proposals import ActConfirmed, ActProposed, ActRejected
from events.values import Fact
from services.wording.act_names import ACTS, CAUSES
from services.wording.coded_words import coded
from services.wording.languages import marked as _
from services.wording.languages import translate

DECISION: tuple[type[Fact], ...] = (
    ApprovalRevoked,
    ServiceLeftEarly,
    a.AdvanceGranted,
    ActProposed,
    ActConfirmed,
    ActRejected,
)
PAYMENT: tuple[type[Fact], ...] = (
    a.AdvanceOpened,
    a.AdvanceSettled,
    AccountProposed,
    AccountRejected,
    AccountChanged,
    c.ClawbackProposed,
    c.ClawbackRejected,
    c.ClawbackOrdered,
    c.ClawbackOffset,
    c.ClawbackRecovered,
    c.WriteOffProposed,
    c.WriteOffRejected,
    c.ClawbackWrittenOff,
    c.PaymentsStopped,
    WithdrawalAsked,
    d.PaymentsGivenUp,
    d.PaymentsKept,
)
BANK: tuple[type[Fact], ...] = (
    d.DisbursementDisputed,
    d.DisputeResolved,
    d.OutcomeAsked,
    d.OutcomeFound,
    d.DisbursementRecalled,
    ObjectionRaised,
    ObjectionResolved,
)


def sentence_of(body: Fact) -> tuple[str, int | None, str] | None:
    """Tell one of these facts: words, fen where money is meant, and a tone; None for all others."""
    if isinstance(body, DECISION + BANK):
        return _decided(body)
    return _paid(body) if isinstance(body, PAYMENT) else None


def _decided(body: Fact) -> tuple[str, int | None, str]:
    match body:
        case ApprovalRevoked():
            words = (
                _("核准撤销（{why}），次数退回")
                if body.gives_back_slots
                else _("核准撤销（{why}），次数不退")
            )
            return translate(words, why=_cause(body.cause)), None, "grey"
        case ServiceLeftEarly():
            words = translate(
                "服务期 {start} 至 {end}，{left} 离开，未满部分追回",
                start=body.began_on,
                end=body.ends_on,
                left=body.left_on,
            )
            return words, body.unserved, "amber"
        case ActProposed():
            return translate("提出 {act}，待另一人确认", act=_act(body.act)), None, "violet"
        case ActConfirmed():
            return translate("两人确认 {act}", act=_act(body.act)), None, ""
        case ActRejected():
            return (
                translate("{act} 未获同意：{why}", act=_act(body.act), why=body.reason),
                None,
                "grey",
            )
        case a.AdvanceGranted():
            return translate("核准预拨，{day} 前结算", day=body.settle_by), body.amount, "violet"
        case d.DisbursementDisputed(said="amount_differs"):
            words = translate("指令 {id} 银行报的金额与指令不同，已停付待查", id=body.instruction)
            return words, body.amount, "red"
        case d.OutcomeFound():
            return translate("指令 {id} 查明的结果已告知批次", id=body.instruction), body.amount, ""
        case d.DisbursementDisputed():
            words = translate("指令 {id} 银行前后矛盾，已停付待查", id=body.instruction)
            return words, body.amount, "red"
        case d.DisputeResolved():
            words = _("查明银行确已支付") if body.verdict == "paid" else _("查明银行没有支付")
            return translate(words), None, ""
        case ObjectionRaised():
            why = coded("ObjectionRaised.ground", body.ground)
            return translate("有人提出异议（{why}），暂缓", why=why), None, "amber"
        case ObjectionResolved():
            return coded("ObjectionResolved.verdict", body.verdict), None, ""
        case d.DisbursementRecalled():
            return translate(_("要求批次撤下此笔")), None, "amber"
        case d.OutcomeAsked():
            return translate("指令 {id} 已向银行查询", id=body.instruction), None, "violet"
        case _:
            return type(body).__name__, None, ""


def _paid(body: Fact) -> tuple[str, int | None, str]:
    match body:
        case a.AdvanceOpened():
            return translate("预拨待结算"), body.money.amount, "violet"
        case a.AdvanceSettled():
            return translate("抵减预拨"), body.money.amount, ""
        case AccountProposed():
            return translate("已提出账户更正，待他人复核。"), None, "violet"
        case AccountRejected():
            return translate("已记录不同意更正。"), None, "grey"
        case AccountChanged():
            words = translate(
                "账户更正为第 {n} 版，重发 {m} 笔", n=body.version, m=len(body.retried)
            )
            return words, None, ""
        case WithdrawalAsked():
            return translate("请求撤回：{reason}", reason=body.reason), None, "violet"
        case d.PaymentsGivenUp():
            return translate("未付的已撤销"), None, "grey"
        case d.PaymentsKept():
            return translate("付款已在途，不能撤回"), None, "red"
        case c.PaymentsStopped():
            return translate("停止支付（{why}）", why=_cause(body.cause)), None, "grey"
        case _:
            return _owed(body)


def _owed(body: Fact) -> tuple[str, int | None, str]:
    match body:
        case c.ClawbackProposed():
            return translate("已提出追回，待他人复核。"), body.amount, "violet"
        case c.ClawbackRejected():
            return translate("已记录不同意追回。"), None, "grey"
        case c.ClawbackOrdered():
            words = translate("追回 {id}：{why}", id=body.clawback, why=_cause(body.cause))
            return words, body.money.amount, "amber"
        case c.ClawbackOffset():
            words = translate(
                "追回 {id} 从支付 {payment} 抵扣", id=body.clawback, payment=body.disbursement
            )
            return words, body.money.amount, ""
        case c.ClawbackRecovered():
            return translate("追回 {id} 收回现金", id=body.clawback), body.money.amount, ""
        case c.WriteOffProposed():
            return translate("已提出核销，待他人复核。"), body.amount, "violet"
        case c.WriteOffRejected():
            return translate("已记录不同意核销。"), None, "grey"
        case c.ClawbackWrittenOff():
            return translate("追回 {id} 核销", id=body.clawback), body.money.amount, "grey"
        case _:
            return type(body).__name__, None, ""


def _act(name: str) -> str:
    return translate(ACTS.get(name, name))


def _cause(code: str) -> str:
    return translate(CAUSES.get(code, code))
