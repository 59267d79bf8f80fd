"""Programme claims: how many of each programme are claimed, and how they are handed in."""

from datetime import date, timedelta

from services.demo.cast.claim_drafts import ClaimDraft
from services.demo.cast.claim_filing import ClaimFiling
from services.demo.cast.script import Sample

_FIRST_FIRM = 1_000
_AT_A_TIME = 4


def skill_upgrades(filing: ClaimFiling, wanted: int) -> None:
    """Skill upgrades: most are good; some claim a fourth in a year, or the same one twice."""
    made = 0
    for _ in range(wanted // 40):  # four certificates in a year: the fourth is over the cap
        person, region = filing.people.person(), filing.drafts.region()
        for month, occupation in zip((5, 6, 7, 8), ("电工", "焊工", "钳工", "车工"), strict=True):
            on = date(2022, month, 20)
            filing.file(
                filing.drafts.skill_upgrade(
                    person, region, applied_on=on, occupation=occupation, level="四级"
                )
            )
            made += 1
    for _ in range(wanted // 60):  # the same occupation and level twice
        person, region = filing.people.person(), filing.drafts.region()
        for month in (7, 8):
            on = date(2022, month, 12)
            filing.file(
                filing.drafts.skill_upgrade(
                    person, region, applied_on=on, occupation="保育师", level="五级"
                )
            )
            made += 1
    for _ in range(wanted - made):
        filing.file(filing.drafts.skill_upgrade(filing.people.person(), filing.drafts.region()))


def post_skills(filing: ClaimFiling, wanted: int) -> None:
    """Workers' certificates, in employers' batches."""
    firm_number = 0
    while wanted > 0:
        firm = filing.people.firm(firm_number)
        firm_number += 1
        region = filing.drafts.region()
        applied = date(2021, 8, 2) + timedelta(days=filing.random.randint(0, 145))
        size = min(wanted, filing.random.randint(12, 40))
        drafts = [
            filing.drafts.post_skill(filing.people.person(), region, applied) for _ in range(size)
        ]
        filing.file_batch(f"employer-{firm.code.lower()}", drafts)
        wanted -= size


def jobseekings(filing: ClaimFiling, wanted: int) -> None:
    """Graduates, in schools' batches."""
    for school in range(1, 10_000):
        if wanted <= 0:
            return
        region = filing.drafts.region()
        applied = date(2022, 7, 25) + timedelta(days=filing.random.randint(0, 100))
        size = min(wanted, filing.random.randint(20, 60))
        drafts = [
            filing.drafts.jobseeking(filing.people.person(born=(1998, 2004)), region, applied)
            for _ in range(size)
        ]
        filing.file_batch(f"school-{school:02}.edu", drafts)
        wanted -= size


def unemployed(filing: ClaimFiling, wanted: int) -> None:
    """Unemployment assistance."""
    for _ in range(wanted):
        filing.file(
            filing.drafts.unemployment_assistance(filing.people.person(), filing.drafts.region())
        )


def file_shares(filing: ClaimFiling, lines: int) -> None:
    """File `lines` claims of all samples by their shares through the districts' systems, a few at a time,
    so that districts and days take turns.

    Holds: a sample has two claims at least, so that both a good one and another are made
    """
    known = filing.script.samples
    shares = sum(sample.weight for sample in known)
    firm = _FIRST_FIRM
    for sample in known:
        wanted = max(2, round(lines * sample.weight / shares))
        for start in range(0, wanted, _AT_A_TIME):
            number = min(_AT_A_TIME, wanted - start)
            _file_sample(filing, sample, firm, number, start, by_district=True)
            firm += number


def sampled(filing: ClaimFiling, each: int) -> int:
    """File `each` claims of every other programme; how many lines that makes."""
    known = filing.script.samples
    for number, sample in enumerate(known):
        _file_sample(filing, sample, _FIRST_FIRM + number * each, each)
    return len(known) * each


def _file_sample(
    filing: ClaimFiling,
    sample: Sample,
    number: int,
    each: int,
    start: int = 0,
    *,
    by_district: bool = False,
) -> None:
    region = filing.drafts.region()
    span = (sample.last_on - sample.first_on).days
    applied = sample.first_on + timedelta(days=filing.random.randint(0, span))
    unit = filing.people.firm(number) if sample.payee == "unit" else None
    drafts = [
        ClaimDraft(
            filing.people.firm(number + nth)
            if sample.beneficiary == "unit"
            else filing.people.person(born=(1998, 2003)),
            sample.programme,
            region,
            applied,
            "hall" if unit is None else "employer",
            sample.stated(start + nth),
        )
        for nth in range(each)
    ]
    if unit is None:
        for draft in drafts:
            filing.file(draft)
    else:
        own = f"employer-{unit.code.lower()}"
        source = filing.script.source(region) if by_district else own
        paid = {"payee": unit.party(), "account": unit.paid_into()}
        filing.file_batch(source, drafts, own_accounts=False, **paid)
