"""sign-ins: who tried to sign in, from where, with what outcome; who is signed in; pages refused.

Holds: only of users whom this session sees; names that are no account are shown to who sees everything
"""

from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.responses import Response

from projections.queries import users
from services.runtime.postgres import sight
from services.sign_in import attempts, sessions
from services.sign_in.session_rules import SessionLimits
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.pages.account import OUTCOMES
from services.web.parts.filters import chips, if_set
from services.web.parts.paging import part
from services.web.request.parameters import Text
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.languages import marked as _
from services.wording.languages import translate

router = APIRouter()

_MOST = 500
_ENDS = {
    "": _("在用"),
    "idle": _("闲置到期"),
    "whole": _("到期"),
    "signed_out": _("已退出"),
    "ended": _("被结束"),
    "password": _("改口令后结束"),
    "suspended": _("停用后结束"),
    "reset": _("重置后结束"),
}


async def _seen(visit: Visit) -> set[str] | None:
    """The users whom this session sees; None where it sees everything."""
    if sight.seen().everything:
        return None
    return {one.user_id for one in await users.everybody(visit.db)}


def _tries_table(rows: list[attempts.SignInAttempt]) -> PageTable[attempts.SignInAttempt]:
    columns: list[PageColumn[attempts.SignInAttempt]] = [
        PageColumn(_("时间"), lambda r: r.at, ColumnKind.MOMENT),
        PageColumn(_("用户名"), lambda r: r.account or None, ColumnKind.ID),
        PageColumn(_("地址"), lambda r: r.address or None, ColumnKind.ID),
        PageColumn(_("结果"), lambda r: translate(OUTCOMES.get(r.outcome, r.outcome))),
    ]
    return PageTable("sign-ins", _("登录和失败"), columns, rows, {}, _("没有登录记录。"))


def _sessions_table(
    rows: list[sessions.SessionRow], limits: SessionLimits
) -> PageTable[sessions.SessionRow]:
    now = datetime.now(UTC)

    def state(row: sessions.SessionRow) -> str:
        why = row.state(now, limits).partition(":")[0]
        return translate(_ENDS.get(why, why))

    columns: list[PageColumn[sessions.SessionRow]] = [
        PageColumn(_("会话"), lambda r: r.id, ColumnKind.ID),
        PageColumn(_("用户名"), lambda r: r.user_id, ColumnKind.ID),
        PageColumn(_("登录"), lambda r: r.made_at, ColumnKind.MOMENT),
        PageColumn(_("最近使用"), lambda r: r.seen_at, ColumnKind.MOMENT),
        PageColumn(_("地址"), lambda r: r.address, ColumnKind.ID),
        PageColumn(_("状态"), state),
    ]
    return PageTable("sessions", _("会话"), columns, rows, {}, _("没有会话。"))


def _refused_table(rows: list[users.RefusedVisitRow]) -> PageTable[users.RefusedVisitRow]:
    columns: list[PageColumn[users.RefusedVisitRow]] = [
        PageColumn(_("时间"), lambda r: r.refused_at, ColumnKind.MOMENT),
        PageColumn(_("用户名"), lambda r: r.user_id, ColumnKind.ID),
        PageColumn(_("页面"), lambda r: r.route, ColumnKind.ID),
        PageColumn(_("会话"), lambda r: r.session, ColumnKind.ID),
    ]
    return PageTable("refused", _("没有权限打开的页面"), columns, rows, {}, _("没有记录。"))


@router.get("/users/sign-ins")
async def overview(visit: Arrived, user: Text = "", csv: str | None = None) -> Response:
    """List tries, sessions and refused pages, of everybody or of one user."""
    entrance, seen = visit.sources.sign_in, await _seen(visit)
    tries = await attempts.latest(entrance.pool, user or None, _MOST) if entrance else []
    open_ones = await sessions.listed(entrance.pool, user or None, _MOST) if entrance else []
    refused = await users.refused_visits(visit.db, _MOST)
    shown = _tries_table([one for one in tries if seen is None or one.account in seen])
    if csv:
        return visit.csv(shown)
    return visit.page(
        "sign_ins.html",
        translate("登录和失败 {n} 条", n=figures.count(len(shown.rows))),
        table=part(visit, shown, lambda r: f"{r.at.isoformat()} {r.account} {r.outcome}"),
        sessions=_sessions_table(
            [one for one in open_ones if seen is None or one.user_id in seen][:50],
            entrance.limits if entrance else SessionLimits(),
        ),
        refused=_refused_table([one for one in refused if user in ("", one.user_id)][:50]),
        user=user,
        chips=chips(visit, user=if_set(user)),
    )
