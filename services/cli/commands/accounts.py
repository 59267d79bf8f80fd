"""`benefit-ledger accounts`: the accounts that a city pays from, and their real numbers."""

import asyncio
import getpass
import sys
from typing import Annotated

import typer
from rich.table import Table

from services.cli.arguments import ME, read_settings
from services.cli.screen import console

app = typer.Typer(
    help="付款账户：真实账号由两人各录入一次，加密存入身份库；账号从键盘或标准输入读取，"
    "不写在命令行上。",
    no_args_is_help=True,
)

Alias = Annotated[str, typer.Argument(help="accounts.yaml 里的别名")]
By = Annotated[str, typer.Option(help="经手人")]


@app.command("set")
def set_number(alias: Alias, by: By = ME) -> None:
    """录入一个账户的真实账号；另一人用 confirm 再录入一次后启用。"""
    from services.tools.staff import paying_accounts

    account = asyncio.run(paying_accounts.set_number(read_settings(), alias, _typed(alias), by))
    console.print(
        f"{account.bank} ****{account.last_four} 已收下，等待另一人复核："
        f"benefit-ledger accounts confirm {alias} --by 姓名",
        highlight=False,
        markup=False,
    )


@app.command()
def confirm(alias: Alias, by: By = ME) -> None:
    """另一人再录入一次；两次相同才启用。"""
    from services.tools.staff import paying_accounts

    account = asyncio.run(paying_accounts.confirm_number(read_settings(), alias, _typed(alias), by))
    console.print(f"{account.bank} ****{account.last_four} 已启用。", highlight=False, markup=False)


@app.command("list")
def list_accounts() -> None:
    """列出各账户：别名、银行、末四位、基金、区划、起止、账号是否已存。"""
    from datetime import date

    from services.tools.staff.paying_accounts import account_states

    table = Table("别名", "银行", "末四位", "基金", "区划", "起", "止", "账号已存")
    for one in asyncio.run(account_states(read_settings())):
        account = one.account
        table.add_row(
            account.alias,
            account.bank,
            account.last_four,
            account.fund,
            "、".join(account.districts),
            "" if account.from_ == date.min else str(account.from_),
            "" if account.to == date.max else str(account.to),
            "是" if one.kept else "否",
        )
    console.print(table)


@app.command()
def check() -> None:
    """逐个检查今天在用的账户能不能付款：格式、账号。"""
    from datetime import UTC, datetime

    from events.days import legal_day
    from services.banking.banks.of_cities import city_banks
    from services.runtime.city import cities_of
    from services.tools.staff.paying_accounts import account_states, without_number

    settings = read_settings()
    city_banks(cities_of(settings))
    states = asyncio.run(account_states(settings))
    stopped = without_number(states, legal_day(datetime.now(UTC)))
    for one in stopped:
        console.print(f"✗ {one.account.alias}：{one.obstacle}", highlight=False, markup=False)
    console.print(
        f"{len(states)} 个账户，{len(stopped)} 个今天不能付款。", highlight=False, markup=False
    )
    if stopped:
        raise typer.Exit(1)


def _typed(alias: str) -> str:
    """Read a number without showing it."""
    if sys.stdin.isatty():
        return getpass.getpass(f"{alias} 的账号（不显示）：")
    return sys.stdin.readline()
