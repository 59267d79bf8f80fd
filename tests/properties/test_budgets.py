"""Budgets under any order, repeat and crossing: never overdrawn, nothing lost, nobody overtaken."""

from datetime import date
from random import Random
from typing import Literal, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from events import streams
from events.applications import WithdrawApplication
from events.approvals import RevokeApproval
from events.budgets import AdjustBudget, AllocateBudget, CloseLine, WakeLine
from events.instalments import EndPlan
from events.values import BudgetClaim
from tests.delaying_network import Network
from tests.given_when_then import policies

LINES = (
    streams.ceiling_line("agency-1", "211202", 2022),
    streams.fund_line("employment_subsidy", "211202", 2022),
    streams.fund_line("skills_special_account", "211202", 2022),
    streams.fund_line("employment_subsidy", "211202", 2023),
    streams.fund_line("employment_subsidy", "211202", 2024),
    streams.ceiling_line("agency-2", "211202", 2022),
)


class Proposes(NamedTuple):
    """Somebody's approval claims this money: (fen, lines by number) each."""

    claims: tuple[tuple[int, tuple[int, ...]], ...]


class Withdraws(NamedTuple):
    """The n-th application is taken back."""

    nth: int


class Revokes(NamedTuple):
    """The grant of the n-th application is taken back."""

    nth: int
    cause: Literal["administrative_error", "not_entitled"]


class Ends(NamedTuple):
    """The plan of the n-th application ends on a day."""

    nth: int
    day: date


class Allocates(NamedTuple):
    """A line gets money."""

    line: int
    amount: int


class Adjusts(NamedTuple):
    """A line is raised or lowered."""

    line: int
    by: int


class Closes(NamedTuple):
    """A line's year is over."""

    line: int
    queue: Literal["lapse", "carry"]


class Wakes(NamedTuple):
    """Somebody wakes a line without a reason."""

    line: int


class Delivers(NamedTuple):
    """Some commands arrive."""

    commands: int


class Crashes(NamedTuple):
    """A sender begins again."""


Step = (
    Proposes
    | Withdraws
    | Revokes
    | Ends
    | Allocates
    | Adjusts
    | Closes
    | Wakes
    | Delivers
    | Crashes
)

_line = st.integers(0, len(LINES) - 1)
_amount = st.integers(1, 6)
_CEILING, _FUND, _OTHER_FUND, _NEXT_YEAR, _YEAR_AFTER, _SHARED = range(len(LINES))
_proposes = st.builds(  # ceilings first, then year by year, funds in the policy's order
    lambda ceiling, amount, funds, again, later, after: Proposes(
        tuple(
            claim
            for claim in (
                ceiling == "no" and (amount, (_CEILING,)),
                ceiling == "part" and (amount + again + later + after, (_SHARED,)),
                (amount, funds),
                again and (again, funds[:1]),
                later and (later, (_NEXT_YEAR,)),
                after and (after, (_YEAR_AFTER,)),
            )
            if claim
        ),
    ),
    st.sampled_from(["", "no", "part"]),
    _amount,
    st.sampled_from([(_FUND,), (_OTHER_FUND,), (_FUND, _OTHER_FUND), (_OTHER_FUND, _FUND)]),
    st.one_of(st.just(0), st.just(0), _amount),
    st.one_of(st.just(0), _amount),
    st.one_of(st.just(0), _amount),
)
_allocates = st.builds(Allocates, _line, st.integers(1, 9))
_closes = st.builds(Closes, _line, st.sampled_from(["lapse", "carry"]))
_delivers = st.builds(Delivers, st.integers(1, 8))
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.one_of(
        _proposes,
        _proposes,
        _allocates,
        _allocates,
        _delivers,
        _delivers,
        st.builds(Withdraws, st.integers(0, 9)),
        st.builds(
            Revokes, st.integers(0, 9), st.sampled_from(["administrative_error", "not_entitled"])
        ),
        st.builds(
            Ends,
            st.integers(0, 9),
            st.sampled_from([date(2022, 11, 9), date(2022, 12, 9), date(2023, 12, 9)]),
        ),
        st.builds(Adjusts, _line, st.integers(-6, 6)),
        st.builds(Wakes, _line),
        st.just(Crashes()),
    ),
    min_size=4,
    max_size=40,
)


def play(steps: list[Step], seed: int, crashes: int) -> Network:
    """Run the steps, then deliver until all is quiet."""
    network, chance = Network(policies()), Random(seed)
    people: list[tuple[str, str]] = []
    for number, step in enumerate(steps):
        match step:
            case Proposes(claims):
                asked = tuple(
                    BudgetClaim(
                        amount=amount,
                        lines=tuple(LINES[line] for line in lines),
                        shared="part" if lines == (_SHARED,) else "no",
                    )
                    for amount, lines in claims
                )
                people.append((f"district:{number}", network.propose(str(number), asked)))
            case Withdraws(nth) if nth < len(people):
                application, stream = people[nth]
                network.ask(stream, WithdrawApplication(application=application, reason="本人撤回"))
            case Revokes(nth, cause) if nth < len(people):
                application, stream = people[nth]
                revoke = RevokeApproval(
                    application=application,
                    cause=cause,
                    document="撤〔2022〕1号",
                    reason="核查",
                    by="staff:li",
                )
                network.ask(stream, revoke)
            case Ends(nth, day) if nth < len(people):
                application, stream = people[nth]
                end = EndPlan(
                    application=application,
                    ended_on=day,
                    because="stable_job",
                    document=f"终-{number}",
                    source="district",
                )
                network.ask(stream, end)
            case Allocates(line, amount):
                network.ask(
                    LINES[line], AllocateBudget(document=f"拨款-{number}", amount=amount), "city"
                )
            case Adjusts(line, by):
                adjustment = AdjustBudget(document=f"调整-{number}", by=by, reason="年中调整")
                network.ask(LINES[line], adjustment, "city")
            case Closes(line, rule):
                close = CloseLine(document=f"年终-{number}", queue=rule)
                network.ask(LINES[line], close, "clerk")
            case Wakes(line):
                network.ask(LINES[line], WakeLine(), "clerk")
            case Delivers(count):
                for _ in range(count):
                    network.step(chance)
            case Crashes():
                network.crash(chance)
            case _:
                pass
    network.until_quiet(chance, crashes)
    return network


@settings(max_examples=250, deadline=None)
@given(STEPS, st.integers(0, 2**16), st.integers(0, 20))
def test_no_line_is_overdrawn_and_no_money_is_lost(
    steps: list[Step], seed: int, crashes: int
) -> None:
    play(steps, seed, crashes).money.settle()


@settings(max_examples=100, deadline=None)
@given(STEPS, st.lists(_closes, min_size=1, max_size=4), st.integers(0, 2**16))
def test_at_the_end_of_the_year_everybody_is_answered_and_nothing_stays_behind(
    steps: list[Step], closes: list[Step], seed: int
) -> None:
    play([*steps, *closes], seed, 5).money.settle()


def _two_years(chance: Random) -> list[Step]:
    """A year whose line has money while the next two have none, and what then becomes of them."""
    steps: list[Step] = [Allocates(line, 60) for line in (_CEILING, _FUND, _SHARED)]
    for _ in range(chance.randint(2, 9)):
        amount, later, after = (chance.randint(1, 6) for _ in range(3))
        after *= chance.random() < 0.4
        claims = [(amount, (_FUND,)), (later, (_NEXT_YEAR,)), (after, (_YEAR_AFTER,))]
        if chance.random() < 0.4:
            claims.insert(0, (amount + later + after, (_SHARED,)))
        steps += [Proposes(tuple(claim for claim in claims if claim[0])), Delivers(5)]
    acts: list[Step] = []
    for nth in range(10):
        acts += chance.choices(
            [
                Withdraws(nth),
                Revokes(nth, "not_entitled"),
                Revokes(nth, "administrative_error"),
                Ends(nth, date(2022, 12, 9)),
                Ends(nth, date(2022, 11, 9)),
                Ends(nth, date(2023, 12, 9)),
                Allocates(_NEXT_YEAR, chance.randint(1, 9)),
                Allocates(_YEAR_AFTER, chance.randint(1, 9)),
                Delivers(chance.randint(1, 9)),
                Crashes(),
            ],
            k=chance.randint(0, 2),
        )
    chance.shuffle(acts)
    ends: list[Step] = [
        Closes(line, chance.choice(["lapse", "carry"]))
        for line in (_FUND, _NEXT_YEAR, _YEAR_AFTER)
        if chance.random() < 0.5
    ]
    return [*steps, *acts, *ends, *chance.sample(acts, len(acts) // 2)]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 20))
def test_each_year_holds_just_what_can_still_be_paid_from_it(seed: int, crashes: int) -> None:
    play(_two_years(Random(seed)), seed, crashes).money.settle()
