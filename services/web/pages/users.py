"""users: who may sign in, in which roles, districts and funds; what an administrator does about it.

Holds: what may be granted is the ledger's to say; an account follows what the ledger has recorded,
       never the other way about; a first password is shown once and kept nowhere
"""

from datetime import UTC, datetime
from typing import Annotated, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from events import streams
from events.authority import EVERY, RoleGrant
from events.users import AddUser, GrantRoles, ReinstateUser, ResetCredential, SuspendUser
from events.values import Command
from policies.access import access
from projections.queries import recorded_facts, trail, users
from services.sign_in import accounts, administration
from services.sign_in.accounts import StaffAccount
from services.sign_in.passwords import Passwords
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.acts.forms import typed
from services.web.acts.sending import Act, send
from services.web.parts.paging import part
from services.web.request.actors import name_of
from services.web.request.fields import NotUnderstood, one_of
from services.web.request.scope import segment
from services.web.request.troubles import NOT_FOUND, PageRefused
from services.web.request.typed_fields import Field
from services.web.request.visit import Arrived, Visit
from services.wording import figures
from services.wording.city_names import region_name
from services.wording.fact_names import fact_name
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import State

router = APIRouter()

STATES = {"active": State(_("在用"), "blue"), "suspended": State(_("停用"), "grey")}


class UserLine(NamedTuple):
    """One user of the ledger with the account by which they sign in, if there is one."""

    user: users.UserRow
    account: StaffAccount | None

    @property
    def signs_in(self) -> str:
        """How far the account is."""
        if self.account is None:
            return translate("没有账号")
        if self.account.suspended_at is not None:
            return translate("已停用")
        if self.account.password is None:
            return translate("统一身份")
        if self.account.must_change:
            return translate("待改首次口令")
        bound = self.account.code_secret is not None
        return translate("已绑定验证器") if bound else translate("未绑定验证器")


class HistoryLine(NamedTuple):
    """One thing that was done about a user."""

    at: datetime
    what: str
    by: str
    why: str


def said(grant: RoleGrant) -> str:
    """A role with its districts and funds, in words."""
    role = access().roles.get(grant.role)
    places = (
        translate("全部区划")
        if EVERY in grant.districts
        else "、".join(map(region_name, grant.districts))
    )
    funds = (
        translate("全部基金")
        if EVERY in grant.funds
        else "、".join(translate(FUND_NAMES.get(fund, fund)) for fund in grant.funds)
    )
    return f"{role.name if role else grant.role}（{places}；{funds}）"


async def lines(visit: Visit) -> list[UserLine]:
    """The users whom this session sees."""
    entrance = visit.sources.sign_in
    known = {one.user_id: one for one in await accounts.listed(entrance.pool)} if entrance else {}
    return [UserLine(one, known.get(one.user_id)) for one in await users.everybody(visit.db)]


def table(visit: Visit, rows: list[UserLine]) -> PageTable[UserLine]:
    """Users as a table."""

    def page_of(row: UserLine) -> str:
        return visit.link(f"/users/{segment(row.user.user_id)}")

    columns: list[PageColumn[UserLine]] = [
        PageColumn(_("用户名"), lambda r: r.user.user_id, ColumnKind.ID, page_of),
        PageColumn(_("姓名"), lambda r: r.account.name if r.account else name_of(r.user.user_id)),
        PageColumn(_("工作地区"), lambda r: region_name(r.user.region)),
        PageColumn(_("角色"), lambda r: "；".join(map(said, r.user.grants))),
        PageColumn(_("状态"), lambda r: STATES[r.user.state], ColumnKind.STATE),
        PageColumn(_("登录方式"), lambda r: r.signs_in),
        PageColumn(_("增加"), lambda r: r.user.added_at, ColumnKind.MOMENT, wide_only=True),
        PageColumn(_("经办人"), lambda r: name_of(r.user.changed_by), wide_only=True),
    ]
    return PageTable("users", _("用户"), columns, rows, {}, _("还没有用户。"))


@router.get("/users")
async def overview(visit: Arrived, csv: str | None = None, xlsx: str | None = None) -> Response:
    """List the users."""
    shown = table(visit, await lines(visit))
    if csv:
        return visit.csv(shown)
    if xlsx:
        return visit.xlsx(shown)
    return visit.page(
        "users.html",
        translate("用户 {n} 人", n=figures.count(len(shown.rows))),
        table=part(visit, shown, lambda r: r.user.user_id),
        command=Act.new(),
        roles=access().roles,
        granted={},
    )


@router.post("/users")
async def add(visit: Arrived, command: Field, user: Field, region: Field) -> Response:
    """Let somebody sign in, in these roles; the first password follows on their page."""
    one_of("region", region, visit.cities.served)
    grants = await _grants(visit)
    body = AddUser(user=user, region=region, grants=grants, by=visit.actor.id)
    return await send(visit, Act(command, streams.user(user), body), f"/users/{segment(user)}")


async def _grants(visit: Visit) -> tuple[RoleGrant, ...]:
    """Read the roles of a form: for each that is ticked, its districts and funds; none means all."""
    sent = await typed(visit.request)
    wanted = [value for name, value in sent if name == "role"]
    for role in wanted:
        one_of("role", role or "-", access().roles)

    def chosen(name: str) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(value for key, value in sent if key == name and value))
        return (EVERY,) if EVERY in found or not found else found

    return tuple(
        RoleGrant(role, chosen(f"districts_{role}"), chosen(f"funds_{role}"))
        for role in dict.fromkeys(wanted)
    )


async def _one(visit: Visit, user: str) -> UserLine:
    """One user whom this session sees.

    Raises: PageRefused
    """
    found = await users.one(visit.db, user)
    if found is None:
        raise PageRefused(NOT_FOUND)
    entrance = visit.sources.sign_in
    return UserLine(found, await accounts.find(entrance.pool, user) if entrance else None)


@router.get("/users/{user}")
async def detail(visit: Arrived, user: str) -> Response:
    """Show one user: roles, account, and everything that was done about them."""
    return await _shown(visit, await _one(visit, user))


async def _shown(visit: Visit, line: UserLine, password: str = "") -> Response:
    facts = await trail.of_stream(visit.db, visit.scope, streams.user(line.user.user_id))
    history = [
        HistoryLine(
            fact.recorded_at,
            fact_name(fact.type),
            fact.raw.get("by", ""),
            fact.raw.get("reason", "") or fact.raw.get("route", ""),
        )
        for fact in reversed(facts)
    ]
    columns: list[PageColumn[HistoryLine]] = [
        PageColumn(_("时间"), lambda r: r.at, ColumnKind.MOMENT),
        PageColumn(_("事项"), lambda r: r.what),
        PageColumn(_("经办人"), lambda r: name_of(r.by)),
        PageColumn(_("理由或页面"), lambda r: r.why or None),
    ]
    granted = {one.role: one for one in line.user.grants}
    return visit.page(
        "user.html",
        translate("用户 {user}", user=line.user.user_id),
        line=line,
        state=STATES[line.user.state],
        said=said,
        history=PageTable("user-history", _("办理记录"), columns, history),
        command=Act.new,
        roles=access().roles,
        granted=granted,
        # the form has one line a role
        by_form=len(granted) == len(line.user.grants),
        own=line.user.user_id == visit.actor.id,
        password=password,
    )


@router.post("/users/{user}/roles")
async def grant(visit: Arrived, user: str, command: Field, reason: Field) -> Response:
    """Give somebody exactly these roles."""
    await _one(visit, user)
    grants = await _grants(visit)
    body = GrantRoles(user=user, grants=grants, reason=reason, by=visit.actor.id)
    return await _sent(visit, user, command, body)


@router.post("/users/{user}/suspend")
async def suspend(visit: Arrived, user: str, command: Field, reason: Field) -> Response:
    """Let somebody do nothing any more; the account follows the ledger."""
    await _one(visit, user)
    body = SuspendUser(user=user, reason=reason, by=visit.actor.id)
    answer = await _sent(visit, user, command, body)
    entrance = visit.sources.sign_in
    if entrance and await _stands(visit, user) == "suspended":
        await administration.suspend(entrance.pool, user, visit.actor.id, datetime.now(UTC))
    return answer


@router.post("/users/{user}/reinstate")
async def reinstate(visit: Arrived, user: str, command: Field, reason: Field) -> Response:
    """Let somebody do again what they might before."""
    await _one(visit, user)
    body = ReinstateUser(user=user, reason=reason, by=visit.actor.id)
    answer = await _sent(visit, user, command, body)
    entrance = visit.sources.sign_in
    if entrance and await _stands(visit, user) == "active":
        await accounts.reinstate(entrance.pool, user)
    return answer


@router.post("/users/{user}/credential")
async def reset(
    visit: Arrived,
    user: str,
    command: Field,
    reason: Field,
    name: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Give a password for a first sign-in, shown this once, when the ledger has recorded it."""
    line = await _one(visit, user)
    entrance = visit.sources.sign_in
    called = line.account.name if line.account else name.strip()
    if entrance is None:
        raise PageRefused(NOT_FOUND)
    if not called:
        raise NotUnderstood("name", translate("没有填写"))
    answer: Response = RedirectResponse(visit.link(f"/users/{segment(user)}"), status_code=303)
    for credential in ("code", "password"):
        body = ResetCredential(user=user, credential=credential, reason=reason, by=visit.actor.id)
        own = command if credential == "password" else str(uuid5(NAMESPACE_URL, f"{command}/code"))
        answer = await _sent(visit, user, own, body)
    if not await _recorded(visit, command):
        return answer
    now = datetime.now(UTC)
    shown = await administration.give_password(
        entrance.pool, entrance.hashes or Passwords(), user, called, visit.actor.id, now
    )
    return await _shown(visit, await _one(visit, user), shown)


async def _sent(visit: Visit, user: str, command: str, body: Command) -> Response:
    return await send(visit, Act(command, streams.user(user), body), f"/users/{segment(user)}")


async def _stands(visit: Visit, user: str) -> str:
    """How a user stands by now, after what was sent."""
    async with visit.sources.pool.acquire(timeout=1) as db:
        found = await users.one(db, user)
    return found.state if found else ""


async def _recorded(visit: Visit, command: str) -> bool:
    """Whether the ledger has recorded that a credential was reset by this very command."""
    async with visit.sources.pool.acquire(timeout=1) as db:
        facts = await recorded_facts.of_command(db, command)
    return any(fact.type == "CredentialReset" for fact in facts)
