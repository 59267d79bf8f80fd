"""Take: a batch of records through reading, register and commands, the same everywhere.

In:   Messages; a IdentityRegister (the vault, or memory)
Out:  commands, encoded too, and what was refused
Holds: every message, and every line of a batch, becomes commands, waits in the register, or is
       refused; none vanishes. Whatever one of them makes our code raise is its own refusal and
       nobody else's; only an operating failure (the database away) ends the taking. What names
       an application is asked behind the applications that came with it.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import orjson

from events.application_facts.checking import BORN_ON
from events.codec import encode_command
from events.contract.inbound.claims import Claim
from events.contract.inbound.reader import Inbound, Message, read
from events.contract.inbound.rejections import (
    Code,
    Problem,
    Rejected,
    broken,
)
from events.contract.inbound.semantics import Known
from events.contract.inbound.submissions import Submitted
from events.envelope import Asked
from policies.engine.facts_used import facts_used
from policies.engine.registry import Policies
from policies.vocabulary.places import FUNDS, REGIONS
from services.intake.admission import OfApplication, commands_for, wanted_of
from services.runtime.errors import OperatingFailure
from services.runtime.vault.requests import (
    IdentityRegister,
    VaultAnswer,
    VaultRequest,
)

MAX_ADMITTED = 2_000
"""Claim lines in one transaction of the register."""

LONGEST_COMMAND = 256 * 1024
"""Bytes of a command; what is decided on it must still fit into records of the ledger."""

LONGEST_FACTS = LONGEST_COMMAND // 2
"""Bytes of what one claim states; a longer one is refused before it takes its place."""

LONGEST_BATCH = 880_000
"""Bytes of the command that opens an employer's batch, which names each of its lines."""

Place = tuple[str, int, int]
"""Topic, partition, offset."""


class Read(NamedTuple):
    """One answer of the reader with the record that it is about."""

    message: Message
    answer: Inbound | Rejected


class Refused(NamedTuple):
    """A record, or one of its lines, that goes to the dead letters."""

    message: Message
    rejected: Rejected


class Taken(NamedTuple):
    """What a batch became; `encoded[i]` is `asked[i]` as it travels."""

    asked: list[Asked]
    encoded: list[bytes]
    refused: list[Refused]


def known_of(policies: Policies) -> Known:
    """What messages may name: the programmes that have a policy, regions and funds."""
    asking_birth = {policy.text.policy for policy in policies if BORN_ON in facts_used(policy.text)}
    return Known(
        frozenset(policies.programmes),
        REGIONS,
        frozenset(FUNDS.values()),
        frozenset(asking_birth),
    )


def read_all(messages: Iterable[Message], known: Known) -> list[Read]:
    """Read records; pure, and the costly half of intake."""
    return [Read(message, answer) for message in messages for answer in read(message, known)]


async def take(reads: Sequence[Read], register: IdentityRegister) -> Taken:
    """Admit what was read, and turn it into commands.

    Raises: OperatingFailure, when the register is away
    """
    taking = _Taking(register)
    for start in range(0, len(reads), MAX_ADMITTED):
        await taking.take(reads[start : start + MAX_ADMITTED])
    return taking.taken


class _Taking:
    """The taking of one batch; remembers which lines of which message could not be taken."""

    def __init__(self, register: IdentityRegister) -> None:
        self._register = register
        self._lost: dict[Place, dict[int, Rejected]] = {}
        self.taken = Taken([], [], [])

    async def take(self, reads: Sequence[Read]) -> None:
        """Take a slice of them."""
        asking: list[tuple[Message, Inbound, VaultRequest | None]] = []
        for message, answer in reads:
            if isinstance(answer, Rejected):
                self.taken.refused.append(Refused(message, answer))
                continue
            wanted = _wanted(answer, message)
            if isinstance(wanted, Rejected):
                self._refuse(message, answer, wanted)
            else:
                asking.append((message, answer, wanted))
        answers = iter(await _admitted(self._register, [one for _, _, one in asking if one]))
        unfiled: list[str] = []
        behind: list[tuple[Asked, bytes]] = []
        for message, inbound, one in asking:
            admitted = next(answers) if one else VaultAnswer()
            found = (
                Rejected((broken(admitted),))
                if isinstance(admitted, Exception)
                else self._commands(message, inbound, admitted)
            )
            if isinstance(found, Rejected):
                self._refuse(message, inbound, found)
                if isinstance(admitted, VaultAnswer) and admitted.is_new:
                    assert isinstance(inbound.body, Claim)
                    unfiled.append(inbound.body.key)
            elif isinstance(inbound.body, OfApplication):
                behind.extend(found)
            else:
                self._ask(found)
        self._ask(behind)
        if unfiled:
            await self._register.unregister(unfiled)

    def _ask(self, found: Iterable[tuple[Asked, bytes]]) -> None:
        for asked, encoded in found:
            self.taken.asked.append(asked)
            self.taken.encoded.append(encoded)

    def _commands(
        self, message: Message, inbound: Inbound, admitted: VaultAnswer
    ) -> list[tuple[Asked, bytes]] | Rejected:
        try:
            if isinstance(inbound.body, Submitted):
                inbound = self._without_lost(message, inbound, inbound.body)
            commands = commands_for(inbound, admitted, message)
            if isinstance(commands, Rejected):
                return commands
            encoded = [encode_command(asked) for asked in commands]
        except Exception as error:  # noqa: BLE001 - this message's fault alone
            return Rejected((broken(error),))
        limit = LONGEST_BATCH if isinstance(inbound.body, Submitted) else LONGEST_COMMAND
        if any(len(one) > limit for one in encoded):
            return Rejected((Problem(Code.COMMAND_TOO_LONG),))
        return list(zip(commands, encoded, strict=True))

    def _refuse(self, message: Message, inbound: Inbound, rejected: Rejected) -> None:
        rejected = rejected._replace(line=inbound.line_no)
        self.taken.refused.append(Refused(message, rejected))
        if inbound.line_no is not None:
            place = (message.topic, message.partition, message.offset)
            self._lost.setdefault(place, {})[inbound.line_no] = rejected

    def _without_lost(self, message: Message, inbound: Inbound, batch: Submitted) -> Inbound:
        """Tell the batch which of its lines were refused after all, or it would wait for them."""
        lost = self._lost.get((message.topic, message.partition, message.offset))
        if not lost:
            return inbound
        lines = tuple(
            line._replace(digest="", code=why.code.value, field=why.field)
            if (why := lost.get(line.no))
            else line
            for line in batch.lines
        )
        return inbound._replace(body=batch._replace(lines=lines))


def _wanted(inbound: Inbound, message: Message) -> VaultRequest | Rejected | None:
    """What to ask of the register, or why it need not even be asked."""
    try:
        body = inbound.body
        long = len(message.value or b"") > LONGEST_FACTS  # what is short has no long facts
        if long and isinstance(body, Claim) and len(orjson.dumps(body.facts)) > LONGEST_FACTS:
            return Rejected((Problem(Code.COMMAND_TOO_LONG, "data.facts"),))
        return wanted_of(inbound, message)
    except Exception as error:  # noqa: BLE001 - this message's fault alone
        return Rejected((broken(error),))


async def _admitted(
    register: IdentityRegister, wanted: Sequence[VaultRequest]
) -> list[VaultAnswer | Exception]:
    """Ask for all at once; where that fails, for halves, until whoever is at fault stands alone.

    Raises: OperatingFailure
    """
    if not wanted:
        return []
    try:
        return list(await register.answer(wanted))
    except OperatingFailure:
        raise
    except Exception as error:  # noqa: BLE001 - of one of these, and nobody else's fault
        if len(wanted) == 1:
            return [error]
    middle = len(wanted) // 2
    first = await _admitted(register, wanted[:middle])
    return [*first, *await _admitted(register, wanted[middle:])]
