"""Generator: a year of an invented city as messages, in the order in which they are published.

In:   a seed and how many claim lines
Out:  Demo: money, people's status, applications, and the reviewers' answers
Holds: a pure function of seed and size; every id is synthetic (see `people`).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from events.contract.inbound.cloudevent import read_event
from events.contract.inbound.semantics import Known
from policies.bank_accounts import bank_accounts
from services.demo.cast.claim_drafts import ClaimDraft, ClaimDrafts
from services.demo.cast.messages import (
    Events,
    Published,
    batch_line,
    malformed,
    submitted,
)
from services.demo.cast.people import Population
from services.demo.cast.read_back import claims
from services.demo.cast.sample_claims import Sample, samples
from services.demo.cast.story import TIGHT_FEN, TIGHT_LINE, Story

_CLAIMED_IN = (2020, 2021, 2022)
_SHARES = {"skill-upgrade": 0.50, "post-skill": 0.22, "jobseeking": 0.18}
"""Of the lines that the samples of all other programmes leave."""

PROGRAMMES = (*_SHARES, "unemployment-assistance", *(sample.programme for sample in samples()))
"""Whatever is claimed; the test of the samples holds it against the policies."""

_LINES_FOR_EACH_SAMPLE = 600
_FIRST_FIRM = 1_000
_PLENTY_FEN = 2_000_000_000


class Demo(NamedTuple):
    """Everything upstream will publish."""

    run: str
    money: tuple[Published, ...]
    status: tuple[Published, ...]
    applications: tuple[Published, ...]
    repeated: tuple[Published, ...]
    story: Story
    malformed: tuple[Published, ...]
    corrections: int
    conflicts: int

    def before_review(self) -> Iterator[Published]:
        """Every message in the order of publishing, up to the reviewers' answers."""
        yield from self.money
        yield from self.status
        yield from self.applications
        yield from self.story.messages()
        yield from self.repeated
        yield from self.malformed


class _Maker:
    """Draws one demo."""

    def __init__(self, seed: int, lines: int) -> None:
        random = Random(seed)  # noqa: S311 - repeatable, and not for secrets
        self.random = random
        self.run = f"demo-{seed}"
        self.lines = lines
        self.people = Population(random)
        self.story = Story(self.run, self.people)  # drawn first, so the same at any size
        self.cases = ClaimDrafts(random)
        self.events = Events(self.run)
        self.filed: list[Published] = []
        self.later: list[Published] = []
        self._numbers = 0

    def number(self) -> str:
        self._numbers += 1
        return f"TL-{self.run[5:]}-{self._numbers:06}"

    def file(self, case: ClaimDraft, number: str = "") -> Published:
        """Publish one claim as an application of its own."""
        source = f"district-{case.region}.hrss"
        kind = "application.submitted"
        message = self.events.event(source, kind, submitted(case, number or self.number()))
        self.filed.append(message)
        return message

    def file_batch(
        self, source: str, cases: list[ClaimDraft], *, own_accounts: bool = True, **shared: Any
    ) -> None:
        """Publish claims of one programme and day as one employer's or school's batch."""
        first = cases[0]
        data = {
            "application": self.number(),
            "programme": first.programme,
            "region": first.region,
            "applied_on": first.applied_on.isoformat(),
            "channel": first.channel,
            "facts": {},
            "lines": [
                batch_line(case, f"{no:04}", own_account=own_accounts)
                for no, case in enumerate(cases, 1)
            ],
            **shared,
        }
        self.filed.append(self.events.event(source, "application.batch-submitted", data))

    # --- by programme ---------------------------------------------------------------------------

    def skill_upgrades(self, wanted: int) -> None:
        made = 0
        for _ in range(wanted // 40):  # four certificates in a year: the fourth is over the cap
            person, region = self.people.person(), self.cases.region()
            for month, occupation in zip(
                (5, 6, 7, 8), ("电工", "焊工", "钳工", "车工"), strict=True
            ):
                on = date(2022, month, 20)
                self.file(
                    self.cases.skill_upgrade(
                        person, region, applied_on=on, occupation=occupation, level="四级"
                    )
                )
                made += 1
        for _ in range(wanted // 60):  # the same occupation and level twice
            person, region = self.people.person(), self.cases.region()
            for month in (7, 8):
                on = date(2022, month, 12)
                self.file(
                    self.cases.skill_upgrade(
                        person, region, applied_on=on, occupation="保育师", level="五级"
                    )
                )
                made += 1
        for _ in range(wanted - made):
            self.file(self.cases.skill_upgrade(self.people.person(), self.cases.region()))

    def post_skills(self, wanted: int) -> None:
        firm_number = 0
        while wanted > 0:
            firm = self.people.firm(firm_number)
            firm_number += 1
            region = self.cases.region()
            applied = date(2021, 8, 2) + timedelta(days=self.random.randint(0, 145))
            size = min(wanted, self.random.randint(12, 40))
            cases = [
                self.cases.post_skill(self.people.person(), region, applied) for _ in range(size)
            ]
            self.file_batch(f"employer-{firm.code.lower()}", cases)
            wanted -= size

    def jobseekings(self, wanted: int) -> None:
        for school in range(1, 10_000):
            if wanted <= 0:
                return
            region = self.cases.region()
            applied = date(2022, 7, 25) + timedelta(days=self.random.randint(0, 100))
            size = min(wanted, self.random.randint(20, 60))
            cases = [
                self.cases.jobseeking(self.people.person(born=(1998, 2004)), region, applied)
                for _ in range(size)
            ]
            self.file_batch(f"school-{school:02}.edu", cases)
            wanted -= size

    def unemployed(self, wanted: int) -> None:
        for _ in range(wanted):
            self.file(self.cases.unemployment_assistance(self.people.person(), self.cases.region()))

    def sampled(self, each: int) -> int:
        """File `each` claims of every other programme; how many lines that makes."""
        known = samples()
        for number, sample in enumerate(known):
            self._sample(sample, _FIRST_FIRM + number * each, each)
        return len(known) * each

    def _sample(self, sample: Sample, number: int, each: int) -> None:
        region = self.cases.region()
        span = (sample.last_on - sample.first_on).days
        applied = sample.first_on + timedelta(days=self.random.randint(0, span))
        unit = self.people.firm(number) if sample.payee == "unit" else None
        cases = [
            ClaimDraft(
                self.people.firm(number + nth)
                if sample.beneficiary == "unit"
                else self.people.person(born=(1998, 2003)),
                sample.programme,
                region,
                applied,
                "hall" if unit is None else "employer",
                sample.stated(nth),
            )
            for nth in range(each)
        ]
        if unit is None:
            for case in cases:
                self.file(case)
        else:
            source = f"employer-{unit.code.lower()}"
            paid = {"payee": unit.party(), "account": unit.paid_into()}
            self.file_batch(source, cases, own_accounts=False, **paid)

    # --- what goes wrong ------------------------------------------------------------------------

    def corrections(self, count: int, known: Known) -> None:
        """File with a slip of the pen, and correct it, naming the digest of what was filed."""
        for _ in range(count):
            person, region = self.people.person(), self.cases.region()
            on = date(2022, 8, 15)
            right = self.cases.skill_upgrade(person, region, applied_on=on, level="四级")
            wrong = right._replace(facts={**right.facts, "certificate.issued_on": "2021-03-15"})
            number = self.number()
            filed = self.file(wrong, number)
            data = submitted(right, number) | {"replaces": claims(filed, known)[0].digest}
            source = f"district-{region}.hrss"
            self.later.append(self.events.event(source, "application.corrected", data))

    def conflicts(self, count: int) -> None:
        """Use an application's number again: for other content, or for somebody else."""
        for nth in range(count):
            person, region = self.people.person(), self.cases.region()
            on = date(2022, 8, 16)
            case = self.cases.skill_upgrade(person, region, applied_on=on, level="五级")
            number = self.number()
            self.file(case, number)
            other = case._replace(
                person=self.people.person() if nth % 2 else person,
                facts=case.facts | {"certificate.level": "三级"},
            )
            data = submitted(other, number)
            source = f"district-{region}.hrss"
            self.later.append(self.events.event(source, "application.submitted", data))

    def withdrawals(self, count: int) -> list[Published]:
        """Take an application back before it has even arrived."""
        early = []
        for _ in range(count):
            case = self.cases.skill_upgrade(self.people.person(), self.cases.region())
            number, source = self.number(), f"district-{case.region}.hrss"
            data = {"application": number, "reason": "本人撤回，改日再报"}
            early.append(self.events.event(source, "application.withdrawn", data))
            self.file(case, number)
        return early

    def deceased(self, count: int) -> list[Published]:
        """People whose approval stands and whose payment is stopped."""
        changes = []
        for _ in range(count):
            person, region = self.people.person(), self.cases.region()
            on = date(2022, 8, 17)
            self.file(self.cases.skill_upgrade(person, region, applied_on=on, level="四级"))
            data = {"person": person.party(), "status": "deceased", "since": "2022-08-20"}
            changes.append(
                self.events.event("civil-affairs.tieling", "person.status-changed", data)
            )
        return changes

    def budgets(self) -> list[Published]:
        """Allocate every line of the years claimed for; one of them too little."""
        allocated = []
        for account in bank_accounts().values():
            for year in _CLAIMED_IN:
                line = (account.fund, account.district, year)
                data = {
                    "document": f"示例财社〔{year}〕{account.last_four}号",
                    "fund": account.fund,
                    "district": account.district,
                    "year": year,
                    "amount_fen": TIGHT_FEN if line == TIGHT_LINE else _PLENTY_FEN,
                }
                allocated.append(self.events.event("finance.tieling", "budget.allocated", data))
        return allocated


def generate(seed: int, lines: int, known: Known) -> Demo:
    """Draw a demo with `lines` claim lines beside those of the story."""
    maker = _Maker(seed, lines)
    money = maker.budgets()
    status = maker.deceased(max(2, lines // 400))
    early = maker.withdrawals(max(2, lines // 400))
    corrections, conflicts = max(3, lines // 100), max(4, lines // 200)
    maker.corrections(corrections, known)
    maker.conflicts(conflicts)
    single = len(maker.filed)
    left = lines - maker.sampled(max(1, lines // _LINES_FOR_EACH_SAMPLE))
    wanted = {programme: int(left * share) for programme, share in _SHARES.items()}
    maker.skill_upgrades(wanted["skill-upgrade"] - single)
    maker.post_skills(wanted["post-skill"])
    maker.jobseekings(wanted["jobseeking"])
    maker.unemployed(left - sum(wanted.values()))
    filed = maker.filed
    duplicates = maker.random.sample(filed, max(5, len(filed) * 3 // 100))
    plain = next(message for message in filed if message.headers[0][0] == "content-type")
    good = read_event(plain.value, plain.headers).data
    return Demo(
        run=maker.run,
        money=tuple(money),
        status=(*status, *early),
        applications=tuple(filed),
        repeated=(*maker.later, *duplicates),
        story=maker.story,
        malformed=tuple(malformed(good, "district-211202.hrss", maker.run)),
        corrections=corrections,
        conflicts=conflicts,
    )
