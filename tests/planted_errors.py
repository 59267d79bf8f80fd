"""Planted errors: two accounts' payments, a faithful statement of them, and errors of ten kinds in it.

In:   a seed, how many payments, how many errors of each kind
Out:  both sides, and what a reconciliation must say at the close: these differences and no others
Units: fen
"""

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any, NamedTuple

from tests.properties.matching_naive import Line, Movement

ACCOUNTS = ("icbc-1234", "ccb-2234")
FIRST_DAY, CLOSE = date(2022, 8, 1), date(2022, 8, 28)
KINDS = (
    "missing",
    "unknown",
    "amount",
    "double",
    "swapped_account",
    "late",
    "batch_total",
    "split",
    "reversal",
    "wrong_import_reversed",
)
_OF_PAYMENTS = ("missing", "amount", "double", "swapped_account", "late", "split", "reversal")
LINES_A_BATCH = 200


class Planted(NamedTuple):
    """Both sides with their errors; `expected` counts differences by kind and the amount missing.

    `reversed_lines` were on record and are taken back: no reconciliation may see them. `rules` says
    how often a rule that is no plain pair must have matched: these errors are found as matches.
    """

    book: list[Movement]
    bank: list[Line]
    reversed_lines: list[Line]
    expected: Counter[tuple[str, str, int]]
    rules: Counter[str]
    plants: Counter[str]


class _Month:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.planted = Planted([], [], [], Counter(), Counter(), Counter())
        self.lines = 0

    def pays(self, n: int) -> Movement:
        """The n-th payment of the books: whole batches on one account and day."""
        batch, line = divmod(n, LINES_A_BATCH)
        day = FIRST_DAY + timedelta(days=batch % (CLOSE - FIRST_DAY).days)
        movement = Movement(
            ACCOUNTS[batch % 2],
            f"m{n:07}",
            day,
            -self.random.randint(10_000, 900_000),
            f"B{day:%y%m%d}{batch:04d}{line + 1:05d}",
            f"BK{n:09}" if n % 3 == 0 else "",
        )
        self.planted.book.append(movement)
        return movement

    def books(self, movement: Movement, amount: int | None = None, **other: Any) -> Line:
        """The bank's line of a payment: by instruction, by instruction in its words, or by reference."""
        self.lines += 1
        way = int(movement.movement[1:]) % 3
        line = Line(
            movement.account,
            f"k{self.lines:08}",
            movement.moved_on,
            movement.amount if amount is None else amount,
            ("" if way == 1 else movement.reference or movement.instruction or ""),
            f"付 {movement.instruction} 补贴" if way == 1 else "代发补贴",
        )._replace(**other)
        self.planted.bank.append(line)
        return line

    def expects(self, kind: str, account: str, difference: int) -> None:
        """Note a difference that must be found."""
        self.planted.expected[kind, account, difference] += 1


def planted(seed: int, payments: int, each: int) -> Planted:
    """Draw both sides with `each` errors of every kind."""
    month = _Month(seed)
    whole = month.random.sample(range(payments // LINES_A_BATCH), each)
    totals = set(whole)
    # a line that is known by its reference alone is told by amount and days; these errors have marks
    free = [n for n in range(payments) if n // LINES_A_BATCH not in totals and n % 3]
    chosen = month.random.sample(free, len(_OF_PAYMENTS) * each)
    errors = {n: _OF_PAYMENTS[place // each] for place, n in enumerate(chosen)}
    for n in range(payments):
        movement = month.pays(n)
        if n // LINES_A_BATCH in totals:
            continue
        if n in errors:
            month.planted.plants[errors[n]] += 1
            _plant(month, movement, errors[n])
        else:
            month.books(movement)
    _batch_totals(month, whole)
    _unknown(month, each)
    _wrong_imports(month, each)
    month.random.shuffle(month.planted.bank)
    month.random.shuffle(month.planted.book)
    return month.planted


def _plant(month: _Month, movement: Movement, kind: str) -> None:
    amount = movement.amount
    match kind:
        case "missing":
            month.expects("missing_at_bank", movement.account, -amount)
        case "amount":
            wrong = amount + month.random.choice((-1, 1, 100, -9))
            month.books(movement, wrong)
            month.expects("amount", movement.account, wrong - amount)
        case "double":
            month.books(movement)
            month.books(movement)
            month.expects("duplicate", movement.account, amount)
        case "swapped_account":
            other = ACCOUNTS[1 - ACCOUNTS.index(movement.account)]
            month.books(movement, account=other)
            month.expects("wrong_account", movement.account, -amount)
            month.expects("wrong_account", other, amount)
        case "late":
            month.books(movement, booked_on=CLOSE + timedelta(days=month.random.randint(1, 3)))
            month.expects("late", movement.account, -amount)
        case "split":
            first = month.random.randint(1, -amount - 1)
            month.books(movement, -first)
            month.books(movement, amount + first)
            month.planted.rules["split"] += 3
        case "reversal":
            wrong = amount - 1_000
            month.books(movement, wrong)
            month.books(movement, -wrong)
            month.books(movement)
            month.planted.rules["reversal"] += 2


def _batch_totals(month: _Month, batches: list[int]) -> None:
    """Book whole batches in one line each; every second one a fen too much."""
    of_batch: dict[int, list[Movement]] = {batch: [] for batch in batches}
    for movement in month.planted.book:
        batch = int(movement.movement[1:]) // LINES_A_BATCH
        if batch in of_batch:
            of_batch[batch].append(movement)
    for place, members in enumerate(of_batch.values()):
        month.planted.plants["batch_total"] += 1
        total, wrong = sum(m.amount for m in members), place % 2
        month.books(
            members[0],
            total - wrong,
            reference="",
            purpose=f"代发 {members[0].batch} 共{len(members)}笔",
        )
        if wrong:
            month.expects("amount", members[0].account, -1)
        else:
            month.planted.rules["batch"] += len(members) + 1


def _unknown(month: _Month, each: int) -> None:
    for n in range(each):
        month.planted.plants["unknown"] += 1
        amount = month.random.choice((-1, 1)) * month.random.randint(1, 99_999)
        account = month.random.choice(ACCOUNTS)
        month.planted.bank.append(
            Line(account, f"u{n:06}", FIRST_DAY, amount, f"U{n:09}", "不明款项")
        )
        month.expects("unknown_at_bank", account, amount)


def _wrong_imports(month: _Month, each: int) -> None:
    """Lines of a wrong file with what the books took from them, both taken back; then the right one."""
    for n in range(each):
        month.planted.plants["wrong_import_reversed"] += 1
        account, amount = ACCOUNTS[n % 2], month.random.randint(1, 99_999)
        day = FIRST_DAY + timedelta(days=n % 20)
        wrong = Line(account, f"w{n:06}", day, amount, "", "财政拨款")
        right = wrong._replace(line=f"r{n:06}", amount=amount + 1)
        month.planted.reversed_lines.append(wrong)
        month.planted.bank.append(right)
        for name, value, line in (
            ("taken", amount, wrong.line),
            ("back", -amount, wrong.line),
            ("right", right.amount, right.line),
        ):
            month.planted.book.append(
                Movement(account, f"w{n:06}-{name}", day, value, None, "", line)
            )
        month.planted.rules["reversal"] += 2
        month.planted.rules["line"] += 2
