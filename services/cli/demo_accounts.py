"""Demo accounts: who may sign in to look at what was played; passwords and devices, this once."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from services.demo.play.accounts import DemoAccount

_CODE = "benefit-ledger users code"


def show_accounts(accounts: Sequence[DemoAccount], console: Console) -> None:
    """Show each account; what was shown before is not shown again."""
    table = Table(title="演示账号")
    for heading in ("用户名", "姓名", "角色"):
        table.add_column(heading, overflow="fold")
    for heading in ("口令", "验证器密钥"):  # to be copied whole
        table.add_column(heading, no_wrap=True)
    for one in accounts:
        hidden = "" if one.password else "已给过"
        table.add_row(one.user, one.name, one.roles, one.password or hidden, one.secret or hidden)
    console.print(table)
    if any(one.password for one in accounts):
        console.print(
            "口令和验证器密钥只显示这一次。登录、放行、签结要动态口令：把密钥录入手机验证器；"
            f"没有手机的，运行 {_CODE}，粘贴密钥，得到此刻的六位数。",
            highlight=False,
            markup=False,
        )
    if not all(one.password for one in accounts):
        console.print(
            "已给过的不再显示；忘记了：benefit-ledger users reset 用户名 --reason 忘记口令。",
            highlight=False,
            markup=False,
        )
