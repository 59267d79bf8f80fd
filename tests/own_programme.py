"""An invented city with a programme of its own, and a claim under it: the same for every test."""

from pathlib import Path
from typing import Any

CITY = Path(__file__).parent / "cities" / "210500"
LINE = {"fund": "employment_subsidy", "district": "210521", "year": 2022}


def message(number: int, kind: str, time: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"own-{number}",
        "source": "district-210521.hrss",
        "type": kind,
        "time": time,
        "datacontenttype": "application/json",
        "dataversion": "1",
        "data": data,
    }


CLAIM: dict[str, Any] = {
    "application": "B-1",
    "programme": "returnee-post",
    "region": "210521",
    "applied_on": "2022-09-05",
    "channel": "hall",
    "beneficiary": {"kind": "person", "id": "21120219900307000X", "name": "张示例"},
    "account": {
        "bank": "中国建设银行本溪县支行",
        "number": "6222020000000000017",
        "holder": "张示例",
    },
    "facts": {
        "diploma.level": "本科",
        "diploma.dated_on": "2021-07-01",
        "post.village": True,
        "post.months": ["2022-07", "2022-08"],
    },
}

BUDGET = message(
    1,
    "budget.allocated",
    "2022-03-01T09:00:00+08:00",
    {"document": "本财示例〔2022〕3号", **LINE, "amount_fen": 10_000_000},
)
CASE = [message(2, "application.submitted", "2022-09-05T09:00:00+08:00", CLAIM)]


def _claim(number: int, day: str, name: str, months: list[str]) -> dict[str, Any]:
    facts = {**CLAIM["facts"], "post.months": months}
    claim = {**CLAIM, "application": name, "applied_on": day, "facts": facts}
    return message(number, "application.submitted", f"{day}T09:00:00+08:00", claim)


MONTHS = [
    BUDGET,
    *CASE,
    _claim(3, "2022-09-06", "B-2", ["2022-08"]),
    _claim(4, "2022-09-20", "B-3", ["2022-09", "2022-10"]),
    message(
        5,
        "budget.allocated",
        "2022-11-02T09:00:00+08:00",
        {"document": "本财示例〔2022〕9号", **LINE, "amount_fen": 100},
    ),
]
"""Two months that are over, one of them again, and two that fall due one after the other."""
