"""Letters: list what could not be taken in, open one for a purpose, send it again corrected, close it.

In:   books; the topic of dead letters; the vault
Out:  ReadLetter, ResubmitLetter, CloseLetter, each a recorded act; a corrected message on its topic
Holds: nothing is opened or sent before the act is on the ledger; the same content sent again, after
       a failure in between, is one act
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256

import asyncpg

from events import streams
from events.codes import words_of
from events.letters import CloseLetter, ReadLetter, ResubmitLetter
from events.values import Command
from projections.queries import letters
from projections.queries.letters import LetterRow
from services.machine.connections import books
from services.runtime.errors import DatabaseAway, OperatingFailure
from services.runtime.kafka.asking import asked_by_staff
from services.runtime.kafka.dead_letters import OpenedLetter
from services.runtime.kafka.letter_topic import fetch_letter, resubmit_message
from services.runtime.settings import Settings
from services.runtime.vault.parking import ParkedMessage
from services.runtime.vault.register import AwaitedApplication
from services.runtime.vault.store import Vault
from services.tools.staff.asking import send_and_wait

ANSWER_SECONDS = 30.0


class NoSuchLetter(OperatingFailure):
    """No letter of this name is listed."""

    def __init__(self, letter: str) -> None:
        super().__init__(f"没有死信 {letter}。", "用 `benefit-ledger letters list` 查看编号。")


class ActRefused(OperatingFailure):
    """The ledger refused the act."""

    def __init__(self, code: str) -> None:
        super().__init__(f"没有办理［{code}］。", words_of(code) or "请查看死信的状态。")


class NoAnswer(OperatingFailure):
    """The act is not on the ledger yet."""

    may_pass = True

    def __init__(self) -> None:
        super().__init__("还没有得到台账的答复。", "请查看各进程是否运行，然后再办理一次。")


class NotWhole(OperatingFailure):
    """Only a part of the message was kept, so it cannot be sent again from here."""

    def __init__(self, letter: str) -> None:
        super().__init__(
            f"死信 {letter} 只保存了报文的一部分。",
            "请用 --file 指定完整的更正报文，或请发送方重发。",
        )


async def listed(dsn: str, state: str, most: int, letter: str | None = None) -> list[LetterRow]:
    """List letters, the latest first."""
    async with books(dsn) as connection:
        return await letters.listed(connection, state, most, letter)


async def show(settings: Settings, letter: str, purpose: str, operator: str) -> OpenedLetter:
    """Open a letter; who and what for is on the ledger first."""
    found = await _one(settings, letter)
    body = ReadLetter(letter=letter, purpose=purpose, operator=operator)
    await _done(settings, letter, body, operator)
    async with vault_of(settings) as vault:
        return await fetch_letter(settings, letter, found.letter_offset, vault.key_named)


async def resubmit(
    settings: Settings, letter: str, value: bytes | None, purpose: str, operator: str
) -> None:
    """Send a message in a letter's place: a corrected one, or the same again (`value` None)."""
    found = await _one(settings, letter)
    async with vault_of(settings) as vault:
        opened = await fetch_letter(settings, letter, found.letter_offset, vault.key_named)
        if value is None and not opened.letter.whole:
            raise NotWhole(letter)
        content = value if value is not None else opened.letter.value or b""
        digest = await vault.store_file(f"{letter}.json", content, "resubmitted letter", operator)
        assert digest == sha256(content).hexdigest()
        body = ResubmitLetter(letter=letter, digest=digest, purpose=purpose, operator=operator)
        await _done(settings, letter, body, operator)
    await resubmit_message(settings, letter, content, opened.letter.headers)


async def close(settings: Settings, letter: str, reason: str, operator: str) -> None:
    """Say that nothing more is to be done about a letter."""
    await _one(settings, letter)
    body = CloseLetter(letter=letter, reason=reason, operator=operator)
    await _done(settings, letter, body, operator)


async def park(settings: Settings, parked: ParkedMessage) -> bool:
    """Let intake leave one message out when it starts next; False where it is parked already."""
    async with vault_of(settings) as vault:
        return await vault.park(parked)


async def waiting(settings: Settings) -> list[AwaitedApplication]:
    """List what waits for applications that have not come."""
    async with vault_of(settings) as vault:
        return await vault.awaited_applications()


@asynccontextmanager
async def vault_of(settings: Settings) -> AsyncIterator[Vault]:
    """Open the vault for one command.

    Raises: DatabaseAway, NotConfigured
    """
    try:
        pool = await asyncpg.create_pool(settings.postgres_dsn, min_size=1, max_size=2, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise DatabaseAway(settings.postgres_dsn.rpartition("@")[2], repr(error)) from error
    async with pool:
        yield await Vault.open(pool, settings.vault_key_file)


async def _one(settings: Settings, letter: str) -> LetterRow:
    found = await listed(settings.postgres_dsn, "all", 1, letter)
    if not found:
        raise NoSuchLetter(letter)
    return found[0]


async def _done(settings: Settings, letter: str, body: Command, operator: str) -> None:
    """Send an act and wait for its answer.

    Raises: ActRefused, NoAnswer
    """
    asked = asked_by_staff(streams.letter(letter), operator, body)
    answer = await send_and_wait(settings, asked, ANSWER_SECONDS)
    if answer is None:
        raise NoAnswer
    if answer.refused:
        raise ActRefused(answer.refusal_code)
