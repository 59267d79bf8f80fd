"""Figures over partitions: in whatever order they arrive, each partition decides by its own order."""

from collections import deque
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import NAMESPACE_URL, uuid5

from hypothesis import given, settings
from hypothesis import strategies as st

from events import streams
from events.approvals import ApprovalProposed
from events.envelope import Asked, Position
from events.figures import FigureTakenUp, StateFigure
from events.streams import partition_of
from events.values import Command, FactValue
from services.streams import StreamStore
from services.streams.in_memory import replayed
from tests.given_when_then import applies, certificate, policies

_PARTITIONS = 3
_DAY = date(2022, 9, 2)
_PLACES = ("211200", "211202", "210000")
_EMPLOYEE: dict[str, FactValue] = certificate() | {"person.status": "在职", "insured_months": 12}
_STATEMENTS = st.lists(
    st.tuples(st.sampled_from(_PLACES), st.integers(1000, 9000), st.integers(1, 3)),
    min_size=1,
    max_size=5,
)
_SEEDS = st.integers(0, 2**32)


class Partitions:
    """A ledger of several partitions, whose commands wait in one queue each."""

    def __init__(self) -> None:
        self.stores = [StreamStore(policies(), partitions=_PARTITIONS) for _ in range(_PARTITIONS)]
        self.waiting: list[deque[Asked]] = [deque() for _ in range(_PARTITIONS)]
        self.decided: list[list[Asked]] = [[] for _ in range(_PARTITIONS)]
        self.raw: list[list[bytes]] = [[] for _ in range(_PARTITIONS)]
        self.proposed: dict[str, tuple[int, int]] = {}
        self._asked = 0

    def ask(self, stream: str, command: Command) -> None:
        """Put a command on its partition."""
        self._asked += 1
        self._post(
            Asked(
                str(uuid5(NAMESPACE_URL, f"partitions/{self._asked}")),
                stream,
                datetime(2022, 9, 2, tzinfo=UTC) + timedelta(seconds=self._asked),
                _DAY,
                "desk" if isinstance(command, StateFigure) else "test",
                command,
            )
        )

    def _post(self, asked: Asked) -> None:
        self.waiting[partition_of(asked.stream, _PARTITIONS)].append(asked)

    def step(self, chance: Random) -> bool:
        """Let some partition decide its next command; what follows from it comes, maybe twice."""
        busy = [partition for partition, queue in enumerate(self.waiting) if queue]
        if not busy:
            return False
        partition = chance.choice(busy)
        asked = self.waiting[partition].popleft()
        at = Position(partition, len(self.decided[partition]), 0)
        decision = self.stores[partition].decide(asked, at)
        self.decided[partition].append(asked)
        self.raw[partition] += decision.raw
        for recorded in decision.facts:
            if isinstance(recorded.body, ApprovalProposed):
                taken_up = len(self.stores[partition].policies.figures)
                self.proposed[recorded.stream] = (recorded.body.amount // 100, taken_up)
        again = [asks for asks in decision.follow_ups if chance.random() < 0.3]
        for ask, _ in (*decision.follow_ups, *again):
            self._post(ask)
        return True

    def until_quiet(self, chance: Random) -> None:
        """Decide whatever waits."""
        while self.step(chance):
            pass


def applicant(ledger: Partitions, number: int) -> str:
    """Let somebody apply; the history of that person."""
    token = f"person-{number}-token"
    facts = _EMPLOYEE | {"certificate.number": str(number)}
    stream = streams.beneficiary(token)
    ledger.ask(stream, applies(str(number), facts, applied_on=str(_DAY), payee=token))
    return stream


def states(place: str, yuan: int, day: int, number: int) -> StateFigure:
    """State what a certificate is worth in a place."""
    return StateFigure(
        jurisdiction=place,
        name="skill_upgrade.employee_rates",
        from_on=date(2022, 8, day),
        value={"四级": yuan},
        document=f"文件-{number}",
        supersedes=f"文件-{number - 1}" if number > 1 else "",
    )


@settings(max_examples=40, deadline=None)
@given(_STATEMENTS, _SEEDS)
def test_partitions_agree_once_each_has_taken_up_what_was_stated(
    statements: list[tuple[str, int, int]], seed: int
) -> None:
    ledger, chance = Partitions(), Random(seed)
    for number, (place, yuan, day) in enumerate(statements, start=1):
        ledger.ask(streams.figures(place), states(place, yuan, day, number))
        applicant(ledger, number)
        for _ in range(chance.randint(0, 6)):
            ledger.step(chance)
    ledger.until_quiet(chance)
    figures = ledger.stores[0].policies.figures
    assert all(store.policies.figures == figures for store in ledger.stores)
    assert all(
        store.policies.standards == ledger.stores[0].policies.standards for store in ledger.stores
    )
    late = [applicant(ledger, 100 + number) for number in range(9)]
    ledger.until_quiet(chance)
    assert len({ledger.proposed[stream][0] for stream in late}) == 1
    assert {partition_of(stream, _PARTITIONS) for stream in late} == set(range(_PARTITIONS))


@settings(max_examples=40, deadline=None)
@given(_STATEMENTS, _SEEDS)
def test_a_replay_of_a_partition_alone_decides_the_same(
    statements: list[tuple[str, int, int]], seed: int
) -> None:
    ledger, chance = Partitions(), Random(seed)
    for number, (place, yuan, day) in enumerate(statements, start=1):
        ledger.ask(streams.figures(place), states(place, yuan, day, number))
        applicant(ledger, number)
    ledger.until_quiet(chance)
    for partition, commands in enumerate(ledger.decided):
        again = StreamStore(policies(), partitions=_PARTITIONS)
        raw = [
            one
            for nth, asked in enumerate(commands)
            for one in again.decide(asked, Position(partition, nth, 0)).raw
        ]
        assert raw == ledger.raw[partition]
        assert replayed(raw, policies()).policies.figures == again.policies.figures


@settings(max_examples=20, deadline=None)
@given(_SEEDS)
def test_an_application_goes_by_what_its_own_partition_has_taken_up(seed: int) -> None:
    ledger, chance = Partitions(), Random(seed)
    ledger.ask(streams.figures("211200"), states("211200", 1800, 1, 1))
    people = [applicant(ledger, number) for number in range(12)]
    ledger.until_quiet(chance)
    paid = {1500: 0, 1800: 1}
    for stream in people:
        yuan, taken_up = ledger.proposed[stream]
        assert paid[yuan] == taken_up
    taken = [b for raw in ledger.raw for b in raw if FigureTakenUp.__name__.encode() in b]
    assert len(taken) == _PARTITIONS
