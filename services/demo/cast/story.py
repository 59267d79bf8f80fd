"""Story: people whom something happens to in the half year, and what upstream tells of them.

Out:  the cast; the messages of each month, in the order of its days
Holds: the same seed makes the same people, whatever the size of the city around them; what is done
       about them is `acts`, what came of it is `checks`.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from events.ids import application_key, application_parts, debt_id, disbursement_id
from services.demo.cast.claim_drafts import ClaimDraft
from services.demo.cast.messages import Events, Published, submitted
from services.demo.cast.people import InventedFirm, InventedPerson, Population

HOME = "211281"
"""调兵山市: whoever the story is about lives here, so that its books tell it by themselves."""

QUEUEING = "211221"
"""铁岭县: its line runs out."""

TIGHT_LINE = ("unemployment_insurance", QUEUEING, 2022)
TIGHT_FEN = 400_000
TOP_UPS_FEN = {"2022-05": 250_000, "2022-06": 100_000}
SERVED_BY = {"2022-05": ("queue-3", "queue-4"), "2022-06": ("queue-5",)}
FRAUD = "ZH-2022-0001"
FRAUD_FLOOR_FEN = 50_000
FRAUD_CASH_FEN = 50_000
_POST_FEN = 296_000


class MonthlyMessages(NamedTuple):
    """What upstream tells in a month: with the applications, or on an earlier or later day of it."""

    early: list[Published]
    applied: list[Published]
    late: list[Published]


class Story:
    """The cast, their applications' keys, and what upstream says of them."""

    def __init__(self, run: str, people: Population) -> None:
        self.died, self.hired, self.sister, self.brother = (people.person() for _ in range(4))
        self.moved, self.forger = people.person(), people.person()
        self.trainee, self.dropout = (people.person(born=(1999, 2000)) for _ in range(2))
        self.queue = [people.person() for _ in range(5)]
        self.post_unit, self.trainer, self.debtor = (people.firm(900 + n) for n in range(3))
        self.new_account = people.person().account
        self._events = Events(f"{run}-story")
        self._number = 0
        self.keys: dict[str, str] = {}
        self.messages_by_month: dict[str, MonthlyMessages] = {
            f"2022-{m:02}": MonthlyMessages([], [], []) for m in range(1, 7)
        }
        self._january()
        self._later()

    @property
    def closed_accounts(self) -> frozenset[str]:
        """Where a payment cannot arrive."""
        return frozenset({self.moved.account})

    @property
    def never_returned(self) -> frozenset[str]:
        """Where no payment comes back by chance."""
        people = [self.died, self.hired, self.sister, self.brother, self.forger, *self.queue]
        units = [self.post_unit, self.trainer, self.debtor]
        return frozenset(
            [self.new_account, *(one.account for one in people), *(one.account for one in units)]
        )

    def messages(self) -> Iterator[Published]:
        """Every message of the story, month by month."""
        for month in self.messages_by_month.values():
            for part in month:
                yield from part

    def _january(self) -> None:
        month = self.messages_by_month["2022-01"]
        for name, person in (("died", self.died), ("hired", self.hired)):
            facts = {
                "ui.status": "不符合领取条件",
                "unemployment.occurred_on": "2021-11-15",
                "months_to_retirement": 150,
            }
            month.applied.append(
                self._files(name, person, "unemployment-assistance", "2021-12-20", facts)
            )
        for member in (self.hired, self.sister, self.brother):
            data = {"household": "LJY-2021-006", "person": member.party(), "since": "2021-06-01"}
            month.early.append(
                self._events.event("civil-affairs.tieling", "household.member-joined", data)
            )
        for filed in (
            self._skill("moved", self.moved, "2022-01-10", "保育师"),
            self._skill("forged", self.forger, "2022-01-12", "电工"),
            self._internship("advanced", self.trainee, self.trainer, "2022-01-06", ahead=True),
            self._internship("unsettled", self.dropout, self.debtor, "2022-01-07", ahead=True),
        ):
            month.applied.append(filed)

    def _later(self) -> None:
        for name, person, more in (
            ("sister", self.sister, []),
            ("brother", self.brother, ["残疾"]),
        ):
            facts = {
                "hardship.category": ["零就业家庭", *more],
                "post.placement": 1,
                "post.term": "基本期限",
                "post.months": ["2022-03", "2022-04"],
                "hardship.severely_disabled": False,
                "months_to_retirement": 220,
                "declared.authorised": True,
                "declared.amount": _POST_FEN,
                "declared.document": f"示例人社批〔2022〕{len(self.keys)}号",
            }
            filed = self._files(
                name, person, "welfare-post", "2022-02-25", facts, payee=self.post_unit
            )
            self.messages_by_month["2022-02"].late.append(filed)
        self.messages_by_month["2022-03"].early.append(
            self._status(self.hired, "employed", "2022-03-10")
        )
        self.messages_by_month["2022-03"].applied.append(
            self._skill("again", self.forger, "2022-03-08", "焊工")
        )
        self.messages_by_month["2022-04"].applied.append(
            self._internship("settled", self.trainee, self.trainer, "2022-04-08", ahead=False)
        )
        self.messages_by_month["2022-04"].late.append(
            self._status(self.died, "deceased", "2022-03-21")
        )
        for place, (month, day, level) in enumerate(
            (
                ("2022-02", "2022-02-08", "四级"),
                ("2022-02", "2022-02-09", "四级"),
                ("2022-03", "2022-03-09", "四级"),
                ("2022-04", "2022-04-11", "五级"),
                ("2022-05", "2022-05-09", "三级"),
            )
        ):
            person = self.queue[place]
            filed = self._skill(f"queue-{place + 1}", person, day, "叉车司机", level, QUEUEING)
            # each with a day of its own: a line serves whom it hears first
            (
                self.messages_by_month[month].applied
                if place % 2
                else self.messages_by_month[month].early
            ).append(filed)
        self.messages_by_month["2022-05"].early.append(
            self._repaid(FRAUD, self.forger, FRAUD_CASH_FEN, "2022-05-12", "FC20220512")
        )
        self.looked_at = self._looked_at("again")

    def heirs_repay(self, amount: int) -> Published:
        """What came too late is paid back by the heirs, once it is ordered."""
        debt = debt_id(disbursement_id(self.keys["died"], 3), "deceased")
        return self._repaid(debt, self.died, amount, "2022-06-10", "FC20220610")

    # --- messages -------------------------------------------------------------------------------

    def _files(
        self,
        name: str,
        person: InventedPerson,
        programme: str,
        applied_on: str,
        facts: dict[str, Any],
        *,
        payee: InventedFirm | None = None,
        region: str = HOME,
    ) -> Published:
        self._number += 1
        number, source = f"GS-2022-{self._number:03}", f"district-{region}.hrss"
        self.keys[name] = application_key(source, number)
        channel = "hall" if payee is None else "employer"
        case = ClaimDraft(person, programme, region, date.fromisoformat(applied_on), channel, facts)
        data = submitted(case, number)
        if payee is not None:
            data |= {"payee": payee.party(), "account": payee.paid_into()}
        return self._events.event(source, "application.submitted", data)

    def _skill(
        self,
        name: str,
        person: InventedPerson,
        applied_on: str,
        occupation: str,
        level: str = "四级",
        region: str = HOME,
    ) -> Published:
        facts = {
            "certificate.level": level,
            "certificate.occupation": occupation,
            "certificate.number": f"S2022012112{len(self.keys):08}",
            "certificate.issued_on": "2022-01-04",
            "person.status": ["领取失业保险金期间@2021-06-01/"],
        }
        return self._files(name, person, "skill-upgrade", applied_on, facts, region=region)

    def _internship(
        self, name: str, person: InventedPerson, unit: InventedFirm, applied_on: str, *, ahead: bool
    ) -> Published:
        facts = {
            "unit.kind": "企业",
            "graduate.kind": "高校毕业生",
            "diploma.dated_on": "2021-06-30",
            "person.status": ["未就业@2021-06-30/"],
            "internship.began_on": "2022-01-04",
            "internship.agreed_months": 3,
            "internship.months": ["2022-01", "2022-02", "2022-03"],
            "internship.months_left": 0,
            "internship.early_job": False,
            "internship.living_paid": 130_000,
            "internship.accident_insured": True,
            "internship.unit_completed": 10,
            "internship.unit_retained": 6,
            "advance.requested": ahead,
        }
        return self._files(name, person, "internship", applied_on, facts, payee=unit)

    def _status(self, person: InventedPerson, status: str, since: str) -> Published:
        data = {"person": person.party(), "status": status, "since": since}
        return self._events.event("civil-affairs.tieling", "person.status-changed", data)

    def _looked_at(self, name: str) -> Published:
        source, application, _ = application_parts(self.keys[name])
        data = {
            "source": source,
            "application": application,
            "verdict": "approve",
            "reviewer": "zhao-min",
            "document": "示例审〔2022〕复核1号",
            "reason": "曾以伪造证书骗取补贴，本次证书经发证机构核实属实",
        }
        return self._events.event("review.tieling", "review.decided", data)

    def _repaid(
        self, clawback: str, debtor: InventedPerson, amount: int, on: str, reference: str
    ) -> Published:
        data = {
            "clawback": clawback,
            "debtor": debtor.party(),
            "amount_fen": amount,
            "received_on": on,
            "bank_account": "icbc-1281",
            "bank_reference": reference,
        }
        return self._events.event("bank.tieling", "clawback.repaid", data)
