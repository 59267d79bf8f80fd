"""A year of training: applications that count towards targets, and vouchers, as facts at hand.

What is counted is also counted here in the plainest way, person by person, for tests to compare.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from random import Random

from events import streams
from events.applications import ApplicationWithdrawn
from events.approvals import ApprovalRevoked
from events.envelope import Recorded
from events.values import Fact, FactValue
from events.vouchers import Applied, ClaimVoucher, IssueVoucher, UseVoucher, VerifyVoucher
from tests.given_when_then import Scene
from tests.handmade_ledgers import History, filed, granted

DISTRICTS = ("211202", "211221", "211282", "211201", "211200", "210402")
PROGRAMMES = ("free-training", "apprenticeship", "in-work-training-hire", "talent-living")
GROUPS = ("退役军人", "返乡农民工", "残疾人")
LEVELS = ("四级", "三级", "二级")


@dataclass
class Training:
    """Who was trained, in what, where and when; and whether it was granted and stands."""

    history: History = field(default_factory=History)
    told: list[tuple[str, str, str, str, dict[str, FactValue], bool]] = field(default_factory=list)

    def trains(
        self,
        number: int,
        programme: str,
        district: str,
        facts: dict[str, FactValue],
        end: str = "granted",
        person: str = "",
    ) -> None:
        """File an application for a person, and let it end so."""
        key, token = f"district-{district}.hrss:T{number:05d}", person or f"person-{number:05d}"
        stream = streams.beneficiary(token)
        claim = filed(key, token)
        stated = claim.stated.model_copy(
            update={"programme": programme, "region": district, "facts": facts}
        )
        grant = granted(key, token)
        policy = grant.policy.model_copy(update={"programme": programme})
        bodies: list[Fact] = [claim.model_copy(update={"stated": stated})]
        if end != "filed":
            bodies.append(grant.model_copy(update={"policy": policy}))
        if end == "revoked":
            bodies.append(_revoked(key, token))
        if end == "withdrawn":
            bodies.append(ApplicationWithdrawn(application=key, reason="本人放弃"))
        self.history.add(stream, *bodies, on=date(2022, 8, 1))
        self.told.append((key, token, programme, district, facts, end == "granted"))

    def at_random(self, seed: int, applications: int = 200, people: int = 40) -> "Training":
        """Train some people again and again."""
        chance = Random(seed)
        for number in range(applications):
            programme = chance.choice(PROGRAMMES)
            month = chance.randint(1, 12)
            facts: dict[str, FactValue] = {
                "course.began_on": f"2022-{month:02d}-15",
                "in_work.months": [f"{chance.choice((2021, 2022))}-{month:02d}"],
                "training.group": chance.sample(GROUPS, chance.randint(1, 2)),
                "certificate.level": chance.choice(LEVELS),
                "certificate.issued_on": f"{chance.choice((2022, 2023))}-{month:02d}-20",
            }
            self.trains(
                number,
                programme,
                chance.choice(DISTRICTS),
                facts,
                chance.choice(("granted", "granted", "granted", "filed", "revoked", "withdrawn")),
                f"person-{chance.randrange(people):03d}",
            )
        return self

    def stand(self, *programmes: str) -> Iterable[tuple[str, str, str, dict[str, FactValue]]]:
        """What of some programmes was granted and stands: key, person, district, facts."""
        for key, token, programme, district, facts, stands in self.told:
            if stands and programme in programmes:
                yield key, token, district, facts

    def persons(self, days: dict[str, tuple[str, str, str]]) -> dict[str, int]:
        """Count each person once, where the first of the days is; `days` by application."""
        firsts: dict[str, tuple[str, str, str]] = {}
        for key, (token, day, district) in days.items():
            firsts[token] = min(firsts.get(token, ("9", "", "")), (day, key, district))
        found: dict[str, int] = defaultdict(int)
        for _, _, district in firsts.values():
            found[district] += 1
        return dict(found)


def _revoked(key: str, token: str) -> ApprovalRevoked:
    return ApprovalRevoked(
        application=key,
        attempt=1,
        cause="administrative_error",
        gives_back_slots=True,
        payee=token,
        unpaid=(),
        instalments=(),
        document="银人社撤〔2022〕2号",
        reason="录入有误",
        by="staff",
    )


def vouchers(count: int, used: int) -> list[Recorded]:
    """So many vouchers of 2022, of which some are used; one step is told before its voucher."""
    scene = Scene("2022-09-01")
    applied = Applied(programme="free-training", course="YZ-31")
    for number in range(count):
        key, holder = f"district-211202.hrss:PXQ-{number:04d}", f"holder-{number:05d}"
        stream, issue = streams.voucher(key), date(2022, 8, 1)
        scene.when(
            stream,
            IssueVoucher(
                voucher=key,
                holder=holder,
                district=DISTRICTS[number % 3],
                issued_on=issue,
                valid_until=date(2022, 12, 31),
                source="district-211202.hrss",
            ),
        )
        if number < used:
            day = {"voucher": key, "holder": holder, "on": issue, "source": "school"}
            scene.when(stream, ClaimVoucher(**day))  # type: ignore[arg-type]
            scene.when(stream, VerifyVoucher(**day))  # type: ignore[arg-type]
            scene.when(stream, UseVoucher(**day, applied=applied))  # type: ignore[arg-type]
    early = "district-211202.hrss:PXQ-EARLY"
    scene.when(
        streams.voucher(early),
        ClaimVoucher(voucher=early, holder="holder-early", on=date(2022, 8, 2), source="app"),
    )
    return scene.ledger.facts
