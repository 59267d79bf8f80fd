"""Message batch: messages that are read become commands, through the register, the same everywhere.

In:   ReadMessages; an IdentityRegister (the vault, or memory)
Out:  commands, encoded too, and what was rejected
Holds: every message, and every line of a batch, becomes commands, waits in the register, or is
       rejected; none vanishes. Whatever one of them makes our code raise is its own rejection and
       nobody else's; only an operating failure (the database away) ends the batch. What names
       an application is asked behind the applications that came with it.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import orjson

from events.codec import encode_command
from events.contract.inbound.claims import Claim
from events.contract.inbound.reader import Inbound, Message
from events.contract.inbound.rejections import Code, Problem, Rejected, broken
from events.contract.inbound.submissions import Submitted
from events.envelope import Asked
from services.intake.application_commands import AboutApplication
from services.intake.commands import commands_for
from services.intake.message_reading import ReadMessage
from services.intake.vault_requests import vault_request
from services.runtime.errors import OperatingFailure
from services.runtime.vault.requests import IdentityRegister, VaultAnswer, VaultRequest

MAX_REGISTERED = 2_000
"""Claim lines in one transaction of the register."""

LONGEST_COMMAND = 256 * 1024
"""Bytes of a command; what is decided on it must still fit into records of the ledger."""

LONGEST_FACTS = LONGEST_COMMAND // 2
"""Bytes of what one claim states; a longer one is rejected before it takes its place."""

LONGEST_BATCH = 880_000
"""Bytes of the command that opens an employer's batch, which names each of its lines."""

Place = tuple[str, int, int]
"""Topic, partition, offset."""


class RejectedMessage(NamedTuple):
    """A record, or one of its lines, that goes to the dead letters."""

    message: Message
    rejected: Rejected


class BatchResult(NamedTuple):
    """What a batch became; `encoded[i]` is `commands[i]` as it travels."""

    commands: list[Asked]
    encoded: list[bytes]
    rejected: list[RejectedMessage]


async def process_batch(reads: Sequence[ReadMessage], register: IdentityRegister) -> BatchResult:
    """Register what was read, and turn it into commands.

    Raises: OperatingFailure, when the register is away
    """
    batch = _Batch(register)
    for start in range(0, len(reads), MAX_REGISTERED):
        await batch.process(reads[start : start + MAX_REGISTERED])
    return batch.result


class _Batch:
    """The work on one batch; remembers which lines of which message were rejected."""

    def __init__(self, register: IdentityRegister) -> None:
        self._register = register
        self._rejected_lines: dict[Place, dict[int, Rejected]] = {}
        self.result = BatchResult([], [], [])

    async def process(self, reads: Sequence[ReadMessage]) -> None:
        """Process a slice of the batch."""
        requested = self._requested(reads)
        requests = [request for _, _, request in requested if request is not None]
        answers = iter(await _answers(self._register, requests))
        unregistered: list[str] = []
        commands_behind: list[tuple[Asked, bytes]] = []
        for message, inbound, request in requested:
            answer = VaultAnswer() if request is None else next(answers)
            commands = self._commands(message, inbound, answer)
            if isinstance(commands, Rejected):
                self._reject(message, inbound, commands)
                if isinstance(answer, VaultAnswer) and answer.is_new:
                    assert isinstance(inbound.body, Claim)
                    unregistered.append(inbound.body.key)
            elif isinstance(inbound.body, AboutApplication):
                commands_behind.extend(commands)
            else:
                self._add(commands)
        self._add(commands_behind)
        if unregistered:
            await self._register.unregister(unregistered)

    def _requested(
        self, reads: Sequence[ReadMessage]
    ) -> list[tuple[Message, Inbound, VaultRequest | None]]:
        """Say for each message what it asks of the register; reject what cannot ask."""
        requested: list[tuple[Message, Inbound, VaultRequest | None]] = []
        for message, answer in reads:
            if isinstance(answer, Rejected):
                self.result.rejected.append(RejectedMessage(message, answer))
                continue
            request = _request(answer, message)
            if isinstance(request, Rejected):
                self._reject(message, answer, request)
            else:
                requested.append((message, answer, request))
        return requested

    def _add(self, commands: Iterable[tuple[Asked, bytes]]) -> None:
        for command, encoded in commands:
            self.result.commands.append(command)
            self.result.encoded.append(encoded)

    def _commands(
        self, message: Message, inbound: Inbound, answer: VaultAnswer | Exception
    ) -> list[tuple[Asked, bytes]] | Rejected:
        if isinstance(answer, Exception):
            return Rejected((broken(answer),))
        try:
            if isinstance(inbound.body, Submitted):
                inbound = self._with_rejected_lines(message, inbound, inbound.body)
            commands = commands_for(inbound, answer, message)
            if isinstance(commands, Rejected):
                return commands
            encoded = [encode_command(command) for command in commands]
        except Exception as error:  # noqa: BLE001 - this message's fault alone
            return Rejected((broken(error),))
        limit = LONGEST_BATCH if isinstance(inbound.body, Submitted) else LONGEST_COMMAND
        if any(len(one) > limit for one in encoded):
            return Rejected((Problem(Code.COMMAND_TOO_LONG),))
        return list(zip(commands, encoded, strict=True))

    def _reject(self, message: Message, inbound: Inbound, rejected: Rejected) -> None:
        rejected = rejected._replace(line=inbound.line_no)
        self.result.rejected.append(RejectedMessage(message, rejected))
        if inbound.line_no is not None:
            place = (message.topic, message.partition, message.offset)
            self._rejected_lines.setdefault(place, {})[inbound.line_no] = rejected

    def _with_rejected_lines(
        self, message: Message, inbound: Inbound, submitted: Submitted
    ) -> Inbound:
        """Tell the batch which of its lines were rejected after all, or it would wait for them."""
        rejected = self._rejected_lines.get((message.topic, message.partition, message.offset))
        if not rejected:
            return inbound
        lines = tuple(
            line._replace(digest="", code=why.code.value, field=why.field)
            if (why := rejected.get(line.no))
            else line
            for line in submitted.lines
        )
        return inbound._replace(body=submitted._replace(lines=lines))


def _request(inbound: Inbound, message: Message) -> VaultRequest | Rejected | None:
    """What to ask of the register, or why it need not even be asked."""
    try:
        body = inbound.body
        long = len(message.value or b"") > LONGEST_FACTS  # what is short has no long facts
        if long and isinstance(body, Claim) and len(orjson.dumps(body.facts)) > LONGEST_FACTS:
            return Rejected((Problem(Code.COMMAND_TOO_LONG, "data.facts"),))
        return vault_request(inbound, message)
    except Exception as error:  # noqa: BLE001 - this message's fault alone
        return Rejected((broken(error),))


async def _answers(
    register: IdentityRegister, requests: Sequence[VaultRequest]
) -> list[VaultAnswer | Exception]:
    """Ask for all at once; where that fails, for halves, until whoever is at fault stands alone.

    Raises: OperatingFailure
    """
    if not requests:
        return []
    try:
        return list(await register.answer(requests))
    except OperatingFailure:
        raise
    except Exception as error:  # noqa: BLE001 - of one of these, and nobody else's fault
        if len(requests) == 1:
            return [error]
    middle = len(requests) // 2
    first = await _answers(register, requests[:middle])
    return [*first, *await _answers(register, requests[middle:])]
