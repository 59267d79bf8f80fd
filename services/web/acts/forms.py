"""forms: every act's form, so that what was typed stands there again when it was not done.

In:   the path of an act, and what was sent to it
Out:  the same fields under their names, filled
Holds: what somebody typed is kept in memory alone, for an hour, for whoever typed it
"""

import time
from collections import OrderedDict
from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from policies.cities import BankAccount
from services.web.request import fields
from services.wording.act_names import CAUSES, GROUNDS
from services.wording.coded_words import CONCLUSIONS
from services.wording.languages import marked as _
from services.wording.languages import translate

_KEPT = 3600.0
"""Seconds."""
_MOST_KEPT = 2000


class Form(NamedTuple):
    """An act's form: what it is called, what people fill in, and what its buttons say."""

    act: str
    typed: tuple[str, ...]
    verdicts: tuple[tuple[str, str], ...] = ()
    optional: tuple[str, ...] = ()


_PAPERS = ("document", "reason")
_JUDGED = (("confirm", _("同意")), ("reject", _("不同意")))
_FOUND = (("paid", _("银行确已支付")), ("not_paid", _("银行没有支付")))
_OBJECTIONS_FOUND = (("dismissed", _("异议不成立")), ("upheld", _("异议成立")))
_RESUMED = (("resume", _("恢复发放")), ("stay", _("不恢复")))
_REVIEWED = (("approve", _("同意核准")), ("deny", _("不予核准")))

FORMS: dict[str, Form] = {
    "/budgets/adjustments": Form(_("提出调整"), ("direction", "amount", *_PAPERS)),
    "/budgets/adjustments/judge": Form(_("复核"), ("reason",), _JUDGED, ("reason",)),
    "/budgets/close": Form(_("关账"), ("document",)),
    "/decisions/review": Form(_("审核转人工的申请"), ("amount", *_PAPERS), _REVIEWED, ("amount",)),
    "/decisions/revoke": Form(_("撤销核准"), ("cause", *_PAPERS)),
    "/decisions/advance": Form(_("预拨"), ("rate", "planned", "nets", "settle_by", "document")),
    "/decisions/fraud": Form(_("骗取标记"), _PAPERS),
    "/decisions/credit": Form(_("信用等级"), ("grade", *_PAPERS)),
    "/clawbacks": Form(
        _("提出追回"), ("cause", "amount", "floor", *_PAPERS), (), ("amount", "floor")
    ),
    "/clawbacks/{payee}/{clawback}/judge": Form(_("复核"), ("reason",), _JUDGED, ("reason",)),
    "/clawbacks/{payee}/{clawback}/recovered": Form(
        _("登记收回"), ("amount", "received_on", "bank_account", "bank_reference")
    ),
    "/clawbacks/{payee}/{clawback}/write-off": Form(_("核销"), ("amount", *_PAPERS)),
    "/clawbacks/{payee}/{clawback}/write-off/judge": Form(
        _("复核"), ("reason",), _JUDGED, ("reason",)
    ),
    "/tasks/returns/{disbursement}": Form(
        _("更正收款账户"), ("bank", "number", "holder", *_PAPERS)
    ),
    "/tasks/accounts/{payee}/{proposal}": Form(_("复核"), ("reason",), _JUDGED, ("reason",)),
    "/tasks/disputes": Form(_("登记查明结果"), ("document",), _FOUND),
    "/batches/{batch}/release": Form(_("放行"), ("total",)),
    "/batches/{batch}/reject": Form(_("退回批次"), ("reason",)),
    "/links": Form(_("提出关联"), ("application", "other", *_PAPERS)),
    "/links/judge": Form(_("复核"), ("reason",), _JUDGED),
    "/dead-letters/read": Form(_("查看内容"), ("purpose",)),
    "/dead-letters/resubmit": Form(_("重新提交"), ("corrected", "purpose")),
    "/tasks/resumptions": Form(_("待定恢复"), ("since", *_PAPERS), _RESUMED),
    "/dead-letters/close": Form(_("关闭死信"), ("purpose",)),
    "/samples": Form(
        _("抽取并登记"),
        ("rule", "seed", "size", "granted_from", "granted_to", "programme", "region", "threshold"),
        (),
        ("programme", "region", "threshold"),
    ),
    "/samples/{number}/conclude": Form(
        _("结论"), ("application", "reason"), tuple(CONCLUSIONS.items()), ("reason",)
    ),
    "/set-aside/reject": Form(_("不再办理这条命令"), ("reason",)),
    "/proposals/{proposal}/judge": Form(_("复核"), ("reason",), _JUDGED, ("reason",)),
    "/policies/figures/{name}": Form(
        _("规定参数"),
        ("jurisdiction", "from_on", "to_on", "value", "document", "supersedes"),
        (),
        ("to_on", "supersedes"),
    ),
    "/periods/{fund}/{district}/{month}": Form(_("月结制单"), ("note",), (), ("note",)),
    "/periods/{fund}/{district}/{month}/reject": Form(_("退回月结单"), ("reason",)),
    "/periods/{fund}/{district}/{month}/reopen": Form(
        _("重开已签结的月份"), ("document", "reason")
    ),
    "/disclosures/grants": Form(_("生成名单"), ("programme", "region", "since", "until")),
    "/disclosures/fund-use": Form(_("生成"), ("fund", "region", "since", "until")),
    "/disclosures/{number}/reject": Form(_("退回"), ("reason",)),
    "/disclosures/{number}/take-down": Form(_("撤下公示"), _PAPERS),
    "/disclosures/{number}/object": Form(_("登记异议"), ("application", "ground", *_PAPERS)),
    "/tasks/objections": Form(
        _("登记异议"), ("application", "clawback", "ground", *_PAPERS), (), ("clawback",)
    ),
    "/tasks/objections/resolve": Form(_("认定异议"), _PAPERS, _OBJECTIONS_FOUND),
    "/past/{number}/reject": Form(_("退回文件"), ("reason",)),
    "/statements/import/{number}/reject": Form(_("退回文件"), ("reason",)),
    "/statements/import/{number}/reverse": Form(_("撤销银行流水文件"), ("reason",)),
    "/applications/import/{number}/reject": Form(_("退回文件"), ("reason",)),
    "/differences/{account}/{name}/assign": Form(_("指定核查人"), ("owner", "reason")),
    "/differences/{account}/{name}/explain": Form(
        _("登记说明"), ("reason", "expected_on"), (), ("expected_on",)
    ),
    "/differences/{account}/{name}/propose": Form(
        _("建议处理"), ("entry", "district", "reason"), (), ("district",)
    ),
    "/differences/{account}/{name}/classify": Form(_("认定这一行"), ("kind", "district", "reason")),
    "/matches/{account}": Form(_("手工勾对"), ("reason",)),
    "/matches/{account}/{number}/undo": Form(_("取消勾对"), ("reason",)),
    "/statements/lines/{account}/{month}/{line:path}/reverse": Form(_("撤销认定"), ("reason",)),
    "/treasury": Form(
        _("登记财政数据"),
        (
            "month",
            "fund",
            "district",
            "appropriated",
            "paid",
            "balance",
            "document",
            "corrects",
            "why",
        ),
        (),
        ("corrects", "why"),
    ),
    "/users/{user}/suspend": Form(_("停用用户"), ("reason",)),
    "/users/{user}/reinstate": Form(_("恢复用户"), ("reason",)),
    "/reports/{number}/withdraw": Form(_("作废这份报表"), ("reason",)),
}
"""Acts in which something is typed, by the path of their route; the rest are opened anew."""

WORDED = frozenset(name for form in FORMS.values() for name in form.typed)
"""What people type, as against what a form carries along."""

_PRIVATE = frozenset({"/dead-letters/resubmit"})
"""Acts whose fields hold what only the vault may keep."""

_DAYS = frozenset(
    {
        "settle_by",
        "received_on",
        "since",
        "until",
        "expected_on",
        "from_on",
        "to_on",
        "granted_from",
        "granted_to",
    }
)
_MONEY = frozenset({"amount", "floor", "planned", "total", "rate", "number"})


class Input(NamedTuple):
    """One field as a page draws it."""

    name: str
    words: str
    value: str
    type: str
    required: bool
    options: tuple[tuple[str, str], ...] = ()
    wrong: str = ""


class Filled(NamedTuple):
    """A form with what was typed; hidden fields travel along."""

    act: str
    action: str
    hidden: tuple[tuple[str, str], ...]
    inputs: tuple[Input, ...]
    buttons: tuple[tuple[str, str], ...]


async def typed(request: Request) -> list[tuple[str, str]]:
    """The fields of a form as they were sent, files left out."""
    try:
        form = await request.form()
    except (HTTPException, RuntimeError, ClientDisconnect):
        return []
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]


def filled(
    route: str,
    action: str,
    sent: Iterable[tuple[str, str]],
    accounts: Iterable[BankAccount],
    *,
    problem: fields.NotUnderstood | None = None,
    command: str | None = None,
) -> Filled | None:
    """Draw an act's form again; None where nothing is typed in it, or something hidden is wrong."""
    form = FORMS.get(route)
    typed = dict(sent)
    seen = ("verdict", "command", *form.typed) if form else ()
    if form is None or (problem is not None and problem.field not in seen):
        return None
    if command is not None:
        typed["command"] = command
    inputs = tuple(
        Input(
            name,
            word(name),
            typed.get(name, ""),
            "date"
            if name in _DAYS
            else "figure"
            if name in _MONEY
            else "area"
            if name == "corrected"
            else "text",
            name not in form.optional,
            tuple(_options(name, accounts)),
            problem.needs if problem is not None and problem.field == name else "",
        )
        for name in form.typed
    )
    hidden = tuple(
        (name, value)
        for name, value in typed.items()
        if name not in (*form.typed, "verdict", "csrf")  # the form has its own, of this session
    )
    buttons = tuple((code, translate(words)) for code, words in form.verdicts)
    return Filled(translate(form.act), action, hidden, inputs, buttons)


def word(field: str) -> str:
    """What a field is called on a form."""
    return translate("账号") if field == "number" else fields.NotUnderstood(field).name


def _options(name: str, accounts: Iterable[BankAccount]) -> list[tuple[str, str]]:
    match name:
        case "direction":
            return [("more", translate("调增")), ("less", translate("调减"))]
        case "cause":
            asked = ("administrative_error", "fraud", "not_entitled")
            return [(code, translate(CAUSES[code])) for code in asked]
        case "ground":
            return [(code, translate(words)) for code, words in GROUNDS.items()]
        case "nets":
            return [("claim", translate("本件各期")), ("first", translate("该项目首次结算"))]
        case "grade":
            return [(grade, grade) for grade in "ABCD"]
        case "bank_account":
            return [(one.alias, f"{one.bank} ****{one.last_four}") for one in accounts]
        case _:
            return []


class Sent(NamedTuple):
    """One act that has left this process, with what its form held."""

    actor: str
    stream: str
    route: str
    action: str
    fields: tuple[tuple[str, str], ...]
    digest: str


def sent_of(
    actor: str, stream: str, route: str, action: str, said: Iterable[tuple[str, str]]
) -> Sent:
    """What is kept of an act: its fields, unless only the vault may have them."""
    held = tuple(said)
    digest = sha256(repr(held).encode("utf-8", "surrogatepass")).hexdigest()
    return Sent(actor, stream, route, action, () if route in _PRIVATE else held, digest)


class KeptForms:
    """What was sent from these pages of late, by command."""

    def __init__(self) -> None:
        self._sent: OrderedDict[str, tuple[float, Sent]] = OrderedDict()

    def keep(self, command: str, sent: Sent) -> None:
        """Keep one act; the oldest make way."""
        now = time.monotonic()
        self._sent[command] = now, sent
        self._sent.move_to_end(command)
        while len(self._sent) > _MOST_KEPT or next(iter(self._sent.values()))[0] < now - _KEPT:
            self._sent.popitem(last=False)

    def of(self, command: str) -> Sent | None:
        """What was sent under this command, unless it is too long ago."""
        known = self._sent.get(command)
        return known[1] if known else None
