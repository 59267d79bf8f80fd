"""Store: all streams of one partition; one command in, its facts out, folded in place."""

from datetime import datetime
from typing import Any

from events import streams
from events.control import CommandRefused, RejectCommand, ResumeStream
from events.envelope import Asked, Position, Recorded
from events.figures import FigureTakenUp
from events.invariants import BrokenInvariant
from events.rule_texts import RuleTextRecorded
from events.sign_in import SignInRequired
from events.values import Fact
from policies.engine.registry import Policies
from services.deciders.stream import Stream
from services.streams import answering, authority, rule_texts, set_aside
from services.streams.decision import UNCHANGED, Decision, TooLong, recorded_as
from services.streams.folding import fold
from services.streams.houses import new_stream


class StreamStore:
    """The streams of one partition, by name, and the policies that it goes by now: those it was
    given, with the figures that facts of the partition have taken up; and whether people sign in here.

    Units: `partitions` is how many the ledger has; with `keeps_texts` the first decision that cites a
           policy or its figures has their text beside it, as a ledger that lasts needs it
    Holds: decide() changes nothing but by folding the facts it returns; it never raises for a bad
           command, only BrokenInvariant, which must stop the process
    """

    def __init__(
        self,
        policies: Policies,
        limit_bytes: int = 900_000,
        *,
        partitions: int = 1,
        keeps_texts: bool = False,
    ) -> None:
        self._policies = policies
        self._partitions = partitions
        self._keeps_texts = keeps_texts
        self._texts: set[str] = set()
        self._sign_in_required = False
        self._limit = limit_bytes
        self._longest_raw = min(set_aside.LONGEST_RAW, limit_bytes // 4)  # escaping may double it
        self._streams: dict[str, Stream] = {}

    def __len__(self) -> int:
        return len(self._streams)

    @property
    def policies(self) -> Policies:
        """What the partition goes by now."""
        return self._policies

    def stream(self, name: str) -> Stream | None:
        """Look at one stream's state, or None where it has no history."""
        return self._streams.get(name)

    def state(self, name: str) -> Any:
        """Look at what one stream's facts are folded into, or None where it has no history."""
        stream = self._streams.get(name)
        return None if stream is None else stream.state

    def decide(self, asked: Asked, at: Position, producer: str = "") -> Decision:
        """Answer one command and fold the answer; `producer` is who has sealed its packet.

        Refuses: NOT_SIGNED_IN, even where the stream is parked: what an operator later resumes is
                 sent in the operator's name
        Raises: BrokenInvariant
        """
        stream = self._streams.get(asked.stream)
        if stream is None:
            stream = self._new(asked.stream)
        if stream.answered is not None and asked.id in stream.answered:
            return UNCHANGED
        if self._sign_in_required and (unsigned := authority.not_signed_in(asked, producer)):
            return self._folded(stream, recorded_as(stream, asked, at, [unsigned], self._limit))
        if stream.parked and not isinstance(asked.body, ResumeStream | RejectCommand):
            return self._folded(stream, self._set_aside(stream, asked, at, "stream is parked"))
        try:
            facts = self._answer(stream, asked)
            if not facts:
                return UNCHANGED
            facts = answering.naming_the_message(facts, asked)
            if kinds := stream.decider.for_every_partition:
                facts = answering.for_every_partition(facts, kinds, self._partitions)
            decision = recorded_as(stream, asked, at, facts, self._limit)
        except BrokenInvariant:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a decider raises parks this stream alone
            decision = self._set_aside(stream, asked, at, f"{type(error).__name__}: {error}")
        decision = self._folded(stream, decision)
        return self._with_texts(decision, asked, at) if self._keeps_texts else decision

    def refuse_unreadable(
        self, item: dict[str, Any], error: str, recorded_at: datetime, at: Position
    ) -> Decision:
        """Set a command aside that cannot even be read; its stream, if it names one, is parked."""
        name = str(item.get("stream") or f"unreadable/{at.partition}")
        stream = self._streams.get(name) or self._new(name)
        body = set_aside.of_unreadable(stream, item, error, self._longest_raw)
        return self._folded(
            stream, set_aside.undecided(stream, name, body, body.command_id, recorded_at, at)
        )

    def refuse_foreign(
        self, body: CommandRefused, command_id: str, recorded_at: datetime, at: Position
    ) -> Decision:
        """Record a packet or command that was not its sender's, on a stream of its partition's own.

        Nothing of the packet is believed: no stream that it names hears of it.
        """
        name = f"foreign/{at.partition}"
        stream = self._streams.get(name) or self._new(name)
        return self._folded(
            stream, set_aside.undecided(stream, name, body, command_id, recorded_at, at)
        )

    def fold(self, recorded: Recorded) -> None:
        """Fold one fact of the ledger."""
        self._fold(self._streams.get(recorded.stream) or self._new(recorded.stream), recorded)

    def _fold(self, stream: Stream, recorded: Recorded) -> None:
        """Fold one fact into its stream, and what it says of the rules into this partition."""
        fold(stream, recorded)
        body = recorded.body
        if type(body) is FigureTakenUp:
            self._policies = self._policies.with_figures([body.figure])
        elif type(body) is RuleTextRecorded:
            self._texts.add(body.hash)
        elif type(body) is SignInRequired:
            self._sign_in_required = True

    def _new(self, name: str) -> Stream:
        stream = self._streams[name] = new_stream(name)
        return stream

    def _answer(self, stream: Stream, asked: Asked) -> list[Fact]:
        return answering.answer(stream, asked, self._policies)

    def _set_aside(self, stream: Stream, asked: Asked, at: Position, error: str) -> Decision:
        body = set_aside.of_command(stream, asked, error, self._longest_raw)
        first = set_aside.SET_ASIDE_ORDINALS + stream.seq
        return recorded_as(stream, asked, at, [body], self._limit, first)

    def _folded(self, stream: Stream, decision: Decision) -> Decision:
        for recorded in decision.facts:
            self._fold(stream, recorded)
        return decision

    def _with_texts(self, decision: Decision, asked: Asked, at: Position) -> Decision:
        """Add the texts that a decision cites first, on the history of the partition's rules."""
        texts = rule_texts.not_kept(decision.facts, asked, self._texts, self._policies)
        if not texts:
            return decision
        name = streams.rules(at.partition % self._partitions, self._partitions)
        rules = self._streams.get(name) or self._new(name)
        ordinal, own = rule_texts.FIRST_ORDINAL, asked._replace(stream=name)
        try:
            kept = recorded_as(rules, own, at, list(texts), self._limit, ordinal)
        except TooLong:
            return (
                decision  # no text of ours is as long as a record; the decision counts without it
            )
        kept = self._folded(rules, kept)
        return Decision(
            (*decision.facts, *kept.facts), (*decision.raw, *kept.raw), decision.follow_ups
        )
