"""alarms: what must not wait for somebody to look: shares of budgets, days, silence.

In:   the books as of a visit's scope, the shares and days that notices and duties name
Out:  alarms, the worst first; each leads to the records that it counts
Holds: red is over its day or its money, amber is near; nothing is listed twice
"""

from datetime import date
from typing import NamedTuple

from events.days import legal_day
from policies.duties import shipped
from projections.queries import alarms, budgets, later_years
from projections.queries.waiting_total import WaitingTotal
from services.runtime.configuration import (
    PartitionConfiguration,
    configuration_of,
    differing,
    in_words,
)
from services.runtime.postgres import desk_configurations
from services.web.request.accounts_in_scope import aliases
from services.web.request.actors import name_of
from services.web.request.visit import Visit
from services.wording import figures, programmes
from services.wording.budget_line_names import line_name
from services.wording.languages import marked as _
from services.wording.languages import translate
from services.wording.states import State

USUAL_LOOKS = 20
"""Looks at people within an hour; more is told to the auditor."""

SILENT_DAYS = 5
"""Days after which a payment without an answer of the bank is an alarm."""

KINDS: dict[str, str] = {
    "match": _("免申即享拨付期限"),
    "budget": _("预算占用"),
    "advance": _("预拨逾期未结算"),
    "instalment": _("到期未办"),
    "year": _("以后年度待预算"),
    "bank": _("银行未回盘"),
    "lapsed": _("以后年度部分失效"),
    "unanswered": _("提请未答复"),
    "unpublished": _("放行后没有报送"),
    "unrecorded": _("流水文件没有入账"),
    "violation": _("异常记录"),
    "configuration": _("配置不一致"),
    "looks": _("频繁查看个人信息"),
}


class Alarm(NamedTuple):
    """One alarm: what it is about, how much, since when, and what it rests on."""

    kind: str
    state: State
    about: str
    number: int | None
    amount_fen: int | None
    since: date | None
    cite: str
    href: str


OVER = State(_("逾期"), "red")
NEAR = State(_("将到期"), "amber")
FULL = State(_("已用完"), "red")
HIGH = State(_("将用完"), "amber")
FOREIGN = State(_("异常"), "red")
OFTEN = State(_("待核查"), "amber")
SILENT = State(_("未答复"), "red")


async def found(visit: Visit) -> list[Alarm]:
    """Collect every alarm of the scope."""
    db, scope = visit.db, visit.scope
    policies = visit.sources.policies
    table, regions = policies.duties.matches, policies.cities.regions
    listed = [*_matches(visit, await alarms.unpaid_matches(db, scope, table, regions))]
    listed += _budgets(visit, await budgets.open_lines(db, scope))
    listed += _configurations(visit, await desk_configurations.seen(db))
    listed += await _looks(visit)
    waiting: tuple[tuple[str, State, WaitingTotal, str, dict[str, str]], ...] = (
        ("advance", OVER, await alarms.overdue_advances(db, scope), "/advances", {}),
        (
            "instalment",
            OVER,
            await alarms.overdue_instalments(db, scope),
            "/applications",
            {"state": "granted"},
        ),
        ("year", OVER, await later_years.overdue(db, scope), "/tasks/years", {}),
        ("lapsed", FULL, await later_years.lapsed(db, scope), "/tasks/years", {}),
        (
            "bank",
            SILENT,
            await alarms.unsettled_payments(db, scope, SILENT_DAYS),
            "/tasks/unknown",
            {},
        ),
        (
            "unpublished",
            SILENT,
            await alarms.unpublished_files(db, scope),
            "/applications/import",
            {},
        ),
        (
            "unrecorded",
            SILENT,
            await alarms.unrecorded_statements(db, scope, aliases(scope, visit.cities)),
            "/statements/import",
            {},
        ),
        ("violation", FOREIGN, await alarms.violations(db), "/operations", {}),
        (
            "unanswered",
            SILENT,
            await alarms.unanswered(db, scope),
            "/applications",
            {"state": "proposed"},
        ),
    )
    for kind, state, one, path, query in waiting:
        if one.number:
            href = visit.link(path, **query)
            about = translate(_ABOUT[kind])
            listed.append(
                Alarm(kind, state, about, one.number, one.amount_fen, one.oldest_on, "", href)
            )
    return sorted(listed, key=lambda alarm: alarm.state.tone != "red")


_ABOUT = {
    "advance": _("应结算日已过，仍未抵减或追回"),
    "instalment": _("到期日已过，尚未比对，请看运行页"),
    "year": _("首期应付日已过，所属年度的额度尚未下达或轮到"),
    "lapsed": _("所属年度终了没有轮到，已停发，待决定是否补发"),
    "bank": _("发送五日后银行仍无结果"),
    "unpublished": _("申请文件放行后到次日仍没有报送：文件不在，或读出的已不同，请重新提交"),
    "unrecorded": _("流水文件收下后没有入账：与已登记的不符，或文件读出的已不同，请退回或撤销其一"),
    "violation": _("有外来记录、冒名命令或丢失的报文，账未受影响，请看运行页"),
    "unanswered": _("提请五分钟后仍无答复，系统正在重问"),
}


def _configurations(visit: Visit, seen: list[PartitionConfiguration]) -> list[Alarm]:
    """One alarm where desks, or these pages and a desk, go by different rules or software."""
    own = configuration_of(visit.sources.policies)
    found = differing(seen, own)
    if not found:
        return []
    about = translate(
        "各柜台与本页面的规则或版本不一致：{desks}；本页面按 {own}。请用同一目录、同一版本重启",
        desks=in_words(found),
        own=own,
    )
    number = len({own, *(one.configuration for one in found)})
    return [
        Alarm("configuration", FOREIGN, about, number, None, None, "", visit.link("/operations"))
    ]


async def _looks(visit: Visit) -> list[Alarm]:
    """One alarm for each member of the staff who looks at people more often than usual."""
    vault = visit.sources.vault
    return [
        Alarm(
            "looks",
            OFTEN,
            translate("{who} 一小时内查看 {n} 次", who=name_of(one.who), n=one.number),
            one.number,
            None,
            legal_day(one.last),
            "",
            visit.link("/audit/looks", who=one.who),
        )
        for one in (await vault.many_looks(USUAL_LOOKS) if vault else ())
    ]


def _matches(visit: Visit, rows: list[alarms.UnpaidMatch]) -> list[Alarm]:
    """One alarm for each programme, day and clause; its claims are listed below it."""
    grouped: dict[tuple[date, str, str], list[alarms.UnpaidMatch]] = {}
    for row in rows:
        grouped.setdefault((row.pay_by, row.programme, row.cite), []).append(row)
    return [
        Alarm(
            "match",
            OVER if pay_by < visit.scope.as_of else NEAR,
            translate(
                "{title}：应于 {day} 前拨付到位",
                title=programmes.short(visit.sources.policies, programme),
                day=figures.day(pay_by),
            ),
            len(claims),
            sum(claim.amount_fen or 0 for claim in claims),
            pay_by,
            cite.replace("#", " "),
            visit.link("/alarms", kind="match") + "#matches",
        )
        for (pay_by, programme, cite), claims in grouped.items()
    ]


def _budgets(visit: Visit, lines: list[budgets.BudgetLineRow]) -> list[Alarm]:
    rules = shipped().budgets
    listed = []
    for line in lines:
        reached = reached_share(line)
        if reached is None:
            continue
        share = figures.share(line.committed_fen, line.allocated_fen)
        listed.append(
            Alarm(
                "budget",
                FULL if reached >= 100 else HIGH,
                translate(
                    "{line}：占用 {share}，达到 {reached}%",
                    line=line_name(line.line),
                    share=share,
                    reached=reached,
                ),
                line.queued or None,
                line.available_fen,
                None,
                rules.cite.replace("#", " "),
                visit.link("/budgets", year=line.year),
            )
        )
    return listed


def reached_share(line: budgets.BudgetLineRow) -> int | None:
    """The highest share that raises an alarm and that a line has reached."""
    reached = [
        share
        for share in shipped().budgets.alarms
        if line.allocated_fen and line.committed_fen * 100 >= share * line.allocated_fen
    ]
    return max(reached, default=None)
