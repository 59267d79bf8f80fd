"""StreamStore: all streams of one partition; one command in, its facts out, folded in place."""

from datetime import datetime
from typing import Any, NamedTuple

import orjson

from events import streams
from events.applications import WithdrawalAsked
from events.approvals import ApprovalDenied, ApprovalProposed
from events.budgets import BudgetCarried, BudgetDequeued, LineClosed
from events.canonical import has_words, unseen
from events.clawbacks import (
    ClawbackOrdered,
    ClawbackRejected,
    ClawbackWrittenOff,
    WriteOffProposed,
    WriteOffRejected,
)
from events.codec import encode_command, encode_fact, encode_unchecked
from events.control import (
    CommandRefused,
    CommandRejected,
    CommandSetAside,
    RejectCommand,
    ResumeStream,
    StreamResumed,
)
from events.days import legal_day
from events.disbursements import (
    DisbursementClaimRefused,
    DisbursementReturned,
    DisputeResolved,
    OutcomeAsked,
    PaymentsKept,
)
from events.early import RequestKept
from events.envelope import Asked, Position, Recorded
from events.households import HouseholdNoted, MemberJoined, MemberLeft
from events.ids import derived_id, is_staff, is_uuid, message_of
from events.instalments import EvidenceRecorded
from events.invariants import BrokenInvariant
from events.letters import LetterRead
from events.links import (
    ApplicationMoved,
    HandedOver,
    LinkConfirmed,
    LinkProposed,
    LinkRejected,
    PassedOn,
    PeopleLinked,
    UseGivenBack,
)
from events.payees import AccountChanged, AccountRejected, CreditGraded
from events.proposals import ActConfirmed, ActProposed, ActRejected, JudgeAct, ProposeAct
from events.values import Command, Fact
from policies.engine.registry import Policies
from services.deciders.beneficiary.decider import BeneficiaryStream
from services.deciders.payee.decider import PayeeStream
from services.deciders.stream import Stream
from services.streams import guards, maker_checker
from services.streams.follow_ups import follow_ups
from services.streams.one_noun import (
    AccountStream,
    BatchStream,
    BudgetStream,
    HouseholdStream,
    ImportStream,
    LetterStream,
    SubmissionStream,
    VoucherStream,
)

CODE_VERSION = "0.1.0"
"""Written into what is set aside, so that an operator knows which code could not decide it."""

LONGEST_RAW = 200_000
"""Bytes of a command that its CommandSetAside keeps verbatim; a longer one stays in `commands`."""

SET_ASIDE_ORDINALS = 1_000_000
"""Where the ordinals of set-aside facts begin: a command may be set aside more than once, so its
stream's sequence number is added, and no such id equals that of a decided fact."""

_KINDS: dict[str, type[Stream]] = {
    kind.kind: kind
    for kind in (
        BeneficiaryStream,
        PayeeStream,
        BudgetStream,
        HouseholdStream,
        BatchStream,
        AccountStream,
        SubmissionStream,
        ImportStream,
        LetterStream,
        VoucherStream,
    )
}


class Decision(NamedTuple):
    """What one command led to; no facts means that it was a repeat.

    Shape: `raw[i]` is `facts[i]` encoded; a follow-up comes with its encoding
    """

    facts: tuple[Recorded, ...]
    raw: tuple[bytes, ...]
    follow_ups: tuple[tuple[Asked, bytes], ...]


_UNCHANGED = Decision((), (), ())


class TooLong(Exception):
    """A fact or follow-up would not fit into a record of the broker."""


class StreamStore:
    """The streams of one partition, by name.

    Holds: decide() changes nothing but by folding the facts it returns; it never raises for a bad
           command, only BrokenInvariant, which must stop the process
    """

    def __init__(self, policies: Policies, limit_bytes: int = 900_000) -> None:
        self._policies = policies
        self._limit = limit_bytes
        self._longest_raw = min(LONGEST_RAW, limit_bytes // 4)  # escaping may double it
        self._streams: dict[str, Stream] = {}

    def __len__(self) -> int:
        return len(self._streams)

    def stream(self, name: str) -> Stream | None:
        """Look at one stream's state, or None where it has no history."""
        return self._streams.get(name)

    def decide(self, asked: Asked, at: Position) -> Decision:
        """Answer one command and fold the answer.

        Raises: BrokenInvariant
        """
        stream = self._streams.get(asked.stream)
        if stream is None:
            stream = self._new(asked.stream)
        if stream.answered is not None and asked.id in stream.answered:
            return _UNCHANGED
        if stream.parked and not isinstance(asked.body, ResumeStream | RejectCommand):
            return self._folded(stream, self._set_aside(stream, asked, at, "stream is parked"))
        try:
            bodies = self._answer(stream, asked)
            if not bodies:
                return _UNCHANGED
            bodies = _naming_the_message(bodies, asked)
            decision = self._sealed(stream, asked, at, bodies)
        except BrokenInvariant:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a decider raises parks this stream alone
            decision = self._set_aside(stream, asked, at, f"{type(error).__name__}: {error}")
        return self._folded(stream, decision)

    def refuse_unreadable(
        self, item: dict[str, Any], error: str, recorded_at: datetime, at: Position
    ) -> Decision:
        """Set a command aside that cannot even be read; its stream, if it names one, is parked."""
        name = str(item.get("stream") or f"unreadable/{at.partition}")
        stream = self._streams.get(name) or self._new(name)
        command_id = str(item.get("id") or "")
        raw = orjson.dumps(item)
        body = CommandSetAside(
            command=str(item.get("type") or ""),
            command_id=command_id,
            error=error[:2000],
            code_version=CODE_VERSION,
            raw=raw.decode() if len(raw) <= self._longest_raw else "",
            parked=stream.parked,
        )
        return self._undecided(name, body, command_id, recorded_at, at)

    def refuse_foreign(
        self, body: CommandRefused, command_id: str, recorded_at: datetime, at: Position
    ) -> Decision:
        """Record a packet or command that was not its sender's, on a stream of its partition's own.

        Nothing of the packet is believed: no stream that it names hears of it.
        """
        name = f"foreign/{at.partition}"
        return self._undecided(name, body, command_id, recorded_at, at)

    def _undecided(
        self,
        name: str,
        body: CommandSetAside | CommandRefused,
        command_id: str,
        recorded_at: datetime,
        at: Position,
    ) -> Decision:
        """Record what became of something that no decider has seen, whatever its id looks like."""
        stream = self._streams.get(name) or self._new(name)
        cause = command_id if is_uuid(command_id) else derived_id("00" * 16, hash_of(at))
        recorded = Recorded(
            derived_id(cause, SET_ASIDE_ORDINALS + stream.seq),
            name,
            stream.seq + 1,
            cause,
            at,
            recorded_at,
            legal_day(recorded_at),
            body,
        )
        return self._folded(stream, Decision((recorded,), (encode_fact(recorded),), ()))

    def fold(self, recorded: Recorded) -> None:
        """Fold one fact of the ledger."""
        stream = self._streams.get(recorded.stream) or self._new(recorded.stream)
        _fold(stream, recorded)

    def _new(self, name: str) -> Stream:
        kind = _KINDS.get(streams.kind(name), UnknownStream)
        stream = self._streams[name] = kind()
        return stream

    def _answer(self, stream: Stream, asked: Asked) -> list[Fact]:
        if isinstance(asked.body, ResumeStream):
            if not stream.parked:
                refused = CommandRefused(
                    command="ResumeStream", code="NOT_PARKED", about=asked.stream
                )
                return [refused]
            return [StreamResumed(operator=asked.body.operator, reason=asked.body.reason)]
        if isinstance(asked.body, RejectCommand):
            return _rejected(stream, asked.body)
        if is_staff(asked.by) and (hidden := _unseen_in(asked.body)):
            about = getattr(asked.body, "application", asked.stream)
            name = type(asked.body).__name__
            return [CommandRefused(command=name, code="HIDDEN_CHARACTER", about=about, text=hidden)]
        if (guarded := guards.refusal(asked)) is not None:
            return [guarded]
        match asked.body:
            case ProposeAct() as command:
                return maker_checker.propose(stream, asked, command, self._policies)
            case JudgeAct() as command:
                return maker_checker.judge(stream, asked, command, self._policies)
        return stream.decide(asked, self._policies)

    def _sealed(
        self, stream: Stream, asked: Asked, at: Position, bodies: list[Fact], first: int = 0
    ) -> Decision:
        facts: list[Recorded] = []
        raw: list[bytes] = []
        asks: list[tuple[Asked, bytes]] = []
        for ordinal, body in enumerate(bodies):
            recorded = Recorded(
                derived_id(asked.id, first + ordinal),
                asked.stream,
                stream.seq + ordinal + 1,
                asked.id,
                at,
                asked.sent_at,
                asked.effective_on,
                body,
            )
            facts.append(recorded)
            raw.append(self._fitting(encode_fact(recorded), "fact"))
            for ask in follow_ups(recorded):
                asks.append((ask, self._fitting(encode_command(ask), "follow-up")))  # noqa: PERF401
        return Decision(tuple(facts), tuple(raw), tuple(asks))

    def _fitting(self, encoded: bytes, what: str) -> bytes:
        if len(encoded) > self._limit:
            raise TooLong(f"a {what} of {len(encoded)} bytes; at most {self._limit} fit")
        return encoded

    def _set_aside(self, stream: Stream, asked: Asked, at: Position, error: str) -> Decision:
        raw = encode_unchecked(asked)
        body = CommandSetAside(
            command=type(asked.body).__name__,
            command_id=asked.id,
            error=error[:2000],
            code_version=CODE_VERSION,
            raw=raw.decode() if len(raw) <= self._longest_raw else "",
            parked=stream.parked,
        )
        return self._sealed(stream, asked, at, [body], SET_ASIDE_ORDINALS + stream.seq)

    def _folded(self, stream: Stream, decision: Decision) -> Decision:
        for recorded in decision.facts:
            _fold(stream, recorded)
        return decision


def _rejected(stream: Stream, command: RejectCommand) -> list[Fact]:
    """Give up one command that was set aside; where it was the last that waited, go on.

    Refuses: NOT_SET_ASIDE, NO_REASON  (first match wins)
    """
    waiting = stream.aside or {}
    if command.rejects not in waiting:
        code = "NOT_SET_ASIDE"
    elif not has_words(command.reason) or unseen(command.reason):
        code = "NO_REASON"
    else:
        name, about = waiting[command.rejects]
        given_up = CommandRejected(
            command=name,
            command_id=command.rejects,
            about=about,
            operator=command.operator,
            reason=command.reason,
        )
        if len(waiting) > 1:
            return [given_up]
        return [given_up, StreamResumed(operator=command.operator, reason=command.reason)]
    return [CommandRefused(command="RejectCommand", code=code, about=command.rejects)]


def _unseen_in(body: Command) -> str:
    """Name what nobody would see in the texts of a command that a person typed; nothing, as a rule."""
    said = [*body, *(body.body.items() if isinstance(body, ProposeAct) else ())]
    for field, value in said:
        if isinstance(value, str) and (hidden := unseen(value)) is not None:
            return f"{field}：{hidden}"
    return ""


def _about(raw: str) -> str:
    """The application that a command set aside names, if it was kept and names one."""
    try:
        return str(orjson.loads(raw)["body"].get("application", ""))
    except (ValueError, KeyError, AttributeError):
        return ""


def _naming_the_message(bodies: list[Fact], asked: Asked) -> list[Fact]:
    """Write into a refusal which message asked, so that it can be answered by name."""
    source, event = message_of(asked.by)
    if not source:
        return bodies
    return [
        body.model_copy(update={"source": source, "event": event})
        if isinstance(body, CommandRefused)
        else body
        for body in bodies
    ]


class UnknownStream(Stream):
    """A stream of no kind that this code knows: it can only refuse and be parked."""

    __slots__ = ()
    kind = "unknown"

    def decide(self, asked: Asked, policies: Policies) -> list[Fact]:
        """Refuse whatever is asked."""
        refused = CommandRefused(
            command=type(asked.body).__name__, code="UNKNOWN_STREAM", about=asked.stream
        )
        return [refused]

    def evolve(self, recorded: Recorded) -> None:
        """Keep nothing."""


def _fold(stream: Stream, recorded: Recorded) -> None:
    if recorded.seq != stream.seq + 1:
        raise BrokenInvariant(
            f"{recorded.stream}: fact {recorded.seq} follows fact {stream.seq}, so one is missing"
        )
    stream.seq = recorded.seq
    match recorded.body:
        case CommandRefused():
            _remember(stream, recorded.cause)
        case CommandSetAside() as aside:
            stream.parked = True
            kept = (aside.command, _about(aside.raw))
            stream.aside = {**(stream.aside or {}), aside.command_id: kept}
        case CommandRejected() as rejected:
            stream.aside = {
                command: kept
                for command, kept in (stream.aside or {}).items()
                if command != rejected.command_id
            }
            _remember(stream, rejected.command_id)
            _remember(stream, recorded.cause)
        case ActProposed() | ActConfirmed() | ActRejected() as fact:
            maker_checker.evolve(stream, fact)
        case StreamResumed():
            stream.parked, stream.aside = False, None
            _remember(stream, recorded.cause)
        case _:
            stream.evolve(recorded)
            if remembers_cause(recorded.body):
                _remember(stream, recorded.cause)


_MAY_COME_AGAIN: frozenset[type[Fact]] = frozenset(
    {
        AccountChanged,
        AccountRejected,
        ClawbackOrdered,
        ApplicationMoved,
        HandedOver,
        LinkConfirmed,
        LinkProposed,
        LinkRejected,
        PassedOn,
        PeopleLinked,
        UseGivenBack,
        ClawbackRejected,
        ClawbackWrittenOff,
        CreditGraded,
        DisbursementReturned,
        DisputeResolved,
        OutcomeAsked,
        LetterRead,
        PaymentsKept,
        RequestKept,
        WithdrawalAsked,
        WriteOffProposed,
        WriteOffRejected,
    }
)
"""What may be asked for once more in earnest, so that only the same command is a repeat."""


def remembers_cause(body: Fact) -> bool:
    """Tell whether a repeat of the causing command can be known by the command's id alone."""
    match body:
        case HouseholdNoted() | MemberJoined() | MemberLeft() | EvidenceRecorded():
            return True
        case BudgetDequeued() | BudgetCarried() | LineClosed() | DisbursementClaimRefused():
            return True
        case ApprovalProposed() | ApprovalDenied():
            return body.reviewer is not None
        case _:
            return type(body) in _MAY_COME_AGAIN


def _remember(stream: Stream, command_id: str) -> None:
    if stream.answered is None:
        stream.answered = set()
    stream.answered.add(command_id)


def hash_of(at: Position) -> int:
    """Number a position, for an id where the command has none of its own."""
    return (at.partition << 56) ^ (at.offset << 12) ^ at.nth
