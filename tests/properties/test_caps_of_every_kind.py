"""Every kind of cap and exclusion, under any order, repeat and crossing, against a naive counter.

Programmes that compete are claimed by two people (or units) in several districts, versions and by
several employers, corrected, withdrawn, judged by hand, paid, revoked and lapsed, over a network
that delays, repeats and crashes. `caps_naive` recounts from what was said; it must agree with each
decision: nothing is granted beyond a limit and nothing refused while there is room.
"""

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Literal, NamedTuple
from uuid import NAMESPACE_URL, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events import streams
from events.applications import CorrectApplication, DecideApplication, Stated
from events.approvals import ApprovalProposed, ReviewApplication, RevokeApproval
from events.budgets import AllocateBudget, CloseLine
from events.status import PriorUseRecorded, RecordPriorUse
from policies.engine.prior import PastBenefit, uses_of
from projections.definition.located_fact import locate
from projections.engine.folding import Folded
from tests.delaying_network import Network
from tests.given_when_then import (
    ARRIVED,
    policies_of_a_city_that_set_its_standards,
    pre_checks,
    withdraws,
)
from tests.properties.caps_claims import GROUPS, Group, Pick, claim
from tests.properties.caps_naive import Use, Watch, heard

Cause = Literal["administrative_error", "fraud", "not_entitled"]
CAUSES: tuple[Cause, ...] = ("administrative_error", "fraud", "not_entitled")
WHO = tuple(streams.beneficiary(f"{name}-token") for name in ("zhang-san", "li-si"))
PLENTY = 10**12


class Applies(NamedTuple):
    """Application `nth` claims this; a number used twice is a different claim."""

    nth: int
    who: int
    pick: Pick


class Corrects(NamedTuple):
    """Application `nth` is corrected."""

    nth: int
    pick: Pick


class Withdraws(NamedTuple):
    """Application `nth` is taken back."""

    nth: int


class Reviews(NamedTuple):
    """Somebody approves application `nth` by hand."""

    nth: int


class Pays(NamedTuple):
    """The first instalment of application `nth` falls due."""

    nth: int


class Revokes(NamedTuple):
    """What application `nth` was granted is taken back."""

    nth: int
    cause: Cause


class PriorUse(NamedTuple):
    """The same was enjoyed before the ledger."""

    who: int
    pick: Pick


class Allocates(NamedTuple):
    """Some line gets money."""

    yuan: int


class Closes(NamedTuple):
    """Some line's year is over."""


class Delivers(NamedTuple):
    """Some commands arrive."""

    commands: int


Step = (
    Applies
    | Corrects
    | Withdraws
    | Reviews
    | Pays
    | Revokes
    | PriorUse
    | Allocates
    | Closes
    | Delivers
)


def script(seed: int, length: int) -> list[Step]:
    """Write a script: many claims of few people, and everything that may happen to them."""
    chance = Random(seed)
    number, many = chance.randint, chance.choice
    claimed = [0]

    def pick() -> Pick:
        lacks = many((0, 0, 0, 0, 0, 0, 1, 2))
        more = many((True, False))
        return Pick(
            number(0, 11), number(0, 1), number(0, 3), number(0, 11), number(1, 9), more, lacks
        )

    def step() -> Step:
        nth, who = many(claimed), many((0, 0, 0, 1))
        match many("aaaaaaaaccwwrrrrrppvvvblddddx"):
            case "a":
                claimed.append(number(0, 15))
                return Applies(claimed[-1], who, pick())
            case "c":
                return Corrects(nth, pick())
            case "w":
                return Withdraws(nth)
            case "r":
                return Reviews(nth)
            case "p":
                return Pays(nth)
            case "v":
                return Revokes(nth, many(CAUSES))
            case "b":
                return PriorUse(who, pick())
            case "l":
                return Allocates(number(1, 9))
            case "x":
                return Closes()
            case _:
                return Delivers(number(1, 15))

    return [step() for _ in range(length)]


class Play:
    """One script, run over a network; a rich city has all the money that is asked for."""

    def __init__(self, group: Group, seed: int, *, rich: bool) -> None:
        self.group, self.rich = group, rich
        self.chance = Random(seed)
        self.law = policies_of_a_city_that_set_its_standards()
        self.network = Network(self.law, on="2022-11-15")
        self.first: dict[int, tuple[str, DecideApplication]] = {}
        self.last: dict[int, str] = {}
        self.before_the_ledger: dict[str, Use] = {}
        self.funded: set[str] = set()

    def run(self, steps: list[Step], crashes: int) -> Watch:
        """Take every step, deliver all, and look at every fact."""
        for number, step in enumerate(steps):
            self._take(number, step)
        self.network.until_quiet(self.chance, crashes)
        while self._fund_new_lines():
            self.network.until_quiet(self.chance)
        watch = Watch(self.before_the_ledger, self.group.counted)
        for recorded in self.network.facts:
            watch.see(recorded)
        self.network.money.settle()
        return watch

    def _take(self, number: int, step: Step) -> None:
        ask = self.network.ask
        match step:
            case Applies(nth, who, pick):
                whose = self.first[nth][0] if nth in self.first else WHO[who]
                stated = self._stated(pick, whose)
                command = DecideApplication(
                    application=f"district:{nth}",
                    digest=_digest(stated),
                    stated=stated,
                    arrived=ARRIVED,
                )
                stream = self.first.setdefault(nth, (WHO[who], command))[0]
                self.last.setdefault(nth, command.digest)
                ask(stream, command, self.chance.choice(["intake", "employer"]))
            case Corrects(nth, pick) if nth in self.first:
                stated = self._stated(pick, self.first[nth][0])
                correction = CorrectApplication(
                    application=f"district:{nth}",
                    replaces=self.last[nth],
                    digest=_digest(stated),
                    stated=stated,
                    arrived=ARRIVED,
                )
                self.last[nth] = correction.digest
                ask(self.first[nth][0], correction, self.chance.choice(["intake", "late"]))
            case Withdraws(nth) if nth in self.first:
                ask(self.first[nth][0], withdraws(f"{nth}"), "staff")
            case Reviews(nth) if nth in self.first:
                ask(self.first[nth][0], _review(nth), "staff")
            case Pays(nth) if nth in self.first:
                ask(self.first[nth][0], pre_checks(f"{nth}"), "clerk")
            case Revokes(nth, cause) if nth in self.first:
                self._deliver(self.chance.choice((0, 40)))
                ask(self.first[nth][0], _revocation(nth, cause), "auditor")
            case PriorUse(who, pick):
                ask(WHO[who], self._prior(number, pick), "intake")
            case Allocates(yuan):
                self._allocate(f"拨款-{number}", yuan * 100_000)
            case Closes() if not self.rich and self.chance.random() < 0.3:
                if lines := self._lines():
                    ask(self.chance.choice(lines), CloseLine(document="年终"), "clerk")
            case Delivers(count):
                self._deliver(count)
            case _:
                pass
        self._fund_new_lines()

    def _deliver(self, commands: int) -> None:
        for _ in range(commands):
            self.network.step(self.chance)

    def _stated(self, pick: Pick, whose: str) -> Stated:
        said = claim(self.group, pick)
        own = whose.removeprefix(streams.beneficiary(""))
        by = next(one.text.payee for one in self.law if one.text.policy == said.programme)
        paid = by if isinstance(by, str) else said.facts.get("applicant.kind", "applicant")
        payee = own if paid in ("applicant", "职工") else f"employer-{pick.unit}-token"
        return Stated(
            programme=said.programme,
            region=said.region,
            applied_on=said.applied_on,
            channel="window",
            payee=payee,
            account=f"account-of-{payee}",
            facts=dict(said.facts),
        )

    def _prior(self, number: int, pick: Pick) -> RecordPriorUse:
        said = claim(self.group, pick._replace(lacks=0))
        enjoyed = PastBenefit(said.programme, said.region, said.applied_on, said.facts)
        document = f"旧系统-{number}"
        self.before_the_ledger[document] = Use(
            said.programme, said.applied_on, heard(said.programme, said.facts)
        )
        return RecordPriorUse(
            document=document,
            programme=said.programme,
            slots=uses_of(self.law, enjoyed).slots,
            amount=150_000,
            granted_on=said.applied_on,
        )

    def _lines(self) -> list[str]:
        return sorted({to for _, to in self.network.wires if to.startswith("budget/")})

    def _allocate(self, document: str, fen: int) -> None:
        if lines := self._lines():
            money = AllocateBudget(document=document, amount=fen)
            self.network.ask(self.chance.choice(lines), money, "city")

    def _fund_new_lines(self) -> bool:
        new = [line for line in self._lines() if line not in self.funded] if self.rich else []
        for line in new:
            self.funded.add(line)
            self.network.ask(line, AllocateBudget(document="充足", amount=PLENTY), "city")
        return bool(new)


def _digest(stated: Stated) -> str:
    return uuid5(NAMESPACE_URL, stated.model_dump_json()).hex


def _review(nth: int) -> ReviewApplication:
    return ReviewApplication(
        application=f"district:{nth}",
        verdict="approve",
        reviewer="staff:li",
        document="审〔2022〕1号",
        reason="核实无误",
        amount=100_000,
    )


def _revocation(nth: int, cause: Cause) -> RevokeApproval:
    return RevokeApproval(
        application=f"district:{nth}",
        cause=cause,
        document="撤〔2022〕1号",
        reason="复核",
        by="staff:zhao",
    )


@pytest.mark.parametrize("name", GROUPS)
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(5, 60), st.integers(0, 12), st.booleans())
def test_no_limit_is_exceeded_and_none_refuses_too_early(
    name: str, seed: int, length: int, crashes: int, rich: bool
) -> None:
    Play(GROUPS[name], seed, rich=rich).run(script(seed, length), crashes)


@pytest.mark.parametrize("name", GROUPS)
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32), st.integers(5, 60))
def test_a_slot_is_held_by_one_at_a_time_and_the_books_show_who(
    name: str, seed: int, length: int
) -> None:
    play = Play(GROUPS[name], seed, rich=bool(seed % 2))
    watch = play.run(script(seed, length), 6)
    folded = Folded()
    for offset, recorded in enumerate(play.network.facts):
        folded.add([locate(recorded, streams.partition_of(recorded.stream, 12), offset)])
        if isinstance(recorded.body, ApprovalProposed | PriorUseRecorded):
            held = Counter(slot for slot, _ in _held(folded))
            assert not [slot for slot, holders in held.items() if holders > 1]
    holders = {holder for _, holder in _held(folded)}
    assert holders == set(watch.live)


def _held(folded: Folded) -> Iterator[tuple[tuple[object, ...], tuple[str, str]]]:
    """The rows that the database's partial unique index guards: who holds which slot."""
    for key, row in folded.states["cap_usage"].items():
        if row.get("given_back_on") is None:
            beneficiary, holder, _, *slot = key
            yield (beneficiary, *slot), (f"beneficiary/{beneficiary}", holder)
