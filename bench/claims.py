"""Claims for the benchmark: one skill-upgrade application a person, all of them grantable."""

from datetime import UTC, date, datetime
from uuid import NAMESPACE_OID, uuid5

import asyncpg

from events import streams
from events.applications import DecideApplication, Stated
from events.budgets import AllocateBudget
from events.codec import encode_command, packet
from events.envelope import Asked
from events.values import Arrival

ON = date(2022, 8, 12)
AT = datetime(2022, 8, 12, 1, 0, tzinfo=UTC)
DISTRICT = "211202"
LINE = streams.fund_line("unemployment_insurance", DISTRICT, 2022)
AMOUNT_FEN = 150_000


def token(number: int) -> str:
    """Name the `number`-th person."""
    return f"p{number:032x}"


def allocation(applications: int) -> Asked:
    """Allocate enough for all of them."""
    body = AllocateBudget(document="bench", amount=applications * AMOUNT_FEN)
    return Asked(str(uuid5(NAMESPACE_OID, "allocation")), LINE, AT, ON, "bench", body)


def application(number: int, *, at: datetime = AT) -> Asked:
    """Let the `number`-th person apply."""
    person = token(number)
    stated = Stated(
        programme="skill-upgrade",
        region=DISTRICT,
        applied_on=ON,
        channel="window",
        payee=person,
        account=f"a{number:032x}",
        facts={
            "certificate.issued_on": "2022-03-15",
            "certificate.level": "四级",
            "certificate.number": f"LN-2022-{number}",
            "certificate.occupation": "6-31-01-03",
            "person.status": ["领取失业保险金期间@2022-01-01/"],
        },
    )
    body = DecideApplication(
        application=f"bench:{number}",
        digest=f"{number:064x}",
        stated=stated,
        arrived=Arrival(
            topic="benefits.applications.v1", partition=0, offset=number, event=f"e{number}"
        ),
    )
    command_id = str(uuid5(NAMESPACE_OID, f"application {number}"))
    return Asked(command_id, streams.beneficiary(person), at, ON, "bench", body)


def packets(
    first: int, count: int, partitions: int, size: int, *, at: datetime = AT
) -> list[tuple[int, bytes]]:
    """Pack applications by partition.

    Shape:  (partition, packet) of at most `size` commands each
    """
    waiting: list[list[bytes]] = [[] for _ in range(partitions)]
    out: list[tuple[int, bytes]] = []
    for number in range(first, first + count):
        asked = application(number, at=at)
        partition = streams.partition_of(asked.stream, partitions)
        waiting[partition].append(encode_command(asked))
        if len(waiting[partition]) == size:
            out.append((partition, packet(waiting[partition])))
            waiting[partition] = []
    out.extend((partition, packet(rest)) for partition, rest in enumerate(waiting) if rest)
    return out


async def known(dsn: str, count: int) -> None:
    """Let the vault know so many people, as intake would have: nothing starts beside strangers."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(
            "INSERT INTO vault.parties (token, mark, kind)"
            " SELECT token, token::bytea, 'person' FROM unnest($1::text[]) AS made (token)"
            " ON CONFLICT DO NOTHING",
            [token(number) for number in range(count)],
        )
        await connection.execute(
            "INSERT INTO vault.register (application, token, digest)"
            " SELECT 'bench:' || no, token, 'x'"
            " FROM unnest($1::int[], $2::text[]) AS made (no, token) ON CONFLICT DO NOTHING",
            list(range(count)),
            [token(number) for number in range(count)],
        )
    finally:
        await connection.close()
