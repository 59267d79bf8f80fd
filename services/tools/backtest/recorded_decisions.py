"""Past decisions: what the rules have assess, with the past that they assess on.

In:    facts of the ledger, in the order of each stream
Out:   each decision of the rules with its claim and the counters just before it
Holds: the same folds as the desk's; a person's decision is none of the rules'. A partition's
       decisions are told with the figures that it had taken up just before them.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import NamedTuple

import orjson

from events.applications import Stated
from events.approvals import ApprovalDenied, ApprovalProposed, ApprovalReferred
from events.codec import decode_fact, fact_of
from events.envelope import Recorded
from events.figures import FigureStated, FigureTakenUp, StatedFigure
from events.rule_texts import RuleTextRecorded
from policies.engine.registry import Policies
from projections.engine.ledger_reader import LedgerReader
from services.deciders.beneficiary.claims.history_record import HistoryRecord, record_of
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState
from services.deciders.beneficiary.state.caps import Caps
from services.runtime.seals.chain import Chain
from services.runtime.seals.key_files import ledger_keys
from services.runtime.settings import Settings
from services.streams import StreamStore

Decided = ApprovalProposed | ApprovalDenied | ApprovalReferred
_DECIDED = (ApprovalProposed, ApprovalDenied, ApprovalReferred)
_WHOSE = (b"beneficiary/", b"rules/")
_FIGURES = (b"figures/",)
_MOST_RECORDS = 5_000
_WAIT_SECONDS = 0.5


class PastDecision(NamedTuple):
    """One answer of the rules; `before` and `record` are true only until the next fact is folded.

    `figures` are those of the running ledger that it was decided by.
    """

    fact: Decided
    stated: Stated
    before: Caps
    record: HistoryRecord
    figures: tuple[StatedFigure, ...] = ()


class BeneficiaryHistory:
    """The beneficiaries' stream states, as far as the facts have been told."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._store = StreamStore(policies)
        self._taken_up: dict[int, tuple[StatedFigure, ...]] = {}

    def tell(self, recorded: Recorded) -> PastDecision | None:
        """Look at a fact with what was there before it. `folded` must follow."""
        body = recorded.body
        if not isinstance(body, _DECIDED) or getattr(body, "reviewer", None):
            return None
        state = self._store.state(recorded.stream)
        if not isinstance(state, BeneficiaryState):
            return None
        stated = state.applications.filed[body.application].stated
        figures = self._taken_up.get(recorded.at.partition, ())
        in_force = self._policies.with_figures(figures)
        return PastDecision(
            body,
            stated,
            state.approvals.caps,
            record_of(state, recorded.stream, in_force),
            figures,
        )

    def folded(self, recorded: Recorded) -> None:
        """Take a fact as history."""
        match recorded.body:
            case FigureTakenUp(figure=figure):
                partition = recorded.at.partition
                self._taken_up[partition] = (*self._taken_up.get(partition, ()), figure)
            case RuleTextRecorded():
                pass
            case _:
                self._store.fold(recorded)


async def stated_on(settings: Settings) -> list[StatedFigure]:
    """Every figure that was stated on the ledger until now.

    Raises: as `from_ledger`
    """
    source = _read(settings, lambda done, total: None, _FIGURES)
    return [
        recorded.body.figure async for recorded in source if isinstance(recorded.body, FigureStated)
    ]


def from_ledger(
    settings: Settings, progress: Callable[[int, int], None]
) -> AsyncIterator[Recorded]:
    """Every verified fact about beneficiaries, and about the rules that partitions went by, up to
    where the ledger ends now.

    Raises: BrokerAway, TopicsMissing, ChainBroken, NotConfigured
    """
    return _read(settings, progress, _WHOSE)


async def _read(
    settings: Settings, progress: Callable[[int, int], None], whose: tuple[bytes, ...]
) -> AsyncIterator[Recorded]:
    keys = ledger_keys(settings.keys_dir, "operator")
    async with LedgerReader(settings.kafka_bootstrap, settings.topics.ledger) as reader:
        span = await reader.span()
        chains = {partition: Chain(reader.topic, partition, keys) for partition in span}
        total = sum(end - first for first, end in span.values())
        for partition, (first, _) in span.items():
            reader.seek(partition, first)
        open_ = {partition for partition, (first, end) in span.items() if end > first}
        while open_:
            for partition, records in (await reader.read(_MOST_RECORDS, _WAIT_SECONDS)).items():
                end = span[partition][1]
                for record in records:
                    batch = chains[partition].add(record) if record.offset < end else None
                    for fact in batch.facts if batch else ():
                        if fact.key and fact.key.startswith(whose):
                            yield decode_fact(fact.value or b"")
            offsets = {partition: await reader.next_offset(partition) for partition in span}
            open_ = {p for p in open_ if offsets[p] < span[p][1]}
            done = sum(min(offsets[p], span[p][1]) - span[p][0] for p in span)
            progress(done, total)


def from_lines(lines: Iterable[bytes], whose: tuple[bytes, ...] = _WHOSE) -> Iterator[Recorded]:
    """The facts that `simulate` printed; what it refused and the entries beside facts are left out.

    Raises: Unreadable
    """
    for line in lines:
        if not line.strip():
            continue
        item = orjson.loads(line)
        item.pop("entry", None)
        if str(item.get("stream", "")).encode().startswith(whose):
            yield fact_of(item)


def stated_in(lines: Iterable[bytes]) -> list[StatedFigure]:
    """Every figure that was stated among the facts that `simulate` printed.

    Raises: Unreadable
    """
    found = from_lines(lines, _FIGURES)
    return [one.body.figure for one in found if isinstance(one.body, FigureStated)]
