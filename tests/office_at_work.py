"""An office at work: people who apply, prepare, release, send, report and withdraw at any moment.

Counted beside it, naively: who holds which payment, and what became of it.
"""

from collections import Counter
from random import Random

from events import streams
from events.batches import (
    BeginSending,
    ConfirmSent,
    PrepareBatch,
    RecordBankResult,
    RejectBatch,
    ReleaseBatch,
    WantedLine,
)
from events.budgets import AllocateBudget
from events.disbursements import (
    DisbursementBatched,
    DisbursementOrdered,
    DisbursementReturned,
    DisbursementSent,
    DisbursementSettled,
    DisbursementUnbatched,
)
from events.envelope import Recorded
from events.status import RecordStatus
from services.deciders.batch.state import BatchState
from tests.delaying_network import Network
from tests.given_when_then import LINE_2022, applies, certificate, policies, pre_checks, withdraws

PEOPLE = ("zhang-san-token", "li-si-token", "wang-wu-token")
BATCHES = tuple(f"B220831000{n}" for n in range(6))
OCCUPATIONS = ("电工", "钳工", "焊工", "车工")
FEN = 150_000


class Payments:
    """The naive count of payments: in which batch each is, and what the bank did."""

    def __init__(self) -> None:
        self.ordered: set[str] = set()
        self.batch_of: dict[str, str] = {}
        self.claims: Counter[tuple[str, str]] = Counter()
        self.settled: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()
        self.ended: set[str] = set()

    def see(self, recorded: Recorded) -> None:
        """Count one fact; a payment in two batches, or paid twice, fails."""
        match recorded.body:
            case DisbursementOrdered() as fact:
                assert fact.disbursement not in self.ordered
                self.ordered.add(fact.disbursement)
            case DisbursementBatched() as fact:
                assert fact.disbursement not in self.batch_of, "two batches have one payment"
                self.batch_of[fact.disbursement] = fact.batch
                self.claims[fact.disbursement, fact.batch] += 1
                assert self.claims[fact.disbursement, fact.batch] == 1, "claimed anew"
            case DisbursementUnbatched() as fact:
                assert self.batch_of.pop(fact.disbursement) == fact.batch
                assert not self.sent[fact.disbursement]
            case DisbursementSent() as fact:
                assert self.batch_of[fact.disbursement] == fact.batch
                self.sent[fact.disbursement] += 1
                assert self.sent[fact.disbursement] == 1
            case DisbursementSettled() as fact:
                assert self.sent[fact.disbursement] == 1
                self.settled[fact.disbursement] += 1
                assert self.settled[fact.disbursement] == 1, "paid twice"
            case DisbursementReturned() as fact:
                assert fact.disbursement not in self.ended
                assert fact.after_settlement == bool(self.settled[fact.disbursement])
                self.ended.add(fact.disbursement)
            case _:
                pass


class Office:
    """Staff, the clerk and the bank: what they ask depends on what they see, at any moment."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.network = Network(policies())
        self.payments = Payments()
        self.seen = 0
        self.network.ask(LINE_2022, AllocateBudget(document="拨款-0", amount=4 * FEN), "city")

    def run(self, moves: int) -> None:
        """Let people act at random while the wires deliver, then come to rest."""
        deeds = (
            self._apply,
            self._apply,
            self._check,
            self._check,
            self._prepare,
            *[self._release] * 3,
            *[self._send] * 3,
            *[self._bank] * 4,
            self._withdraw,
            self._allocate,
            self._die,
        )
        for number in range(moves):
            self.chance.choice(deeds)(number)
            for _ in range(self.chance.randint(0, 6)):
                self.network.step(self.chance)
            if self.chance.random() < 0.1:
                self.network.crash(self.chance)
            self._look()
        self.network.until_quiet(self.chance, 10)
        self._look()

    def _look(self) -> None:
        for recorded in self.network.facts[self.seen :]:
            self.payments.see(recorded)
        self.seen = len(self.network.facts)

    def batch(self, name: str) -> BatchState:
        """Look at a batch as it stands."""
        state = self.network.store.state(streams.batch(name))
        return state if isinstance(state, BatchState) else BatchState()

    def _some(self, *states: str) -> str:
        """Pick a batch, most often one that is ripe for it."""
        ripe = [name for name in BATCHES if self.batch(name).state in states]
        return self.chance.choice(ripe if ripe and self.chance.random() < 0.8 else BATCHES)

    def _apply(self, number: int) -> None:
        nth = self.chance.randrange(len(PEOPLE))
        facts = certificate(self.chance.choice(OCCUPATIONS))
        command = applies(f"{nth}-{number}", facts, payee=PEOPLE[nth])
        self.network.ask(streams.beneficiary(PEOPLE[nth]), command, "intake")

    def _known(self) -> tuple[str, str] | None:
        live = sorted(self.network.money.live)
        if not live:
            return None
        name = self.chance.choice(live).removeprefix("district:")
        return streams.beneficiary(PEOPLE[int(name[0])]), name

    def _check(self, number: int) -> None:
        if known := self._known():
            self.network.ask(known[0], pre_checks(known[1]), "clerk")

    def _withdraw(self, number: int) -> None:
        if known := self._known():
            self.network.ask(known[0], withdraws(known[1]), "staff")

    def _die(self, number: int) -> None:
        if number > 30:
            who = streams.beneficiary(self.chance.choice(PEOPLE))
            died = RecordStatus(status="deceased", since=self.network.on, source="civil-affairs")
            self.network.ask(who, died, "intake")

    def _allocate(self, number: int) -> None:
        money = AllocateBudget(document=f"拨款-{number}", amount=self.chance.randint(1, 3) * FEN)
        self.network.ask(LINE_2022, money, "city")

    def _prepare(self, number: int) -> None:
        ordered = sorted(self.payments.ordered)
        if ordered:
            wanted = self.chance.sample(ordered, self.chance.randint(1, min(4, len(ordered))))
            lines = tuple(
                WantedLine(
                    payee=streams.payee(PEOPLE[int(name.removeprefix("district:")[0])]),
                    disbursement=name,
                    amount=FEN if self.chance.random() < 0.95 else FEN + 1,
                )
                for name in wanted
            )
            name = self.chance.choice(BATCHES)
            self.network.ask(
                streams.batch(name),
                PrepareBatch(
                    batch=name,
                    bank_account="icbc-1234",
                    fund="unemployment_insurance",
                    district="211202",
                    maker="staff:wang",
                    lines=lines,
                ),
                "staff",
            )

    def _release(self, number: int) -> None:
        name = self._some("requested", "prepared")
        batch = self.batch(name)
        checker = self.chance.choice(["staff:wang", "staff:zhao", "staff:zhao"])
        if self.chance.random() < 0.15:
            answer: RejectBatch | ReleaseBatch = RejectBatch(
                batch=name, checker=checker, reason="账户待核实"
            )
        else:
            answer = ReleaseBatch(
                batch=name, checker=checker, digest=batch.digest, total=batch.total
            )
        self.network.ask(streams.batch(name), answer, "checker")

    def _send(self, number: int) -> None:
        name = self._some("released", "sending")
        self.network.ask(streams.batch(name), BeginSending(batch=name), "clerk")
        sent = ConfirmSent(batch=name, file=f"{name}.csv", file_digest="f" * 64)
        self.network.ask(streams.batch(name), sent, "clerk")

    def _bank(self, number: int) -> None:
        name = self._some("sending", "sent", "closed")
        lines = self.batch(name).in_order()
        if lines:
            line = self.chance.choice(lines)
            settled = self.chance.random() < 0.7
            self.network.ask(
                streams.batch(name),
                RecordBankResult(
                    batch=name,
                    instruction=line.instruction,
                    outcome="settled" if settled else "returned",
                    amount=line.amount,
                    value_on=self.network.on,
                    bank_reference=self.chance.choice(["r1", "r1", "r2"]),
                ),
                "bank",
            )
