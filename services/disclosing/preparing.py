"""Preparing: a list of grants, its next issue, a statement of how a fund was used.

In:    what somebody asks for; the books, the vault
Out:   `PreparedDisclosure`: the command, and the file that it names
Holds: whoever has withdrawn, or was revoked, is in no later issue; a benefit with fewer than five
       persons is added up with others until there are five
"""

from datetime import date
from hashlib import sha256
from typing import NamedTuple

from events.disclosures import ListedGrant, PrepareDisclosure
from events.ids import disclosure_number
from policies.engine.registry import Policies
from projections.queries import disclosures
from projections.queries.connection import Db
from projections.queries.disclosures import DisclosureRow, FundUse, GrantToList
from services.deciders.disclosure.decider import FEWEST_PERSONS, MOST_LINES
from services.disclosing.public_file import PublicFile, PublicGrant, PublicUse, written
from services.runtime.errors import OperatingFailure
from services.runtime.vault import Vault
from services.wording import programmes
from services.wording.fund_names import FUND_NAMES

PURPOSE = "disclosure"
"""For what the vault keeps such a file."""

SEVERAL = "其他项目合计"
_GONE = "***"
"""Whoever is erased from the vault: no name, no number."""


class NothingToShow(OperatingFailure):
    """There is nothing that may be shown."""

    def __init__(self, why: str) -> None:
        super().__init__(why, "请核对项目、资金、区划和日期。")


class NotShown(OperatingFailure):
    """There is no list of this number that could have another issue."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"没有正在公示的名单 {number}。", "用 `benefit-ledger disclosures list` 查看。"
        )


class PreparedDisclosure(NamedTuple):
    """What is laid before a second person."""

    command: PrepareDisclosure
    content: bytes

    @property
    def name(self) -> str:
        """What the file is called."""
        return f"{self.command.number}.json"


class GrantsAsked(NamedTuple):
    """Grants of a benefit in a place, granted from one day to another."""

    programme: str
    region: str
    since: date
    until: date


class FundUseAsked(NamedTuple):
    """What was paid out of a fund in a place from one day to another."""

    fund: str
    region: str
    since: date
    until: date


async def grants(
    db: Db, vault: Vault, policies: Policies, asked: GrantsAsked, maker: str, today: date
) -> PreparedDisclosure:
    """List the grants that stand and were never listed, the oldest first, as many as one list holds.

    Raises: NothingToShow
    """
    found = await disclosures.to_list(db, *asked, MOST_LINES)
    _enough(len({row.beneficiary for row in found}), "没有未公示的核准件")
    lines = "".join(f"{row.application}|{row.amount_fen}\n" for row in found)
    number = disclosure_number(today, sha256(f"{asked}{lines}".encode()).hexdigest())
    return await _list(vault, policies, asked, found, (number, 1), maker)


async def again(
    db: Db, vault: Vault, policies: Policies, number: str, maker: str
) -> PreparedDisclosure:
    """Make the next issue of a list without whoever has left since.

    Raises: NotShown, NothingToShow
    """
    shown = next((one for one in await disclosures.issues(db, number) if _was_shown(one)), None)
    if shown is None:
        raise NotShown(number)
    rows = await disclosures.lines(db, number, shown.issue, shown.digest)
    left = [
        GrantToList(row.application, row.beneficiary, row.amount_fen, shown.prepared_on)
        for row in rows
        if row.state == "granted"
    ]
    _enough(len({row.beneficiary for row in left}), "名单上没有仍然有效的核准件")
    asked = GrantsAsked(shown.programme, shown.region, shown.since, shown.until)
    return await _list(vault, policies, asked, left, (number, shown.issue + 1), maker)


def _was_shown(one: DisclosureRow) -> bool:
    return one.kind == "grants" and one.state in ("shown", "taken_down")


async def _list(
    vault: Vault,
    policies: Policies,
    asked: GrantsAsked,
    found: list[GrantToList],
    named: tuple[str, int],
    maker: str,
) -> PreparedDisclosure:
    names = await vault.public_names({row.beneficiary for row in found})
    shown = []
    for no, row in enumerate(found, start=1):
        who = names.get(row.beneficiary)
        name, number = (who.name, who.number) if who else (_GONE, _GONE)
        shown.append(PublicGrant(no, name, number, row.amount_fen))
    city = policies.cities.city_of(asked.region)
    office = city.about.objections if city else None
    persons = len({row.beneficiary for row in found})
    file = PublicFile(
        number=named[0],
        issue=named[1],
        kind="grants",
        region=asked.region,
        place=policies.cities.regions.get(asked.region, asked.region),
        about=programmes.title(policies, asked.programme),
        since=asked.since,
        until=asked.until,
        total=sum(row.amount_fen for row in found),
        persons=persons,
        grants=tuple(shown),
        office=office.office if office else "",
        phone=office.phone if office else "",
    )
    lines = tuple(ListedGrant(application=row.application, amount=row.amount_fen) for row in found)
    return _prepared(file, maker, (persons,), programme=asked.programme, lines=lines)


async def fund_use(
    db: Db, policies: Policies, asked: FundUseAsked, maker: str, today: date
) -> PreparedDisclosure:
    """State what was paid out of a fund, by benefit, and what came back.

    Raises: NothingToShow
    """
    uses = await disclosures.fund_use(db, *asked)
    everybody = await disclosures.persons_of(db, *asked, [one.programme for one in uses])
    _enough(everybody, "这段日子没有付款")
    shown = await together(db, policies, asked, uses)
    back = await disclosures.recovered(db, *asked)
    recovered = None if 0 < back.persons < FEWEST_PERSONS else back.amount_fen
    said = "".join(f"{use}\n" for use in shown)
    file = PublicFile(
        number=disclosure_number(today, sha256(f"{asked}{said}".encode()).hexdigest()),
        issue=1,
        kind="fund_use",
        region=asked.region,
        place=policies.cities.regions.get(asked.region, asked.region),
        about=FUND_NAMES.get(asked.fund, asked.fund),
        since=asked.since,
        until=asked.until,
        total=sum(use.amount for use in shown),
        persons=everybody,
        uses=tuple(shown),
        allocated=await disclosures.allocated(db, asked.fund, asked.region, asked.until.year),
        recovered=recovered,
    )
    persons = (everybody, *(use.persons for use in shown))
    return _prepared(file, maker, persons, fund=asked.fund)


async def together(
    db: Db, policies: Policies, asked: FundUseAsked, uses: list[FundUse]
) -> list[PublicUse]:
    """Show benefits one by one, and those of fewer than five persons in one row, together with the
    next smallest until they are five different ones."""
    by_size = sorted(uses, key=lambda use: (use.persons, use.programme))
    small = [use for use in by_size if use.persons < FEWEST_PERSONS]
    alone, persons = by_size[len(small) :], 0
    while small:
        names = [use.programme for use in small]
        persons = await disclosures.persons_of(db, *asked, names)
        if persons >= FEWEST_PERSONS or not alone:
            break
        small.append(alone.pop(0))
    shown = [
        PublicUse(
            (use.programme,),
            programmes.title(policies, use.programme),
            use.persons,
            use.payments,
            use.amount_fen,
        )
        for use in sorted(alone, key=lambda use: use.programme)
    ]
    if small:
        merged = tuple(sorted(use.programme for use in small))
        payments = sum(use.payments for use in small)
        amount = sum(use.amount_fen for use in small)
        shown.append(PublicUse(merged, SEVERAL, persons, payments, amount))
    return shown


def _enough(persons: int, nobody: str) -> None:
    if not persons:
        raise NothingToShow(f"{nobody}。")
    if persons < FEWEST_PERSONS:
        raise NothingToShow(f"只有 {persons} 人，不足 {FEWEST_PERSONS} 人，不向公众公开。")


def _prepared(
    file: PublicFile,
    maker: str,
    persons: tuple[int, ...],
    *,
    programme: str = "",
    fund: str = "",
    lines: tuple[ListedGrant, ...] = (),
) -> PreparedDisclosure:
    content = written(file)
    command = PrepareDisclosure(
        number=file.number,
        kind=file.kind,
        region=file.region,
        programme=programme,
        fund=fund,
        since=file.since,
        until=file.until,
        lines=lines,
        persons=persons,
        total=file.total,
        file_digest=sha256(content).hexdigest(),
        maker=maker,
    )
    return PreparedDisclosure(command, content)
