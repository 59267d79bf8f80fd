"""Bank: an invented bank that pays the city's files, answers, and keeps its own books.

In:   payment files in the outbox
Out:  results as messages; the month's statement of each account as CSV
Holds: its books are its own, kept apart from ours; the same file and seed give the same answers,
       and a file is paid once. Of what it pays between two statements it leaves one line out, books
       one twice, one with another amount, and adds one that nobody knows.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, Field

from events.values import Document
from services.banks.orders import yuan
from services.demo.bank_files import order_in
from services.demo.messages import Events, Published
from services.reconciliation.cells import fen

OPENING_FEN = 1_000_000_000
_FUNDS_FEN = 300_000_000
_RETURNED_OF_1000 = 30
_RETURNS = (("R02", "账户已销户"), ("R03", "户名与账号不符"), ("R07", "账户状态异常"))
_LATE_RETURNS = 2
_WRONG_BY_FEN = 10_000
_UNKNOWN_FEN = 88_000
_SOURCE = "bank.tieling"

DamageKind = Literal["missing_at_bank", "duplicate", "amount", "unknown_at_bank"]


class Booked(Document):
    """One line of the bank's books; it came in where positive."""

    account: str
    booked_on: date
    amount: int
    reference: str
    purpose: str


class Damage(Document):
    """What is wrong with a statement, and where it must be found."""

    kind: DamageKind
    account: str
    instruction: str | None
    difference: int


class _Books(BaseModel):
    """What the bank keeps between two runs."""

    booked: list[Booked] = Field(default_factory=list)
    paid: dict[str, Booked] = Field(default_factory=dict)  # by instruction, on no statement yet
    returned: dict[str, Booked] = Field(default_factory=dict)  # paid, and come back
    seen: set[str] = Field(default_factory=set)
    damages: list[Damage] = Field(default_factory=list)


class Answered(NamedTuple):
    """A payment file and the bank's answers to it."""

    file: Path
    results: list[Published]
    returned: int


class _Answer(NamedTuple):
    """What the bank says of one line; `late` of the returns came after the payment."""

    told: list[Published]
    returned: int
    late: int


class Bank:
    """The invented bank of all the city's accounts."""

    def __init__(self, home: Path, accounts: list[str]) -> None:
        self._home = home
        self._accounts = accounts
        home.mkdir(parents=True, exist_ok=True)
        self._file = home / "bank.json"
        self._books = _Books()
        if self._file.exists():
            self._books = _Books.model_validate_json(self._file.read_bytes())

    @property
    def damages(self) -> list[Damage]:
        """Everything that is wrong with the statements so far."""
        return list(self._books.damages)

    @property
    def last_day(self) -> date | None:
        """The day of the last line on its statements."""
        return max((line.booked_on for line in self._books.booked), default=None)

    def pay(self, outbox: Path, today: date) -> Iterator[Answered]:
        """Pay every file in the outbox; a file is moved to `taken/` when the next is asked for."""
        late = _LATE_RETURNS if not self._books.seen else 0
        for file in sorted(outbox.glob("B*.*")):
            results: list[Published] = []
            returned = 0
            for row in _rows(file, today):
                answer = self._pay(row, today, late)
                # one key an instruction: a return that follows a payment must not overtake it
                results += [message._replace(key=row["指令号"].encode()) for message in answer.told]
                returned += answer.returned
                late -= answer.late
            yield Answered(file, results, returned)
            file.replace(outbox / "taken" / file.name)
            self._save()

    def _pay(self, row: dict[str, str], today: date, late: int) -> _Answer:
        instruction, amount = row["指令号"], fen(row["金额（元）"])
        digest = sha256(instruction.encode()).digest()
        chance = int.from_bytes(digest[:4], "big")
        told: dict[str, Any] = {
            "instruction": instruction,
            "amount_fen": amount,
            "value_on": today.isoformat(),
            "bank_reference": f"W{today:%y%m%d}{digest[:5].hex().upper()}",
        }
        events = Events(f"bank-{instruction}")
        if chance % 1000 < _RETURNED_OF_1000:
            code, reason = _RETURNS[chance // 1000 % len(_RETURNS)]
            back = {**told, "code": code, "reason": reason}
            return _Answer([events.event(_SOURCE, "payment.returned", back)], returned=1, late=0)
        results = [events.event(_SOURCE, "payment.settled", told)]
        account, reference = row["付款账户"], told["bank_reference"]
        came_back = late > 0 and chance % 10 == 7
        if came_back:
            back = {
                **told,
                "code": "R09",
                "reason": "入账后退汇",
                "bank_reference": f"{reference}T",
            }
            results.append(events.event(_SOURCE, "payment.returned", back))
        if instruction not in self._books.seen:
            self._books.seen.add(instruction)
            paid = Booked(
                account=account,
                booked_on=today,
                amount=-amount,
                reference=reference,
                purpose=f"代发就业补贴 {instruction}",
            )
            self._books.paid[instruction] = paid
            if came_back:
                returned = {"amount": amount, "reference": f"{reference}T"}
                purpose = {"purpose": f"退汇 {instruction}"}
                self._books.returned[instruction] = paid.model_copy(update=returned | purpose)
        return _Answer(results, returned=int(came_back), late=int(came_back))

    # --- the statement --------------------------------------------------------------------------

    def book(self, today: date) -> None:
        """Put what was paid since the last statement on the next one, with its four mistakes."""
        paid = self._books.paid
        if not paid:
            return
        self._book_funds(today)
        account, _ = Counter(line.account for line in paid.values()).most_common(1)[0]
        own = sorted(
            name
            for name, line in paid.items()
            if line.account == account and name not in self._books.returned
        )
        missing, doubled, wrong = (own[len(own) * part // 4] for part in (1, 2, 3))
        for instruction, line in sorted(paid.items()):
            if instruction == missing:
                self._damage("missing_at_bank", line, instruction, -line.amount)
                continue
            by = _WRONG_BY_FEN if instruction == wrong else 0
            if by:
                self._damage("amount", line, instruction, -by)
            self._books.booked.append(line.model_copy(update={"amount": line.amount - by}))
            if instruction == doubled:
                again = line.model_copy(update={"reference": f"{line.reference}B"})
                self._books.booked.append(again)
                self._damage("duplicate", line, instruction, line.amount)
        self._books.booked += self._books.returned.values()
        unknown = Booked(
            account=account,
            booked_on=today,
            amount=-_UNKNOWN_FEN,
            reference=f"X{today:%Y%m%d}{len(self._books.damages):06}",
            purpose="特约委托扣款",
        )
        self._books.booked.append(unknown)
        self._damage("unknown_at_bank", unknown, None, unknown.amount)
        paid.clear()
        self._books.returned.clear()
        self._save()

    def _book_funds(self, today: date) -> None:
        """The month's money comes in some days before, the first time; later on the day itself."""
        first = today.replace(day=1)
        on = today if self._books.booked else max(first, today - timedelta(days=3))
        number = len(self._books.damages)
        for account in self._accounts:
            for amount, purpose in ((_FUNDS_FEN, "财政拨款 就业补贴资金"), (1_234, "结息")):
                reference = f"F{on:%Y%m%d}{number:04}{'I' if amount < _FUNDS_FEN else 'A'}"
                self._books.booked.append(
                    Booked(
                        account=account,
                        booked_on=on,
                        amount=amount,
                        reference=reference,
                        purpose=purpose,
                    )
                )

    def _damage(
        self, kind: DamageKind, line: Booked, instruction: str | None, difference: int
    ) -> None:
        self._books.damages.append(
            Damage(kind=kind, account=line.account, instruction=instruction, difference=difference)
        )

    def statement(self, account: str, today: date) -> bytes:
        """Write the month's statement of an account, as the bank's web page exports it."""
        month = today.replace(day=1)
        own = [line for line in self._books.booked if line.account == account]
        balance = OPENING_FEN + sum(line.amount for line in own if line.booked_on < month)
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(["交易日期", "交易流水号", "摘要", "借方发生额", "贷方发生额", "余额"])
        for line in sorted(own, key=lambda line: line.booked_on):
            if line.booked_on < month:
                continue
            balance += line.amount
            paid = _yuan(-line.amount) if line.amount < 0 else ""
            received = _yuan(line.amount) if line.amount > 0 else ""
            day = line.booked_on.isoformat()
            writer.writerow([day, line.reference, line.purpose, paid, received, _yuan(balance)])
        return text.getvalue().encode("gb18030")

    def _save(self) -> None:
        partial = self._file.with_suffix(".partial")
        partial.write_text(self._books.model_dump_json())
        partial.replace(self._file)


def _rows(file: Path, today: date) -> list[dict[str, str]]:
    order = order_in(file, today)
    return [
        {"指令号": one.instruction, "金额（元）": yuan(one.amount), "付款账户": order.payer}
        for one in order.payments
    ]


def _yuan(amount: int) -> str:
    sign, rest = ("-" if amount < 0 else ""), abs(amount)
    return f"{sign}{rest // 100}.{rest % 100:02d}"
