"""The naive counter: what each person has used, recounted from what the applications said.

It knows the conventions of the notices and no policy file: an approval that is proposed, waits or
is granted uses what it claimed, and so does a use from before the ledger. Taken back before
payment, lapsed with its year, or revoked for an error of the administration, it never was; an
approval obtained by deceit stays counted.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from events.applications import ApplicationCorrected, ApplicationFiled
from events.approvals import (
    ApprovalDenied,
    ApprovalLapsed,
    ApprovalProposed,
    ApprovalReferred,
    ApprovalRevoked,
    ApprovalWithdrawn,
)
from events.control import CommandRefused
from events.envelope import Recorded
from events.status import PriorUseRecorded
from events.values import FactValue

SAME = {
    "one-off-hiring-supplies": "one-off-hiring",
    "in-work-training-hire": "in-work-training",
    "in-work-training-distressed": "in-work-training",
}
"""Programmes that are one benefit: 一次性吸纳就业补贴 of both grounds; one in-work subsidy."""

ONCE_IN_A_LIFETIME = {
    "jobseeking",
    "unemployment-assistance",
    "startup-grant",
    "startup-premises",
    "major-conversion",
    "talent-living",
    "talent-housing",
    "expansion",
    "one-off-hiring",
}
BY_MONTH = {
    "hire-graduate-si": 12,
    "leader-si": 12,
    "hire-hardship-si": 36,
    "flexible-si": 24,
    "in-work-training": None,
}
"""Benefits that are paid by month, each month once, and the most months in all."""

ONCE_EACH = {
    "job-retention": "premium.year",
    "apprenticeship": "certificate.level",
    "startup-training": "course.startup",
}
"""Benefits that are paid once for each premium year, level or course."""

MAX_CAMPUS_MONTHS = 3
MAX_PLACEMENT_MONTHS = 36
"""A figure of the city in these tests: the notice states no base term."""

MAX_A_YEAR = 3
NOT_COUNTED: dict[str, tuple[str, FactValue]] = {
    "training-living": ("training.kind", "劳动预备制培训"),
    "graduate-training": ("subsidy.item", "职业技能鉴定补贴"),
    "free-training": ("training.group", ["灵活就业人员"]),
}
"""Trainings that no yearly limit counts: 两后生; assessments; groups without a limit."""
SAME_TRAINING = {
    "training-living": ("course", ["course.began_on", "course.last_day"]),
    "graduate-training": ("certificate", ["certificate.number", "subsidy.item"]),
    "free-training": ("once", ["course.began_on", "certificate.code", "certificate.level"]),
}


class Use(NamedTuple):
    """What an application claims, or what was enjoyed before."""

    programme: str
    on: date
    facts: Mapping[str, FactValue]

    @property
    def benefit(self) -> str:
        """The benefit whose limits it meets."""
        return SAME.get(self.programme, self.programme)

    def months(self, fact: str) -> set[str]:
        """The months that it lists."""
        value = self.facts.get(fact, [])
        assert isinstance(value, list)
        return set(value)

    @property
    def paid_months(self) -> set[str]:
        """The months that it is paid for."""
        in_work = self.benefit == "in-work-training"
        return self.months("in_work.months" if in_work else "contribution.months")

    @property
    def counted_months(self) -> int:
        """The months that use up its term: those of the relief of 2020 do not."""
        relieved = {m for m in self.months("contribution.relief_months") if m[:4] == "2020"}
        return len(self.paid_months - relieved)

    @property
    def most_months(self) -> int | None:
        """Its term, longer for leaders who hire many and for those still in flexible work."""
        if self.benefit == "leader-si":
            hires = int(str(self.facts.get("unit.registered_hires", 0)))
            half_year = int(str(self.facts["unit.registered_hires_half_year"]))
            return 24 if hires >= 10 or half_year >= 5 else 12 if self.tells_its_term else None
        if self.benefit == "flexible-si":
            return 30 if self.facts["person.status"] == ["灵活就业"] else 24
        return BY_MONTH[self.benefit]

    @property
    def tells_its_term(self) -> bool:
        """Tell whether what its term depends on is stated."""
        few = self.facts.get("unit.registered_hires_half_year", 5) in range(5)
        return not (few and "unit.registered_hires" not in self.facts)

    def says(self, *facts: str) -> bool:
        """Tell whether these facts are stated; what is not stated cannot refuse."""
        return all(fact in self.facts for fact in facts)


def heard(programme: str, facts: Mapping[str, FactValue]) -> Mapping[str, FactValue]:
    """What is claimed, with what its silence means: a certificate without a number is known by
    what it says; a placement that is not numbered is the first."""
    meant: dict[str, FactValue] = {}
    match programme:
        case "skill-upgrade" | "post-skill":
            trade, level = facts["certificate.occupation"], facts["certificate.level"]
            meant["certificate.number"] = f"{trade}|{level}|{facts['certificate.issued_on']}"
        case "graduate-training":
            kind, day = facts["certificate.kind"], facts["certificate.issued_on"]
            meant["certificate.number"] = f"{kind}|{day}"
        case "welfare-post":
            meant["post.placement"] = 1
        case _:
            pass
    return meant | dict(facts)


def full(use: Use, before: list[Use]) -> set[str]:
    """Name the limits that leave no room for a use beside those that were before."""
    mine = [one for one in before if one.benefit == use.benefit]
    found = {"once"} if use.benefit in ONCE_IN_A_LIFETIME and mine else set()
    if use.benefit in ONCE_EACH:
        found |= _once_for(ONCE_EACH[use.benefit], use, mine)
    if use.benefit in BY_MONTH:
        found |= _months(use, mine)
    if use.benefit in NOT_COUNTED:
        found |= _trainings(use, mine)
    match use.benefit:
        case "expansion" | "one-off-hiring":
            other = {"expansion", "one-off-hiring"} - {use.benefit}
            hires = [one.facts["unit.number"] for one in before if one.benefit in other]
            found |= {"hire"} if use.facts.get("unit.number") in hires else set()
        case "campus-internship":
            found |= _at_most(MAX_CAMPUS_MONTHS, "internship.served_months", "three", use, mine)
        case "job-retention":
            twice = use.on.year == 2020 and any(one.on.year == 2020 for one in mine)
            found |= {"per_year"} if twice else set()
        case "welfare-post" if use.says("post.months"):
            found |= _posts(use, mine)
        case "startup-loan-interest" if use.says("loan.number"):
            found |= _loans(use, mine)
        case "skill-upgrade" | "post-skill":
            this_year = sum(one.on.year == use.on.year for one in mine)
            found |= {"per_year"} if this_year >= MAX_A_YEAR else set()
            found |= {"no_repeat"} if _trade(use) in [_trade(one) for one in mine] else set()
        case _:
            pass
    return found


def _at_most(most: int, fact: str, limit: str, use: Use, mine: list[Use]) -> set[str]:
    taken = [int(str(one.facts[fact])) for one in [*mine, use] if one.says(fact)]
    return {limit} if use.says(fact) and sum(taken) > most else set()


def _months(use: Use, mine: list[Use]) -> set[str]:
    found = set()
    total = use.counted_months + sum(one.counted_months for one in mine)
    if use.most_months is not None and total > use.most_months:
        found.add("term")
    if any(use.paid_months & one.paid_months for one in mine):
        found.add("month")
    return found


def _once_for(fact: str, use: Use, mine: list[Use]) -> set[str]:
    said = use.facts.get(fact)
    return {"once"} if said is not None and said in [one.facts[fact] for one in mine] else set()


def _trade(use: Use) -> tuple[FactValue, FactValue]:
    return use.facts["certificate.occupation"], use.facts["certificate.level"]


def _trainings(use: Use, mine: list[Use]) -> set[str]:
    """A year is that of the course's first day; the same training is paid once."""
    fact, free = NOT_COUNTED[use.benefit]
    limit, same = SAME_TRAINING[use.benefit]
    found = set()
    if use.says("course.began_on", fact) and use.facts[fact] != free:
        years = [str(one.facts["course.began_on"])[:4] for one in mine if one.facts[fact] != free]
        if years.count(str(use.facts["course.began_on"])[:4]) >= MAX_A_YEAR:
            found.add("per_year")
    if use.says(*same):
        before = [[one.facts[name] for name in same] for one in mine]
        if [use.facts[name] for name in same] in before:
            found.add(limit)
    return found


def _posts(use: Use, mine: list[Use]) -> set[str]:
    """Each placement has a term of its own; a month is paid once."""
    months = use.months("post.months")
    found = {"month"} if any(months & one.months("post.months") for one in mine) else set()
    placement = use.facts.get("post.placement")
    total = [
        len(one.months("post.months"))
        for one in [*mine, use]
        if one.facts.get("post.placement") == placement
    ]
    if placement is not None and sum(total) > MAX_PLACEMENT_MONTHS:
        found.add("term_first" if placement == 1 else "term_second")
    return found


def _loans(use: Use, mine: list[Use]) -> set[str]:
    found = set()
    for one in mine:
        if one.facts["loan.number"] == use.facts["loan.number"]:
            if one.months("loan.interest_months") & use.months("loan.interest_months"):
                found.add("month")
        elif use.says("loan.began_on"):
            later_start = max(str(one.facts["loan.began_on"]), str(use.facts["loan.began_on"]))
            first_end = min(str(one.facts["loan.ends_on"]), str(use.facts["loan.ends_on"]))
            if later_start <= first_end:
                found.add("running")
    return found


def doubtful(use: Use, before: list[Use]) -> bool:
    """Tell whether a person must judge: the same certificate under either training benefit."""
    either = ("skill-upgrade", "post-skill")
    number = use.facts.get("certificate.number")
    return use.benefit in either and any(
        one.benefit in either and one.facts.get("certificate.number") == number for one in before
    )


def fits_the_usual_term(use: Use, before: list[Use]) -> bool:
    """Tell whether the months in all fit the term that nobody needs to prolong."""
    mine = [one for one in before if one.benefit == use.benefit]
    usual = BY_MONTH[use.benefit]
    total = use.counted_months + sum(one.counted_months for one in mine)
    return usual is not None and total <= usual


class Watch:
    """Sees every fact, and demands that each decision fits what was used until then."""

    def __init__(self, before_the_ledger: Mapping[str, Use], counted: tuple[str, ...]) -> None:
        self.earlier = before_the_ledger
        self.counted = counted
        self.said: dict[str, Use] = {}
        self.live: dict[tuple[str, str], Use] = {}
        self.decided: list[tuple[str, frozenset[str]]] = []

    def see(self, recorded: Recorded) -> None:
        """Count one fact.

        Raises: AssertionError when something is granted beyond a limit, or refused too early
        """
        who = recorded.stream
        match recorded.body:
            case ApplicationFiled() | ApplicationCorrected(before_filing=False) as fact:
                stated = fact.stated
                said = heard(stated.programme, stated.facts)
                self.said[fact.application] = Use(stated.programme, stated.applied_on, said)
            case ApprovalProposed() as fact:
                use = self.said[fact.application]
                known = use.says(*self.counted) and (
                    use.tells_its_term or fits_the_usual_term(use, self.before(who))
                )
                assert known, "granted although nobody can count it"
                assert not full(use, self.before(who)), "granted beyond a limit"
                assert fact.reviewer or not doubtful(use, self.before(who)), "nobody judged it"
                self.decided.append(("proposed", frozenset()))
                self.live[who, fact.application] = use
            case ApprovalDenied() as fact:
                limits = full(self.said[fact.application], self.before(who))
                assert set(fact.failing) == limits, "refused although there was room"
                assert fact.code == ("EXCLUDED" if "hire" in limits else "CAP_REACHED")
                self.decided.append(("denied", frozenset(limits)))
            case ApprovalReferred() as fact:
                self.decided.append(("referred", frozenset()))
            case CommandRefused(command="ReviewApplication", code="CAP_REACHED" | "EXCLUDED"):
                application = recorded.body.about
                limits = full(self.said[application], self.before(who))
                assert limits, "a reviewer was stopped although there was room"
                self.decided.append(("stopped", frozenset(limits)))
            case ApprovalWithdrawn() | ApprovalLapsed() as fact:
                del self.live[who, fact.application]
            case ApprovalRevoked(cause="administrative_error") as fact:
                del self.live[who, fact.application]
            case PriorUseRecorded() as fact:
                self.live[who, fact.document] = self.earlier[fact.document]
            case _:
                pass

    def before(self, who: str) -> list[Use]:
        """What somebody has used."""
        return [use for (other, _), use in self.live.items() if other == who]
