"""Claims that compete for the same caps: each group of programmes, and how its claims differ.

What is claimed is a golden case of the programme, changed in the facts that its caps count.
"""

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from events.values import FactValue
from policies.authoring.golden import GoldenCase, GoldenFile, claim_of
from policies.vocabulary.files import parsed
from policies.vocabulary.outcomes import Claim

CASES = Path(__file__).parent.parent / "policies"
UNITS = ("2112021006831", "2112821000456")
LEVELS = ("五级", "四级", "三级")


class Pick(NamedTuple):
    """How one claim differs from another, in small numbers."""

    kind: int = 0
    day: int = 0
    unit: int = 0
    start: int = 0
    length: int = 1
    more: bool = False
    lacks: int = 0


class Kind(NamedTuple):
    """One version as people claim it; `doubt` is a fact without which a person must judge."""

    golden: str
    days: tuple[str, ...]
    region: str
    doubt: str

    @property
    def programme(self) -> str:
        """Its programme."""
        return self.golden.partition("/")[0]


class Group(NamedTuple):
    """Versions whose claims compete, how they differ, and the facts that their caps count."""

    kinds: tuple[Kind, ...]
    vary: Callable[[Pick], dict[str, FactValue]]
    counted: tuple[str, ...] = ()


def claim(group: Group, pick: Pick) -> Claim:
    """Put a claim together."""
    kind = group.kinds[pick.kind % len(group.kinds)]
    facts: dict[str, Any] = group.vary(pick)
    if pick.lacks == 1:
        facts[kind.doubt] = None
    if pick.lacks == 2 and group.counted:
        facts[group.counted[pick.unit % len(group.counted)]] = None
    file = _golden(kind.golden)
    day = date.fromisoformat(kind.days[pick.day % len(kind.days)])
    case = GoldenCase.model_validate(
        {"name": "claim", "region": kind.region, "applied_on": day, "facts": facts, "grant": 1}
    )
    return claim_of(file, case)


@cache
def _golden(name: str) -> GoldenFile:
    return GoldenFile.model_validate(parsed(CASES / f"{name}.yaml").data)


def months(start: int, length: int, first_year: int = 2020) -> list[str]:
    """So many months from a start counted from January."""
    return [f"{first_year + at // 12}-{at % 12 + 1:02}" for at in range(start, start + length)]


def _hire(pick: Pick) -> dict[str, FactValue]:
    return {"unit.number": UNITS[pick.unit % 2]}


def _contributions(pick: Pick) -> dict[str, FactValue]:
    return {"contribution.months": months(3 * pick.start, pick.length)}


def _hardship(pick: Pick) -> dict[str, FactValue]:
    relief = months(1, 5) if pick.more else ["2019-12"]
    paid = months(3 * pick.start, 2 * pick.length)
    return {"contribution.months": paid, "contribution.relief_months": relief}


def _leader(pick: Pick) -> dict[str, FactValue]:
    hires, half_year = ((10, 0), (9, 5), (9, 4))[pick.unit % 3] if pick.more else (9, 4)
    return {
        **_contributions(pick),
        "unit.registered_hires": hires,
        "unit.registered_hires_half_year": half_year,
    }


def _flexible(pick: Pick) -> dict[str, FactValue]:
    settled = ["灵活就业@2020-01-01/2021-09-30", "在职@2021-10-01/"]
    paid = months(3 * pick.start, pick.length + pick.unit * 3)
    return {
        "contribution.months": paid,
        "person.status": ["灵活就业"] if pick.more else settled,
    }


def _in_work(pick: Pick) -> dict[str, FactValue]:
    return {"in_work.months": months(pick.start % 10, 1 + pick.length % 3, 2021)}


def _premises(pick: Pick) -> dict[str, FactValue]:
    return {"lease.months": (6, 12, 24, 25)[pick.length % 4]}


def _loan(pick: Pick) -> dict[str, FactValue]:
    began = 2 * pick.start
    term = months(began, 6 + pick.length, 2022)
    ends = f"{term[-1]}-28" if pick.more else f"{term[-1]}-01"
    return {
        "loan.number": f"TLDK{pick.unit}",
        "loan.began_on": f"{term[0]}-01",
        "loan.ends_on": ends,
        "loan.interest_until": f"{term[2]}-28",
        "loan.interest_months": months(began + pick.length % 3, 2, 2022),
    }


def _apprentice(pick: Pick) -> dict[str, FactValue]:
    return {"certificate.level": LEVELS[1 + pick.unit % 2]}


def _certificate(pick: Pick) -> dict[str, FactValue]:
    trade, level = ("电工", "钳工", "焊工")[pick.unit % 3], LEVELS[pick.start % 3]
    return {
        "certificate.occupation": trade,
        "certificate.level": level,
        "certificate.number": f"S{trade}{level}{int(pick.more)}",
    }


def _retention(pick: Pick) -> dict[str, FactValue]:
    if pick.kind % 3:
        return {"premium.year": 2020}
    ground = "困难企业" if pick.more else "中小微企业"
    return {"premium.year": 2018 + pick.unit % 2, "retention.ground": ground}


def _course(pick: Pick) -> dict[str, FactValue]:
    return {"course.startup": ("创业引导培训", "创业指导培训")[pick.unit % 2]}


def _course_days(pick: Pick) -> dict[str, FactValue]:
    month = 1 + pick.start % 9
    return {"course.began_on": f"2021-{month:02}-01", "course.last_day": f"2021-{month:02}-28"}


def _living(pick: Pick) -> dict[str, FactValue]:
    free: dict[str, FactValue] = {**_course_days(pick), "training.days": 28}
    leaver: dict[str, FactValue] = {
        "training.kind": "劳动预备制培训",
        "person.school_leaver": True,
        "person.rural": True,
        "hardship.category": [],
        "training.whole_months": 3,
        "training.odd_days": 0,
    }
    return {**free, **leaver} if pick.more and pick.unit == 0 else free


def _graduate_training(pick: Pick) -> dict[str, FactValue]:
    item = "职业技能鉴定补贴" if pick.more and pick.unit else "职业技能培训补贴"
    began = _course_days(pick)["course.began_on"]
    return {
        "course.began_on": began,
        "certificate.number": f"X{pick.start % 7}",
        "subsidy.item": item,
    }


def _free_training(pick: Pick) -> dict[str, FactValue]:
    return {
        "course.began_on": _course_days(pick)["course.began_on"],
        "training.group": ["灵活就业人员"] if pick.unit == 0 else ["脱贫劳动力"],
        "certificate.level": LEVELS[int(pick.more)],
    }


def _post(pick: Pick) -> dict[str, FactValue]:
    return {
        "post.placement": 1 if pick.start < 6 else 2,  # a placement comes after the one before
        "post.plan_filed": True,
        "post.months": months(6 * pick.start, 2 * pick.length),
    }


def _campus(pick: Pick) -> dict[str, FactValue]:
    return {"internship.served_months": 1 + pick.length % 3}


def _nothing(_: Pick) -> dict[str, FactValue]:
    return {}


GROUPS = {
    "hires": Group(
        (
            Kind("expansion/211200-2022-07-21", ("2022-08-10", "2022-12-31"), "211202", "hire.insured_months"),
            Kind("one-off-hiring/211200-2022-07-21", ("2022-08-10", "2022-12-31"), "211282", "hire.first_two_months"),
            Kind("one-off-hiring/210000-2020-04-02-set", ("2020-09-10",), "211202", "hire.monthly_contribution"),
            Kind("one-off-hiring-supplies/210000-2020-04-02-set", ("2020-09-10",), "210402", "unit.arrears_settled"),
        ),
        _hire,
        ("unit.number",),
    ),
    "graduates": Group(
        (
            Kind("hire-graduate-si/211200-2021-07-21", ("2021-11-10", "2022-07-20"), "211223", "contribution.employer"),
            Kind("hire-graduate-si/211200-2022-07-21", ("2022-11-10", "2022-12-31"), "211202", "contribution.employer"),
        ),
        _contributions,
        ("contribution.months",),
    ),
    "hardship": Group(
        (Kind("hire-hardship-si/211200-2021-07-21", ("2021-10-12", "2022-11-10"), "211224", "contribution.medical"),),
        _hardship,
        ("contribution.months",),
    ),
    "leaders": Group(
        (
            Kind("leader-si/211200-2021-07-21", ("2021-10-12",), "211281", "contribution.pension"),
            Kind("leader-si/211200-2022-07-21", ("2022-10-12",), "211202", "unit.registered_hires"),
        ),
        _leader,
        ("contribution.months",),
    ),
    "flexible work": Group(
        (
            Kind("flexible-si/211200-2021-07-21", ("2021-10-15",), "211202", "contribution.self_paid"),
            Kind("flexible-si/211200-2022-07-21", ("2022-10-14",), "211221", "contribution.self_paid"),
        ),
        _flexible,
        ("contribution.months",),
    ),
    "in-work training": Group(
        (
            Kind("in-work-training-hire/211200-2021-01-01", ("2021-10-12",), "211204", "in_work.held"),
            Kind("in-work-training-distressed/211200-2021-01-01", ("2021-11-15",), "211223", "in_work.held"),
        ),
        _in_work,
        ("in_work.months",),
    ),
    "once in a lifetime": Group(
        (
            Kind("jobseeking/211200-2021-07-21", ("2021-10-15",), "211202", "graduate.seeking"),
            Kind("jobseeking/211200-2022-07-21", ("2022-10-14",), "211221", "graduate.seeking"),
            Kind("jobseeking/210400-2021-07-29-set", ("2021-10-15",), "210403", "graduate.seeking"),
            Kind("unemployment-assistance/211200-2021-01-01-set", ("2021-05-17",), "211223", "months_to_retirement"),
            Kind("unemployment-assistance/210400-2021-01-01-set", ("2021-05-17",), "210411", "months_to_retirement"),
            Kind("unemployment-assistance/210000-2020-04-02-set", ("2020-06-15",), "210402", "months_to_retirement"),
            Kind("startup-grant/211200-2022-07-21", ("2022-10-14",), "211202", "venture.loan_granted"),
            Kind("major-conversion/211200-2022-01-01", ("2022-12-20",), "211202", "course.free"),
            Kind("talent-living/211200-2022-07-21", ("2022-10-14",), "211202", "talent.route"),
            Kind("talent-housing/211200-2022-07-21", ("2022-10-14",), "211202", "home.commercial"),
        ),
        _nothing,
        (),
    ),
    "premises": Group(
        (
            Kind("startup-premises/211200-2021-07-21", ("2021-10-15",), "211202", "lease.annual_rent"),
            Kind("startup-premises/211200-2022-07-21", ("2022-10-14",), "211202", "lease.annual_rent"),
        ),
        _premises,
        (),
    ),
    "loans": Group(
        (Kind("startup-loan-interest/211200-2022-07-21-set", ("2022-10-14", "2022-12-30"), "211202", "loan.interest_paid"),),
        _loan,
        ("loan.number", "loan.began_on", "loan.interest_months"),
    ),
    "apprentices": Group(
        (
            Kind("apprenticeship/211200-2021-07-21", ("2021-08-20",), "211281", "apprentice.joint"),
            Kind("apprenticeship/211200-2021-09-06", ("2022-03-10",), "211221", "apprentice.joint"),
            Kind("apprenticeship/211200-2022-07-21", ("2022-09-15",), "211202", "apprentice.joint"),
        ),
        _apprentice,
    ),
    "certificates": Group(
        (
            Kind("skill-upgrade/211200-2021-01-01", ("2021-08-12", "2021-12-31"), "211224", "insured_months"),
            Kind("skill-upgrade/211200-2022-01-01", ("2022-08-12", "2022-12-31"), "211202", "person.status"),
            Kind("post-skill/211200-2021-01-01", ("2021-08-12",), "211282", "insured_months"),
        ),
        _certificate,
        ("certificate.number",),
    ),
    "living while training": Group(
        (Kind("training-living/211200-2021-01-01", ("2021-10-15", "2021-12-31"), "211202", "training.days"),),
        _living,
        ("course.began_on",),
    ),
    "graduates in training": Group(
        (Kind("graduate-training/211200-2021-07-21-set", ("2021-11-15", "2021-12-31"), "211202", "graduate.list"),),
        _graduate_training,
        ("certificate.number", "subsidy.item"),
    ),
    "free training": Group(
        (Kind("free-training/211200-2021-07-21", ("2021-11-15", "2021-12-31"), "211202", "certificate.obtained"),),
        _free_training,
        ("course.began_on",),
    ),
    "posts": Group(
        (Kind("welfare-post/211200-2022-07-21-set", ("2022-10-14",), "211202", "post.no_market_job"),),
        _post,
        ("post.months", "post.placement"),
    ),
    "campus internships": Group(
        (
            Kind("campus-internship/211200-2021-07-21", ("2022-02-21",), "211202", "internship.living_paid"),
            Kind("campus-internship/211200-2022-07-21", ("2022-12-20",), "211202", "internship.living_paid"),
        ),
        _campus,
        ("internship.served_months",),
    ),
    "start-up courses": Group(
        (Kind("startup-training/211200-2022-07-21", ("2022-11-01",), "211202", "course.free"),),
        _course,
        ("course.startup",),
    ),
    "units": Group(
        (
            Kind("job-retention/210000-2020-01-01-set", ("2020-07-06", "2020-12-31"), "210102", "unit.insured_at_year_end"),
            Kind("job-retention/211200-2021-01-01", ("2021-09-13",), "211202", "unit.size"),
            Kind("job-retention/210400-2021-01-01", ("2021-09-13",), "210402", "unit.size"),
        ),
        _retention,
        (),
    ),
}  # fmt: skip
