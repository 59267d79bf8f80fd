"""`benefit-ledger users`: accounts of staff: made, reset, suspended; sessions and tries."""

import asyncio
import getpass
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from services.cli.arguments import ME, read_settings
from services.cli.screen import console

if TYPE_CHECKING:
    from projections.queries.command_answers import CommandAnswer

app = typer.Typer(
    help="人员账号：建立、重置、停用、恢复；查看和结束会话。口令只显示一次，或从键盘读取，"
    "不写在命令行上。",
    no_args_is_help=True,
)

User = Annotated[str, typer.Argument(help="用户名，如 zhang-san")]
MaybeUser = Annotated[str | None, typer.Argument(help="用户名；不写即全部")]
By = Annotated[str, typer.Option(help="经手人")]
Reason = Annotated[str, typer.Option(help="理由，写入台账")]
Roles = Annotated[
    list[str],
    typer.Option(help="角色，可写几次：finance，或 checker:区划,区划:基金"),
]
Ask = Annotated[bool, typer.Option("--ask", help="自己录入首次口令，而不是由系统生成")]


@app.command()
def add(
    user: User,
    role: Roles,
    name: Annotated[str, typer.Option(help="姓名；city.yaml 的 staff 里有的可不写")] = "",
    region: Annotated[str, typer.Option(help="在哪里工作：区划代码；只有一个城市的可不写")] = "",
    ask: Ask = False,
    external: Annotated[
        bool, typer.Option("--external", help="只经本单位统一身份登录，不设口令")
    ] = False,
    by: By = ME,
) -> None:
    """增加用户和账号，给出首次登录的口令；首次登录须改口令并绑定验证器。台账须在运行。

    有了第一个账号，工作台就要登录，演示身份不再可用。第一位管理员：

    benefit-ledger users add zhao-qiang --role administrator --name 赵强
    """
    from services.runtime.city import cities_of
    from services.sign_in.role_texts import grants_of
    from services.tools.staff import user_accounts, user_facts

    settings = read_settings()
    user_accounts.check(settings, user, name)
    typed = _typed(user) if ask and not external else None
    grants = grants_of(role)
    works_in = user_facts.region_of(cities_of(settings), region)
    _told(asyncio.run(user_facts.add(settings, user, works_in, grants, by)))
    made = asyncio.run(user_accounts.add(settings, user, name, typed, by, external=external))
    console.print(f"已建立账号 {made.user}（{made.name}）。", highlight=False, markup=False)
    _show(made.password)


@app.command()
def grant(user: User, role: Roles, reason: Reason, by: By = ME) -> None:
    """改变角色：从此恰好是写出的这些。"""
    from services.sign_in.role_texts import grants_of
    from services.tools.staff import user_facts

    grants = grants_of(role)
    _told(asyncio.run(user_facts.grant(read_settings(), user, grants, reason, by)))
    console.print(f"{user} 的角色已改。", highlight=False, markup=False)


@app.command()
def reset(user: User, reason: Reason, ask: Ask = False, by: By = ME) -> None:
    """口令遗忘、手机丢失：口令和验证器作废，全部会话结束，给出新的首次口令。"""
    from services.tools.staff import user_accounts, user_facts

    settings = read_settings()
    typed = _typed(user) if ask else None
    made = asyncio.run(user_accounts.reset(settings, user, typed, by))
    console.print(f"账号 {user} 已重置，原有会话全部结束。", highlight=False, markup=False)
    _show(made.password)
    _told(asyncio.run(user_facts.note_reset(settings, user, reason, by)))


@app.command()
def suspend(user: User, reason: Reason, by: By = ME) -> None:
    """停用：立即结束全部会话，不能再登录；记录都保留。"""
    from services.tools.staff import user_accounts, user_facts

    settings = read_settings()
    ended = asyncio.run(user_accounts.suspend(settings, user, by))
    console.print(f"账号 {user} 已停用，结束 {ended} 个会话。", highlight=False, markup=False)
    _told(asyncio.run(user_facts.suspend(settings, user, reason, by)))


@app.command()
def reinstate(user: User, reason: Reason, by: By = ME) -> None:
    """恢复停用的用户；口令、验证器和角色照旧。"""
    from services.tools.staff import user_accounts, user_facts

    settings = read_settings()
    _told(asyncio.run(user_facts.reinstate(settings, user, reason, by)))
    asyncio.run(user_accounts.reinstate(settings, user))
    console.print(f"账号 {user} 已恢复。", highlight=False, markup=False)


@app.command()
def code() -> None:
    """按验证器密钥算出此刻的动态口令：没有手机时用，如看演示。密钥从键盘读取，不写在命令行上。"""
    from services.sign_in.one_time_codes import STEP_SECONDS, code_at

    now = datetime.now(UTC)
    try:
        shown = code_at(_secret(), now)
    except ValueError:
        console.print("这不是验证器密钥，请照显示的原样粘贴。")
        raise typer.Exit(1) from None
    typer.echo(shown)
    left = STEP_SECONDS - int(now.timestamp()) % STEP_SECONDS
    console.print(f"还有 {left} 秒；一个动态口令只能用一次。", highlight=False)


@app.command("list")
def list_accounts() -> None:
    """列出用户：姓名、角色、口令、验证器、状态。"""
    from services.tools.staff.user_accounts import listed

    rows = asyncio.run(listed(read_settings()))
    table = Table("用户名", "姓名", "角色", "口令", "验证器", "状态", "建立")
    for one, roles in rows:
        password = "统一身份" if one.password is None else "首次" if one.must_change else "已改"
        table.add_row(
            one.user_id,
            one.name,
            roles or "—",
            password,
            "已绑定" if one.code_secret else "未绑定",
            f"停用 {one.suspended_by}" if one.suspended_at else "在用",
            f"{one.made_at:%Y-%m-%d} {one.made_by}",
        )
    console.print(table if rows else "还没有账号：benefit-ledger users add 用户名 --role 角色")


@app.command()
def sessions(user: MaybeUser = None) -> None:
    """列出会话：何时登录、何时用过、从哪里来、是否在用。"""
    from services.sign_in.session_rules import SessionLimits
    from services.tools.staff.user_accounts import sessions_of

    settings, now = read_settings(), datetime.now(UTC)
    table = Table("会话", "用户名", "登录", "最近使用", "地址", "状态")
    for one in asyncio.run(sessions_of(settings, user)):
        state = one.state(now, SessionLimits()) or "在用"
        table.add_row(
            one.id,
            one.user_id,
            f"{one.made_at:%Y-%m-%d %H:%M}",
            f"{one.seen_at:%Y-%m-%d %H:%M}",
            one.address,
            _ENDS.get(state.partition(":")[0], state),
        )
    console.print(table)


@app.command()
def attempts(user: MaybeUser = None) -> None:
    """列出登录尝试：何时、哪个账号、从哪里来、结果如何。"""
    from services.tools.staff.user_accounts import attempts_of

    table = Table("时间", "账号", "地址", "结果")
    for one in asyncio.run(attempts_of(read_settings(), user)):
        table.add_row(
            f"{one.at:%Y-%m-%d %H:%M:%S}",
            one.account,
            one.address,
            _OUTCOMES.get(one.outcome, one.outcome),
        )
    console.print(table)


@app.command()
def end(session: Annotated[str, typer.Argument(help="会话编号，见 sessions")], by: By = ME) -> None:
    """结束一个会话。"""
    from services.tools.staff.user_accounts import end as run_end

    asyncio.run(run_end(read_settings(), session, by))
    console.print(f"会话 {session} 已结束。", highlight=False, markup=False)


_ENDS = {
    "idle": "闲置到期",
    "whole": "到期",
    "signed_out": "已退出",
    "ended": "被结束",
    "password": "改口令后结束",
    "suspended": "停用后结束",
    "reset": "重置后结束",
}
_OUTCOMES = {
    "begun": "未完成",
    "wrong": "口令不符",
    "wrong_code": "动态口令不符",
    "password": "口令相符",
    "signed_in": "已登录",
    "confirmed": "已确认",
    "refused": "等待中，未受理",
    "forgiven": "管理员清零",
}


def _told(answer: "CommandAnswer | None") -> None:
    """Go on where the ledger has said yes; else say what it said."""
    from events.codes import words_of

    if answer is None:
        console.print("已提交，台账还没有答复：请确认各进程在运行，再试一次（重复不会办两次）。")
        raise typer.Exit(1)
    if answer.refused:
        said = words_of(answer.refusal_code) or "没有办理。"
        console.print(f"{said}［{answer.refusal_code}］", highlight=False, markup=False)
        raise typer.Exit(1)


def _show(password: str) -> None:
    if password:
        typer.echo(password)
        console.print("以上首次口令只显示这一次，请当面交给本人；登录后须改。")


def _secret() -> str:
    """Read a device's secret without showing it."""
    if sys.stdin.isatty():
        return getpass.getpass("验证器密钥（不显示）：")
    return sys.stdin.readline()


def _typed(user: str) -> str:
    """Read a password without showing it."""
    if sys.stdin.isatty():
        return getpass.getpass(f"{user} 的首次口令（不显示）：")
    return sys.stdin.readline().rstrip("\n")
