"""A treasury at work: payments that come back, accounts, advances, debts, banks that contradict.

Beside it stand the books, kept by the journal alone, and what no order of events may ever break.
"""

from collections import Counter, defaultdict
from datetime import date, timedelta

from events import streams
from events.advances import CallAdvance, GrantAdvance
from events.applications import ApplicationFiled, Stated
from events.approvals import ApprovalProposed, ExtendApproval, RevokeApproval
from events.batches import BatchSent, PrepareBatch, RecordBankResult, WantedLine
from events.budgets import AdjustBudget, AllocateBudget, CloseLine, QueueRule
from events.clawbacks import (
    Cause,
    ClawbackOrdered,
    ConfirmOrReject,
    JudgeClawback,
    JudgeWriteOff,
    OrderClawback,
    ProposeClawback,
    ProposeWriteOff,
    RecordRecovery,
)
from events.disbursements import (
    AskOutcome,
    CancelPayment,
    DisbursementBatched,
    DisbursementReturned,
    DisbursementSettled,
    DisbursementUnbatched,
    ResolveDispute,
)
from events.envelope import Recorded
from events.instalments import EndPlan, PreCheckInstalment, RecordEvidence
from events.payees import ChangeAccount, GradeCredit, JudgeAccount, MarkFraud, ProposeAccount
from events.status import RecordStatus, StatusKind
from events.values import BudgetClaim, MonthPaid, PlannedInstalment
from projections.definition import chart_of_accounts
from projections.read_models.journal import entry
from services.deciders.budget_line.state import BudgetLineState
from services.deciders.payee.state.payee import PayeeState
from services.deciders.payee.state.payments import Payment
from tests.delaying_network import NO_POLICY_NEEDED
from tests.given_when_then import ARRIVED, LINE_2022
from tests.office_at_work import BATCHES, PEOPLE, Office

OTHER_LINE = streams.fund_line("employment_subsidy", "211202", 2022)
FUNDS = {LINE_2022: "unemployment_insurance", OTHER_LINE: "employment_subsidy"}
ACCOUNTS = {"unemployment_insurance": "icbc-1234", "employment_subsidy": "ccb-2234"}
NEXT_YEAR = {line: line.replace("/2022", "/2023") for line in FUNDS}
CEILING = streams.ceiling_line("agency.a-1", "211202", 0)
MONTHS = tuple(date(2022 + n // 12, n % 12 + 1, 1) for n in range(7, 18))
RESTING = ("flexible-si", "internship")
"""Programmes whose months rest on evidence."""

PROGRAMMES = ("internship", "internship", "talent-housing", "unemployment-assistance")
NEVER_NEGATIVE = (
    chart_of_accounts.PAYABLE,
    chart_of_accounts.IN_TRANSIT,
    chart_of_accounts.RECEIVABLE,
    chart_of_accounts.ADVANCES,
)


class Books:
    """What the journal says, and which attempt at each payment may be with the bank."""

    def __init__(self) -> None:
        self.balances: Counter[tuple[str, str, str]] = Counter()
        self.totals: Counter[str] = Counter()
        self.left: Counter[str] = Counter()
        self.open: dict[str, str] = {}
        self.net_paid: Counter[str] = Counter()
        self.returned: defaultdict[str, set[int]] = defaultdict(set)
        self.ordered: set[str] = set()
        self.debts: set[tuple[str, str]] = set()

    def see(self, recorded: Recorded) -> None:
        """Book one fact.

        Raises: AssertionError when money appears, or an account stands on its wrong side
        """
        booked = entry(recorded)
        for posting in booked.postings if booked else ():
            where = (posting.account.code, posting.fund, posting.district)
            self.balances[where] += posting.amount
            self.totals[posting.account.code] += posting.amount
        assert sum(self.balances.values()) == 0
        for account in NEVER_NEGATIVE:
            sign = 1 if account.side is chart_of_accounts.Side.DEBIT else -1
            for (code, *_), balance in self.balances.items():
                assert code != account.code or sign * balance >= 0, (account.name, recorded)
        self._follow(recorded)

    def _follow(self, recorded: Recorded) -> None:
        match recorded.body:
            case BatchSent() as fact:
                for line in fact.lines:
                    self.left[line.instruction] += 1
                    assert self.left[line.instruction] == 1, "an instruction has left twice"
            case DisbursementBatched() as fact:
                assert fact.disbursement not in self.open, "two attempts may be paid at once"
                self.open[fact.disbursement] = fact.instruction
            case DisbursementUnbatched() as fact:
                del self.open[fact.disbursement]
            case DisbursementReturned() as fact:
                self.open.pop(fact.disbursement, None)
                if fact.after_settlement:
                    self.net_paid[fact.disbursement] -= 1
                    assert self.net_paid[fact.disbursement] == 0
            case DisbursementSettled() as fact:
                self.net_paid[fact.disbursement] += 1
                assert self.net_paid[fact.disbursement] == 1, "paid twice"
                self.open[fact.disbursement] = fact.instruction
            case ClawbackOrdered() as fact:
                self.debts.add((recorded.stream, fact.clawback))
            case _:
                pass


class Treasury(Office):
    """Staff, upstream and banks at random, with every act of this module among them."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.books = Books()
        self.booked = 0
        self.moves = 0
        self.granted: list[tuple[str, str, int]] = []
        self.resting: list[tuple[str, str]] = []
        self.not_stated = [line for line in NEXT_YEAR.values() if self.chance.random() < 0.5]
        for line in (*FUNDS, *NEXT_YEAR.values(), CEILING):
            if line not in self.not_stated:
                self._state_budget(line)

    def _state_budget(self, line: str) -> None:
        tight = self.chance.random() < 0.3
        money = AllocateBudget(document="拨款-1", amount=900_000 if tight else 10**9)
        self.network.ask(line, money, "city")

    def _state_next_year(self, number: int) -> None:
        """Some years' budgets are stated when claims wait for them."""
        if self.not_stated and self.chance.random() < 0.3:
            self._state_budget(self.not_stated.pop())

    def run(self, moves: int) -> None:
        """Let people act at random while the wires deliver, then come to rest."""
        deeds = (
            *[self.award] * 6,
            *[self._order] * 16,
            *[self._prepare] * 10,
            *[self._release] * 14,
            *[self._send] * 14,
            *[self._bank] * 20,
            *[self._correct] * 5,
            *[self._claw] * 3,
            *[self._judge] * 2,
            *[self._recover] * 2,
            *[self._write_off] * 2,
            *[self._advance] * 3,
            self._call,
            self._revoke,
            self._leave,
            self._tell,
            *[self._evidence] * 5,
            self._end_plan,
            self._extend,
            self._top_up,
            self._state_next_year,
            self._close,
            *[self._resolve] * 2,
            self._ask_bank,
            self._cancel,
            self._grade,
            *[self._pass_time] * 3,
        )
        for number in range(self.moves, self.moves + moves):
            self.chance.choice(deeds)(number)
            for _ in range(self.chance.randint(0, 8)):
                self.network.step(self.chance)
            if self.chance.random() < 0.08:
                self.network.crash(self.chance)
            self._look()
        self.moves += moves
        self.network.until_quiet(self.chance, 10)
        self._look()

    def _look(self) -> None:
        for recorded in self.network.facts[self.booked :]:
            self.books.see(recorded)
        self.booked = len(self.network.facts)

    def payee(self, person: str) -> PayeeState:
        """Look at a payee as it stands."""
        state = self.network.store.state(streams.payee(person))
        return state if isinstance(state, PayeeState) else PayeeState()

    def lines(self) -> list[tuple[str, BudgetLineState]]:
        """List every budget line as it stands."""
        found = []
        for name in (*FUNDS, *NEXT_YEAR.values(), CEILING):
            line = self.network.store.state(name)
            if isinstance(line, BudgetLineState):
                found.append((name, line))
        return found

    def standing_payments(self) -> list[tuple[str, str, Payment]]:
        """List every payment with its payee."""
        return [
            (person, name, payment)
            for person in PEOPLE
            for name, payment in self.payee(person).payments.by_id.items()
        ]

    def award(self, number: int) -> None:
        person = self.chance.choice(PEOPLE)
        line = self.chance.choice(list(FUNDS))
        amounts = [self.chance.randint(1, 9) * 10_000 for _ in range(self.chance.randint(1, 3))]
        monthly = self.chance.random() < 0.5
        first = self.chance.randrange(len(MONTHS) - 3)
        parts = [
            PlannedInstalment(
                no=no,
                amount=fen,
                due_on=MONTHS[first + no] if monthly else None,
                months=(MonthPaid(month=f"{MONTHS[first + no - 1]:%Y-%m}", amount=fen),)
                if monthly
                else (),
            )
            for no, fen in enumerate(amounts, 1)
        ]
        key, amount = f"district:{number}", sum(amounts)
        by_line: Counter[str] = Counter()
        for part in parts:
            later = part.due_on is not None and part.due_on.year == 2023
            by_line[NEXT_YEAR[line] if later else line] += part.amount
        claims = [BudgetClaim(amount=fen, lines=(name,)) for name, fen in sorted(by_line.items())]
        programme = self.chance.choice(PROGRAMMES)
        version = "1"
        if monthly and self.chance.random() < 0.5:
            programme, version = self.chance.choice(RESTING), "2022-07-21"
            self.resting.append((person, key))
        if version == "1" and self.chance.random() < 0.3:
            claims.insert(0, BudgetClaim(amount=amount, lines=(CEILING,), shared="part"))
        stream = streams.beneficiary(person)
        said = Stated(
            programme=programme,
            region="211202",
            applied_on=self.network.on,
            channel="window",
            payee=person,
            account=f"account-of-{person}",
            facts={},
        )
        self.granted.append((person, key, len(parts)))
        self.network.given(
            stream,
            ApplicationFiled(application=key, digest="d1", stated=said, arrived=ARRIVED),
            ApprovalProposed(
                application=key,
                attempt=1,
                policy=NO_POLICY_NEEDED.model_copy(
                    update={"programme": programme, "version": version}
                ),
                amount=amount,
                instalments=tuple(parts),
                slots=(),
                claims=tuple(claims),
                payee=person,
                account=f"account-of-{person}",
                region="211202",
                trail=(),
            ),
        )

    def _order(self, number: int) -> None:
        if self.granted:
            person, key, parts = self.chance.choice(self.granted)
            check = PreCheckInstalment(application=key, no=self.chance.randint(1, parts))
            self.network.ask(streams.beneficiary(person), check, "clerk")

    def _prepare(self, number: int) -> None:
        line = self.chance.choice(list(FUNDS))
        waiting = [
            (person, name, payment)
            for person, name, payment in self.standing_payments()
            if payment.money.line in (line, NEXT_YEAR[line]) and self.chance.random() < 0.9
        ]
        ripe = [item for item in waiting if item[2].state == "ordered"]
        chosen = ripe[:3] or waiting[:1]
        if not chosen:
            return
        name = f"B2208{number % 100:02d}{number:04d}"
        self.names = (*getattr(self, "names", ()), name)
        self.network.ask(
            streams.batch(name),
            PrepareBatch(
                batch=name,
                bank_account=ACCOUNTS[FUNDS[line]],
                fund=FUNDS[line],
                district="211202",
                maker="staff:wang",
                lines=tuple(
                    WantedLine(
                        payee=streams.payee(person),
                        disbursement=disbursement,
                        amount=payment.money.amount,
                    )
                    for person, disbursement, payment in chosen
                ),
            ),
            "staff",
        )

    def _some(self, *states: str) -> str:
        names = getattr(self, "names", BATCHES)
        ripe = [name for name in names if self.batch(name).state in states]
        return self.chance.choice(ripe or list(names))

    def _bank(self, number: int) -> None:
        name = self._some("sending", "sent", "closed")
        lines = self.batch(name).in_order()
        if not lines:
            return
        line = self.chance.choice(lines)
        settled = self.chance.random() < 0.6
        result = RecordBankResult(
            batch=name,
            instruction=line.instruction,
            outcome="settled" if settled else "returned",
            amount=line.amount,
            value_on=self.network.on,
            code="" if settled else "AC04",
            bank_reference=self.chance.choice(["r1", "r1", "r1", "r2"]) if settled else "",
        )
        self.network.ask(streams.batch(name), result, "bank")

    def _one(self) -> tuple[str, str, Payment] | None:
        found = self.standing_payments()
        return self.chance.choice(found) if found else None

    def _correct(self, number: int) -> None:
        returned = [item for item in self.standing_payments() if item[2].state == "returned"]
        found = self.chance.choice(returned) if returned else self._one()
        if found is None:
            return
        person, _, payment = found
        account = self.chance.choice([payment.account, f"account-{number}"])
        stream = streams.payee(person)
        common = {
            "application": payment.application,
            "account": account,
            "document": f"更正-{number}",
            "reason": "账户已销户",
        }
        if self.chance.random() < 0.5:
            self.network.ask(stream, ChangeAccount(source="district", **common), "intake")
            return
        name = f"proposal-{number}"
        self.network.ask(stream, ProposeAccount(proposal=name, maker="li", **common), "staff")
        checker = self.chance.choice(["li", "wang", "wang"])
        verdict: ConfirmOrReject = self.chance.choice(["confirm", "confirm", "reject"])
        judged = JudgeAccount(proposal=name, checker=checker, verdict=verdict, reason="已核对")
        self.network.ask(stream, judged, "staff")

    def _claw(self, number: int) -> None:
        found = self._one()
        if found is None:
            return
        person, _, payment = found
        enjoyed = max(payment.enjoyed_amount, 1)
        amount = self.chance.choice([None, self.chance.randint(1, enjoyed), enjoyed])
        cause: Cause = self.chance.choice(["fraud", "not_entitled"])
        order = OrderClawback(
            clawback=f"ZH-{number}",
            application=payment.application,
            cause=cause,
            document=f"追回-{number}",
            reason="不符合条件",
            amount=amount,
            floor=self.chance.choice([0, 0, 20_000]),
            source="district",
        )
        stream = streams.payee(person)
        if self.chance.random() < 0.6:
            self.network.ask(stream, order, "intake")
        else:
            said = {name: value for name, value in order if name != "source"}
            self.network.ask(stream, ProposeClawback(maker="li", **said), "staff")

    def _judge(self, number: int) -> None:
        for person in PEOPLE:
            for name in list(self.payee(person).debts.proposals):
                judged = JudgeClawback(
                    clawback=name,
                    checker=self.chance.choice(["li", "wang"]),
                    verdict=self.chance.choice(["confirm", "confirm", "reject"]),
                    reason="有异议",
                )
                self.network.ask(streams.payee(person), judged, "staff")

    def _debt(self) -> tuple[str, str, int] | None:
        open_ones = [
            (person, name, debt.left)
            for person in PEOPLE
            for name, debt in self.payee(person).debts.by_id.items()
        ]
        return self.chance.choice(open_ones) if open_ones else None

    def _recover(self, number: int) -> None:
        if found := self._debt():
            person, name, left = found
            received = RecordRecovery(
                clawback=name,
                amount=self.chance.randint(1, max(left, 1)),
                received_on=self.network.on,
                bank_account="icbc-1234",
                bank_reference=f"in-{number // 2}",
                source="bank",
            )
            self.network.ask(streams.payee(person), received, "intake")

    def _write_off(self, number: int) -> None:
        if found := self._debt():
            person, name, left = found
            stream = streams.payee(person)
            proposed = ProposeWriteOff(
                clawback=name,
                amount=self.chance.randint(1, max(left, 1)),
                document=f"核销-{number}",
                reason="下落不明",
                maker="li",
            )
            self.network.ask(stream, proposed, "staff")
            judged = JudgeWriteOff(
                clawback=name,
                checker=self.chance.choice(["li", "wang"]),
                verdict=self.chance.choice(["confirm", "reject"]),
                reason="有异议",
            )
            self.network.ask(stream, judged, "staff")

    def _advance(self, number: int) -> None:
        if not self.granted:
            return
        person, key, _ = self.chance.choice(self.granted)
        grant = GrantAdvance(
            application=key,
            rate_bp=self.chance.choice([2000, 5000, 5000, 6000]),
            planned=self.chance.choice([10_000, 50_000]),
            nets=self.chance.choice(["claim", "first"]),
            programme="",
            settle_by=self.network.on + timedelta(days=self.chance.randint(0, 40)),
            document=f"预拨-{number}",
            by="staff:li",
        )
        self.network.ask(streams.beneficiary(person), grant, "staff")

    def _call(self, number: int) -> None:
        for person in PEOPLE:
            for name in self.payee(person).advances.by_id:
                self.network.ask(streams.payee(person), CallAdvance(disbursement=name), "clerk")

    def _revoke(self, number: int) -> None:
        if self.granted:
            person, key, _ = self.chance.choice(self.granted)
            revoke = RevokeApproval(
                application=key,
                cause=self.chance.choice(["administrative_error", "fraud"]),
                document=f"撤销-{number}",
                reason="原决定有误",
                by="staff:li",
            )
            self.network.ask(streams.beneficiary(person), revoke, "staff")

    def _leave(self, number: int) -> None:
        left = RecordStatus(status="left", since=self.network.on, source="police")
        self.network.ask(streams.beneficiary(self.chance.choice(PEOPLE)), left, "intake")

    def _tell(self, number: int) -> None:
        kind: StatusKind = self.chance.choice(["employed", "unemployed", "retired", "deceased"])
        since = self.network.on - timedelta(days=self.chance.randint(0, 70))
        if kind == "unemployed" or self.chance.random() < 0.3:  # most payments go on
            told = RecordStatus(status=kind, since=since, source="hrss")
            self.network.ask(streams.beneficiary(self.chance.choice(PEOPLE)), told, "intake")

    def _evidence(self, number: int) -> None:
        if self.resting:
            person, key = self.chance.choice(self.resting)
            served = self.chance.random() < 0.5
            month = self.chance.choice(MONTHS)
            told = RecordEvidence(
                application=key,
                month=f"{month:%Y-%m}",
                kind="days_served" if served else "contributions",
                measure=self.chance.randint(0, 31) if served else self.chance.randint(0, 150_000),
                document=f"凭证-{number}",
                source="hrss",
            )
            self.network.ask(streams.beneficiary(person), told, "intake")

    def _end_plan(self, number: int) -> None:
        if self.resting:
            person, key = self.chance.choice(self.resting)
            ended = EndPlan(
                application=key,
                ended_on=self.network.on,
                because=self.chance.choice(["stable_job", "left"]),
                document=f"终止-{number}",
                source="hrss",
            )
            self.network.ask(streams.beneficiary(person), ended, "intake")

    def _extend(self, number: int) -> None:
        if self.resting:
            person, key = self.chance.choice(self.resting)
            more = ExtendApproval(
                application=key, reviewer="li", document=f"延长-{number}", reason="仍未就业"
            )
            self.network.ask(streams.beneficiary(person), more, "staff")

    def _top_up(self, number: int) -> None:
        line = self.chance.choice([*FUNDS, *NEXT_YEAR.values(), CEILING])
        more = AdjustBudget(
            document=f"调整-{number}", by=self.chance.choice([-50_000, 200_000]), reason="年中调整"
        )
        self.network.ask(line, more, "city")

    def _close(self, number: int) -> None:
        if self.network.on.year > 2022:
            rule: QueueRule = self.chance.choice(["lapse", "carry"])
            late = self.chance.random() < 0.2
            line = self.chance.choice(list(NEXT_YEAR.values() if late else FUNDS))
            close = CloseLine(document=f"{line[-4:]} 年终", queue=rule)
            self.network.ask(line, close, "clerk")

    def _resolve(self, number: int) -> None:
        for person, name, payment in self.standing_payments():
            if payment.disputed:
                found = ResolveDispute(
                    disbursement=name,
                    instruction=payment.disputed,
                    verdict=self.chance.choice(["paid", "not_paid"]),
                    document=f"查询-{number}",
                    by="li",
                )
                self.network.ask(streams.payee(person), found, "staff")

    def _ask_bank(self, number: int) -> None:
        for person, name, payment in self.standing_payments():
            if payment.last is not None and payment.state == "sent":
                asked = AskOutcome(disbursement=name, instruction=payment.last.instruction, by="li")
                self.network.ask(streams.payee(person), asked, "staff")

    def _cancel(self, number: int) -> None:
        if found := self._one():
            person, name, _ = found
            cancel = CancelPayment(disbursement=name, document="d", reason="不再支付", by="li")
            self.network.ask(streams.payee(person), cancel, "staff")

    def _grade(self, number: int) -> None:
        stream = streams.payee(self.chance.choice(PEOPLE))
        if self.chance.random() < 0.5:
            mark = MarkFraud(document=f"查处-{number}", reason="虚假培训", source="district")
            self.network.ask(stream, mark, "intake")
        else:
            grade = GradeCredit(grade="A", document="评定", reason="年度评定", by="li")
            self.network.ask(stream, grade, "staff")

    def _pass_time(self, number: int) -> None:
        days = self.chance.randint(1, 20)
        self.network.on = min(self.network.on + timedelta(days=days), date(2023, 6, 30))
