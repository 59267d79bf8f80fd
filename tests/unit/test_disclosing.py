"""What the public is shown: masked, added up until there are five, and the same bytes for the same."""

from datetime import date
from hashlib import sha256
from random import Random
from typing import Any, cast

import pytest

from events.ids import is_disclosure_number
from projections.queries import disclosures
from projections.queries.disclosures import DisclosureRow, FundUse, GrantToList, ListedGrantRow
from services.disclosing import preparing
from services.disclosing.preparing import (
    FundUseAsked,
    GrantsAsked,
    NothingToShow,
    NotShown,
    PreparedDisclosure,
)
from services.disclosing.public_file import read, written
from services.runtime.masking import Masked
from services.runtime.vault import Vault
from tests.given_when_then import policies

DAY = date(2022, 9, 1)
AUGUST = (date(2022, 8, 1), date(2022, 8, 31))
ASKED = GrantsAsked("skill-upgrade", "211200", *AUGUST)
USED = FundUseAsked("unemployment_insurance", "211200", *AUGUST)
DB = cast("Any", None)


class Masks:
    """A vault that knows all but one."""

    async def public_names(self, tokens: set[str]) -> dict[str, Masked]:
        return {
            token: Masked("张*三", "211*************3X")
            for token in tokens
            if token != "token-erased"
        }


VAULT = cast("Vault", Masks())


def granted(count: int, persons: int | None = None) -> list[GrantToList]:
    return [
        GrantToList(f"district:{n:03d}", f"token-{n % (persons or count):03d}", 150_000, DAY)
        for n in range(count)
    ]


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the books would answer."""
    known: dict[str, Any] = {"grants": granted(6), "issues": [], "lines": []}

    async def to_list(*_asked: object) -> list[GrantToList]:
        return list(known["grants"])

    async def issues(_db: object, _number: str) -> list[DisclosureRow]:
        return list(known["issues"])

    async def lines(*_asked: object) -> list[ListedGrantRow]:
        return list(known["lines"])

    monkeypatch.setattr(disclosures, "to_list", to_list)
    monkeypatch.setattr(disclosures, "issues", issues)
    monkeypatch.setattr(disclosures, "lines", lines)
    return known


async def made() -> PreparedDisclosure:
    return await preparing.grants(DB, VAULT, policies(), ASKED, "li", DAY)


async def test_a_list_names_applications_to_the_ledger_and_masks_to_the_public(
    books: dict[str, Any],
) -> None:
    prepared = await made()
    command, file = prepared.command, read(prepared.content)
    assert is_disclosure_number(command.number)
    assert command.file_digest == sha256(prepared.content).hexdigest()
    assert [line.application for line in command.lines] == [g.application for g in books["grants"]]
    assert (command.total, command.persons, file.persons) == (900_000, (6,), 6)
    assert [(one.no, one.name, one.amount) for one in file.grants][:2] == [
        (1, "张*三", 150_000),
        (2, "张*三", 150_000),
    ]
    assert (file.place, file.phone) == ("铁岭市", "024-00000000")
    assert b"token" not in prepared.content
    assert b"district:" not in prepared.content


async def test_the_same_books_give_the_same_bytes_and_number(books: dict[str, Any]) -> None:
    first, second = await made(), await made()
    assert first == second
    books["grants"] = books["grants"][1:]
    assert (await made()).command.number != first.command.number


async def test_whoever_is_erased_has_neither_name_nor_number(books: dict[str, Any]) -> None:
    books["grants"][0] = books["grants"][0]._replace(beneficiary="token-erased")
    assert read((await made()).content).grants[0].name == "***"


@pytest.mark.parametrize(("grants", "why"), [([], "没有未公示"), (granted(6, 4), "不足 5 人")])
async def test_a_list_of_fewer_than_five_persons_is_not_made(
    books: dict[str, Any], grants: list[GrantToList], why: str
) -> None:
    books["grants"] = grants
    with pytest.raises(NothingToShow, match=why):
        await made()


def shown_issue(prepared: PreparedDisclosure, **changed: Any) -> DisclosureRow:
    command = prepared.command
    values: dict[str, Any] = dict.fromkeys(DisclosureRow._fields)
    values |= {
        "number": command.number, "issue": 1, "kind": "grants", "region": command.region,
        "programme": command.programme, "since": command.since, "until": command.until,
        "state": "shown", "prepared_on": DAY, "digest": "d" * 64,
    }  # fmt: skip
    return DisclosureRow(**(values | changed))


async def test_the_next_issue_leaves_out_whoever_has_left(books: dict[str, Any]) -> None:
    first = await made()
    number = first.command.number
    books["issues"] = [shown_issue(first)]
    states = ["granted", "withdrawn", *["granted"] * 4]
    books["lines"] = [
        ListedGrantRow(one.application, one.beneficiary, "p", one.amount_fen, state, None, None)
        for one, state in zip(granted(6), states, strict=True)
    ]
    prepared = await preparing.again(DB, VAULT, policies(), number, "li")
    file = read(prepared.content)
    assert (file.number, file.issue, len(file.grants), file.total) == (number, 2, 5, 750_000)
    assert "district:001" not in [line.application for line in prepared.command.lines]
    books["lines"] = books["lines"][:5]
    with pytest.raises(NothingToShow, match="不足 5 人"):
        await preparing.again(DB, VAULT, policies(), number, "li")


@pytest.mark.parametrize(
    "state", [{"state": "waiting"}, {"state": "rejected"}, {"kind": "fund_use"}]
)
async def test_what_was_never_shown_has_no_next_issue(
    books: dict[str, Any], state: dict[str, str]
) -> None:
    books["issues"] = [shown_issue(await made(), **state)]
    with pytest.raises(NotShown):
        await preparing.again(DB, VAULT, policies(), "G220901-0A1B2C", "li")


def paid_out(monkeypatch: pytest.MonkeyPatch, paid: dict[str, list[str]], back: int) -> None:
    """Let the books say who was paid by which benefit, 100 fen a payment."""

    async def fund_use(*_asked: object) -> list[FundUse]:
        return [
            FundUse(name, len(set(who)), len(who), 100 * len(who))
            for name, who in sorted(paid.items())
        ]

    async def persons_of(*asked: Any) -> int:
        return len({who for name in asked[-1] for who in paid[name]})

    async def recovered(*_asked: object) -> disclosures.Recovered:
        return disclosures.Recovered(back, back * 100)

    async def allocated(*_asked: object) -> int:
        return 1_000_000

    for one in (fund_use, persons_of, recovered, allocated):
        monkeypatch.setattr(disclosures, one.__name__, one)


async def stated() -> PreparedDisclosure:
    return await preparing.fund_use(DB, policies(), USED, "li", DAY)


@pytest.mark.parametrize("seed", range(60))
async def test_whatever_was_paid_no_row_shows_fewer_than_five_and_none_is_lost(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = Random(seed)
    people = [f"p{n}" for n in range(chance.choice([6, 12, 40]))]
    paid = {
        name: [chance.choice(people) for _ in range(chance.choice([1, 2, 3, 6, 30]))]
        for name in policies().programmes[: chance.randrange(1, 7)]
    }
    paid_out(monkeypatch, paid, chance.randrange(8))
    everybody = {who for those in paid.values() for who in those}
    if len(everybody) < 5:
        with pytest.raises(NothingToShow):
            await stated()
        return
    prepared = await stated()
    file = read(prepared.content)
    assert min(prepared.command.persons) >= 5
    assert sum(use.amount for use in file.uses) == file.total == 100 * sum(map(len, paid.values()))
    assert sorted(name for use in file.uses for name in use.programmes) == sorted(paid)
    for use in file.uses:
        assert use.persons == len({who for name in use.programmes for who in paid[name]}) >= 5


@pytest.mark.parametrize(("back", "told"), [(0, 0), (4, None), (5, 500)])
async def test_what_fewer_than_five_paid_back_is_not_told(
    monkeypatch: pytest.MonkeyPatch, back: int, told: int | None
) -> None:
    paid_out(monkeypatch, {"skill-upgrade": [f"p{n}" for n in range(9)]}, back)
    assert read((await stated()).content).recovered == told


async def test_what_is_read_back_is_what_was_written(books: dict[str, Any]) -> None:
    content = (await made()).content
    assert written(read(content)) == content
    with pytest.raises(ValueError, match=r"unknown field"):
        read(content.replace(b'"place"', b'"where"'))
