"""What properties are tried on: a ledger whose streams talk over wires that delay and repeat.

Every sender has one wire to every receiver. A wire keeps its order (as Kafka keeps that of one
producer and partition), but wires overtake each other, and one may go back and send again what it
has sent, as a desk does after a crash. What must hold after every single fact is checked there.
"""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from events import streams
from events.advances import AdvanceGranted, AdvanceSettled
from events.applications import ApplicationFiled, Stated
from events.approvals import (
    EXTENSION_TURN,
    ApprovalExtended,
    ApprovalGranted,
    ApprovalHeld,
    ApprovalLapsed,
    ApprovalProposed,
    ApprovalRevoked,
    ApprovalWithdrawn,
    ExtensionLapsed,
    ExtensionProposed,
    LaterYearCommitted,
    LaterYearDropped,
    LaterYearHeld,
    LaterYearLapsed,
    way_of,
)
from events.budgets import (
    BudgetAdjusted,
    BudgetAllocated,
    BudgetAsk,
    BudgetCarried,
    BudgetCommitted,
    BudgetDequeued,
    BudgetQueued,
    BudgetReleased,
    BudgetSpendingReversed,
    BudgetSpent,
    EarmarkFreed,
    LineClosed,
)
from events.clawbacks import ClawbackOffset, ClawbackRecovered, ClawbackWrittenOff
from events.control import CommandSetAside
from events.disbursements import DisbursementCancelled
from events.envelope import Asked, Position, Recorded
from events.hands import NOBODY_ALONE, RULE_ALONE
from events.instalments import (
    InstalmentCut,
    InstalmentDue,
    InstalmentReduced,
    InstalmentStopped,
)
from events.values import (
    BudgetClaim,
    Command,
    LaterYear,
    LineTaken,
    MonthPaid,
    PlannedInstalment,
    PolicyRef,
)
from policies.engine.registry import Policies
from services.streams import StreamStore, follow_ups
from tests.given_when_then import ARRIVED

_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
MANY = 20_000
"""So many deliveries no script of these tests needs, repeats included."""

NO_POLICY_NEEDED = PolicyRef(
    programme="by-hand",
    version="1",
    jurisdiction="211200",
    family="by-hand",
    content_hash="0" * 64,
    bundle_hash="0" * 64,
)


class Wire:
    """What one sender has for one receiver, and how much of it was delivered."""

    def __init__(self) -> None:
        self.asks: list[Asked] = []
        self.next = 0


class Network:
    """A ledger in memory, its wires, and a naive watchman beside each fact."""

    def __init__(self, law: Policies, on: str = "2022-08-12") -> None:
        self.law = law
        self.on = date.fromisoformat(on)
        self.store = StreamStore(law)
        self.facts: list[Recorded] = []
        self.raw: list[bytes] = []
        self.delivered: list[Asked] = []
        self.wires: dict[tuple[str, str], Wire] = {}
        self.money = Money()
        self._acted: set[str] = set()
        self._ids: set[str] = set()
        self._seq: Counter[str] = Counter()
        self._asked = 0

    def ask(self, stream: str, command: Command, sender: str = "outside") -> Asked:
        """Put a command of the outer world on its wire."""
        self._asked += 1
        identity = str(uuid5(NAMESPACE_URL, f"network/{self._asked}"))
        at = _BEGAN + timedelta(seconds=self._asked)
        # what takes two is asked as the ledger does once both have said so
        by = "desk" if type(command).__name__ in (NOBODY_ALONE | RULE_ALONE) else sender
        asked = Asked(identity, stream, at, self.on, by, command)
        self._post(sender, asked)
        return asked

    def given(self, stream: str, *bodies: ApplicationFiled | ApprovalProposed) -> None:
        """Take facts as history, with the follow-ups that they imply."""
        for body in bodies:
            seq = self._seq[stream] + 1
            identity = str(uuid5(NAMESPACE_URL, f"given/{stream}/{seq}"))
            recorded = Recorded(
                identity, stream, seq, identity, Position(0, 0, 0), _BEGAN, self.on, body
            )
            self.store.fold(recorded)
            self._keep(recorded)
            for ask in follow_ups(recorded):
                self._post(stream, ask)

    def propose(self, application: str, claims: tuple[BudgetClaim, ...]) -> str:
        """Propose an approval that claims just this money; its stream."""
        stream = streams.beneficiary(f"of-{application}-token")
        key, parts = f"district:{application}", _plan_of(claims)
        amount = sum(part.amount for part in parts)
        said = Stated(
            programme="by-hand",
            region="211202",
            applied_on=self.on,
            channel="window",
            payee=f"of-{application}-token",
            account="some-account",
            facts={},
        )
        self.given(
            stream,
            ApplicationFiled(application=key, digest="d1", stated=said, arrived=ARRIVED),
            ApprovalProposed(
                application=key,
                attempt=1,
                policy=NO_POLICY_NEEDED,
                amount=amount,
                instalments=parts,
                slots=(),
                claims=claims,
                payee=f"of-{application}-token",
                account="some-account",
                region="211202",
                trail=(),
            ),
        )
        return stream

    def step(self, chance: Random) -> bool:
        """Deliver the next command of some wire; False when all is quiet."""
        open_wires = [wire for wire in self.wires.values() if wire.next < len(wire.asks)]
        if not open_wires:
            return False
        wire = chance.choice(open_wires)
        wire.next += 1
        self.deliver(wire.asks[wire.next - 1])
        return True

    def crash(self, chance: Random) -> None:
        """Let some wire send again from an earlier place."""
        used = [wire for wire in self.wires.values() if wire.next]
        if used:
            wire = chance.choice(used)
            wire.next -= chance.randint(1, wire.next)

    def until_quiet(self, chance: Random, crashes: int = 0) -> None:
        """Deliver everything, with this many crashes on the way."""
        enough = len(self.delivered) + MANY
        while self.step(chance):
            assert len(self.delivered) < enough, "the streams never come to rest"
            if crashes and chance.random() < 0.2:
                crashes -= 1
                self.crash(chance)

    def _post(self, sender: str, asked: Asked) -> None:
        self.wires.setdefault((sender, asked.stream), Wire()).asks.append(asked)

    def deliver(self, asked: Asked) -> None:
        """Let a stream answer, and check its answer."""
        decision = self.store.decide(asked, Position(0, len(self.delivered), 0))
        self.delivered.append(asked)
        if asked.id in self._acted:
            assert not decision.facts, f"a repeat acted: {asked} -> {decision.facts}"
        if decision.facts:
            self._acted.add(asked.id)
        for recorded, raw in zip(decision.facts, decision.raw, strict=True):
            assert not isinstance(recorded.body, CommandSetAside), recorded.body
            self._keep(recorded)
            self.raw.append(raw)
        for ask, _ in decision.follow_ups:
            self._post(asked.stream, ask)

    def _keep(self, recorded: Recorded) -> None:
        assert recorded.id not in self._ids, f"{recorded.id} is on the ledger twice"
        self._ids.add(recorded.id)
        self._seq[recorded.stream] += 1
        assert recorded.seq == self._seq[recorded.stream], "a gap in the stream"
        self.facts.append(recorded)
        self.money.see(recorded)


class Ahead(NamedTuple):
    """An advance: whose, under which line, and how much of it is open."""

    application: str
    line: str
    left: int


def is_ceiling(line: str) -> bool:
    """Tell a shared ceiling from a fund."""
    return line.startswith("budget/ceiling/")


def _plan_of(claims: tuple[BudgetClaim, ...]) -> tuple[PlannedInstalment, ...]:
    """What the first fund claim is for is due at once; what each later year is asked for falls due in
    its first months, and pays for the months before."""
    funds = [claim for claim in claims if not is_ceiling(claim.lines[0])]
    years = [int(claim.lines[0].rpartition("/")[2]) for claim in funds]
    parts: list[PlannedInstalment] = []
    for claim, year in zip(funds, years, strict=True):
        if year == years[0]:
            parts.append(PlannedInstalment(no=len(parts) + 1, amount=claim.amount))
            continue
        rest = claim.amount // 2
        months = ((f"{year - 1}-12", claim.amount - rest), (f"{year}-01", rest))
        for number, (month, amount) in enumerate(months, 1):
            if amount:
                parts.append(
                    PlannedInstalment(
                        no=len(parts) + 1,
                        amount=amount,
                        due_on=date(year, number, 1),
                        months=(MonthPaid(month=month, amount=amount),),
                    )
                )
    return tuple(parts)


Waiter = tuple[str, int, int]
"""(application, attempt, way): whoever waits in a queue."""


def _waiter(ask: BudgetAsk) -> Waiter:
    return (ask.application, ask.attempt, way_of(ask.turn))


def _line_of(taken: tuple[LineTaken, ...], part: PlannedInstalment) -> str:
    funds = [item.line for item in taken if not is_ceiling(item.line)]
    year = f"/{part.due_on.year}" if part.due_on else ""
    return next((line for line in funds if line.endswith(year)), funds[0])


class Money:
    """A naive count of the money, from the facts alone and by the conventions alone."""

    def __init__(self) -> None:
        self.allocated: Counter[str] = Counter()
        self.committed: Counter[str] = Counter()
        self.queues: defaultdict[str, list[Waiter]] = defaultdict(list)
        self.asked: dict[tuple[str, Waiter], int] = {}
        self.closed: set[str] = set()
        self.spent: Counter[str] = Counter()
        self.live: dict[str, tuple[str, int]] = {}
        self.taken: dict[str, Counter[str]] = {}
        self.ceilings: dict[str, tuple[str, ...]] = {}
        self.planned: dict[str, Counter[str]] = {}
        self.ahead: dict[str, Ahead] = {}
        self.later: dict[Waiter, tuple[LaterYear, str]] = {}
        self.parts: dict[tuple[str, int], int] = {}
        self.extending: set[Waiter] = set()

    def see(self, recorded: Recorded) -> None:
        """Count one fact.

        Raises: AssertionError when a line is overdrawn, or somebody overtakes its queue
        """
        line = recorded.stream
        match recorded.body:
            case BudgetAllocated() as fact:
                self.allocated[line] += fact.amount
            case BudgetAdjusted() as fact:
                self.allocated[line] += fact.by
                assert self.committed[line] <= self.allocated[line], "lowered below committed"
            case BudgetCommitted() as fact:
                served = fact.ask.turn % EXTENSION_TURN
                assert served or not self.queues[line], "overtook the queue"
                self.committed[line] += fact.amount
                assert self.committed[line] <= self.allocated[line], "overdrawn"
            case BudgetQueued() as fact:
                who = _waiter(fact.ask)
                assert who not in self.queues[line], "waits twice in one queue"
                self.queues[line].append(who)
                self.asked[line, who] = fact.ask.amount
            case BudgetDequeued() as fact:
                who = _waiter(fact.ask)
                if who in self.queues[line]:
                    assert self.queues[line][0] == who, "not the head of the queue"
                    self.queues[line].pop(0)
                else:
                    assert fact.lapsed
            case BudgetCarried() as fact:
                who = _waiter(fact.ask)
                if who in self.queues[line]:
                    assert self.queues[line].pop(0) == who, "not the head of the queue"
                else:
                    assert line in self.closed, "carried from an open line"
                total = sum(claim.amount for claim in fact.ask.claims)
                assert sum(claim.amount for claim in fact.onward.claims) == total
            case BudgetReleased() as fact:
                self.committed[line] -= fact.amount
                assert self.committed[line] >= 0, "gave back more than there was"
                if fact.from_queue:
                    self.queues[line].remove((fact.application, fact.attempt, way_of(fact.turn)))
            case EarmarkFreed() as fact:
                self.committed[line] -= fact.released
                self.spent[line] -= fact.amount * fact.spent
                assert self.committed[line] >= 0, "gave back more than there was"
            case BudgetSpent() as fact:
                self.spent[line] += fact.amount
                assert self.spent[line] <= self.committed[line], "spent more than was set aside"
            case BudgetSpendingReversed() as fact:
                self.spent[line] -= fact.amount
            case LineClosed():
                self.closed.add(line)
            case _:
                self._see_approval(recorded)
                self._see_later_years(recorded)
                self._see_plan(recorded)

    def _see_approval(self, recorded: Recorded) -> None:
        match recorded.body:
            case ApprovalProposed() as fact:
                self.live[fact.application] = ("proposed", fact.attempt)
            case ApprovalHeld() as fact:
                self.live[fact.application] = (f"held on {fact.line}", fact.attempt)
                self._take(fact.application, fact.taken)
            case ApprovalGranted() as fact:
                assert self.live[fact.application][0] != "granted", "granted twice"
                self.live[fact.application] = ("granted", fact.attempt)
                self._take(fact.application, fact.taken, sum(one.amount for one in fact.later))
                for one in fact.later:
                    waiter = (fact.application, fact.attempt, way_of(one.turn))
                    self.later[waiter] = one, "asked"
            case ApprovalLapsed() | ApprovalWithdrawn() as fact:
                del self.live[fact.application]
                self.taken.pop(fact.application, None)
                self._forget_later_years(fact.application, fact.attempt)
            case ApprovalRevoked() as fact:
                for item in fact.unpaid:
                    if is_ceiling(item.line):
                        self.taken[fact.application][item.line] = 0
                        self.ceilings.pop(fact.application, None)
                    else:
                        self._less(fact.application, item.line, item.amount)
                for amount in self._forget_later_years(fact.application, fact.attempt):
                    self._less_of_ceilings(fact.application, amount)
            case ApprovalExtended() as fact:
                for item in fact.taken:
                    self.taken[fact.application][item.line] += item.amount
            case InstalmentStopped(committed=True) as fact:
                self._less(fact.application, fact.line, fact.amount)
            case InstalmentReduced() | InstalmentCut() as fact:
                self._less(fact.application, fact.line, fact.planned - fact.amount)
            case DisbursementCancelled(kind="benefit") as fact:
                application = fact.disbursement.rpartition("#")[0]
                self._less(application, fact.money.line, fact.money.amount)
            case _:
                pass

    def _see_later_years(self, recorded: Recorded) -> None:
        """Follow the parts of plans that wait for a later year's money."""
        match recorded.body:
            case LaterYearHeld() as fact:
                waiter = (fact.application, fact.attempt, way_of(fact.turn))
                self.later[waiter] = self.later[waiter][0], f"held on {fact.line}"
            case LaterYearCommitted() as fact:
                del self.later[fact.application, fact.attempt, way_of(fact.turn)]
                self.taken[fact.application][fact.line] += fact.amount
                self._less(fact.application, fact.line, fact.surplus)
                for no in fact.instalments:
                    self.planned[fact.application][fact.line] += self.parts[fact.application, no]
            case ExtensionProposed() as fact:
                self.extending.add((fact.application, fact.attempt, way_of(fact.turn)))
            case ApprovalExtended() | ExtensionLapsed() as fact:
                self.extending.remove((fact.application, fact.attempt, way_of(fact.turn)))
            case LaterYearLapsed() | LaterYearDropped() as fact:
                del self.later[fact.application, fact.attempt, way_of(fact.turn)]
                self._less_of_ceilings(fact.application, fact.amount)
            case _:
                pass

    def _forget_later_years(self, application: str, attempt: int) -> list[int]:
        gone = [waiter for waiter in self.later if waiter[:2] == (application, attempt)]
        return [self.later.pop(waiter)[0].amount for waiter in gone]

    def _see_plan(self, recorded: Recorded) -> None:
        """Follow what is still planned, and what is open of advances."""
        match recorded.body:
            case ApprovalGranted() | ApprovalExtended() as fact:
                planned = self.planned.setdefault(fact.application, Counter[str]())
                later = fact.later if isinstance(fact, ApprovalGranted) else ()
                waits = {no for one in later for no in one.instalments}
                for part in fact.instalments:
                    self.parts[fact.application, part.no] = part.amount
                    if part.no not in waits:
                        planned[_line_of(fact.taken, part)] += part.amount
            case InstalmentStopped(committed=False):
                pass
            case InstalmentDue() | InstalmentStopped() as fact:
                self.planned[fact.application][fact.line] -= fact.amount
            case InstalmentReduced() | InstalmentCut() as fact:
                self.planned[fact.application][fact.line] -= fact.planned - fact.amount
            case ApprovalRevoked() as fact:
                self.planned[fact.application].clear()
            case AdvanceGranted() as fact:
                own = fact.disbursement.endswith("#0")
                line, amount = fact.money.line, fact.amount
                self.ahead[fact.disbursement] = Ahead(fact.application, line, amount if own else 0)
                if not own:
                    self.planned[fact.application][line] -= amount
            case AdvanceSettled() as fact:
                self._free(fact.advance, fact.money.amount)
            case ClawbackOffset() | ClawbackRecovered() | ClawbackWrittenOff() as fact:
                if fact.advance:
                    self._free(fact.advance, fact.money.amount)
            case DisbursementCancelled(kind="advance") as fact:
                self._free(fact.disbursement, fact.money.amount)
            case _:
                pass

    def _free(self, advance: str, amount: int) -> None:
        ahead = self.ahead[advance]
        if advance.endswith("#0"):
            self.ahead[advance] = ahead._replace(left=ahead.left - amount)
        else:
            self._less(ahead.application, ahead.line, amount)

    def _take(self, application: str, taken: tuple[LineTaken, ...], later: int = 0) -> None:
        amounts = self.taken[application] = Counter[str]()
        for item in taken:
            amounts[item.line] += item.amount
        funds = later + sum(item.amount for item in taken if not is_ceiling(item.line))
        self.ceilings[application] = tuple(
            item.line for item in taken if is_ceiling(item.line) and item.amount == funds
        )

    def _less(self, application: str, line: str, amount: int) -> None:
        """What will never be paid is free, on the line and on the ceilings in money above it."""
        taken = self.taken.get(application)
        if taken is None:  # all was given back with the claim
            return
        taken[line] -= amount
        assert taken[line] >= 0, "freed more than taken"
        self._less_of_ceilings(application, amount)

    def _less_of_ceilings(self, application: str, amount: int) -> None:
        taken = self.taken.get(application, Counter[str]())
        for ceiling in self.ceilings.get(application, ()):
            taken[ceiling] = max(taken[ceiling] - amount, 0)

    def wanted(self) -> Counter[str]:
        """Tell what every line must hold at rest: what was or can be paid, and open advances that
        no instalment to come will settle."""
        lines: Counter[str] = Counter()
        for taken in self.taken.values():
            lines.update(taken)
        for ahead in self.ahead.values():
            beyond = max(ahead.left - self.planned[ahead.application][ahead.line], 0)
            for line in (ahead.line, *self.ceilings.get(ahead.application, ())):
                lines[line] += beyond
        return lines

    def settle(self) -> None:
        """Check what must be true once all is quiet: nothing lost, nobody forgotten.

        Raises: AssertionError
        """
        wanted = self.wanted()
        held = {line: amount for line, amount in self.committed.items() if amount}
        assert held == {line: amount for line, amount in wanted.items() if amount}
        waiting = {
            (application, attempt, 0): state
            for application, (state, attempt) in self.live.items()
            if state != "granted"
        } | {waiter: state for waiter, (_, state) in self.later.items()}
        for line, queue in self.queues.items():
            assert not (queue and line in self.closed), "waits on a closed line"
            for who in queue:
                if who in self.extending:  # its history hears of it when it is served
                    continue
                assert waiting.pop(who, None) == f"held on {line}", f"{who} waits on {line} in vain"
            if queue:
                available = self.allocated[line] - self.committed[line]
                assert self.asked[line, queue[0]] > available, "the head could be served"
        assert not waiting, f"nobody answers {waiting}"
