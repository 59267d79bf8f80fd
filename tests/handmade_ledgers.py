"""Ledgers made by hand, so that projections can be tested without a desk.

`History` keeps the streams' sequence numbers; `paid` writes one application's whole way.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from events import streams
from events.applications import ApplicationFiled, Stated
from events.approvals import ApprovalGranted, ApprovalProposed
from events.batches import (
    BatchClosed,
    BatchLine,
    BatchLineClaimed,
    BatchPrepared,
    BatchReleased,
    BatchRequested,
    BatchResultRecorded,
    BatchSending,
    BatchSent,
    WantedLine,
)
from events.budgets import BudgetAllocated, BudgetAsk, BudgetCommitted
from events.disbursements import (
    DisbursementBatched,
    DisbursementOrdered,
    DisbursementSent,
    DisbursementSettled,
    Money,
)
from events.envelope import Position, Recorded
from events.instalments import InstalmentDue
from events.values import (
    Arrival,
    BudgetClaim,
    CapSlot,
    Fact,
    LineTaken,
    PlannedInstalment,
    PolicyRef,
)
from projections.definition.located_fact import LocatedFact, locate
from tests.ledger_writer import pen

START = datetime(2022, 8, 12, 1, 14, tzinfo=UTC)
ON = date(2022, 8, 12)
FUND = "unemployment-insurance"
DISTRICT = "211202"
BANK = "icbc-1234"
LINE = streams.fund_line(FUND, DISTRICT, 2022)
POLICY = PolicyRef(
    programme="skill-upgrade",
    version="2022-01-01",
    jurisdiction="211200",
    family="skill-upgrade",
    content_hash="c" * 64,
    bundle_hash="b" * 64,
)


@dataclass
class History:
    """Facts in the order in which they were committed, each the next of its stream."""

    facts: list[Recorded] = field(default_factory=list)
    _seq: dict[str, int] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def add(self, stream: str, *bodies: Fact, on: date = ON, at: datetime | None = None) -> None:
        """Append facts to a stream."""
        for body in bodies:
            number = next(self._numbers)
            seq = self._seq[stream] = self._seq.get(stream, 0) + 1
            self.facts.append(
                Recorded(
                    str(UUID(int=number, version=5)),
                    stream,
                    seq,
                    str(UUID(int=10**12 + number, version=5)),
                    Position(0, number, 0),
                    at or START + timedelta(milliseconds=number),
                    on,
                    body,
                )
            )

    def located(self, partitions: int = 4) -> list[LocatedFact]:
        """Place every fact as an empty ledger would."""
        ends = dict.fromkeys(range(partitions), 0)
        result = []
        for fact in self.facts:
            partition = streams.partition_of(fact.stream, partitions)
            result.append(locate(fact, partition, ends[partition]))
            ends[partition] += 1
        return result


def slot(no: int = 1, key: str = "") -> CapSlot:
    """One use of the yearly cap, or of a unique key."""
    if key:
        return CapSlot(family="skill-upgrade", cap="no_repeat", key=key)
    return CapSlot(family="skill-upgrade", cap="per_year", period="2022", no=no)


def filed(application: str, token: str) -> ApplicationFiled:
    """A claim as it was stated."""
    return ApplicationFiled(
        application=application,
        digest="d" * 64,
        stated=Stated(
            programme="skill-upgrade",
            region=DISTRICT,
            applied_on=ON,
            channel="window",
            payee=token,
            account=f"acc-{token}",
            facts={"certificate.level": "四级", "insured_months": 14, "person.status": ["在职"]},
        ),
        arrived=Arrival(topic="benefits.applications.v1", partition=3, offset=88_120, event="e-1"),
    )


def proposed(
    application: str,
    token: str,
    amount: int = 150_000,
    slots: tuple[CapSlot, ...] = (),
    attempt: int = 1,
) -> ApprovalProposed:
    """Money is due, if there is any."""
    return ApprovalProposed(
        application=application,
        attempt=attempt,
        policy=POLICY,
        amount=amount,
        instalments=(PlannedInstalment(no=1, amount=amount),),
        slots=slots or (slot(), slot(key=f"电工/四级/{application}")),
        claims=(BudgetClaim(amount=amount, lines=(LINE,)),),
        payee=token,
        account=f"acc-{token}",
        region=DISTRICT,
        trail=(
            ("who", True, "在职", "在职"),
            ("insured", True, 14, ">= 12"),
            ("in_time", True, "2022-03-15", "<= 12M"),
            ("per_year", True, 0, "< 3"),
        ),
    )


def granted(
    application: str, token: str, amount: int = 150_000, attempt: int = 1
) -> ApprovalGranted:
    """The money is there."""
    return ApprovalGranted(
        application=application,
        attempt=attempt,
        policy=POLICY,
        amount=amount,
        instalments=(PlannedInstalment(no=1, amount=amount),),
        taken=(LineTaken(line=LINE, amount=amount, step=0),),
        payee=token,
    )


def money(amount: int = 150_000) -> Money:
    """Whose books a payment moves through."""
    return Money(amount=amount, fund=FUND, district=DISTRICT, programme="skill-upgrade", line=LINE)


def ask(application: str, token: str, amount: int = 150_000) -> BudgetAsk:
    """One attempt's question to the lines."""
    return BudgetAsk(
        application=application,
        attempt=1,
        beneficiary=streams.beneficiary(token),
        claims=(BudgetClaim(amount=amount, lines=(LINE,)),),
    )


def grant(history: History, application: str, token: str, amount: int = 150_000) -> None:
    """An application from filing to its order of payment."""
    person, payee = streams.beneficiary(token), streams.payee(token)
    disbursement = f"{application}#1"
    history.add(person, filed(application, token), proposed(application, token, amount))
    history.add(LINE, BudgetCommitted(ask=ask(application, token, amount), amount=amount))
    history.add(person, granted(application, token, amount))
    history.add(
        person,
        InstalmentDue(
            application=application,
            no=1,
            disbursement=disbursement,
            amount=amount,
            line=LINE,
            programme="skill-upgrade",
            region=DISTRICT,
            payee=token,
            account=f"acc-{token}",
            months=(),
        ),
    )
    history.add(
        payee,
        DisbursementOrdered(
            disbursement=disbursement,
            application=application,
            instalment=1,
            beneficiary=person,
            account=f"acc-{token}",
            money=money(amount),
        ),
    )


def pay(
    history: History, batch: str, granted_to: Iterable[tuple[str, str]], amount: int = 150_000
) -> None:
    """One batch over these (application, token), settled by the bank."""
    stream = streams.batch(batch)
    lines = tuple(
        BatchLine(
            line_no=no,
            payee=streams.payee(token),
            disbursement=f"{application}#1",
            instruction=f"{batch}{no:05d}",
            account=f"acc-{token}",
            amount=amount,
        )
        for no, (application, token) in enumerate(granted_to, start=1)
    )
    wanted = tuple(
        WantedLine(payee=line.payee, disbursement=line.disbursement, amount=amount)
        for line in lines
    )
    total = amount * len(lines)
    requested = BatchRequested(
        batch=batch, bank_account=BANK, fund=FUND, district=DISTRICT, maker="li", lines=wanted
    )
    history.add(stream, requested)
    for line in lines:
        history.add(
            line.payee,
            DisbursementBatched(
                disbursement=line.disbursement,
                attempt=1,
                bank_account=BANK,
                batch=batch,
                line_no=line.line_no,
                instruction=line.instruction,
                account=line.account,
                money=money(amount),
            ),
        )
        history.add(stream, BatchLineClaimed(batch=batch, line=line))
    history.add(
        stream,
        BatchPrepared(
            batch=batch,
            bank_account=BANK,
            fund=FUND,
            district=DISTRICT,
            maker="li",
            count=len(lines),
            total=total,
            digest="a" * 64,
        ),
        BatchReleased(
            batch=batch,
            maker="li",
            checker="wang",
            count=len(lines),
            total=total,
            digest="a" * 64,
        ),
        BatchSending(batch=batch, digest="a" * 64),
        BatchSent(batch=batch, file="f.csv", file_digest="f" * 64, lines=lines),
    )
    for line in lines:
        sent = DisbursementSent(
            disbursement=line.disbursement,
            attempt=1,
            bank_account=BANK,
            batch=batch,
            instruction=line.instruction,
            money=money(amount),
        )
        result = BatchResultRecorded(
            batch=batch,
            line=line,
            outcome="settled",
            amount=amount,
            value_on=date(2022, 8, 29),
            code="",
            reason="",
            bank_reference=f"r-{line.instruction}",
        )
        settled = DisbursementSettled(
            disbursement=line.disbursement,
            attempt=1,
            bank_account=BANK,
            instruction=line.instruction,
            value_on=date(2022, 8, 29),
            bank_reference=f"r-{line.instruction}",
            money=money(amount),
        )
        history.add(line.payee, sent)
        history.add(stream, result)
        history.add(line.payee, settled)
    history.add(
        stream,
        BatchClosed(
            batch=batch, settled=len(lines), returned=0, settled_total=total, returned_total=0
        ),
    )


def paid_history(applications: int, per_batch: int = 200) -> History:
    """A budget, so many applications, all paid in batches."""
    history = History()
    history.add(LINE, BudgetAllocated(document="2022-1", amount=150_000 * applications))
    people = [(f"district-211202.hrss:A{n:07d}", f"tok{n:09d}") for n in range(applications)]
    for start in range(0, applications, per_batch):
        some = people[start : start + per_batch]
        for application, token in some:
            grant(history, application, token)
        pay(history, f"B220831{start // per_batch:04d}", some)
    return history


async def publish(
    bootstrap: str, topic: str, facts: Iterable[Recorded], partitions: int, slice_size: int = 400
) -> None:
    """Send facts to a ledger in transactions, as the desk would."""
    waiting = list(facts)
    async with pen(bootstrap, topic, partitions) as own:
        for start in range(0, len(waiting), slice_size):
            await own.write(waiting[start : start + slice_size], partitions)


async def make_known(db: Any, history: History) -> None:
    """Let the vault know everybody of a history: no process starts beside strangers."""
    people = sorted(
        {fact.stream.partition("/")[2] for fact in history.facts if "beneficiary/" in fact.stream}
    )
    filed_ones = [
        (fact.body.application, fact.stream.partition("/")[2])
        for fact in history.facts
        if isinstance(fact.body, ApplicationFiled)
    ]
    await db.executemany(
        "INSERT INTO vault.parties (token, mark, kind) VALUES ($1, $2, 'person')",
        [(token, token.encode()) for token in people],
    )
    await db.executemany(
        "INSERT INTO vault.register (application, token, digest) VALUES ($1, $2, 'x')", filed_ones
    )
