"""Public lists: by two people, for the city's own period, of five persons or more, and only shrinking."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from events import streams
from events.control import CommandRefused
from events.disclosures import (
    DisclosurePrepared,
    DisclosurePublished,
    ListedGrant,
    PrepareDisclosure,
    PublishDisclosure,
    RejectDisclosure,
    TakeDownDisclosure,
)
from events.envelope import Recorded
from events.ids import disclosure_number, is_disclosure_number
from policies.cities import Cities, City
from policies.engine.registry import Policies
from policies.reference_data.standards import FigureRow, Standards
from tests.given_when_then import Scene, kinds, only, policies

NUMBER = "G220901-0A1B2C"
STREAM = streams.disclosure(NUMBER)
REGION = "211202"


def law(period: str | None = "7D", *, office: bool = True) -> Policies:
    """The shipped policies, with what a city sets of public lists, or without."""
    shipped = policies()
    row = {"from": date(2020, 1, 1), "value": period, "source": "市定"}
    own = {("disclosure.period", "211200"): (FigureRow.model_validate(row),)} if period else {}
    standards = Standards(shipped.standards.declared, {**shipped.standards.stated, **own})
    cities = shipped.cities if office else without_office(shipped.cities)
    return Policies(tuple(shipped), standards, cities)


def without_office(cities: Cities) -> Cities:
    def closed(city: City) -> City:
        return city._replace(about=city.about.model_copy(update={"objections": None}))

    return Cities(tuple(closed(city) for city in cities), "d")


class Office:
    """A ledger and the day on which somebody asks."""

    def __init__(self, law_: Policies | None = None, on: date = date(2022, 9, 1)) -> None:
        self.scene, self.on = Scene(law=law_ or law()), on

    def asks(self, command: Any, stream: str = STREAM) -> list[Recorded]:
        sent_at = datetime(self.on.year, self.on.month, self.on.day, 4, tzinfo=UTC)
        asked = self.scene.asked(stream, command)
        return self.scene.ledger.ask([asked._replace(sent_at=sent_at, effective_on=self.on)])


def prepares(count: int = 6, **changed: Any) -> PrepareDisclosure:
    lines = tuple(
        ListedGrant(application=f"district:{number}", amount=150_000) for number in range(count)
    )
    said = {
        "number": NUMBER,
        "kind": "grants",
        "region": REGION,
        "programme": "skill-upgrade",
        "since": date(2022, 8, 1),
        "until": date(2022, 8, 31),
        "lines": lines,
        "persons": (count,),
        "total": 150_000 * count,
        "file_digest": "a" * 64,
        "maker": "li",
    }
    return PrepareDisclosure(**{**said, **changed})


def statement(*persons: int, **changed: Any) -> PrepareDisclosure:
    fund = {"kind": "fund_use", "programme": "", "fund": "unemployment_insurance"}
    said = {**fund, "lines": (), "persons": persons, "total": 100, **changed}
    return prepares(0, **said)


def publishes(office: Office, checker: str = "wang", digest: str = "") -> list[Recorded]:
    waiting = office.scene.ledger.store.state(STREAM).waiting
    digest = digest or (waiting.digest if waiting else "0")
    return office.asks(PublishDisclosure(number=NUMBER, digest=digest, checker=checker))


def refused(facts: list[Recorded]) -> str:
    return only(facts, CommandRefused).code


def shown() -> Office:
    office = Office()
    office.asks(prepares())
    publishes(office)
    return office


def test_one_prepares_another_publishes_and_the_period_is_the_citys_own() -> None:
    office = Office()
    prepared = only(office.asks(prepares()), DisclosurePrepared)
    assert (prepared.issue, len(prepared.lines)) == (1, 6)
    assert office.asks(prepares()) == [], "a repeat"
    for same in ("li", " LI ", "staff:li"):
        assert refused(publishes(office, same)) == "SAME_PERSON"
    assert refused(publishes(office, digest="0" * 64)) == "LIST_CHANGED"
    published = only(publishes(office), DisclosurePublished)
    # seven days after 1 September; the eighth is a Thursday
    assert (published.from_on, published.to_on) == (date(2022, 9, 1), date(2022, 9, 8))
    assert publishes(office, digest=published.digest) == [], "a repeat"


def test_a_last_day_that_is_a_rest_day_moves_on() -> None:
    office = Office(on=date(2022, 9, 3))
    office.asks(prepares())
    # 10 to 12 September 2022 are the Mid-Autumn Festival
    assert only(publishes(office), DisclosurePublished).to_on == date(2022, 9, 13)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (prepares(region="999999"), "UNKNOWN_DISTRICT"),
        (prepares(programme="no-such"), "NO_SUCH_PROGRAMME"),
        (prepares(fund="unemployment_insurance"), "UNKNOWN_FUND"),
        (prepares(since=date(2022, 9, 1)), "ENDS_BEFORE_IT_BEGINS"),
        (prepares(0, persons=(), total=0), "NOTHING_TO_LIST"),
        (prepares(2001), "LIST_TOO_LONG"),
        (prepares(lines=prepares().lines[:1] * 6), "LISTED_TWICE"),
        (prepares(total=1), "TOTAL_DIFFERS"),
        (prepares(persons=(4,)), "TOO_FEW_PERSONS"),
        (prepares(persons=()), "TOO_FEW_PERSONS"),
        (statement(12, 4), "TOO_FEW_PERSONS"),
        (statement(12, fund="no-such"), "UNKNOWN_FUND"),
        (statement(12, programme="skill-upgrade"), "NO_SUCH_PROGRAMME"),
        (statement(12, lines=prepares().lines), "NOTHING_TO_LIST"),
        (prepares(number="G-1"), "WRONG_LIST_NUMBER"),
    ],
)
def test_what_cannot_be_shown_is_not_even_prepared(command: PrepareDisclosure, code: str) -> None:
    assert refused(Office().asks(command)) == code


@pytest.mark.parametrize("unset", [law(None), law(office=False)])
def test_without_a_period_and_an_office_of_the_city_there_is_no_list(unset: Policies) -> None:
    assert refused(Office(unset).asks(prepares())) == "NOT_SET_BY_CITY"
    assert kinds(Office(unset).asks(statement(12))) == ["DisclosurePrepared"], (
        "a statement needs none"
    )


def test_a_later_issue_leaves_out_who_has_withdrawn_and_ends_with_the_first() -> None:
    office = shown()
    office.on = date(2022, 9, 5)
    assert refused(office.asks(prepares(7))) == "LINE_ADDED"
    assert refused(office.asks(prepares(5, programme="post-skill"))) == "ANOTHER_LIST"
    assert only(office.asks(prepares(5)), DisclosurePrepared).issue == 2
    published = only(publishes(office), DisclosurePublished)
    assert (published.issue, published.to_on) == (2, date(2022, 9, 8))
    again = only(office.asks(prepares(6)), DisclosurePrepared)
    assert again.issue == 3, "whoever was left out in error may come back"


def test_after_its_last_day_nothing_more_is_published_of_a_list() -> None:
    office = shown()
    office.asks(prepares(5))
    office.on = date(2022, 9, 9)
    assert refused(publishes(office)) == "PERIOD_OVER"
    assert refused(office.asks(prepares(5, file_digest="c" * 64))) == "PERIOD_OVER"


def test_what_is_sent_back_shows_nothing_and_can_be_prepared_again() -> None:
    office = Office()
    office.asks(prepares())
    back = RejectDisclosure(number=NUMBER, checker="wang", reason="金额有误")
    assert refused(office.asks(back.model_copy(update={"checker": "li"}))) == "SAME_PERSON"
    assert kinds(office.asks(back)) == ["DisclosureRejected"]
    assert refused(office.asks(back)) == "NOT_WAITING"
    assert refused(publishes(office)) == "NOT_WAITING"
    assert kinds(office.asks(prepares())) == ["DisclosurePrepared"]


def test_what_is_shown_is_taken_down_by_one_person() -> None:
    down = TakeDownDisclosure(number=NUMBER, document="撤-1", reason="名单有误", by="li")
    assert refused(Office().asks(down)) == "NOT_SHOWN"
    office = shown()
    assert kinds(office.asks(down)) == ["DisclosureTakenDown"]
    assert office.asks(down) == [], "a repeat"


def test_a_statement_of_a_fund_is_shown_until_the_next() -> None:
    office = Office()
    office.asks(statement(12, 5))
    assert only(publishes(office), DisclosurePublished).to_on is None
    office.on = date(2023, 9, 9)
    assert kinds(office.asks(statement(12, 6))) == ["DisclosurePrepared"]


def test_staff_of_another_city_neither_prepare_nor_publish_nor_take_down() -> None:
    office = shown()
    office.asks(prepares(5))
    down = TakeDownDisclosure(number=NUMBER, document="撤-1", reason="名单有误", by="chen-bo")
    publish = PublishDisclosure(number=NUMBER, digest="0" * 64, checker="chen-bo")
    for command in (prepares(5, maker="chen-bo"), down, publish):
        asked = office.scene.asked(STREAM, command)._replace(by="staff:chen-bo")
        assert refused(office.scene.ledger.ask([asked])) == "OF_ANOTHER_CITY"


def test_numbers_are_written_in_one_way() -> None:
    assert disclosure_number(date(2022, 9, 1), "0a1b2c9f") == NUMBER
    assert is_disclosure_number(NUMBER)
    for wrong in ("G220901-0a1b2c", "G2209010A1B2C", f"{NUMBER}\n", "../etc"):
        assert not is_disclosure_number(wrong)
