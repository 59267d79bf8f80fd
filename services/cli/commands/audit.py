"""`benefit-ledger audit`: search, sample, conclude, and take a case home that checks itself."""

import asyncio
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Table

from events.samples import Conclusion, SampleRule
from services.cli.arguments import ME, read_settings
from services.cli.screen import console

app = typer.Typer(
    help="审计：按人、单位、条款、经办人检索，抽查，调取案卷并核对。\n\n"
    "例：benefit-ledger audit draw random --size 20 --from 2022-01-01 --to 2022-08-31 --record；"
    "benefit-ledger audit case 来源:申请号 --purpose 审计抽查；benefit-ledger audit check 案卷.zip。",
    no_args_is_help=True,
)

By = Annotated[str, typer.Option(help="办理人")]
Purpose = Annotated[str, typer.Option(help="为什么查；记入身份库的查看记录")]
Number = Annotated[str, typer.Argument(help="抽查编号，见 samples")]
Application = Annotated[str, typer.Argument(help="来源:申请号[:行号]")]
Most = Annotated[int, typer.Option(min=1, max=5000, help="至多列出几条")]

RULES: dict[SampleRule, str] = {
    "random": "随机",
    "shared_account": "一个账户收多人的款",
    "minutes_apart": "几分钟内接连申请",
    "above_peers": "单位远高于同类",
    "same_certificate": "同一证书申报多次",
    "shared_phone": "一个电话为多人申请",
}
CONCLUSIONS: dict[Conclusion, str] = {"sound": "未见问题", "doubtful": "存疑", "wrong": "查实有误"}


@app.command()
def person(
    purpose: Purpose,
    document: Annotated[
        Literal[
            "resident_id",
            "residence_permit",
            "permanent_residence",
            "hk_macao_permit",
            "taiwan_permit",
            "passport",
        ],
        typer.Option(help="证件种类"),
    ] = "resident_id",
    country: Annotated[str, typer.Option(help="护照的国家代码，三个字母")] = "",
    by: By = ME,
) -> None:
    """按证件号码查一个人的全部决定；号码从键盘或标准输入读，不进命令行记录。

    例：benefit-ledger audit person --purpose 信访答复
    """
    from services.tools.audit.searching import party

    number = _typed("证件号码")
    found = asyncio.run(party(read_settings(), document, number, country, purpose, by))
    _decisions([] if found is None else found.decisions, found and found.token)


@app.command()
def unit(purpose: Purpose, by: By = ME) -> None:
    """按统一社会信用代码查一个单位的全部决定；代码从键盘或标准输入读。"""
    from services.tools.audit.searching import party

    code = _typed("统一社会信用代码")
    found = asyncio.run(party(read_settings(), None, code, "", purpose, by))
    _decisions([] if found is None else found.decisions, found and found.token)


@app.command()
def clauses(text: Annotated[str, typer.Argument(help="文号、条款号或原文中的字")]) -> None:
    """列出含这些字的条款，和引用它的项目；决定用 decisions --clause 查。

    例：benefit-ledger audit clauses 累计缴费
    """
    from services.runtime.city import policies_of
    from services.tools.audit.searching import clauses as run

    table = Table("条款", "项目", "引用处")
    found = run(policies_of(read_settings()), text)
    for one in found:
        table.add_row(one.key, "、".join(one.programmes), str(len(one.places)))
    console.print(table if found else "没有这样的条款。")


@app.command()
def decisions(
    clause: Annotated[str, typer.Option(help="条款，照 clauses 所列")] = "",
    failed: Annotated[bool, typer.Option(help="只要在这一条上不符合的")] = False,
    programme: Annotated[str, typer.Option(help="补贴项目代码")] = "",
    step: Annotated[
        Literal["", "granted", "denied", "referred", "revoked"], typer.Option(help="决定")
    ] = "",
    since: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"])] = None,
    until: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"])] = None,
    most: Most = 200,
) -> None:
    """按条款、项目、决定和日期列出决定，最近的在前。"""
    from projections.queries.audit_claims import ClaimFilter
    from services.audit.clause_search import places_of
    from services.runtime.city import policies_of
    from services.tools.audit.searching import decisions as run

    settings = read_settings()
    places = places_of(policies_of(settings), clause) if clause else None
    wanted = ClaimFilter(
        (step,) if step else (), programme, places, failed, "", _day(since), _day(until)
    )
    _decisions(asyncio.run(run(settings.postgres_dsn, wanted, most)), None)


@app.command()
def acts(who: Annotated[str, typer.Argument(help="工号")], most: Most = 200) -> None:
    """列出一个人办过的事，最近的在前：制单、复核、审核、运维。"""
    from services.tools.audit.searching import acts as run
    from services.wording.fact_names import FACTS

    found = asyncio.run(run(read_settings().postgres_dsn, who, most))
    table = Table("日期", "事项", "身份", "申请", "记录")
    for one in found:
        act, about = FACTS.get(one.type, one.type), one.application or ""
        table.add_row(str(one.effective_on), act, one.role, about, f"{one.stream} {one.seq}")
    console.print(table if found else "没有记录。")


@app.command()
def looks(who: Annotated[str, typer.Option(help="只看这个人的")] = "", most: Most = 200) -> None:
    """列出谁查看过谁、为什么，最近的在前。"""
    from services.tools.audit.searching import looks as run

    found = asyncio.run(run(read_settings(), who or None, most))
    table = Table("时间", "查看人", "看了什么", "目的", "对象")
    for one in found:
        table.add_row(f"{one.at:%F %T}", one.who, one.field, one.purpose, one.token or "（无此人）")
    console.print(table if found else "没有查看记录。")


@app.command()
def draw(
    rule: Annotated[
        SampleRule, typer.Argument(help="规则：" + "；".join(f"{k} {v}" for k, v in RULES.items()))
    ],
    since: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="核准日起")],
    until: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="核准日止")],
    size: Annotated[int, typer.Option(min=1, max=500, help="至多抽几件")] = 20,
    seed: Annotated[str, typer.Option(help="种子；公开摇号所得的数最好")] = "1",
    programme: Annotated[str, typer.Option(help="补贴项目代码，不填为全部")] = "",
    region: Annotated[str, typer.Option(help="区划代码，不填为全部")] = "",
    threshold: Annotated[int, typer.Option(help="分钟数，或占同类中位数的百分比；0 为通常值")] = 0,
    record: Annotated[bool, typer.Option(help="登记入台账，以便逐件下结论")] = False,
    by: By = ME,
) -> None:
    """抽取一份样本：同一方案在同一位置总抽出同一名单。

    例：benefit-ledger audit draw shared_account --from 2022-01-01 --to 2022-08-31 --record
    """
    from events.samples import SamplePlan
    from services.audit.drawing import RULES_VERSION, THRESHOLDS
    from services.tools.audit import samples

    settings = read_settings()
    plan = SamplePlan(
        rule=rule,
        rules_version=RULES_VERSION,
        seed=seed,
        size=size,
        programme=programme,
        region=region,
        granted_from=since.date(),
        granted_to=until.date(),
        threshold=(threshold or THRESHOLDS[rule]) if rule in THRESHOLDS else 0,
        vector="",
    )
    drawn = asyncio.run(samples.draw(settings, plan))
    console.print(
        f"{RULES[rule]}：总体 {drawn.population:,} 件，规则发现 {drawn.found:,} 件，"
        f"抽取 {len(drawn.items):,} 件，位置 {drawn.plan.vector}"
    )
    for no, item in enumerate(drawn.items, start=1):
        console.print(f"{no}  {item.application}  {item.group}", markup=False)
    if record and drawn.items:
        asyncio.run(samples.record(settings, drawn, by))
        console.print(f"已登记 {drawn.plan.number}。")


@app.command("samples")
def list_samples() -> None:
    """列出全部抽查，最近的在前。"""
    from services.tools.audit.samples import listed

    found = asyncio.run(listed(read_settings().postgres_dsn))
    table = Table("编号", "规则", "抽取日", "总体", "抽取", "待结论", "存疑", "有误", "办结")
    for one in found:
        counts = (one.population, one.drawn, one.open, one.doubtful, one.wrong)
        ended = str(one.closed_on or "")
        row = (one.number, RULES.get(one.rule, one.rule), str(one.drawn_on))  # type: ignore[call-overload]
        table.add_row(*row, *map(str, counts), ended)
    console.print(table if found else "还没有抽查。")


@app.command()
def sample(number: Number) -> None:
    """列出一份抽查的各件和结论。"""
    from services.tools.audit.samples import shown

    row, items = asyncio.run(shown(read_settings().postgres_dsn, number))
    console.print(
        f"{row.number}  种子 {row.seed}  位置 {row.vector}  {row.granted_from}–{row.granted_to}"
    )
    table = Table("序", "申请", "同组", "结论", "说明", "检查人")
    for one in items:
        said = CONCLUSIONS.get(one.conclusion, "") if one.conclusion else ""  # type: ignore[call-overload]
        table.add_row(
            str(one.no), one.application, one.grouping, said, one.finding or "", one.operator or ""
        )
    console.print(table)


@app.command()
def redraw(number: Number) -> None:
    """照登记的方案再抽一次，与登记的名单对照；不同时指出第一处。"""
    from services.tools.audit.samples import drawn_again

    told = asyncio.run(drawn_again(read_settings(), number))
    console.print("\n".join(told) if told else "一致")
    if told:
        raise typer.Exit(1)


@app.command()
def conclude(
    number: Number,
    application: Application,
    conclusion: Annotated[
        Conclusion, typer.Argument(help="结论：sound 未见问题、doubtful 存疑、wrong 查实有误")
    ],
    finding: Annotated[str, typer.Option(help="查到什么；存疑和有误必填，不写姓名号码")] = "",
    by: By = ME,
) -> None:
    """给抽中的一件下结论；以后的结论取代以前的，都留在台账上。"""
    from events.samples import ConcludeItem
    from services.tools.audit import samples

    said = ConcludeItem(
        number=number, application=application, conclusion=conclusion, finding=finding, operator=by
    )
    asyncio.run(samples.conclude(read_settings(), said))
    console.print(f"{application}：{CONCLUSIONS[conclusion]}。")


@app.command()
def close(number: Number, by: By = ME) -> None:
    """办结一份抽查；每一件都要先有结论。"""
    from services.tools.audit import samples

    asyncio.run(samples.close(read_settings(), number, by))
    console.print(f"{number} 已办结。")


@app.command()
def case(
    application: Application,
    purpose: Purpose,
    to: Annotated[
        Path | None, typer.Option(help="写到哪个文件；不填为 当前目录/case-….zip")
    ] = None,
    vector: Annotated[str, typer.Option(help="位置向量；不填为现在，填了可写出从前的同一份")] = "",
    by: By = ME,
) -> None:
    """调取一件申请的案卷：台账原始记录、签名、逐条条款、分录、规则原文和核对程序。

    例：benefit-ledger audit case 来源:申请号 --purpose 审计抽查
    """
    from hashlib import sha256

    from events.position_vector import PositionVector
    from services.runtime.city import policies_of
    from services.tools.audit.cases import take_out

    if not purpose.strip():
        raise typer.BadParameter("请写明目的。")
    try:
        at = PositionVector.parse(vector) if vector else None
    except ValueError as error:
        raise typer.BadParameter("位置向量写作 0:120,1:88。") from error
    settings = read_settings()
    found = asyncio.run(take_out(settings, policies_of(settings), application, at, purpose, by))
    digest = sha256(found.content).hexdigest()
    path = to or Path(f"case-{digest[:12]}.zip")
    path.write_bytes(found.content)
    console.print(f"已写 {path}，位置 {found.vector.text}，SHA-256 {digest}", soft_wrap=True)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="案卷")],
    published: Annotated[str, typer.Option("--key", help="本市公布的公钥名称")] = "",
) -> None:
    """核对一份案卷；与案卷里的 check.py 是同一个程序。一致为 0，不一致为 1，无法证实为 2。"""
    from services.audit import case_check

    more = ["--key", published] if published else []
    sys.exit(case_check.main([str(file), *more]))


@app.command()
def key() -> None:
    """显示验证台账签名的公钥名称；请另行公布，供核对案卷的人使用。"""
    from services.runtime.seals.key_files import ledger_keys

    for name in ledger_keys(read_settings().keys_dir, "operator").names:
        typer.echo(name)


@app.command()
def checker(to: Annotated[Path, typer.Argument(help="写到哪里")] = Path("check.py")) -> None:
    """另取一份核对程序，只需 Python，不需要本台账。"""
    from services.audit.case import CHECK

    to.write_bytes(CHECK)
    console.print(f"已写 {to}。")


def _typed(what: str) -> str:
    """Read a number that must not stay in a shell's history."""
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=True))
    return sys.stdin.readline().strip()


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None


def _decisions(found: list, token: str | None) -> None:  # type: ignore[type-arg]
    words = {"granted": "核准", "denied": "不予核准", "referred": "转人工", "revoked": "撤销核准"}
    if token:
        console.print(f"代号 {token}")
    table = Table("申请", "决定", "日期", "项目", "区划", "金额（分）", "不符合的条款")
    for one in found:
        amount = "" if one.amount_fen is None else str(one.amount_fen)
        row = (one.application, words[one.step], str(one.decided_on), one.programme or "")
        table.add_row(*row, one.region or "", amount, one.failing or "")
    console.print(table if found else "没有这样的决定。")
