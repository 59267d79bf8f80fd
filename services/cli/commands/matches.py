"""`benefit-ledger matches`: match by hand, undo it, two people, always; try other rules of matching."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from services.cli.arguments import ME
from services.cli.screen import console

if TYPE_CHECKING:
    from projections.queries.command_answers import CommandAnswer

app = typer.Typer(
    help="手工勾对：账面与流水两边合计相等才可勾对，一人提出，另一人在工作台复核；试用勾对规则。",
    no_args_is_help=True,
)

Account = Annotated[str, typer.Argument(help="银行账户的别名")]
By = Annotated[str, typer.Option(help="经手人")]
Reason = Annotated[str, typer.Option(help="为什么")]

_SAID = {
    "ActProposed": "已提出，等待另一人在工作台复核",
    "": "没有变化：以前已办过",
}


@app.command("list")
def list_matches(account: Annotated[str, typer.Option(help="只列这个账户")] = "") -> None:
    """列出手工勾对，和待另一人复核的。

    例：benefit-ledger matches list
    """
    from events.money import yuan
    from services.runtime.settings import Settings
    from services.tools.staff.matches import listed
    from services.wording.act_names import ACTS

    rows, waiting = asyncio.run(listed(Settings(), account))
    table = Table(
        "账户", "编号", "状态", "账面", "流水", "金额（元）", "理由", "提出", "复核", "勾对日"
    )
    for one in waiting:
        table.add_row(
            one.account, ACTS[one.act], "待复核", "", "", "", one.reason, one.maker, "",
            str(one.proposed_on),
        )  # fmt: skip
    for row in rows:
        state = "已取消" if row.undone_on else "已勾对" if row.holds else "不成立"
        table.add_row(
            row.account, str(row.number), state, str(row.movements), str(row.lines),
            yuan(row.amount_fen), row.reason, row.maker or "", row.checker or "", str(row.made_on),
        )  # fmt: skip
    console.print(table if rows or waiting else "还没有手工勾对。")


@app.command("open")
def open_items(account: Account) -> None:
    """列出一个账户没有勾对的账面和流水，每笔一行，名称可用于 propose。

    例：benefit-ledger matches open 账户
    """
    from events.money import yuan
    from services.runtime.settings import Settings
    from services.tools.staff.matches import open_items as run_open

    found = asyncio.run(run_open(Settings(), account))
    table = Table("哪一边", "名称", "日期", "金额（元）", "申请", "摘要")
    for one in found:
        table.add_row(
            "账面" if one.movement else "银行", one.name, str(one.day), yuan(one.amount_fen),
            one.application or "", one.words or "",
        )  # fmt: skip
    console.print(table if found else "没有未勾对的。")


@app.command()
def propose(
    account: Account,
    members: Annotated[list[str], typer.Argument(help="账面的编号，和流水的 月份/行号")],
    reason: Reason,
    by: By = ME,
) -> None:
    """提出把这些账面和流水勾对；金额由账册查出，由另一人在工作台复核后才算数。

    例：benefit-ledger matches propose 账户 编号 2022-08/行号 --reason 回单已核
    """
    from services.runtime.settings import Settings
    from services.tools.staff.matches import propose as run_propose

    _answer(account, asyncio.run(run_propose(Settings(), account, members, reason, by)))


@app.command()
def undo(
    account: Account,
    number: Annotated[int, typer.Argument(help="勾对编号", min=1)],
    reason: Reason,
    by: By = ME,
) -> None:
    """提出取消一笔手工勾对；由另一人在工作台复核后才取消。

    例：benefit-ledger matches undo 账户 1 --reason 回单属另一笔
    """
    from services.runtime.settings import Settings
    from services.tools.staff.matches import undo as run_undo

    _answer(f"{account} {number}", asyncio.run(run_undo(Settings(), account, number, reason, by)))


@app.command()
def preview(
    account: Account,
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="首日")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="末日")],
    rules: Annotated[Path | None, typer.Option(help="一套规则的文件；不写则为现行规则")] = None,
    window: Annotated[list[str] | None, typer.Option(help="步骤=天数，可重复")] = None,
    without: Annotated[list[str] | None, typer.Option(help="不用的步骤，可重复")] = None,
    order: Annotated[str, typer.Option(help="各步的次序，用逗号分开，须写全")] = "",
) -> None:
    """在一个账户、一段时间上试用别的勾对规则，看赢得和失去哪些勾对；什么都不改。

    例：benefit-ledger matches preview 账户 --from 2022-08-01 --to 2022-08-31 --window by_reference=7
    """
    from events.money import yuan
    from services.runtime.settings import Settings
    from services.tools.staff.matches import preview as run_preview
    from services.tools.staff.matches import rules_of
    from services.wording.matching_words import RULES

    tried = rules_of(rules, window or (), without or (), order)
    found = asyncio.run(run_preview(Settings(), tried, account, first.date(), last.date()))
    table = Table("规则", "现行（笔）", "试用（笔）")
    for rule, words in RULES.items():
        if found.before.get(rule) or found.after.get(rule):
            table.add_row(words, str(found.before.get(rule, 0)), str(found.after.get(rule, 0)))
    console.print(table)
    changed = Table("变化", "规则", "首日", "末日", "金额（元）", "各笔")
    for word, matches in (("失去", found.lost), ("赢得", found.won)):
        for one in matches:
            changed.add_row(
                word, RULES[one.rule], str(one.first_on), str(one.last_on), yuan(one.amount_fen),
                "\n".join(one.members),
            )  # fmt: skip
    if found.won or found.lost:
        console.print(changed)
    console.print(
        f"赢得 {len(found.won)} 笔，失去 {len(found.lost)} 笔；"
        f"未勾对的由 {found.alone_before} 到 {found.alone_after}。"
    )


def _answer(about: str, answer: "CommandAnswer | None") -> None:
    from events.codes import words_of

    if answer is not None and answer.refused:
        said = words_of(answer.refusal_code) or "没有办理。"
        console.print(f"{about}：{said}［{answer.refusal_code}］", highlight=False, markup=False)
        raise typer.Exit(1)
    said = "已提交，尚未答复；稍后用 list 查看" if answer is None else _SAID[answer.fact]
    console.print(f"{about}：{said}。", highlight=False, markup=False)
