"""Story messages: how the people of the story appear in what upstream publishes.

Holds: an application is known to the story by a name of its own, and to the ledger by its key
"""

from datetime import date
from typing import Any

from events.ids import application_key, application_parts
from services.demo.cast.claim_drafts import ClaimDraft
from services.demo.cast.messages import Events, Published, submitted
from services.demo.cast.people import InventedFirm, InventedPerson
from services.demo.cast.script import Script


class StoryMessages:
    """Writes the story's messages, and remembers the keys of its applications.

    Shape: whoever the story is about lives in the district `home`, and is paid from the bank account
           `paid_from`
    """

    def __init__(self, run: str, script: Script, home: str = "", paid_from: str = "") -> None:
        self.events = Events(f"{run}-story")
        self._script = script
        self._home = home
        self._paid_from = paid_from
        self.keys: dict[str, str] = {}
        self._number = 0

    def files(
        self,
        name: str,
        person: InventedPerson | InventedFirm,
        programme: str,
        applied_on: str,
        facts: dict[str, Any],
        *,
        payee: InventedFirm | None = None,
        region: str = "",
    ) -> Published:
        """File an application, at home unless a region is named, and remember its key by the story's
        name for it."""
        self._number += 1
        region = region or self._home
        year = self._script.calendar.opened_on.year
        number, source = f"GS-{year}-{self._number:03}", self._script.source(region)
        self.keys[name] = application_key(source, number)
        channel = "hall" if payee is None else "employer"
        case = ClaimDraft(person, programme, region, date.fromisoformat(applied_on), channel, facts)
        data = submitted(case, number)
        if payee is not None:
            data |= {"payee": payee.party(), "account": payee.paid_into()}
        return self.events.event(source, "application.submitted", data)

    def skill(
        self,
        name: str,
        person: InventedPerson,
        applied_on: str,
        occupation: str,
        level: str = "四级",
        region: str = "",
    ) -> Published:
        """File a claim for a certificate."""
        place = self._script.people.certificates
        facts = {
            "certificate.level": level,
            "certificate.occupation": occupation,
            "certificate.number": f"S202201{place}{len(self.keys):08}",
            "certificate.issued_on": "2022-01-04",
            "person.status": ["领取失业保险金期间@2021-06-01/"],
        }
        return self.files(name, person, "skill-upgrade", applied_on, facts, region=region)

    def internship(
        self, name: str, person: InventedPerson, unit: InventedFirm, applied_on: str, *, ahead: bool
    ) -> Published:
        """File an internship's share that is paid ahead, or its settlement."""
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
        return self.files(name, person, "internship", applied_on, facts, payee=unit)

    def status(self, person: InventedPerson, status: str, since: str) -> Published:
        """Say that a person's status has changed."""
        data = {"person": person.party(), "status": status, "since": since}
        return self.events.event(self._script.sources.civil_affairs, "person.status-changed", data)

    def looked_at(self, name: str) -> Published:
        """Let a reviewer approve what was claimed under this name."""
        source, application, _ = application_parts(self.keys[name])
        data = {
            "source": source,
            "application": application,
            "verdict": "approve",
            "reviewer": self._script.staff.reviewer,
            "document": "示例审〔2022〕复核1号",
            "reason": "曾以伪造证书骗取补贴，本次证书经发证机构核实属实",
        }
        return self.events.event(self._script.sources.reviewers, "review.decided", data)

    def repaid(
        self, clawback: str, debtor: InventedPerson, amount: int, on: str, reference: str
    ) -> Published:
        """Say that a debtor has paid back."""
        data = {
            "clawback": clawback,
            "debtor": debtor.party(),
            "amount_fen": amount,
            "received_on": on,
            "bank_account": self._paid_from,
            "bank_reference": reference,
        }
        return self.events.event(self._script.sources.bank, "clawback.repaid", data)
