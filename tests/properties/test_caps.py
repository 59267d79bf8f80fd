"""Caps under any order, repeat and crossing, against a counter that knows only the conventions.

A use is an approval that is proposed, waits, or is granted, or a use from before this ledger. Its
year is that of the application's date. At most three a year, and never the same occupation and
level twice (铁市就组发〔2022〕1号, 八).
"""

from datetime import date
from random import Random
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from events import streams
from events.applications import (
    ApplicationCorrected,
    ApplicationFiled,
    CorrectApplication,
    DecideApplication,
    Stated,
)
from events.approvals import (
    ApprovalDenied,
    ApprovalLapsed,
    ApprovalProposed,
    ApprovalWithdrawn,
    ReviewApplication,
)
from events.budgets import AllocateBudget, CloseLine
from events.envelope import Recorded
from events.status import PriorUseRecorded, RecordPriorUse
from events.values import CapSlot
from tests.delaying_network import Network
from tests.given_when_then import LINE_2022, applies, certificate, corrects, policies, withdraws

PEOPLE = (streams.beneficiary("zhang-san-token"), streams.beneficiary("li-si-token"))
OCCUPATIONS = ("电工", "钳工", "焊工")
LEVELS = ("五级", "四级", "三级")
DAYS = ("2022-08-12", "2022-12-31", "2023-01-01", "2023-03-01")


class Applies(NamedTuple):
    """Application `nth` states this certificate; a number used twice is a different claim."""

    nth: int
    who: int
    occupation: int
    level: int
    day: int


class Corrects(NamedTuple):
    """Application `nth` is corrected to another certificate."""

    nth: int
    occupation: int
    level: int
    day: int


class Withdraws(NamedTuple):
    """Application `nth` is taken back."""

    nth: int


class Reviews(NamedTuple):
    """Somebody approves application `nth` by hand."""

    nth: int


class PriorUse(NamedTuple):
    """A use from before the ledger."""

    who: int
    occupation: int
    level: int
    year: int


class Allocates(NamedTuple):
    """The line gets this many thousand yuan."""

    thousand: int


class Closes(NamedTuple):
    """The line's year is over."""


class Delivers(NamedTuple):
    """Some commands arrive."""

    commands: int


Step = Applies | Corrects | Withdraws | Reviews | PriorUse | Allocates | Closes | Delivers

_who, _nth = st.integers(0, 1), st.integers(0, 7)
_occupation, _level = st.integers(0, 2), st.integers(0, 2)
_day = st.integers(0, len(DAYS) - 1)
_applies = st.builds(Applies, _nth, st.just(0) | _who, _occupation, _level, _day)
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.one_of(
        _applies,
        _applies,
        _applies,
        st.builds(Corrects, _nth, _occupation, _level, _day),
        st.builds(Withdraws, _nth),
        st.builds(Reviews, _nth),
        st.builds(PriorUse, st.just(0) | _who, _occupation, _level, st.integers(2022, 2023)),
        st.builds(Allocates, st.integers(1, 4)),
        st.builds(Delivers, st.integers(1, 9)),
        st.builds(Closes),
    ),
    min_size=4,
    max_size=40,
)


class Uses:
    """The naive counter: what each person has used, by what the applications said."""

    def __init__(self) -> None:
        self.said: dict[str, Stated] = {}
        self.live: dict[tuple[str, str], tuple[int, tuple[str, ...]]] = {}

    def see(self, recorded: Recorded) -> None:
        """Count one fact; a use too many fails."""
        who = recorded.stream
        match recorded.body:
            case ApplicationFiled() as fact:
                self.said[fact.application] = fact.stated
            case ApplicationCorrected(before_filing=False) as fact:
                self.said[fact.application] = fact.stated
            case ApprovalProposed() as fact:
                year, kind = self._use(fact.application)
                assert self._in_year(who, year) < 3, "a fourth use in a year"
                assert kind not in self._kinds(who), "the same occupation and level twice"
                self.live[who, fact.application] = (year, kind)
            case ApprovalDenied(code="CAP_REACHED") as fact:
                year, kind = self._use(fact.application)
                assert ("per_year" in fact.failing) == (self._in_year(who, year) >= 3)
                assert ("no_repeat" in fact.failing) == (kind in self._kinds(who))
            case ApprovalWithdrawn() | ApprovalLapsed() as fact:
                del self.live[who, fact.application]
            case PriorUseRecorded() as fact:
                year = next(int(slot.period) for slot in fact.slots if slot.cap == "per_year")
                key = next(slot.key for slot in fact.slots if slot.cap == "no_repeat")
                self.live[who, f"prior {fact.document}"] = (year, tuple(key.split("|")))
            case _:
                pass

    def _use(self, application: str) -> tuple[int, tuple[str, ...]]:
        said = self.said[application]
        facts = said.facts
        kind = (str(facts["certificate.occupation"]), str(facts["certificate.level"]))
        return said.applied_on.year, kind

    def _in_year(self, who: str, year: int) -> int:
        return sum(1 for (other, _), use in self.live.items() if other == who and use[0] == year)

    def _kinds(self, who: str) -> set[tuple[str, ...]]:
        return {kind for (other, _), (_, kind) in self.live.items() if other == who}


class Play:
    """One script, run over a network."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.network = Network(policies())
        self.first: dict[int, tuple[str, DecideApplication]] = {}
        self.last: dict[int, DecideApplication | CorrectApplication] = {}

    def run(self, steps: list[Step], crashes: int) -> None:
        """Take every step, then deliver all."""
        for number, step in enumerate(steps):
            self._take(number, step)
        self.network.until_quiet(self.chance, crashes)

    def _take(self, number: int, step: Step) -> None:
        ask = self.network.ask
        match step:
            case Applies(nth, who, occupation, level, day):
                command = applies(
                    f"{nth}", self._certificate(occupation, level), applied_on=DAYS[day]
                )
                stream = self.first.setdefault(nth, (PEOPLE[who], command))[0]
                self.last.setdefault(nth, command)
                ask(stream, command, "intake")
            case Corrects(nth, occupation, level, day) if nth in self.first:
                facts = self._certificate(occupation, level)
                correction = corrects(f"{nth}", self.last[nth], facts, applied_on=DAYS[day])
                self.last[nth] = correction
                ask(self.first[nth][0], correction, self.chance.choice(["intake", "late"]))
            case Withdraws(nth) if nth in self.first:
                ask(self.first[nth][0], withdraws(f"{nth}"), "staff")
            case Reviews(nth) if nth in self.first:
                ask(self.first[nth][0], self._review(nth), "staff")
            case PriorUse(who, occupation, level, year):
                ask(PEOPLE[who], self._prior(number, occupation, level, year), "intake")
            case Allocates(thousand):
                money = AllocateBudget(document=f"拨款-{number}", amount=thousand * 100_000)
                ask(LINE_2022, money, "city")
            case Closes() if self.chance.random() < 0.3:
                ask(LINE_2022, CloseLine(document="年终"), "clerk")
            case Delivers(count):
                for _ in range(count):
                    self.network.step(self.chance)
            case _:
                pass

    @staticmethod
    def _certificate(occupation: int, level: int) -> dict[str, str | int | bool | list[str]]:
        return certificate(OCCUPATIONS[occupation], LEVELS[level])

    @staticmethod
    def _review(nth: int) -> ReviewApplication:
        return ReviewApplication(
            application=f"district:{nth}",
            verdict="approve",
            reviewer="staff:li",
            document="审〔2022〕1号",
            reason="核实无误",
        )

    @staticmethod
    def _prior(number: int, occupation: int, level: int, year: int) -> RecordPriorUse:
        family = "skill-upgrade"
        return RecordPriorUse(
            document=f"旧系统-{number}",
            programme="skill-upgrade",
            slots=(
                CapSlot(
                    family=family,
                    cap="no_repeat",
                    key=f"{OCCUPATIONS[occupation]}|{LEVELS[level]}",
                ),
                CapSlot(family=family, cap="per_year", period=str(year)),
            ),
            amount=150_000,
            granted_on=date(year, 1, 5),
        )


@settings(max_examples=150, deadline=None)
@given(STEPS, st.integers(0, 2**16), st.integers(0, 12))
def test_no_cap_is_exceeded_and_none_refuses_too_early(
    steps: list[Step], seed: int, crashes: int
) -> None:
    play, uses = Play(seed), Uses()
    play.run(steps, crashes)
    for recorded in play.network.facts:
        uses.see(recorded)
    play.network.money.settle()


@settings(max_examples=60, deadline=None)
@given(STEPS, st.integers(0, 2**16))
def test_a_slot_is_held_by_one_approval_at_a_time(steps: list[Step], seed: int) -> None:
    play = Play(seed)
    play.run(steps, 6)
    held: dict[tuple[str, str, str, str, int], str] = {}
    for recorded in play.network.facts:
        match recorded.body:
            case ApprovalProposed() | PriorUseRecorded() as fact:
                for slot in fact.slots:
                    name = (recorded.stream, slot.cap, slot.period, slot.key, slot.no)
                    assert name not in held
                    held[name] = getattr(fact, "application", recorded.id)
            case ApprovalWithdrawn() | ApprovalLapsed() as fact:
                held = {name: who for name, who in held.items() if who != fact.application}
            case _:
                pass
