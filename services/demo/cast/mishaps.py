"""Mishaps: claims that go wrong: corrected, in conflict, withdrawn before they come, paid to the dead."""

from datetime import date

from events.contract.inbound.semantics import Known
from services.demo.cast.claim_filing import ClaimFiling
from services.demo.cast.messages import Published, submitted
from services.demo.cast.read_back import claims


def corrections(filing: ClaimFiling, count: int, known: Known) -> None:
    """File with a slip of the pen, and correct it, naming the digest of what was filed."""
    for _ in range(count):
        person, region = filing.people.person(), filing.drafts.region()
        on = date(2022, 8, 15)
        right = filing.drafts.skill_upgrade(person, region, applied_on=on, level="四级")
        wrong = right._replace(facts={**right.facts, "certificate.issued_on": "2021-03-15"})
        number = filing.number()
        filed = filing.file(wrong, number)
        data = submitted(right, number) | {"replaces": claims(filed, known)[0].digest}
        source = filing.script.source(region)
        filing.later.append(filing.events.event(source, "application.corrected", data))


def conflicts(filing: ClaimFiling, count: int) -> None:
    """Use an application's number again: for other content, or for somebody else."""
    for nth in range(count):
        person, region = filing.people.person(), filing.drafts.region()
        on = date(2022, 8, 16)
        draft = filing.drafts.skill_upgrade(person, region, applied_on=on, level="五级")
        number = filing.number()
        filing.file(draft, number)
        other = draft._replace(
            person=filing.people.person() if nth % 2 else person,
            facts=draft.facts | {"certificate.level": "三级"},
        )
        data = submitted(other, number)
        source = filing.script.source(region)
        filing.later.append(filing.events.event(source, "application.submitted", data))


def withdrawals(filing: ClaimFiling, count: int) -> list[Published]:
    """Take an application back before it has even arrived."""
    early = []
    for _ in range(count):
        draft = filing.drafts.skill_upgrade(filing.people.person(), filing.drafts.region())
        number, source = filing.number(), filing.script.source(draft.region)
        data = {"application": number, "reason": "本人撤回，改日再报"}
        early.append(filing.events.event(source, "application.withdrawn", data))
        filing.file(draft, number)
    return early


def deceased(filing: ClaimFiling, count: int) -> list[Published]:
    """People whose approval stands and whose payment is stopped."""
    changes, sender = [], filing.script.sources.civil_affairs
    for _ in range(count):
        person, region = filing.people.person(), filing.drafts.region()
        on = date(2022, 8, 17)
        filing.file(filing.drafts.skill_upgrade(person, region, applied_on=on, level="四级"))
        data = {"person": person.party(), "status": "deceased", "since": "2022-08-20"}
        changes.append(filing.events.event(sender, "person.status-changed", data))
    return changes
