"""Past decisions: what the rules have assess, with the past that they assess on.

In:    facts of the ledger, in the order of each stream
Out:   each decision of the rules with its claim and the counters just before it
Holds: the same folds as the desk's; a person's decision is none of the rules'.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import NamedTuple

import orjson

from events.applications import Stated
from events.approvals import ApprovalDenied, ApprovalProposed, ApprovalReferred
from events.codec import decode_fact, fact_of
from events.envelope import Recorded
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
_WHOSE = b"beneficiary/"
_MOST_RECORDS = 5_000
_WAIT_SECONDS = 0.5


class PastDecision(NamedTuple):
    """One answer of the rules; `before` and `record` are true only until the next fact is folded."""

    fact: Decided
    stated: Stated
    before: Caps
    record: HistoryRecord


class BeneficiaryHistory:
    """The beneficiaries' stream states, as far as the facts have been told."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._store = StreamStore(policies)

    def tell(self, recorded: Recorded) -> PastDecision | None:
        """Look at a fact with what was there before it. `folded` must follow."""
        body = recorded.body
        if not isinstance(body, _DECIDED) or getattr(body, "reviewer", None):
            return None
        state = self._store.state(recorded.stream)
        if not isinstance(state, BeneficiaryState):
            return None
        stated = state.applications.filed[body.application].stated
        return PastDecision(
            body,
            stated,
            state.approvals.caps,
            record_of(state, recorded.stream, self._policies),
        )

    def folded(self, recorded: Recorded) -> None:
        """Take a fact as history."""
        self._store.fold(recorded)


async def from_ledger(
    settings: Settings, progress: Callable[[int, int], None]
) -> AsyncIterator[Recorded]:
    """Every verified fact about beneficiaries up to where the ledger ends now.

    Raises: BrokerAway, TopicsMissing, ChainBroken, NotConfigured
    """
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
                        if fact.key and fact.key.startswith(_WHOSE):
                            yield decode_fact(fact.value or b"")
            offsets = {partition: await reader.next_offset(partition) for partition in span}
            open_ = {p for p in open_ if offsets[p] < span[p][1]}
            done = sum(min(offsets[p], span[p][1]) - span[p][0] for p in span)
            progress(done, total)


def from_lines(lines: Iterable[bytes]) -> Iterator[Recorded]:
    """The facts that `simulate` printed; what it refused and the entries beside facts are left out.

    Raises: Unreadable
    """
    for line in lines:
        if not line.strip():
            continue
        item = orjson.loads(line)
        item.pop("entry", None)
        if str(item.get("stream", "")).startswith(_WHOSE.decode()):
            yield fact_of(item)
