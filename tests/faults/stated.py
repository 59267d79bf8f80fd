"""Stated: what upstream systems and a bank say in a run, as events of the public contract.

Holds: imports nothing of the product; the same seed gives the same events.
"""

from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

SOURCE = "district-211202.faults"
DISTRICT, FUND, YEAR = "211202", "unemployment_insurance", 2022
PLAN_FUND = "employment_subsidy"
PLAN_MONTHS = ("2022-09", "2022-10", "2022-11", "2022-12", "2023-01")
"""What a claim over two years is for: three months fall due in 2022, two in 2023."""
_A_MONTH_FEN = 60_000
SENT = "2022-09-01T09:00:00+08:00"
APPLIED_ON = "2022-08-30"
_CRAFTS = [
    (occupation, level)
    for occupation in ("电工", "焊工", "钳工", "育婴员", "保育师", "中式烹调师", "美容师", "茶艺师")
    for level in ("四级", "五级", "三级", "二级")
]
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MEAN_AWARD_FEN = 130_000
_SHARE_FUNDED = 0.5
_SLICES = 3
_SHARE_PLANNED = 0.15
_BAD_KINDS = 5

Event = dict[str, Any]


class Saying(NamedTuple):
    """An event, on which feed, and whether it is as the contract wants it."""

    feed: str
    event: Event
    good: bool


def said(seed: int, applications: int) -> Iterator[Saying]:
    """All that upstream says in a run: claims, repeats, withdrawals, budgets, and what is wrong."""
    random = Random(seed)
    persons = max(1, applications // 2)
    earlier: list[Event] = []
    share = int(applications * _SHARE_FUNDED * _MEAN_AWARD_FEN / _SLICES)
    for number in range(applications):
        if number % max(1, applications // _SLICES) == 0:
            yield Saying("budgets", allocation(number, share), True)
            for year, plans in ((YEAR, 3), (YEAR + 1, 2)):
                # the next year's budget is smaller, and comes when claims wait for it
                money = int(applications * _SHARE_PLANNED * plans * _A_MONTH_FEN / _SLICES)
                money = money * 2 if year == YEAR else money * number // applications
                event = allocation(number, money + 1, PLAN_FUND, year)
                yield Saying("budgets", event, True)
        if random.random() < _SHARE_PLANNED:
            event = plan(number)
            yield Saying("applications", event, True)
            earlier.append(event)
            continue
        event = application(
            number,
            person=random.randrange(persons),
            craft=random.choices(range(len(_CRAFTS)), [4, 4, 2, 1] * (len(_CRAFTS) // 4))[0],
            drawing=random.random() < 0.9,
            certificate=random.randrange(applications) if random.random() < 0.05 else number,
        )
        yield Saying("applications", event, True)
        earlier.append(event)
        chance = random.random()
        if chance < 0.05:
            yield Saying("applications", random.choice(earlier), True)
        elif chance < 0.10:
            of = random.choice(earlier)["data"]["application"]
            yield Saying("applications", withdrawal(int(of.partition("-")[2])), True)
        elif chance < 0.12:
            yield Saying("applications", broken(number), False)


def application(
    number: int, *, person: int, craft: int, drawing: bool = True, certificate: int | None = None
) -> Event:
    """A claim for a certificate."""
    occupation, level = _CRAFTS[craft]
    status = "领取失业保险金期间" if drawing else "登记失业"
    name = f"测试{person}"
    return _event(
        f"a-{number}",
        "application.submitted",
        {
            "application": f"F-{number:07d}",
            "programme": "skill-upgrade",
            "region": DISTRICT,
            "applied_on": APPLIED_ON,
            "channel": "hall",
            "beneficiary": {"kind": "person", "id": resident(person), "name": name},
            "account": {
                "bank": "中国工商银行铁岭银州支行",
                "number": f"622202{person:013d}",
                "holder": name,
            },
            "facts": {
                "certificate.level": level,
                "certificate.occupation": occupation,
                "certificate.number": f"S{number if certificate is None else certificate:010d}",
                "certificate.issued_on": "2022-03-15",
                "person.status": [f"{status}@2022-01-01/"],
            },
        },
    )


def plan(number: int) -> Event:
    """A claim for months of this year and the next, by somebody who claims nothing else."""
    name = f"灵活{number}"
    return _event(
        f"a-{number}",
        "application.submitted",
        {
            "application": f"F-{number:07d}",
            "programme": "flexible-si",
            "region": DISTRICT,
            "applied_on": APPLIED_ON,
            "channel": "hall",
            "beneficiary": {"kind": "person", "id": resident(_PLANNERS + number), "name": name},
            "account": {
                "bank": "中国工商银行铁岭银州支行",
                "number": f"622203{number:013d}",
                "holder": name,
            },
            "facts": {
                "graduate.kind": "高校毕业生",
                "diploma.dated_on": "2021-07-01",
                "flexible.began_on": "2021-09-01",
                "person.status": ["灵活就业@2021-09-01/"],
                "contribution.months": list(PLAN_MONTHS),
                "contribution.self_paid": _A_MONTH_FEN * 3 // 2 * len(PLAN_MONTHS),
            },
        },
    )


_PLANNERS = 400_000
"""The numbers of those who claim for months, away from all others."""


def withdrawal(number: int) -> Event:
    """The claimant gives a claim up."""
    data = {"application": f"F-{number:07d}", "reason": "本人放弃申请"}
    return _event(f"w-{number}", "application.withdrawn", data)


def allocation(number: int, amount: int, fund: str = FUND, year: int = YEAR) -> Event:
    """A slice of a year's money."""
    data = {
        "document": f"铁财社〔{year}〕{number}号",
        "fund": fund,
        "district": DISTRICT,
        "year": year,
        "amount_fen": amount,
    }
    which = "" if (fund, year) == (FUND, YEAR) else f"-{fund}-{year}"
    return _event(f"b-{number}{which}", "budget.allocated", data)


def answer(number: int, instruction: str, amount: int, kind: str, on: str = "2022-09-01") -> Event:
    """What a bank says of one instruction."""
    data: dict[str, Any] = {
        "instruction": instruction,
        "amount_fen": amount,
        "value_on": on,
        "bank_reference": f"W{number:09d}",
    }
    if kind == "payment.returned":
        data |= {"code": "AC04", "reason": "账户已销户"}
    return _event(f"r-{number}", kind, data) | {"source": "bank.faults"}


def broken(number: int) -> Event:
    """A claim that no reader of the contract takes, each time for another reason."""
    event = application(9_000_000 + number, person=0, craft=0)
    data = event["data"]
    kind = number % _BAD_KINDS
    if kind == 0:
        data["beneficiary"]["id"] = "211202199003070001"
    elif kind == 1:
        data["programme"] = "moon-walk"
    elif kind == 2:
        del data["account"]
    elif kind == 3:
        data["applied_on"] = "2022-13-45"
    else:
        event["type"] = "application.guessed"
    return event


def resident(number: int) -> str:
    """A made-up resident number with the right check character (GB 11643)."""
    day = number // 900
    digits = (
        f"{DISTRICT}{1960 + day // 336 % 45:04d}{1 + day // 28 % 12:02d}{1 + day % 28:02d}"
        f"{100 + number % 900:03d}"
    )
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return digits + "10X98765432"[total % 11]


def _event(name: str, kind: str, data: dict[str, Any]) -> Event:
    return {
        "specversion": "1.0",
        "id": name,
        "source": SOURCE,
        "type": kind,
        "time": SENT,
        "datacontenttype": "application/json",
        "dataversion": "1",
        "data": data,
    }
