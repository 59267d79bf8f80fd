"""Months: whatever is told in whatever order, what was paid in all is what a plain calendar says.

Net means: ordered and not cancelled, less what was proposed to be taken back; and no month is paid
before it is over, nor before its year has a budget.
"""

from collections import Counter
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from events.applications import DecideApplication
from events.approvals import ApprovalGranted
from events.clawbacks import ClawbackProposed
from events.control import CommandSetAside
from events.disbursements import DisbursementCancelled, DisbursementOrdered
from events.envelope import Recorded
from events.households import LoseCategory
from events.instalments import InstalmentDue, JudgeResumption, PlanResumed
from events.values import Command
from services.deciders.beneficiary.instalments.calendar import (
    ALL_OF_IT,
    DaysLeft,
    StopSpan,
    days_left_of,
)
from tests.given_when_then import ZHANG
from tests.monthly_claims import MonthlyScene, contributed, flexible, hired, jobless, told, trained
from tests.properties.months_plain import Due

FIRST = date(2021, 7, 22)
A_MONTH = {"flexible": 600_00, "hired": 600_00, "trained": 1480_00, "jobless": 800_00}
STATED = {"flexible": 900_00, "hired": 600_00}
CLAIMS = {"flexible": flexible, "hired": hired, "trained": trained}
BENEFIT = "unemployment-benefit"
STATUSES = (
    "employed",
    "unemployed",
    "deceased",
    "retired",
    "left",
    "back",
    "receiving",
    "not_receiving",
)


class Told(NamedTuple):
    """One word, and the day on which it is told."""

    on: date
    command: Command


class History(NamedTuple):
    """One claim, what is told of its person, and on which days the budgets of later years are stated."""

    claim: DecideApplication
    due: Due
    words: tuple[Told, ...]
    budgets: dict[int, date]


def _month_after(day: date, months: int) -> str:
    number = day.year * 12 + day.month - 1 + months
    return f"{number // 12:04}-{number % 12 + 1:02}"


def _over(month: str) -> date:
    year, number = map(int, month.split("-"))
    return date(year + number // 12, number % 12 + 1, 1)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Draw a claim, statuses, evidence and a household's change, each told on some day."""
    kind = draw(st.sampled_from(sorted(A_MONTH)))
    applied = FIRST + timedelta(days=draw(st.integers(0, 110)))
    if kind == "jobless":
        claim = jobless("a", applied.isoformat())
        months = [_month_after(applied, n) for n in range(1, 13)]
        months = [month for month in months if month <= "2022-06"]
    else:
        count = draw(st.integers(1, 5))
        first = _month_after(applied, draw(st.integers(-3, 1)))
        if kind == "trained":
            first = min(first, "2021-12")
            count = min(count, 12 - int(first[-2:]) + 1) if first[:4] == "2021" else count
        claim = CLAIMS[kind]("a", applied.isoformat(), first, count)
        year, number = map(int, first.split("-"))
        months = [_month_after(date(year, number, 1), n) for n in range(count)]
    due = Due(kind, applied, months, A_MONTH[kind])
    words: list[Told] = []
    late = st.integers(0, 250).map(lambda days: timedelta(days=days))
    for name, since in draw(_lives(kind)):
        due.statuses.append((name, since))
        benefit = BENEFIT if name.endswith("receiving") else ""
        on = max(since, applied) + draw(late)
        words.append(Told(on, told(name, since, benefit)))  # type: ignore[arg-type]  # drawn of them
        words += [
            Told(on + timedelta(days=draw(st.integers(0, 40))), _resumes(since))
            for _ in range(draw(st.integers(0, 1)))
        ]
    if kind in STATED:
        for month in months:
            ahead = _over(month) > applied
            high = STATED[kind] - draw(st.integers(0, 200_00)) * draw(st.booleans())
            on = max(_over(month), applied) + draw(late)
            if ahead or draw(st.booleans()):
                words.append(Told(on, contributed("a", month, high)))
                due.contributed[month] = high
            if draw(st.booleans()) and month in due.contributed:
                low = draw(st.integers(0, high))
                words.append(
                    Told(on + timedelta(days=1) + draw(late), contributed("a", month, low))
                )
                due.contributed[month] = low
    if kind == "hired" and draw(st.booleans()):
        due.household_lost = date(2021, 8, 1) + timedelta(days=draw(st.integers(0, 200)))
        on = max(due.household_lost, applied) + draw(late)
        words.append(Told(on, LoseCategory(household="household/h-1", since=due.household_lost)))
    first_year = max(applied, min(map(_over, months))).year
    budgets = {
        year: applied + timedelta(days=draw(st.integers(0, 700)))
        for year in (2022, 2023)
        if year > first_year and draw(st.booleans())
    }
    return History(claim, due, tuple(words), budgets)


@st.composite
def _lives(draw: st.DrawFn, kind: str) -> list[tuple[str, date]]:
    """Draw what becomes of somebody: most of all what stops this benefit, and its end."""
    begin = date(2021, 7, 1) + timedelta(days=draw(st.integers(0, 250)))
    pair = ("employed", "unemployed")
    if kind in ("hired", "trained"):
        pair = ("unemployed", "employed")
    found: list[tuple[str, date]] = []
    match draw(
        st.sampled_from(
            ["nothing", "a job", "a job and its end", "a move and back", "a benefit", "anything"]
        )
    ):
        case "a job":
            found = [(pair[0], begin)]
        case "a job and its end":
            end = begin + timedelta(days=draw(st.integers(0, 90)))
            found = [(pair[0], begin), (pair[1], end)]
        case "a move and back":
            end = begin + timedelta(days=draw(st.integers(0, 90)))
            found = [("left", begin), ("back", end)]
        case "a benefit":
            end = begin + timedelta(days=draw(st.integers(0, 90)))
            found = [("receiving", begin), ("not_receiving", end)]
        case "anything":
            for name in draw(st.lists(st.sampled_from(STATUSES), max_size=4)):
                found.append((name, date(2021, 6, 1) + timedelta(days=draw(st.integers(0, 400)))))
        case _:
            pass
    if draw(st.integers(0, 4)) == 0:
        found.append(("deceased", begin + timedelta(days=draw(st.integers(0, 200)))))
    return found


def _resumes(since: date, document: str = "") -> JudgeResumption:
    return JudgeResumption(
        application="district:a",
        verdict="resume",
        since=since,
        by="li",
        document=document or f"续 {since}",
        reason="停发事由已消失",
    )


def played(history: History) -> tuple[bool, list[Recorded], list[date]]:
    """Play a history to its end; whether it was granted, its facts, and the days of resumptions."""
    scene = MonthlyScene(history.due.applied_on.isoformat(), stated=history.budgets)
    facts = scene.when(ZHANG, history.claim)
    granted = any(isinstance(fact.body, ApprovalGranted) for fact in facts)
    for word in sorted(history.words, key=lambda word: word.on):
        facts += scene.until(word.on)
        facts += scene.when(ZHANG, word.command)
    facts += scene.until("2024-01-01")
    # what was held back and is due as things are known in the end is let go by a person
    first = date.fromisoformat(f"{min(history.due.months)}-01")
    facts += scene.when(ZHANG, _resumes(first, "清理"))
    facts += scene.until("2025-01-01")
    resumed = [fact.body.since for fact in facts if isinstance(fact.body, PlanResumed)]
    return granted, facts, resumed


def net(facts: list[Recorded]) -> int:
    """Sum what was ordered and not cancelled, less what was proposed to be taken back of it."""
    ordered: Counter[str] = Counter()
    cancelled: set[str] = set()
    for fact in facts:
        match fact.body:
            case DisbursementOrdered() as body:
                ordered[body.disbursement] += body.money.amount
            case DisbursementCancelled() as body:
                cancelled.add(body.disbursement)
            case ClawbackProposed() as body:
                name = next(one for one in ordered if body.clawback.startswith(f"{one}-"))
                ordered[name] -= body.amount
            case _:
                pass
    return sum(fen for name, fen in ordered.items() if name not in cancelled)


def problem(history: History) -> str:
    """Tell what is not as a plain calendar has it: the sum, or the day on which a month was paid."""
    granted, facts, resumed = played(history)
    for fact in facts:
        if isinstance(fact.body, InstalmentDue):
            for month in fact.body.months:
                if fact.effective_on < _over(month.month):
                    return f"{month.month} is paid on {fact.effective_on}"
            year = int(fact.body.line.rpartition("/")[2])
            if fact.effective_on < history.budgets.get(year, date.min):
                return f"{fact.body.no} is paid before {year} has a budget"
    if any(isinstance(fact.body, CommandSetAside) for fact in facts):
        return "a command was set aside"
    if not granted:
        return "a claim that holds is not granted"
    history.due.resumed.extend(resumed)
    wanted = history.due.of_all()
    return "" if net(facts) == sum(wanted.values()) else f"{net(facts)} paid, due {wanted}"


@settings(max_examples=150, deadline=None)
@given(history=histories())
def test_what_was_paid_in_all_is_what_a_plain_calendar_says(history: History) -> None:
    assert problem(history) == ""


def _by_the_day_of_payment(month: str, found: list[StopSpan]) -> DaysLeft:
    """Test the day on which a month falls due, as if that were what is paid for."""
    stop = next((span for span in found if span.covers(_over(month))), None)
    return DaysLeft(0, stop) if stop else ALL_OF_IT


def _without_the_month_of_change(month: str, found: list[StopSpan]) -> DaysLeft:
    """Pay the month of a change whole."""
    left = days_left_of(month, found)
    return left if left.days == 0 else ALL_OF_IT


@pytest.mark.parametrize(
    ("target", "planted"),
    [
        (
            "services.deciders.beneficiary.instalments.month_values.days_left_of",
            _by_the_day_of_payment,
        ),
        (
            "services.deciders.beneficiary.instalments.month_values.days_left_of",
            _without_the_month_of_change,
        ),
        ("policies.duties.months.day_after", lambda month: date.fromisoformat(f"{month}-01")),
    ],
    ids=["by the day of payment", "without the month of change", "a month ahead"],
)
def test_the_calendar_finds_a_planted_fault(
    target: str, planted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target, planted)
    quick = settings(max_examples=250, deadline=None, database=None, phases=[Phase.generate])
    assert problem(find(histories(), lambda history: problem(history) != "", settings=quick))
