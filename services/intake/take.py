"""Take: a batch of records through reading, register and commands, the same everywhere.

In:   Messages; a Register (the vault, or memory)
Out:  commands in the messages' order, and what was refused
Holds: every message, and every line of a batch, becomes commands, waits in the register, or is
       refused; none vanishes.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from events.envelope import Asked
from events.facts import BORN_ON
from events.inbound.reader import Inbound, Message, read
from events.inbound.rejections import Rejected
from events.inbound.semantics import Known
from policies.facts_used import facts_used
from policies.places import FUNDS, REGIONS
from policies.registry import Policies
from services.intake.admission import commands_for, wanted_of
from services.runtime.vault.wanted import (
    Admitted,
    Register,
    Wanted,
)

MAX_ADMITTED = 2_000
"""Claim lines in one transaction of the register."""


class Read(NamedTuple):
    """One answer of the reader with the record that it is about."""

    message: Message
    answer: Inbound | Rejected


class Refused(NamedTuple):
    """A record, or one of its lines, that goes to the dead letters."""

    message: Message
    rejected: Rejected


class Taken(NamedTuple):
    """What a batch became."""

    asked: list[Asked]
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


async def take(reads: Sequence[Read], register: Register) -> Taken:
    """Admit what was read, and turn it into commands."""
    taken = Taken([], [])
    for start in range(0, len(reads), MAX_ADMITTED):
        await _take_slice(reads[start : start + MAX_ADMITTED], register, taken)
    return taken


async def _take_slice(reads: Sequence[Read], register: Register, taken: Taken) -> None:
    asking: list[tuple[Message, Inbound, Wanted | None]] = []
    for message, answer in reads:
        if isinstance(answer, Rejected):
            taken.refused.append(Refused(message, answer))
        else:
            asking.append((message, answer, wanted_of(answer)))
    wanted = [one for _, _, one in asking if one is not None]
    admitted = iter(await register.admit(wanted) if wanted else [])
    for message, inbound, one in asking:
        commands = commands_for(inbound, next(admitted) if one else Admitted(), message)
        if isinstance(commands, Rejected):
            taken.refused.append(Refused(message, commands._replace(line=inbound.line_no)))
        else:
            taken.asked.extend(commands)
