"""Load: applications by the seed, with repeats, and budgets that are too small for all of them.

Out:  commands, in the order in which they are sent
Holds: the same seed and count give the same commands
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from events import streams
from events.applications import DecideApplication, Stated
from events.budgets import AllocateBudget
from events.envelope import Asked
from events.values import Arrival

FUND = "unemployment_insurance"
DISTRICTS = ("211202", "211204", "211221", "211223", "211224", "211281", "211282")
YEAR = 2022
_MEAN_AWARD_FEN = 120_000
_SHARE_FUNDED = 0.6
_SLICES = 3
_OCCUPATIONS = ("电工", "焊工", "钳工", "育婴员", "保育员", "中式烹调师", "美容师", "茶艺师")
_LEVELS = ("五级", "五级", "四级", "四级", "三级", "二级")  # the notices state no rate for 二级
_START = datetime(2022, 9, 1, tzinfo=UTC)


class Load(NamedTuple):
    """What is sent, and what of it must be found again."""

    commands: list[Asked]
    applications: frozenset[str]
    repeats: int


def load(seed: int, applications: int, repeats: float = 0.05) -> Load:
    """Make a load.

    Holds: about `repeats` of the applications come twice, half of them under a new command id
    """
    random = Random(seed)
    commands: list[Asked] = []
    keys: list[str] = []
    again = 0
    slices = _allocations(applications)
    for number in range(applications):
        if number % max(1, applications // _SLICES) == 0:
            commands.extend(next(slices, []))
        asked = _application(random, seed, number, applications)
        commands.append(asked)
        keys.append(asked.body.application)  # type: ignore[attr-defined]
        if random.random() < repeats and len(commands) > 10:
            commands.append(_repeat(random, commands, again))
            again += 1
    return Load(commands, frozenset(keys), again)


def _application(random: Random, seed: int, number: int, of: int) -> Asked:
    person = random.randrange(max(1, of // 2))
    token = f"person-{seed}-{person:07d}"
    key = f"district-{seed}.faults:{number:07d}"
    issued = date(2022, 1, 1) + timedelta(days=random.randrange(200))
    drawing = random.random() < 0.9
    stated = Stated(
        programme="skill-upgrade",
        region=DISTRICTS[person % len(DISTRICTS)],
        applied_on=date(2022, 8, 30),
        channel="window",
        payee=token,
        account=f"account-{person:07d}",
        facts={
            "certificate.occupation": random.choice(_OCCUPATIONS),
            "certificate.level": random.choice(_LEVELS),
            "certificate.number": f"C{number:08d}",
            "certificate.issued_on": issued.isoformat(),
            "person.status": ["领取失业保险金期间@2021-01-01/"]
            if drawing
            else ["其他@2021-01-01/"],
        },
    )
    body = DecideApplication(
        application=key,
        digest=uuid5(NAMESPACE_URL, key).hex,
        stated=stated,
        arrived=Arrival(topic="benefits.applications.v1", partition=0, offset=number, event=key),
    )
    return _asked(streams.beneficiary(token), body, f"{key}/1", number)


def _repeat(random: Random, commands: list[Asked], again: int) -> Asked:
    """Send an earlier application again, as itself or as intake would after a crash."""
    while True:
        earlier = random.choice(commands)
        if isinstance(earlier.body, DecideApplication):
            break
    if random.random() < 0.5:
        return earlier
    return _asked(earlier.stream, earlier.body, f"{earlier.id}/again/{again}", again)


def _allocations(applications: int) -> Iterator[list[Asked]]:
    """Give each district's line its money in slices, too little in all."""
    each = int(applications * _SHARE_FUNDED * _MEAN_AWARD_FEN / len(DISTRICTS) / _SLICES)
    for part in range(_SLICES):
        yield [
            _asked(
                streams.fund_line(FUND, district, YEAR),
                AllocateBudget(document=f"document-{part}", amount=each),
                f"{district}/allocation/{part}",
                part,
            )
            for district in DISTRICTS
        ]


def _asked(stream: str, body: DecideApplication | AllocateBudget, name: str, number: int) -> Asked:
    at = _START + timedelta(milliseconds=number)
    return Asked(str(uuid5(NAMESPACE_URL, name)), stream, at, date(2022, 9, 1), "intake", body)
