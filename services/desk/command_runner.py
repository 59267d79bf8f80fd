"""Command runner: what an owner asks of the deciders, and how a packet is put before them.

In:   packets from `commands`, with their offsets
Out:  a PendingTransaction: facts and follow-ups, encoded, ready to be written in one transaction
Holds: whatever a packet contains, each of its commands is answered by a fact or known as a repeat;
       what cannot be read is set aside and stops nobody else
"""

from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeGuard

import structlog

from events import codec
from events.codec import Unread, Unreadable
from events.control import CommandRefused
from events.envelope import Asked, Position, Recorded
from events.ids import is_uuid
from events.invariants import BrokenInvariant
from events.senders import not_allowed
from events.streams import partition_of
from services.desk.limits import Limits
from services.desk.sender_check import FOREIGN_PACKET, NOT_ALLOWED_TO_SEND, Packet, SenderCheck
from services.runtime.seals.packet_seals import producer_of

log = structlog.get_logger("desk")

_LONGEST_NAME = 200


class DecidedCommand(Protocol):
    """What deciding one command led to."""

    @property
    def facts(self) -> tuple[Recorded, ...]:
        """The facts, in order."""

    @property
    def raw(self) -> tuple[bytes, ...]:
        """The facts, encoded."""

    @property
    def follow_ups(self) -> tuple[tuple[Asked, bytes], ...]:
        """What other streams must be asked, with its encoding."""


class StateMachine(Protocol):
    """The stream store of one partition, as an owner sees it; `services.streams` has the real one."""

    def decide(self, asked: Asked, at: Position, producer: str = "") -> DecidedCommand:
        """Answer one command of a producer and fold the answer."""

    def refuse_unreadable(
        self, item: dict[str, Any], error: str, recorded_at: datetime, at: Position
    ) -> DecidedCommand:
        """Set aside what cannot be read."""

    def refuse_foreign(
        self, body: CommandRefused, command_id: str, recorded_at: datetime, at: Position
    ) -> DecidedCommand:
        """Record that a packet, or a command of it, was not its sender's to send."""

    def fold(self, recorded: Recorded) -> None:
        """Fold one fact of the ledger."""


class CommandAtHand(NamedTuple):
    """The command at hand; the last words of a desk that ends name it."""

    offset: int
    nth: int
    command: str


class PendingTransaction:
    """What a row of packets led to, until it is written."""

    def __init__(self, known: datetime) -> None:
        self.known = known
        self.commands = 0
        self.bytes = 0
        self.facts: list[tuple[bytes, bytes]] = []
        self.follow_ups: list[tuple[str, bytes]] = []
        self.unchanged: list[str] = []

    def is_full(self, limits: Limits) -> bool:
        """Tell whether it is enough for one transaction."""
        return (
            self.commands >= limits.transaction_commands or self.bytes >= limits.transaction_bytes
        )


class CommandRunner:
    """Puts the packets of one partition before its state machine."""

    def __init__(
        self,
        state_machine: StateMachine,
        partition: int,
        partitions: int,
        sender_check: SenderCheck,
    ) -> None:
        self.state_machine = state_machine
        self._sender_check = sender_check
        self._partition = partition
        self._partitions = partitions
        self._at: tuple[int, int, Asked | Unread | None] | None = None

    @property
    def deciding(self) -> CommandAtHand | None:
        """The command at hand, named only when somebody asks."""
        if self._at is None:
            return None
        offset, nth, item = self._at
        match item:
            case Asked():
                return CommandAtHand(offset, nth, f"{item.id} {type(item.body).__name__}")
            case Unread(item=members):
                return CommandAtHand(offset, nth, f"{members.get('id')} {members.get('type')}")
            case _:
                return CommandAtHand(offset, nth, "an unreadable packet")

    def decide_packet(
        self, packet: Packet, pending: PendingTransaction, macs_from: int = 0
    ) -> None:
        """Decide every command of one packet; one that is nobody's is refused whole.

        Raises: BrokenInvariant, and whatever else must stop the process
        """
        offset, raw = packet.offset, packet.raw
        if why := self._sender_check.why_foreign(self._partition, packet, macs_from):
            self._at = (offset, 0, None)
            at = Position(self._partition, offset, 0)
            self._add(self._foreign("packet", FOREIGN_PACKET, why, "", at, pending), pending)
            return
        producer = producer_of(packet.headers)
        try:
            items = codec.read_packet(raw)
        except Unreadable as error:
            self._at = (offset, 0, None)
            at = Position(self._partition, offset, 0)
            self._add(self._unreadable({}, str(error), at, pending), pending)
            return
        for nth, item in enumerate(items):
            self._at = (offset, nth, item)
            at = Position(self._partition, offset, nth)
            if isinstance(item, Unread):
                decided = self._unreadable(item.item, item.why, at, pending)
            elif wrong := self._wrong_with(item):
                decided = self._unreadable(codec.split_packet(raw)[nth], wrong, at, pending)
            elif producer and (why := not_allowed(producer, item)):
                name = type(item.body).__name__
                decided = self._foreign(name, NOT_ALLOWED_TO_SEND, why, item.id, at, pending)
            else:
                decided = self._decided(item, at, producer, pending)
            self._add(decided, pending)
        self._at = None

    def _decided(
        self, item: Asked, at: Position, producer: str, pending: PendingTransaction
    ) -> DecidedCommand:
        decided = self.state_machine.decide(item, at, producer)
        if not decided.facts:
            pending.unchanged.append(item.id)
        if item.sent_at > pending.known:
            pending.known = item.sent_at
        return decided

    def _wrong_with(self, asked: Asked) -> str:
        """Say what a decider could not rely on in a command's envelope; nothing, as a rule."""
        if not _is_name(asked.stream):
            return "the command names no stream"
        if not is_uuid(asked.id):
            return f"the command's id {asked.id!r} is no UUID"
        if asked.sent_at.tzinfo is None:
            return f"sent_at {asked.sent_at} names no time zone"
        belongs = partition_of(asked.stream, self._partitions)
        if belongs != self._partition:
            return f"{asked.stream} belongs to partition {belongs}"
        return ""

    def _foreign(
        self,
        command: str,
        code: str,
        why: str,
        command_id: str,
        at: Position,
        pending: PendingTransaction,
    ) -> DecidedCommand:
        """Refuse what was not its sender's to send, where everybody can see it."""
        place = f"{self._sender_check.topic}/{at.partition}/{at.offset}/{at.nth}"
        log.critical("foreign command refused", place=place, command=command, code=code, why=why)
        body = CommandRefused(command=command, code=code, about=place, text=why)
        return self.state_machine.refuse_foreign(body, command_id, pending.known, at)

    def _unreadable(
        self, item: dict[str, Any], error: str, at: Position, pending: PendingTransaction
    ) -> DecidedCommand:
        """Set one aside; on its own stream where that is certain, else on the partition's."""
        stream, command_id = item.get("stream"), item.get("id")
        at_home = _is_name(stream) and partition_of(stream, self._partitions) == self._partition
        shown = item if at_home else item | {"stream": None, "meant_for": stream}
        if not is_uuid(command_id):
            shown = shown | {"id": None, "named": command_id}
        try:
            return self.state_machine.refuse_unreadable(shown, error, pending.known, at)
        except BrokenInvariant:
            raise
        except (TypeError, ValueError, RecursionError):  # it cannot even be written down again
            return self.state_machine.refuse_unreadable({}, error, pending.known, at)

    @staticmethod
    def _add(decided: DecidedCommand, pending: PendingTransaction) -> None:
        pending.commands += 1
        for recorded, raw in zip(decided.facts, decided.raw, strict=True):
            pending.facts.append((recorded.stream.encode(), raw))
            pending.bytes += len(raw)
        pending.follow_ups.extend((asked.stream, raw) for asked, raw in decided.follow_ups)


def names_of_commands(packet: bytes) -> list[str]:
    """Name the first few commands of a packet."""
    try:
        items = codec.split_packet(packet)
    except Unreadable as error:
        return [str(error)]
    return [f"{item.get('id')} {item.get('type')} {item.get('stream')}" for item in items[:5]]


def _is_name(stream: object) -> TypeGuard[str]:
    return isinstance(stream, str) and 3 <= len(stream) <= _LONGEST_NAME
