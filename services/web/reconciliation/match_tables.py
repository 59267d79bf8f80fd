"""match tables: matches by hand, their members, and what waits for a second person, as tables."""

import orjson

from projections.queries.manual_matches import ManualMatch, MatchMember, WaitingMatch
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.request.actors import name_of
from services.web.request.scope import segment
from services.web.request.visit import Visit
from services.wording.act_names import ACTS
from services.wording.city_names import account_title
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import State

STATES: dict[str, State] = {
    "holds": State(_("已勾对"), "green"),
    "broken": State(_("不成立"), "red"),
    "undone": State(_("已取消"), "grey"),
}
"""How a match by hand stands: borne out by both sides, not borne out, undone."""

_FINE = State(_("相符"), "green")
_WRONG = {
    "gone": State(_("没有这一笔"), "red"),
    "taken_back": State(_("流水已撤销"), "red"),
    "account": State(_("在另一账户"), "red"),
    "amount": State(_("金额不同"), "red"),
}


def state_of_match(row: ManualMatch) -> str:
    """How a match stands."""
    if row.undone_on is not None:
        return "undone"
    return "holds" if row.holds else "broken"


def made_table(visit: Visit, rows: list[ManualMatch]) -> PageTable[ManualMatch]:
    """Every match by hand."""

    def own(row: ManualMatch) -> str:
        return visit.link(f"/matches/{segment(row.account)}/{row.number}")

    def account(row: ManualMatch) -> str:
        return visit.link(f"/matches/{segment(row.account)}")

    columns: list[PageColumn[ManualMatch]] = [
        PageColumn(_("编号"), lambda r: r.number, ColumnKind.COUNT, own),
        PageColumn(_("账户"), lambda r: account_title(r.account), ColumnKind.TEXT, account),
        PageColumn(_("状态"), lambda r: STATES[state_of_match(r)], ColumnKind.STATE, own),
        PageColumn(_("账面（笔）"), lambda r: r.movements, ColumnKind.COUNT, own),
        PageColumn(_("流水（笔）"), lambda r: r.lines, ColumnKind.COUNT, own),
        PageColumn(_("金额（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT, own),
        PageColumn(_("理由"), lambda r: r.reason),
        PageColumn(_("提出"), lambda r: name_of(r.maker) if r.maker else None),
        PageColumn(_("复核"), lambda r: name_of(r.checker) if r.checker else None),
        PageColumn(_("勾对日"), lambda r: r.made_on, ColumnKind.DAY),
        PageColumn(_("取消日"), lambda r: r.undone_on, ColumnKind.DAY, wide_only=True),
        PageColumn(_("取消的理由"), lambda r: r.undone_reason, wide_only=True),
    ]
    empty = _("还没有手工勾对。")
    return PageTable("matches", _("手工勾对"), columns, rows, {}, empty)


def waiting_table(visit: Visit, rows: list[WaitingMatch]) -> PageTable[WaitingMatch]:
    """What one person has proposed and another is to judge."""

    def judge(row: WaitingMatch) -> str:
        return visit.link(f"/proposals/{segment(row.proposal)}")

    columns: list[PageColumn[WaitingMatch]] = [
        PageColumn(_("事项"), lambda r: translate(ACTS[r.act]), ColumnKind.TEXT, judge),
        PageColumn(_("账户"), lambda r: account_title(r.account)),
        PageColumn(_("金额（元）"), _amount, ColumnKind.AMOUNT, judge),
        PageColumn(_("理由"), lambda r: r.reason),
        PageColumn(_("提出"), lambda r: name_of(r.maker)),
        PageColumn(_("提出日"), lambda r: r.proposed_on, ColumnKind.DAY),
    ]
    empty = _("没有待另一人复核的勾对。")
    return PageTable("waiting-matches", _("待另一人复核"), columns, rows, {}, empty)


def _amount(row: WaitingMatch) -> int | None:
    movements = orjson.loads(row.body).get("movements")
    return sum(one["amount"] for one in movements) if movements else None


def members_table(visit: Visit, account: str, rows: list[MatchMember]) -> PageTable[MatchMember]:
    """What a match says of its members, beside what books and bank have."""

    def state(row: MatchMember) -> State:
        if row.amount_fen is None:
            return _WRONG["gone"]
        if row.taken_back:
            return _WRONG["taken_back"]
        if row.account != account:
            return _WRONG["account"]
        return _FINE if row.amount_fen == row.stated_fen else _WRONG["amount"]

    columns: list[PageColumn[MatchMember]] = [
        PageColumn(_("哪一边"), lambda r: translate("账面") if r.movement else translate("银行")),
        PageColumn(_("日期"), lambda r: r.day, ColumnKind.DAY),
        PageColumn(_("编号"), lambda r: r.movement or r.line, ColumnKind.ID),
        PageColumn(_("勾对所写（元）"), lambda r: r.stated_fen, ColumnKind.AMOUNT),
        PageColumn(_("账上（元）"), lambda r: r.amount_fen, ColumnKind.AMOUNT),
        PageColumn(_("核对"), state, ColumnKind.STATE),
        PageColumn(_("摘要"), lambda r: r.words),
    ]
    return PageTable("match-members", _("勾对的各笔"), columns, rows)
