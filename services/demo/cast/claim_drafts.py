"""Claim drafts: what people of an invented city claim, in the proportions of a busy year.

In:   people, a seeded random
Out:  claim lines: programme, region, day, facts, and what the rules ought to make of them
"""

from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from services.demo.cast.people import InventedFirm, InventedPerson
from services.demo.cast.script import Script

_OCCUPATIONS = (
    "电工", "焊工", "钳工", "车工", "中式烹调师", "西式面点师", "保育师", "养老护理员", "美容师",
    "汽车维修工", "育婴员", "砌筑工", "叉车司机", "电子商务师", "茶艺师", "快递员",
)  # fmt: skip
_SCHOOLS = ("高校", "高校", "中职", "技工院校")
_HARDSHIPS = (
    "低保家庭", "脱贫家庭", "国家助学贷款", "残疾", "孤儿", "特困人员", "防止返贫监测对象家庭",
)  # fmt: skip


class ClaimDraft(NamedTuple):
    """One claim line before it is put into a message."""

    person: InventedPerson | InventedFirm
    programme: str
    region: str
    applied_on: date
    channel: str
    facts: dict[str, Any]


class ClaimDrafts:
    """Draws claims; the same random draws the same ones."""

    def __init__(self, random: Random, script: Script) -> None:
        self._random = random
        self._script = script
        self._certificates = 0

    def region(self) -> str:
        """Draw a district, by its share."""
        shares = self._script.districts
        return self._random.choices(list(shares), list(shares.values()))[0]

    def certificate(self, on: date, level: str = "", occupation: str = "") -> dict[str, Any]:
        """Draw a certificate that was issued on a day."""
        self._certificates += 1
        place = self._script.people.certificates
        level = level or self._random.choices(("五级", "四级", "三级"), (3, 5, 2))[0]
        return {
            "certificate.level": level,
            "certificate.occupation": occupation or self._random.choice(_OCCUPATIONS),
            "certificate.number": f"S{on:%Y%m}{place}{self._certificates:08}",
            "certificate.issued_on": on.isoformat(),
        }

    def skill_upgrade(
        self,
        person: InventedPerson,
        region: str,
        *,
        applied_on: date | None = None,
        occupation: str = "",
        level: str = "",
    ) -> ClaimDraft:
        """Claim for a certificate obtained in 2022; some too late, some of a level without rate."""
        random = self._random
        issued = date(2022, 1, 10) + timedelta(days=random.randint(0, 170))
        applied = applied_on or issued + timedelta(days=random.randint(20, 150))
        certificate = self.certificate(issued, level, occupation)
        facts = {**certificate, "person.status": ["领取失业保险金期间@2021-11-01/"]}
        if not (applied_on or occupation or level):
            match random.choices(
                ("good", "level", "status", "employee", "missing"), (80, 7, 5, 6, 2)
            )[0]:
                case "level":
                    facts["certificate.level"] = random.choice(("二级", "一级"))
                case "status":
                    facts["person.status"] = ["灵活就业@2021-01-01/"]
                case "employee":
                    facts["person.status"] = ["在职@2019-03-01/"]
                    facts["insured_months"] = random.randint(8, 60)
                case "missing":
                    del facts["person.status"]
        return ClaimDraft(
            person, "skill-upgrade", region, applied, random.choice(("app", "hall")), facts
        )

    def post_skill(self, person: InventedPerson, region: str, applied: date) -> ClaimDraft:
        """Claim, in an employer's batch of 2021, for a worker's certificate."""
        random = self._random
        issued = applied - timedelta(
            days=random.choice((40, 60, 90, 120, 150, 180, 220, 260, 300, 340, 372))
        )
        level = random.choices(("五级", "四级", "三级", "二级"), (3, 5, 3, 1))[0]
        facts = {
            **self.certificate(issued, level),
            "applicant.kind": "职工",
            "contract.months": random.choices((36, 24, 12, 999, 6), (5, 3, 3, 2, 1))[0],
            "insured_months": random.choices((48, 30, 18, 12, 9), (5, 3, 2, 2, 1))[0],
        }
        return ClaimDraft(person, "post-skill", region, applied, "employer", facts)

    def jobseeking(self, person: InventedPerson, region: str, applied: date) -> ClaimDraft:
        """Claim of a graduate, handed in by the school."""
        random = self._random
        hardship = random.choices((1, 2, 0), (85, 7, 8))[0]
        facts = {
            "diploma.school_kind": random.choice(_SCHOOLS),
            "diploma.school_region": region if random.random() < 0.96 else self._script.elsewhere,
            "diploma.dated_on": "2023-06-30" if applied >= date(2022, 9, 1) else "2022-07-01",
            "graduate.seeking": True,
            "hardship.category": sorted(random.sample(_HARDSHIPS, hardship)),
        }
        return ClaimDraft(person, "jobseeking", region, applied, "school", facts)

    def unemployment_assistance(self, person: InventedPerson, region: str) -> ClaimDraft:
        """Claim at the end of 2021, paid monthly until June 2022; near retirement a person judges."""
        random = self._random
        applied = date(2021, 11, 1) + timedelta(days=random.randint(0, 57))
        occurred = applied - timedelta(days=random.randint(20, 120))
        facts = {
            "ui.status": random.choices(
                ("期满仍未就业", "不符合领取条件", "正在领取", "未参保"), (5, 6, 2, 1)
            )[0],
            "unemployment.occurred_on": occurred.isoformat(),
            "months_to_retirement": random.choices(
                (random.randint(2, 11), random.randint(14, 300)), (1, 3)
            )[0],
        }
        return ClaimDraft(person, "unemployment-assistance", region, applied, "hall", facts)
