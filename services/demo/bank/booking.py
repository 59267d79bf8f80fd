"""Booking: what the invented bank puts on its next statement, and the four mistakes in it.

Holds: each mistake is noted with the difference in which it must be found
"""

from collections import Counter
from datetime import date, timedelta

from services.demo.bank.books import BankBooking, BankBooks, BankMistake, BankMistakeKind

_FUNDS_FEN = 50_000_000
_WRONG_BY_FEN = 10_000
_UNKNOWN_FEN = 88_000


def book_month(
    books: BankBooks, accounts: list[str], today: date, *, with_mistakes: bool = True
) -> None:
    """Book the funds that came in, what was paid since the last statement, and what came back."""
    _book_funds(books, accounts, today)
    if with_mistakes:
        _book_with_mistakes(books, today)
    else:
        books.booked += [line for _, line in sorted(books.paid.items())]
    books.booked += books.returned.values()
    books.paid.clear()
    books.returned.clear()


def _book_with_mistakes(books: BankBooks, today: date) -> None:
    """Leave one payment out, book one twice and one wrong, and add one that nobody knows."""
    paid = books.paid
    account, _ = Counter(line.account for line in paid.values()).most_common(1)[0]
    own = sorted(
        name
        for name, line in paid.items()
        if line.account == account and name not in books.returned
    )
    missing, doubled, wrong = (own[len(own) * part // 4] for part in (1, 2, 3))
    for instruction, line in sorted(paid.items()):
        if instruction == missing:
            _note_mistake(books, "missing_at_bank", line, instruction, -line.amount)
            continue
        by = _WRONG_BY_FEN if instruction == wrong else 0
        if by:
            _note_mistake(books, "amount", line, instruction, -by)
        books.booked.append(line.model_copy(update={"amount": line.amount - by}))
        if instruction == doubled:
            again = line.model_copy(update={"reference": f"{line.reference}B"})
            books.booked.append(again)
            _note_mistake(books, "duplicate", line, instruction, line.amount)
    unknown = BankBooking(
        account=account,
        booked_on=today,
        amount=-_UNKNOWN_FEN,
        reference=f"X{today:%Y%m%d}{len(books.mistakes):06}",
        purpose="特约委托扣款",
    )
    books.booked.append(unknown)
    _note_mistake(books, "unknown_at_bank", unknown, None, unknown.amount)


def _book_funds(books: BankBooks, accounts: list[str], today: date) -> None:
    """The money comes in some days before the first time; later on the day itself."""
    first = today.replace(day=1)
    on = today if books.booked else max(first, today - timedelta(days=3))
    number = len(books.mistakes)
    for account in accounts:
        for amount, purpose in ((_FUNDS_FEN, "财政拨款 就业补贴资金"), (1_234, "结息")):
            reference = f"F{on:%Y%m%d}{number:04}{'I' if amount < _FUNDS_FEN else 'A'}"
            books.booked.append(
                BankBooking(
                    account=account,
                    booked_on=on,
                    amount=amount,
                    reference=reference,
                    purpose=purpose,
                )
            )


def _note_mistake(
    books: BankBooks,
    kind: BankMistakeKind,
    line: BankBooking,
    instruction: str | None,
    difference: int,
) -> None:
    books.mistakes.append(
        BankMistake(kind=kind, account=line.account, instruction=instruction, difference=difference)
    )
