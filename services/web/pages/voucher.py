"""voucher: one training voucher from issue to use, with every step that was not taken and why."""

from fastapi import APIRouter
from starlette.responses import Response

from events import streams
from projections.queries import keyset, trail, vouchers
from projections.queries.recorded_facts import FactRow
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.visit import Arrived
from services.wording.city_names import region_name
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import VOUCHERS, state_of

router = APIRouter()

HAPPENED = {
    "VoucherIssued": _("发放"),
    "VoucherClaimed": _("领用"),
    "VoucherVerified": _("验证"),
    "VoucherUsed": _("应用"),
    "VoucherExpired": _("失效"),
    "VoucherStepKept": _("先到，等前一步"),
    "VoucherStepDropped": _("不符，不再等"),
    "CommandRefused": _("未受理"),
}
STEPS = {"claim": _("领用"), "verify": _("验证"), "use": _("应用")}
CODES = {
    "WRONG_HOLDER": _("不是持券人本人"),
    "ALREADY_USED": _("已经用过"),
    "TOLD_OTHERWISE": _("与先前报送的不同，以先报的为准"),
    "EXPIRED": _("晚于有效期，或券已失效"),
    "WRONG_STEP": _("早于上一步的日期"),
    "ENDS_BEFORE_ISSUE": _("有效期早于发放日"),
    "UNKNOWN_VOUCHER": _("没有这张券"),
    "STILL_VALID": _("仍在有效期内"),
}


def history(facts: list[FactRow]) -> PageTable[FactRow]:
    """What happened, in order."""

    def what(fact: FactRow) -> str:
        words = translate(HAPPENED.get(fact.type, fact.type))
        step = STEPS.get(str(fact.raw.get("step", "")))
        return f"{words}（{translate(step)}）" if step else words

    def why(fact: FactRow) -> str | None:
        code = str(fact.raw.get("code", ""))
        return translate(CODES.get(code, code)) if code else None

    def on(fact: FactRow) -> str | None:
        day = fact.raw.get("on") or fact.raw.get("issued_on")
        return str(day) if day else None

    columns: list[PageColumn[FactRow]] = [
        PageColumn(_("发生了什么"), what),
        PageColumn(_("所报日期"), on),
        PageColumn(_("原因"), why),
        PageColumn(_("报送系统"), lambda f: str(f.raw.get("source") or "") or None, ColumnKind.ID),
        PageColumn(_("记录时刻"), lambda f: f.recorded_at, ColumnKind.MOMENT),
    ]
    return PageTable("voucher", _("经过"), columns, facts)


@router.get("/vouchers/{key}")
async def detail(visit: Arrived, key: str, csv: str | None = None) -> Response:
    """Read one voucher's whole way."""
    wanted = vouchers.VoucherFilter(text=key)
    rows = await vouchers.page(visit.db, visit.scope, wanted, keyset.Page(None, None, False, 200))
    found = next((row for row in rows if row.voucher == key), None)
    if found is None:
        raise PageRefused(NOT_FOUND)
    facts = await trail.of_stream(visit.db, visit.scope, streams.voucher(key))
    table = history(facts)
    if csv:
        return visit.csv(table)
    names = await visit.names([found.holder] if found.holder else [])
    return visit.page(
        "voucher.html",
        translate("培训券 {n} 号", n=key),
        voucher=found,
        state=state_of(VOUCHERS, found.state),
        holder=names.get(found.holder or ""),
        region=region_name(found.district) or None,
        table=table,
        facts=facts,
    )
