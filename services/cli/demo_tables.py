"""Demo tables: what was played as it stands in the books, for a person at a screen."""

from rich.table import Table

from events.money import yuan
from services.demo.checks.summary import DemoSummary
from services.wording.states import DIFFERENCE_KINDS

_STATES = {
    "granted": "核准",
    "denied": "不予核准",
    "referred": "转人工",
    "held": "待预算",
    "withdrawn": "已撤回",
    "proposed": "审核中",
    "lapsed": "已过期",
}


def tables(summary: DemoSummary, pages: str) -> list[Table]:
    """Lay everything out; `pages` is the address of the first page."""
    return [
        _decisions(summary),
        _money(summary),
        _months(summary),
        _story(summary, pages),
        _trial_balance(summary),
        _sheets(summary, pages),
        _books(summary),
        _checks(summary),
    ]


def _decisions(summary: DemoSummary) -> Table:
    states = [name for name in _STATES if any(name in row for row in summary.by_programme.values())]
    table = Table(title="审核结果（件）")
    table.add_column("补贴项目")
    for state in states:
        table.add_column(_STATES[state], justify="right")
    for programme, row in sorted(summary.by_programme.items()):
        table.add_row(programme, *(f"{row.get(state, 0):,}" for state in states))
    return table


def _money(summary: DemoSummary) -> Table:
    table = Table(title="办理", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    dead = "，".join(f"{code} {count}" for code, count in sorted(summary.dead_letters.items()))
    for label, value in (
        ("发布报文", f"{summary.messages_published:,} 条"),
        (
            "申请 / 已决定",
            f"{summary.applications_published:,} / {summary.applications_decided:,} 件",
        ),
        ("更正 / 内容冲突", f"{summary.corrected:,} / {summary.conflicts:,} 件"),
        ("核准", f"{summary.granted:,} 件  {yuan(summary.granted_fen)} 元"),
        (
            "已到账",
            f"{summary.payments_settled:,} 笔  {yuan(summary.payments_settled_fen)} 元",
        ),
        ("退回 / 停发", f"{summary.payments_returned:,} / {summary.instalments_stopped:,} 笔"),
        ("批次", f"{summary.batches:,} 批"),
        ("坏报文", dead or "0"),
    ):
        table.add_row(label, value)
    return table


def _months(summary: DemoSummary) -> Table:
    table = Table(title=summary.months_title)
    headings = ("月份", "申请", "核准", "核准（元）", "到账", "到账（元）", "退回", "停发")
    for heading in (*headings, "应追回（元）", "追回（元）"):
        table.add_column(heading, justify="left" if heading == "月份" else "right")
    for row in summary.months:
        table.add_row(
            row.title,
            f"{row.applied:,}",
            f"{row.granted:,}",
            _amount(row.granted_fen),
            f"{row.settled:,}",
            _amount(row.settled_fen),
            f"{row.returned:,}",
            f"{row.stopped:,}",
            _amount(row.called_back_fen),
            _amount(row.got_back_fen),
        )
    return table


def _story(summary: DemoSummary, pages: str) -> Table:
    table = Table(title=summary.story_title, show_lines=True)
    for heading in ("日期", "事", "谁", "账上记着", "对", "在哪里看"):
        table.add_column(heading, overflow="fold")
    for scene in summary.story:
        table.add_row(
            scene.when,
            scene.title,
            scene.who,
            "\n".join(one.text for one in scene.seen),
            _yes(scene.holds),
            f"{pages.rstrip('/')}{scene.path}",
        )
    return table


def _trial_balance(summary: DemoSummary) -> Table:
    table = Table(title="试算平衡表（元）", show_footer=True)
    debit = sum(one.debit_fen for one in summary.trial_balance)
    credit = sum(one.credit_fen for one in summary.trial_balance)
    table.add_column("科目", footer="合计")
    table.add_column("借方", justify="right", footer=_amount(debit))
    table.add_column("贷方", justify="right", footer=_amount(credit))
    table.add_column("余额（借 +，贷 −）", justify="right", footer=_amount(debit - credit))
    for one in summary.trial_balance:
        table.add_row(
            f"{one.code} {one.name}",
            _amount(one.debit_fen),
            _amount(one.credit_fen),
            _amount(one.balance_fen),
        )
    return table


def _sheets(summary: DemoSummary, pages: str) -> Table:
    address = f"{pages}reconciliation?as_of={summary.closes_on}"
    table = Table(title="银行存款余额调节表（元）", caption=address)
    for heading in (
        "账户", "账面", "＋银行已收", "−银行已付", "±金额不等", "调节后账面", "银行", "＋账上已收",
        "−账上已付", "调节后银行", "差",
    ):  # fmt: skip
        table.add_column(heading, justify="left" if heading == "账户" else "right")
    for sheet in summary.sheets:
        table.add_row(
            sheet.title,
            *(
                _amount(fen)
                for fen in (
                    sheet.book_fen,
                    sheet.bank_received_fen,
                    sheet.bank_paid_fen,
                    sheet.unequal_fen,
                    sheet.adjusted_book_fen,
                    sheet.bank_fen,
                    sheet.book_received_fen,
                    sheet.book_paid_fen,
                    sheet.adjusted_bank_fen,
                    sheet.difference_fen,
                )
            ),
        )
    return table


def _checks(summary: DemoSummary) -> Table:
    table = Table(title="核对", show_header=False)
    table.add_column()
    table.add_column()
    for one in summary.checks:
        table.add_row(one.text, _yes(one.holds))
    shown = sum(scene.holds for scene in summary.story)
    table.add_row(
        f"{shown} / {len(summary.story)} 件事与所说相符", _yes(shown == len(summary.story))
    )
    return table


def _books(summary: DemoSummary) -> Table:
    found = summary.reconciliation
    table = Table(title="账实相符", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    kinds = "，".join(
        f"{DIFFERENCE_KINDS[kind]} {count}" for kind, count in found.differences_by_kind.items()
    )
    states = (
        f"{found.accounts} 户：相符 {found.agreed}，待查 {found.to_explain}，"
        f"月末尚缺对账单 {found.lacking}"
    )
    for label, value in (
        ("凭证", f"{summary.journal_entries:,} 张，借贷平衡{_yes(summary.journal_balanced)}"),
        ("银行账户", states),
        ("差异", f"{found.differences} 笔（{kinds}）"),
        ("放入的差异各找到一次", _yes(found.injected_found_once)),
        ("没有多报", _yes(found.nothing_else_found)),
        ("调节后余额相等", _yes(found.adjusted_balances_equal)),
        ("账面余额", f"{yuan(found.book_balance_fen)} 元"),
        ("银行余额", f"{yuan(found.bank_balance_fen)} 元"),
        ("用时", f"{summary.seconds:.1f} 秒"),
    ):
        table.add_row(label, value)
    return table


def _yes(holds: bool) -> str:
    return "[green]是[/]" if holds else "[bold red]否[/]"


def _amount(fen: int) -> str:
    return yuan(fen) if fen else "0"
