"""A small city in the summer of 2022: real deciders in memory, the projector's own mapping, real
PostgreSQL.

Its bank statement holds one missing, one doubled, one wrong and one unknown line; the day on which
everything is looked at is 2022-08-31.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import NamedTuple, TypeVar
from uuid import NAMESPACE_URL, uuid5

import asyncpg

from events import streams
from events.applications import DecideApplication, Stated, WithdrawApplication
from events.approvals import ApprovalGranted
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
from events.codec import encode_fact
from events.disbursements import DisbursementBatched, DisbursementOrdered
from events.envelope import Asked, Recorded
from events.hands import NOBODY_ALONE
from events.instalments import PreCheckInstalment
from events.statements import LineKind, OpenStatement, RecordOpeningBalance, RecordStatementLine
from events.values import Arrival, Command, Fact, FactValue
from events.vouchers import Applied, ClaimVoucher, IssueVoucher, UseVoucher, VerifyVoucher
from projections.engine import ledger_slices, partition_positions, row_writing
from projections.engine.books import LEDGER, LIVE
from projections.engine.folding import folded_from
from projections.engine.last_sequence_numbers import LastSequenceNumbers
from services.runtime.masking import Masked
from services.streams.in_memory import InMemoryLedger
from tests.given_when_then import policies

F = TypeVar("F", bound=Fact)

PARTITIONS = 4
CLOSE = date(2022, 8, 31)
DISTRICT = "211202"
ACCOUNT = "icbc-1234"
FUND = "unemployment_insurance"
LINE = streams.fund_line(FUND, DISTRICT, 2022)
MISSING, WRONG, DOUBLED = 2, 5, 7
"""Which lines of the first batch the bank's statement lacks, misstates and repeats."""

_FAMILY = "张王李赵刘陈杨黄周吴徐孙马朱胡郭何高林罗"
_LEVELS = ("五级", "四级", "三级", "四级", "四级")
_OCCUPATIONS = ("电工", "焊工", "育婴员", "保育师", "西式面点师", "养老护理员", "中式烹调师")


class Record(NamedTuple):
    """A record of the ledger, as a consumer sees it."""

    offset: int
    key: bytes | None
    value: bytes | None


class City:
    """Commands in, facts out, all of them real."""

    def __init__(self) -> None:
        self.ledger = InMemoryLedger(policies())
        self._asked = count(1)
        self._offset = count(88_120)

    def ask(self, stream: str, body: Command, on: date, by: str = "intake") -> list[Recorded]:
        """Ask a stream on a morning."""
        number = next(self._asked)
        at = datetime(on.year, on.month, on.day, 1, 14, tzinfo=UTC) + timedelta(
            seconds=number % 3000
        )
        # what takes two is asked as the ledger does once both have said so
        sender = "desk" if type(body).__name__ in NOBODY_ALONE else by
        asked = Asked(str(uuid5(NAMESPACE_URL, f"city/{number}")), stream, at, on, sender, body)
        return self.ledger.ask([asked])

    def apply(
        self,
        person: str,
        number: int,
        on: date,
        facts: Mapping[str, FactValue],
        programme: str = "skill-upgrade",
    ) -> str:
        """File an application and let it be decided."""
        key = f"district-{DISTRICT}.hrss:TL-2022-{number:06d}"
        stated = Stated(
            programme=programme,
            region=DISTRICT,
            applied_on=on,
            channel="window",
            payee=person,
            account=f"account-of-{person}",
            facts=dict(facts),
        )
        arrived = Arrival(
            topic="benefits.applications.v1",
            partition=number % 12,
            offset=next(self._offset),
            event=f"e-{number}",
        )
        body = DecideApplication(
            application=key,
            digest=uuid5(NAMESPACE_URL, key + stated.model_dump_json()).hex,
            stated=stated,
            arrived=arrived,
        )
        self.ask(streams.beneficiary(person), body, on)
        return key

    def find(self, kind: type[F]) -> list[tuple[str, F]]:
        """Every fact of a kind so far, with its stream."""
        return [(f.stream, f.body) for f in self.ledger.facts if isinstance(f.body, kind)]


def person(number: int) -> str:
    """A token that says nothing."""
    return f"p-{uuid5(NAMESPACE_URL, str(number)).hex[:16]}"


def certificate(number: int, on: date, *, drawing: bool = True) -> dict[str, FactValue]:
    """A certificate, obtained while drawing benefit or not."""
    status = "领取失业保险金期间" if drawing else "灵活就业"
    return {
        "certificate.occupation": _OCCUPATIONS[number % len(_OCCUPATIONS)],
        "certificate.level": _LEVELS[number % len(_LEVELS)],
        "certificate.number": f"22210600004{number:05d}",
        "certificate.issued_on": on.isoformat(),
        "person.status": [f"{status}@2022-01-01/"],
        "insured_months": 30,
    }


def build() -> City:
    """Let the summer happen."""
    city = City()
    city.ask(
        LINE, AllocateBudget(document="铁财社〔2022〕31号", amount=9_000_000), date(2022, 1, 4)
    )
    _opening(city)
    granted = _applications(city)
    early = [key for key in granted if key < _key(4030)]
    _due(city, early, date(2022, 8, 16))
    _first_batch(city)
    _statement(city)
    later = [key for key in granted if key not in early]
    _due(city, later[:-6], date(2022, 8, 30))
    _second_batch(city)
    _due(city, later[-6:], CLOSE)
    _agreeing_account(city)
    _vouchers(city)
    return city


def _key(number: int) -> str:
    return f"district-{DISTRICT}.hrss:TL-2022-{number:06d}"


def _opening(city: City) -> None:
    account = streams.account(ACCOUNT, "2022-08")
    on = date(2022, 8, 1)
    opening = RecordOpeningBalance(
        bank_account=ACCOUNT, fund=FUND, district=DISTRICT, amount=20_000_000, document="上年决算"
    )
    city.ask(account, opening, on, "staff:li-jing")
    opened = OpenStatement(bank_account=ACCOUNT, month="2022-08", opening_balance=20_000_000)
    city.ask(account, opened, on, "staff:li-jing")


def _applications(city: City) -> list[str]:
    for number in range(4000, 4064):
        on = date(2022, 7, 25) + timedelta(days=(number - 4000) // 2)
        city.apply(person(number), number, on, certificate(number, date(2022, 3, 15)))
    # the same certificate again, no benefit drawn, a fact that is missing, a person who withdraws
    again = certificate(4001, date(2022, 3, 15))
    city.apply(person(4001), 4201, date(2022, 8, 20), again)
    city.apply(
        person(4202), 4202, date(2022, 8, 21), certificate(4202, date(2022, 3, 15), drawing=False)
    )
    city.apply(person(4203), 4203, date(2022, 8, 22), certificate(4203, date(2021, 3, 15)))
    for number in (4204, 4205, 4206):
        facts = certificate(number, date(2022, 4, 1))
        del facts["person.status"]
        city.apply(person(number), number, date(2022, 8, 23), facts)
    city.apply(person(4207), 4207, date(2022, 8, 24), certificate(4207, date(2022, 4, 1)))
    back = WithdrawApplication(application=_key(4207), reason="本人撤回")
    city.ask(streams.beneficiary(person(4207)), back, date(2022, 8, 25))
    return [body.application for _, body in city.find(ApprovalGranted)]


def _due(city: City, keys: Iterable[str], on: date) -> None:
    of = {body.application: stream for stream, body in city.find(ApprovalGranted)}
    for key in keys:
        city.ask(of[key], PreCheckInstalment(application=key, no=1), on, "clerk")


def _batch(city: City, number: str, on: date) -> list[DisbursementBatched]:
    batched = {body.disbursement for _, body in city.find(DisbursementBatched)}
    wanted = tuple(
        WantedLine(
            payee=stream,
            disbursement=body.disbursement,
            amount=body.money.amount,
        )
        for stream, body in city.find(DisbursementOrdered)
        if body.disbursement not in batched
    )
    asked = PrepareBatch(
        batch=number,
        bank_account=ACCOUNT,
        fund=FUND,
        district=DISTRICT,
        maker="li-jing",
        lines=wanted,
    )
    city.ask(streams.batch(number), asked, on, "staff:li-jing")
    return [b for _, b in city.find(DisbursementBatched) if b.batch == number]


def _first_batch(city: City) -> None:
    number, on = "B2208170003", date(2022, 8, 17)
    stream = streams.batch(number)
    lines = _batch(city, number, on)
    prepared = next(b for _, b in city.find(BatchPrepared) if b.batch == number)
    release = ReleaseBatch(
        batch=number, checker="wang-fang", digest=prepared.digest, total=prepared.total
    )
    city.ask(stream, release, on, "staff:wang-fang")
    city.ask(stream, BeginSending(batch=number), on, "clerk")
    sent = ConfirmSent(batch=number, file=f"{number}.csv", file_digest="5f" * 32)
    city.ask(stream, sent, on, "clerk")
    for line in lines[:-2]:  # the last two have no answer yet: they are in transit
        returned = line.line_no == 11
        result = RecordBankResult(
            batch=number,
            instruction=line.instruction,
            outcome="returned" if returned else "settled",
            amount=line.money.amount,
            value_on=date(2022, 8, 19),
            code="R03" if returned else "",
            reason="账户已销户" if returned else "",
            bank_reference="" if returned else f"ICBC{line.instruction[-8:]}",
        )
        city.ask(stream, result, date(2022, 8, 19), "intake")


def _statement(city: City) -> None:
    lines = [b for _, b in city.find(DisbursementBatched) if b.batch == "B2208170003"]
    on = date(2022, 8, 19)
    numbers = count(401)

    def record(amount: int, reference: str, purpose: str, day: date, kind: LineKind) -> None:
        body = RecordStatementLine(
            bank_account=ACCOUNT,
            line=f"{day:%Y%m%d}-{next(numbers)}",
            booked_on=day,
            amount=amount,
            reference=reference,
            purpose=purpose,
            kind=kind,
            fund=FUND,
            district=DISTRICT,
        )
        city.ask(streams.account(ACCOUNT, "2022-08"), body, day, "intake")

    record(15_000_000, "CZ0805", "财政拨款", date(2022, 8, 5), "funds_received")
    for line in lines[:-2]:
        if line.line_no in (MISSING, 11):
            continue
        amount = line.money.amount + (50_000 if line.line_no == WRONG else 0)
        record(-amount, line.instruction, "技能提升补贴", on, "payment")
        if line.line_no == DOUBLED:
            record(-amount, line.instruction, "技能提升补贴", date(2022, 8, 22), "payment")
    record(-43_210, "SF8830", "未知扣款", date(2022, 8, 30), "other")
    record(18_645, "LX0821", "结息", date(2022, 8, 21), "interest")


def _second_batch(city: City) -> None:
    _batch(city, "B2208310001", CLOSE)


def _agreeing_account(city: City) -> None:
    """A second fund's account, where bank and books agree, and a third without a statement."""
    subsidy, on = "employment_subsidy", date(2022, 8, 3)
    line = streams.fund_line(subsidy, DISTRICT, 2022)
    city.ask(
        line, AllocateBudget(document="铁财社〔2022〕32号", amount=80_000_000), date(2022, 1, 4)
    )
    for alias, district in (("ccb-2234", DISTRICT), ("ccb-2282", "211282")):
        opening = RecordOpeningBalance(
            bank_account=alias,
            fund=subsidy,
            district=district,
            amount=48_200_000,
            document="上年决算",
        )
        city.ask(streams.account(alias, "2022-08"), opening, on, "staff:li-jing")
    account = streams.account("ccb-2234", "2022-08")
    opened = OpenStatement(bank_account="ccb-2234", month="2022-08", opening_balance=48_200_000)
    city.ask(account, opened, on, "staff:li-jing")
    body = RecordStatementLine(
        bank_account="ccb-2234",
        line="20220821-77",
        booked_on=date(2022, 8, 21),
        amount=31_218,
        reference="LX0821",
        purpose="结息",
        kind="interest",
        fund=subsidy,
        district=DISTRICT,
    )
    city.ask(account, body, date(2022, 8, 21), "intake")


def _vouchers(city: City) -> None:
    """Give out ten vouchers; some are claimed, verified, used; one step comes too early."""
    on = date(2022, 8, 1)
    for number in range(10):
        key, holder = f"district-{DISTRICT}.hrss:PXQ-{number:04d}", person(4000 + number)
        issue = IssueVoucher(
            voucher=key,
            holder=holder,
            district=DISTRICT,
            issued_on=on,
            valid_until=date(2022, 12, 31),
            source=f"district-{DISTRICT}.hrss",
        )
        applied = Applied(programme="free-training", course="YZ-2022-031")
        steps: list[Command] = [
            ClaimVoucher(voucher=key, holder=holder, on=on, source="app"),
            VerifyVoucher(voucher=key, holder=holder, on=on, source="school"),
            UseVoucher(voucher=key, holder=holder, on=on, source="school", applied=applied),
        ]
        for body in [issue, *steps[: number % 4]] if number else steps[2:]:
            city.ask(streams.voucher(key), body, on)


async def project(dsn: str, facts: Iterable[Recorded]) -> None:
    """Put facts into the books by the projector's own mapping, as if they had been consumed."""
    by_partition: dict[int, list[Record]] = {partition: [] for partition in range(PARTITIONS)}
    connection = await asyncpg.connect(dsn)
    try:
        at = await partition_positions.read_positions(connection, LIVE, LEDGER, list(by_partition))
        for fact in facts:
            own = by_partition[streams.partition_of(fact.stream, PARTITIONS)]
            offset = at[streams.partition_of(fact.stream, PARTITIONS)].next + len(own)
            own.append(Record(offset, fact.stream.encode(), encode_fact(fact)))
        heads = LastSequenceNumbers(LIVE)
        await heads.look_up(connection, (r.key for own in by_partition.values() for r in own))
        read = [
            await ledger_slices.read(partition, at[partition].next, own, heads)
            for partition, own in by_partition.items()
        ]
        assert not [piece.trouble for piece in read if piece.trouble]
        await row_writing.write(connection, LIVE, read, await folded_from(read))
    finally:
        await connection.close()


def names() -> Iterator[tuple[str, Masked]]:
    """Who the tokens are, as a vault would show them."""
    for number in (*range(4000, 4064), *range(4201, 4208)):
        family = _FAMILY[number % len(_FAMILY)]
        shown = Masked(f"{family}*{'三' if number % 3 else ''}", f"211***********{number:04d}"[:18])
        yield person(number), shown


_NAMES = dict(names())


async def names_of(tokens: Iterable[str]) -> Mapping[str, Masked]:
    """Masked names, by token."""
    return {token: _NAMES[token] for token in tokens if token in _NAMES}
