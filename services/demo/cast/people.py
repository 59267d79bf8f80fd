"""People: invented persons and firms whose numbers check, and whom nobody can be.

Holds: resident ids begin with a code that no register has ever used, so no id is anybody's; names say
       that they are samples; account numbers begin with 999, which no bank issues.
"""

from random import Random
from typing import Any, NamedTuple

from stdnum.cn import uscc

from events.contract.inbound.identity import check_character
from services.demo.cast.script import PeopleScript

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_SAMPLE_NAMES = ("示例", "样本", "演示", "测例", "虚构", "例", "样", "范例", "假想", "拟")
_RARE_NAMES = ("欧阳示例", "阿卜杜·示例", "慕容样本", "司马演示", "尉迟例", "古丽·样本")
_TRADES = ("机械", "电子", "服装", "食品", "建材", "物流", "药业", "汽配")
_UNIT_NUMBERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class InventedPerson(NamedTuple):
    """Somebody who does not exist."""

    id: str
    name: str
    bank: str
    account: str

    def party(self) -> dict[str, Any]:
        """As an upstream system states a person."""
        return {"kind": "person", "id": self.id, "name": self.name}

    def paid_into(self) -> dict[str, Any]:
        """As an upstream system states a bank account."""
        return {"bank": self.bank, "number": self.account, "holder": self.name}


class InventedFirm(NamedTuple):
    """A firm that does not exist."""

    code: str
    name: str
    bank: str
    account: str

    def party(self) -> dict[str, Any]:
        """As an upstream system states a unit."""
        return {"kind": "unit", "id": self.code, "name": self.name}

    def paid_into(self) -> dict[str, Any]:
        """As an upstream system states a bank account."""
        return {"bank": self.bank, "number": self.account, "holder": self.name}


class Population:
    """Makes persons and firms, each new; the same seed makes the same ones in the same order."""

    def __init__(self, random: Random, script: PeopleScript) -> None:
        self._random = random
        self._script = script
        self._ids: set[str] = set()
        self._accounts = 0

    def person(self, *, born: tuple[int, int] = (1966, 1999)) -> InventedPerson:
        """Make a person born in one of these years, both included."""
        random = self._random
        while True:
            year, month, day = random.randint(*born), random.randint(1, 12), random.randint(1, 28)
            first = f"{self._script.ids}{year}{month:02}{day:02}{random.randint(0, 999):03}"
            number = first + check_character(first)
            if number not in self._ids:
                break
        self._ids.add(number)
        name = random.choice(_SURNAMES) + random.choice(_SAMPLE_NAMES)
        if random.random() < 0.02:
            name = random.choice(_RARE_NAMES)
        return InventedPerson(number, name, random.choice(self._script.banks), self._account())

    def firm(self, number: int) -> InventedFirm:
        """Make the `number`-th firm."""
        random = self._random
        serial = "".join(random.choice(_UNIT_NUMBERS) for _ in range(5))
        first = f"91{self._script.ids}MA0{serial}{number % 10}"
        name = self._script.firms.format(trade=random.choice(_TRADES), number=number + 1)
        return InventedFirm(
            first + uscc.calc_check_digit(first),
            name,
            random.choice(self._script.banks),
            self._account(),
        )

    def _account(self) -> str:
        self._accounts += 1
        return f"999{self._random.randint(0, 10**9):010}{self._accounts:06}"
