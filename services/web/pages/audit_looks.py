"""audit looks: who looked at whom, what for and from where, as the auditor and a person's page list it."""

from datetime import datetime
from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from projections.queries import looks
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.parts.filters import chips, if_set
from services.web.parts.paging import part
from services.web.request.actors import name_of, staff_of
from services.web.request.parameters import Text
from services.web.request.scope import segment
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.coded_words import DETAILS
from services.wording.languages import marked as _
from services.wording.languages import translate

router = APIRouter()

LOOKS = {
    **DETAILS,
    "export": _("导出完整的个人信息"),
    "search": _("按号码检索"),
    "case": _("调取案卷"),
}
_MOST_LOOKS = 2000


class ShownLook(NamedTuple):
    """One look as it is listed, from the ledger or from the vault's own list."""

    at: datetime
    who: str
    what: str
    purpose: str
    party: str
    application: str
    export: str
    address: str
    session: str


async def looks_at(
    visit: Visit, *, party: str | None = None, who: str | None = None, most: int = _MOST_LOOKS
) -> list[ShownLook]:
    """Who looked at whom, the latest first: single details and files by the ledger's facts, searches
    and cases by the vault's list."""
    facts = await looks.listed(visit.db, party=party, who=who, most=most)
    vault = visit.sources.vault
    others = await vault.looks(token=party, who=who, most=most) if vault else []
    every = [
        *(
            ShownLook(
                one.recorded_at, one.who, one.detail, one.purpose, one.party, one.application,
                one.export, one.address, one.session,
            )
            for one in facts
        ),
        *(
            ShownLook(one.at, one.who, one.field, one.purpose, one.token, "", "", "", "")
            for one in others
        ),
    ]  # fmt: skip
    return sorted(every, key=lambda one: one.at, reverse=True)[:most]


async def looks_table(visit: Visit, seen: list[ShownLook]) -> PageTable[ShownLook]:
    """Looks as a table, with masked names."""
    names = await visit.names(look.party for look in seen)

    def whom(look: ShownLook) -> str:
        found = names.get(look.party)
        if not look.party:
            return translate("（没有此人）")
        return f"{found.name} {found.number}" if found else "***"

    def page_of(look: ShownLook) -> str | None:
        return visit.link(f"/parties/{look.party}") if look.party[:1] in ("p", "u") else None

    def about(look: ShownLook) -> str | None:
        return look.application and visit.link(f"/applications/{segment(look.application)}")

    columns: list[PageColumn[ShownLook]] = [
        PageColumn(_("时间"), lambda r: r.at, ColumnKind.MOMENT),
        PageColumn(_("查看人"), lambda r: name_of(r.who)),
        PageColumn(_("看了什么"), lambda r: translate(LOOKS.get(r.what, r.what))),
        PageColumn(_("目的"), lambda r: r.purpose),
        PageColumn(_("对象"), whom, ColumnKind.TEXT, page_of),
        PageColumn(
            _("申请号或导出编号"), lambda r: r.application or r.export or None, ColumnKind.ID, about
        ),
        PageColumn(_("地址"), lambda r: r.address or None, ColumnKind.ID, wide_only=True),
        PageColumn(_("会话"), lambda r: r.session or None, ColumnKind.ID, wide_only=True),
    ]
    return PageTable("looks", _("查看记录"), columns, seen, empty=_("没有查看记录。"))


@router.get("/audit/looks")
async def looked(
    visit: Arrived, who: Text = "", csv: str | None = None, xlsx: str | None = None
) -> Response:
    """List who looked at whom, and what for."""
    found = await looks_at(visit, who=who or None)
    table = await looks_table(visit, found)
    if csv:
        return visit.csv(table)
    if xlsx:
        return visit.xlsx(table)
    return visit.page(
        "audit_looks.html",
        translate("查看记录 {n} 条", n=figures.count(len(found))),
        table=part(visit, table, lambda one: f"{one.at.isoformat()} {one.party} {one.what}"),
        people=[*staff_of(visit.cities).values()],
        who=who,
        chips=chips(visit, who=if_set(who, name_of(who))),
    )
