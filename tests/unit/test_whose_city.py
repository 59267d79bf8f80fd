"""Several cities, one ledger: who may file for which region and act on it; caps count over all."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import orjson
import pytest

from events import streams
from events.approvals import ApprovalDenied, ApprovalProposed, ReviewApplication
from events.batches import (
    BatchPrepared,
    BeginSending,
    ConfirmSent,
    PrepareBatch,
    RecordBankResult,
    ReleaseBatch,
    WantedLine,
)
from events.budgets import AllocateBudget
from events.contract.inbound.catalogue import TYPES
from events.contract.inbound.reader import Inbound, Message
from events.contract.inbound.rejections import Code, Rejected
from events.contract.schemas import examples
from events.control import CommandRefused
from events.disbursements import DisbursementOrdered
from events.envelope import Recorded
from events.ids import by_message, by_staff
from events.proposals import ActProposed, ProposeAct
from events.statements import OpenStatement
from events.values import Command
from policies.cities import Cities, City
from policies.engine.message_names import names_of_policies
from policies.engine.registry import Policies
from services.intake.message_reading import read_all
from tests.example_cities import cities
from tests.given_when_then import (
    ZHANG,
    Scene,
    applies,
    certificate,
    kinds,
    only,
    policies,
    pre_checks,
)

HERE, THERE = "211202", "210402"
OF_HERE, OF_THERE = "district-211202.hrss", "district-210402.hrss"
NOON = datetime(2022, 9, 1, 12, tzinfo=UTC)
KNOWN = names_of_policies(policies())


def read(kind: str, source: str, **data: Any) -> Inbound | Rejected:
    """What intake makes of a message of a type, of a source."""
    example = examples.events()[kind]
    event = {**example, "source": source, "data": {**example["data"], **data}}
    feed = TYPES[kind].feed
    arrived = int(NOON.timestamp() * 1000)
    one = Message(feed, orjson.dumps(event), [], arrived, f"benefits.{feed}.v1", 0, 0)
    return read_all([one], KNOWN)[-1].answer


def account_of(code: str) -> str:
    return cities().by_code[code].accounts[0].alias


FILED = [
    ("application.submitted", "region", THERE),
    ("application.corrected", "region", THERE),
    ("application.batch-submitted", "region", THERE),
    ("budget.allocated", "district", THERE),
    ("budget.adjusted", "district", THERE),
    ("budget.ceiling-set", "district", THERE),
    ("budget.closed", "district", THERE),
    ("voucher.issued", "district", THERE),
    ("figure.stated", "jurisdiction", "210400"),
    ("statement.opened", "bank_account", account_of("210400")),
    ("statement.line", "bank_account", account_of("210400")),
    ("account.opening-balance", "bank_account", account_of("210400")),
    ("clawback.repaid", "bank_account", account_of("210400")),
]


@pytest.mark.parametrize(("kind", "field", "place"), FILED)
@pytest.mark.parametrize("source", [OF_HERE, "employer-x", "district-210403.hrss"])
def test_a_source_that_is_not_listed_for_a_place_is_refused_by_name(
    kind: str, field: str, place: str, source: str
) -> None:
    answer = read(kind, source, **{field: place})
    assert isinstance(answer, Rejected)
    problem = next(one for one in answer.problems if one.field == f"data.{field}")
    assert problem.code is Code.REGION_OF_ANOTHER
    assert f"来源 {source} 不能报" in problem.text_zh
    may = (
        "210403 东洲区" if source == "district-210403.hrss" else "抚顺市列明了报送系统，其中没有它"
    )
    assert may in problem.text_zh


def test_every_type_that_names_a_place_is_looked_at() -> None:
    places = {"region", "district", "jurisdiction", "bank_account"}
    naming = {kind for kind, entry in TYPES.items() if places & set(entry.model.model_fields)}
    assert naming == {kind for kind, _, _ in FILED}


def test_a_source_files_where_it_is_listed_and_where_nobody_lists_any() -> None:
    assert isinstance(read("application.submitted", OF_THERE, region=THERE), Inbound)
    assert isinstance(read("budget.allocated", "finance.fushun", district=THERE), Inbound)
    assert isinstance(read("application.submitted", OF_HERE, region=HERE), Inbound)
    assert isinstance(read("application.submitted", "employer-x", region=HERE), Inbound)
    back = read("application.submitted", OF_THERE, region=HERE)
    assert isinstance(back, Rejected)
    assert back.code is Code.REGION_OF_ANOTHER, "a listed source files nowhere else"


def made(code: str, sources: dict[str, tuple[str, ...]]) -> City:
    example = cities().by_code[code]
    return example._replace(about=example.about.model_copy(update={"sources": sources}))


def test_a_source_may_be_listed_by_several_cities_and_the_province_is_all_of_them() -> None:
    open_ones = Cities((made("211200", {}), made("210400", {})), "")
    assert open_ones.may_file("anybody", THERE)
    assert open_ones.may_file("anybody", "210000")
    both = Cities(
        (made("211200", {"bank": ("211200",)}), made("210400", {"bank": ("210400",)})), ""
    )
    assert both.may_file("bank", HERE)
    assert both.may_file("bank", THERE)
    one = Cities((made("211200", {}), made("210400", {"bank": ("210402",)})), "")
    assert not one.may_file("bank", "210400"), "a district's source is not the city's"
    assert not one.may_file("anybody", "210000"), "what is the province's is of the closed city too"
    assert one.may_file("anybody", "211200")


def act(scene: Scene, by: str, stream: str, command: Command) -> list[Recorded]:
    """Let somebody ask."""
    return scene.ledger.ask([scene.asked(stream, command)._replace(by=by)])


@cache
def law() -> Policies:
    """The rules with what both cities state."""
    return Policies.load(cities=cities())


def two_cities() -> Scene:
    """Both cities with money, in the summer of 2021."""
    scene = Scene("2021-08-12", law())
    for region in (HERE, THERE):
        line = streams.fund_line("unemployment_insurance", region, 2021)
        scene.when(line, AllocateBudget(document="1", amount=10**8))
    return scene


def claims(scene: Scene, name: str, region: str, occupation: str) -> list[Recorded]:
    """Apply for a certificate as an employee."""
    facts = certificate(occupation, on="2021-06-15", insured_months=40)
    facts["person.status"] = ["在职@2019-01-01/"]
    return scene.when(ZHANG, applies(name, facts, region=region, applied_on="2021-08-12"))


def review(application: str = "a") -> ReviewApplication:
    return ReviewApplication(
        application=f"district:{application}",
        verdict="deny",
        reviewer="liu-yan",
        document="复核1号",
        reason="材料不实",
        amount=None,
    )


def referred() -> Scene:
    """A claim in the other city that a person must judge: its certificate was paid for here."""
    scene = two_cities()
    claims(scene, "paid", HERE, "电工")
    assert "ApprovalReferred" in kinds(claims(scene, "a", THERE, "电工"))
    return scene


@pytest.mark.parametrize(
    ("by", "acts"),
    [
        (by_message(OF_HERE, "e-1"), False),
        (by_message("employer-x", "e-1"), False),
        (by_message("review.fushun", "e-1"), True),
        (by_staff("li-jing"), False),
        (by_staff("LI-JING"), False),
        (by_staff("李静"), False),
        (by_staff("liu-yan"), True),
        (by_staff("nobody-listed"), True),
    ],
)
def test_a_claim_is_reviewed_by_its_own_city(by: str, acts: bool) -> None:
    command = review().model_copy(
        update={"reviewer": by.partition(":")[2] if "staff" in by else "liu-yan"}
    )
    facts = act(referred(), by, ZHANG, command)
    if acts:
        assert kinds(facts)[0] == "ApprovalDenied"
        return
    refused = only(facts, CommandRefused)
    assert refused.code == "OF_ANOTHER_CITY"
    assert "不能" in refused.text
    assert "210402 新抚区" in refused.text
    assert refused.about == "district:a"


def test_budgets_and_statements_are_their_own_citys() -> None:
    line = streams.fund_line("unemployment_insurance", THERE, 2022)
    money = AllocateBudget(document="财社1号", amount=100)
    account = account_of("210400")
    month = streams.account(account, "2022-08")
    opened = OpenStatement(bank_account=account, month="2022-08", opening_balance=1)
    for stream, command in ((line, money), (month, opened)):
        for by in (by_staff("li-jing"), by_message("finance.tieling", "e-1")):
            refused = only(act(Scene("2022-09-01"), by, stream, command), CommandRefused)
            assert refused.code == "OF_ANOTHER_CITY", by
        for by in (by_staff("chen-bo"), by_message("finance.fushun", "e-1"), "clerk"):
            assert "CommandRefused" not in kinds(act(Scene("2022-09-01"), by, stream, command))


def test_a_payment_is_made_and_answered_by_its_own_city() -> None:
    scene = two_cities()
    claims(scene, "a", THERE, "电工")
    ordered = only(scene.when(ZHANG, pre_checks("a")), DisbursementOrdered)
    assert ordered.money.district == THERE
    account = cities().account_for(ordered.money.fund, THERE, scene.on)
    assert account is not None
    number = "B2108120001"
    batch = streams.batch(number)
    wanted = WantedLine(
        payee=streams.payee("zhang-san-token"),
        disbursement=ordered.disbursement,
        amount=ordered.money.amount,
    )

    def prepare(maker: str) -> PrepareBatch:
        return PrepareBatch(
            batch=number,
            bank_account=account.alias,
            fund=account.fund,
            district=account.district,
            maker=maker,
            lines=(wanted,),
        )

    def refused(by: str, command: Command) -> str:
        return only(act(scene, by, batch, command), CommandRefused).code

    assert refused(by_staff("li-jing"), prepare("li-jing")) == "OF_ANOTHER_CITY"
    prepared = only(act(scene, by_staff("chen-bo"), batch, prepare("chen-bo")), BatchPrepared)

    def release(checker: str) -> ReleaseBatch:
        total, digest = prepared.total, prepared.digest
        return ReleaseBatch(batch=number, checker=checker, digest=digest, total=total)

    assert refused(by_staff("wang-fang"), release("wang-fang")) == "OF_ANOTHER_CITY"
    assert "BatchReleased" in kinds(act(scene, by_staff("xu-lan"), batch, release("xu-lan")))
    scene.when(batch, BeginSending(batch=number))
    scene.when(batch, ConfirmSent(batch=number, file="f.csv", file_digest="5f" * 32))
    paid = RecordBankResult(
        batch=number,
        instruction=f"{number}00001",
        outcome="settled",
        amount=wanted.amount,
        value_on=scene.on,
        code="",
        reason="",
        bank_reference="r-1",
    )
    assert refused(by_message("bank.tieling", "e-1"), paid) == "OF_ANOTHER_CITY"
    assert "BatchResultRecorded" in kinds(act(scene, by_message("bank.fushun", "e-1"), batch, paid))


def test_what_takes_two_is_neither_proposed_nor_judged_by_another_city() -> None:
    scene = two_cities()
    assert "ApprovalGranted" in kinds(claims(scene, "a", THERE, "电工"))
    revoke = ProposeAct(
        proposal="p-1",
        act="RevokeApproval",
        version=1,
        body={
            "application": "district:a",
            "cause": "not_entitled",
            "document": "撤1号",
            "reason": "重复申领",
            "by": "li-jing",
        },
        maker="li-jing",
    )
    refused = only(act(scene, by_staff("li-jing"), ZHANG, revoke), CommandRefused)
    assert (refused.code, refused.command) == ("OF_ANOTHER_CITY", "ProposeAct")
    own = revoke.model_copy(update={"maker": "chen-bo", "body": {**revoke.body, "by": "chen-bo"}})
    assert only(act(scene, by_staff("chen-bo"), ZHANG, own), ActProposed).maker == "chen-bo"


def test_caps_count_over_both_cities() -> None:
    scene = two_cities()
    for name, region, occupation in (
        ("a", HERE, "电工"),
        ("b", THERE, "焊工"),
        ("c", HERE, "育婴员"),
    ):
        found = claims(scene, name, region, occupation)
        assert only(found, ApprovalProposed).region == region
    for region in (HERE, THERE):
        fourth = only(claims(scene, f"d-{region}", region, "钳工"), ApprovalDenied)
        assert (fourth.code, fourth.text) == ("CAP_REACHED", "1项不符合：per_year")


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [(HERE, THERE, "ApprovalReferred"), (THERE, HERE, "ApprovalDenied")],
)
def test_no_certificate_is_paid_for_in_both_cities(first: str, second: str, answer: str) -> None:
    scene = two_cities()
    assert "ApprovalGranted" in kinds(claims(scene, "a", first, "电工"))
    again = kinds(claims(scene, "b", second, "电工"))
    assert answer in again, "as the second city's notice says of a repeated one"
    assert "ApprovalProposed" not in again
