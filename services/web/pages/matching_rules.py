"""matching rules: by which rules lines and movements are matched, and what other rules would change.

In:   a set of rules as it is tried, an account, a period
Out:  matches that it wins and loses; nothing is changed by looking
Source: docs/adr/0051-a-match-by-hand-is-a-fact-of-two-people.md
"""

from datetime import date
from itertools import zip_longest
from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from projections.matching.rule_set import (
    CURRENT,
    MOST_DAYS,
    RuleSet,
    RuleStep,
    WrongRuleSet,
    checked,
)
from projections.matching.steps import STEPS
from projections.queries import rule_preview
from projections.queries.rule_preview import RulePreview, TriedMatch
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.web.request.accounts_in_scope import aliases
from services.web.request.fields import NotUnderstood, number, one_of
from services.web.request.parameters import Since, Text, Texts, Until
from services.web.request.scope import segment
from services.web.request.visit import Arrived, Visit
from services.wording import matching_words
from services.wording.city_names import account_title
from services.wording.languages import marked as _
from services.wording.languages import translate

router = APIRouter()

MOST_MEMBERS = 60_000
"""Movements and lines of a period that a page tries; beyond, the terminal has the time."""


class StepRow(NamedTuple):
    """One step in the form: its place, whether it counts, its window."""

    step: str
    place: int
    counts: bool
    days: int | None

    @property
    def words(self) -> str:
        """What the step does."""
        return translate(matching_words.STEPS[self.step])


class RuleCount(NamedTuple):
    """How many matches a rule makes, now and as tried."""

    rule: str
    before: int
    after: int


@router.get("/matching-rules")
async def rules(
    visit: Arrived,
    account: Text = "",
    since: Since = None,
    until: Until = None,
    rule: Texts = [],  # noqa: B006 -- FastAPI copies it
    place: Texts = [],  # noqa: B006
    window: Texts = [],  # noqa: B006
    use: Texts = [],  # noqa: B006
    csv: str | None = None,
) -> Response:
    """Show the rules; with an account and other rules, what these would win and lose."""
    own = aliases(visit.scope, visit.cities)
    accounts = sorted(own if own is not None else visit.cities.accounts)
    tried = _tried(rule, place, window, use) if rule else CURRENT
    first = since or visit.scope.as_of.replace(day=1)
    last = until or visit.scope.as_of
    found, too_many = None, 0
    if account and rule:
        one_of("account", account, accounts)
        members = await rule_preview.size(visit.db, account, first, last)
        too_many = members if members > MOST_MEMBERS else 0
        if not too_many:
            found = await rule_preview.preview(visit.db, tried, account, first, last)
    changed = [] if found is None else changes(found)
    table = changes_table(visit, account, changed)
    if csv and found:
        return visit.csv(table)
    return visit.page(
        "matching_rules.html",
        translate("勾对规则 第 {n} 版", n=CURRENT.version),
        version=CURRENT.version,
        rows=_rows(tried),
        accounts=[(alias, account_title(alias)) for alias in accounts],
        account=account,
        first=first,
        last=last,
        found=found,
        same=tried.steps == CURRENT.steps,
        too_many=too_many,
        most_days=MOST_DAYS,
        counts=counts_table(found) if found else None,
        table=table,
    )


def _rows(tried: RuleSet) -> list[StepRow]:
    """Every step: those that count in their order, then those that are left out."""
    present = {one.step: one for one in CURRENT.steps}
    left_out = [step for step in STEPS if not tried.has(step)]
    rows = [
        StepRow(one.step, no, counts=True, days=one.days)
        for no, one in enumerate(tried.steps, start=1)
    ]
    for no, step in enumerate(left_out, start=len(rows) + 1):
        known = present.get(step)
        days = (known.days if known else 0) if STEPS[step].has_window else None
        rows.append(StepRow(step, no, counts=False, days=days))
    return rows


def _tried(steps: list[str], places: list[str], windows: list[str], on: list[str]) -> RuleSet:
    """Read the rules of the form.

    Raises: NotUnderstood
    """
    asked: list[tuple[int, int, RuleStep]] = []
    for no, (step, place, days) in enumerate(zip_longest(steps, places, windows, fillvalue="")):
        one_of("rule", step, STEPS)
        if not step or step not in on:
            continue
        has_window = STEPS[step].has_window
        window = number("window", days, range(MOST_DAYS + 1)) if has_window else None
        at = number("place", place, range(1000)) if place else no
        asked.append((at, no, RuleStep(step, window)))
    try:
        return checked(0, [rule for _at, _no, rule in sorted(asked)])
    except WrongRuleSet as error:
        needs = translate("手工勾对须在最先，退票须在最后，每步至多一次")
        raise NotUnderstood("rule", needs) from error


class RuleChange(NamedTuple):
    """One match that is won or lost."""

    won: bool
    match: TriedMatch


def changes(found: RulePreview) -> list[RuleChange]:
    """What is lost, then what is won."""
    return [
        *(RuleChange(won=False, match=one) for one in found.lost),
        *(RuleChange(won=True, match=one) for one in found.won),
    ]


def changes_table(visit: Visit, account: str, rows: list[RuleChange]) -> PageTable[RuleChange]:
    """Every match that only one of both sets makes; its days lead to the bank's lines."""

    def lines(row: RuleChange) -> str:
        days: dict[str, date] = {"from": row.match.first_on, "to": row.match.last_on}
        return visit.link("/statements", account=account, **days)

    def choose(row: RuleChange) -> str:
        return visit.link(f"/matches/{segment(account)}", member=list(row.match.members))

    columns: list[PageColumn[RuleChange]] = [
        PageColumn(_("变化"), lambda r: translate("赢得") if r.won else translate("失去")),
        PageColumn(_("规则"), lambda r: translate(matching_words.RULES[r.match.rule])),
        PageColumn(_("首日"), lambda r: r.match.first_on, ColumnKind.DAY, lines),
        PageColumn(_("末日"), lambda r: r.match.last_on, ColumnKind.DAY, lines),
        PageColumn(_("账面（笔）"), lambda r: r.match.movements, ColumnKind.COUNT, choose),
        PageColumn(_("流水（笔）"), lambda r: r.match.lines, ColumnKind.COUNT, choose),
        PageColumn(_("金额（元）"), lambda r: r.match.amount_fen, ColumnKind.AMOUNT, choose),
        PageColumn(_("各笔"), lambda r: "、".join(r.match.members), ColumnKind.ID, wide_only=True),
    ]
    empty = _("没有一笔不同。")
    return PageTable("rule-changes", _("赢得和失去的勾对"), columns, rows, {}, empty)


def counts_table(found: RulePreview) -> PageTable[RuleCount]:
    """How many matches each rule makes, now and as tried."""
    names = [
        rule for rule in matching_words.RULES if found.before.get(rule) or found.after.get(rule)
    ]
    rows = [RuleCount(rule, found.before.get(rule, 0), found.after.get(rule, 0)) for rule in names]
    columns: list[PageColumn[RuleCount]] = [
        PageColumn(_("规则"), lambda r: translate(matching_words.RULES[r.rule])),
        PageColumn(_("现行（笔）"), lambda r: r.before, ColumnKind.COUNT),
        PageColumn(_("试用（笔）"), lambda r: r.after, ColumnKind.COUNT),
        PageColumn(
            _("增减（笔）"), lambda r: f"{r.after - r.before:+d}" if r.after != r.before else "0"
        ),
    ]
    totals: dict[str, object] = {
        _("现行（笔）"): sum(r.before for r in rows),
        _("试用（笔）"): sum(r.after for r in rows),
    }
    return PageTable("rule-counts", _("各规则勾对的笔数"), columns, rows, totals if rows else {})
