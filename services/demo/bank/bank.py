"""Bank: an invented bank that pays the city's files, answers, and keeps its own books.

In:   payment files in the outbox
Out:  results as messages or as files; the month's statement of each account as CSV
Holds: its books are its own, kept apart from ours; the same file and seed give the same answers,
       and a file is paid once. Of what it pays between two statements it leaves one line out, books
       one twice, one with another amount, and adds one that nobody knows, in the month that
       is asked for.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from policies.cities import Cities
from services.banking.banks.layouts import Bank
from services.banking.banks.of_cities import city_banks
from services.banking.payment_files.orders import OrderedPayment
from services.demo.bank.booking import book_month
from services.demo.bank.books import BankBooking, BankBooks, BankMistake
from services.demo.bank.files import PaymentResult, answer_file, bank_for, order_in
from services.demo.bank.messages import PaymentOutcome, data_of, messages_of, settled
from services.demo.bank.statements import (
    SUFFIXES,
    StatementForm,
    opening_fen,
    write_statement,
)
from services.demo.cast.account_numbers import payer_known
from services.demo.cast.messages import Published

_RETURNED_OF_1000 = 30
_RETURNS = (("R02", "账户已销户"), ("R03", "户名与账号不符"), ("R07", "账户状态异常"))
_LATE_RETURNS = 2
_LINES_FOR_MISTAKES = 6


class AnsweredFile(NamedTuple):
    """A payment file and the bank's answer: messages, or a file in the form in which it asked."""

    file: Path
    bank: Bank
    results: list[Published]
    answer: bytes | None
    returned: int
    answered: int


class AccountBehaviour(NamedTuple):
    """Whose accounts are closed, and whose payments never come back by chance."""

    closed: frozenset[str] = frozenset()
    never_returned: frozenset[str] = frozenset()


class Answering(NamedTuple):
    """How a bank answers: under which name it sends messages, and by them for which layouts."""

    source: str
    by_message: tuple[str, ...]


class InventedBank:
    """The invented bank of all the city's accounts, by alias."""

    def __init__(
        self,
        home: Path,
        cities: Cities,
        answering: Answering,
        behaviour: AccountBehaviour | None = None,
    ) -> None:
        self._home = home
        self._cities = cities
        self._accounts = cities.accounts
        self._answering = answering
        self._behaviour = behaviour or AccountBehaviour()
        home.mkdir(parents=True, exist_ok=True)
        self._file = home / "bank.json"
        self._books = BankBooks()
        if self._file.exists():
            self._books = BankBooks.model_validate_json(self._file.read_bytes())

    @property
    def mistakes(self) -> list[BankMistake]:
        """Everything that is wrong with the statements so far."""
        return list(self._books.mistakes)

    @property
    def has_been_silent(self) -> bool:
        """Whether it has left a payment without an answer."""
        return bool(self._books.unanswered)

    @property
    def can_make_mistakes(self) -> bool:
        """Whether it has paid enough from one account for four mistakes to be told apart."""
        busiest = Counter(line.account for line in self._books.paid.values()).most_common(1)
        return bool(busiest) and busiest[0][1] >= _LINES_FOR_MISTAKES

    def pay(self, outbox: Path, today: date, *, silent: bool = False) -> Iterator[AnsweredFile]:
        """Pay every file in the outbox; a file is moved to `taken/` when the next is asked for.

        Holds: with `silent`, one payment is paid and not answered
        """
        for file in sorted(outbox.glob("B*.*")):
            order = order_in(file, today, self._cities)
            account = payer_known(order.payer, self._cities)
            bank = bank_for(file, self._cities)
            by_message = bank.name in self._answering.by_message
            outcomes = [self._outcome(one, today) for one in order.payments]
            if by_message:  # in a file, a payment that comes back later has no second line
                outcomes = [self._or_late(one) for one in outcomes]
            for outcome in outcomes:
                self._book_payment(account, outcome, today)
            answered = outcomes
            unanswered = self._left_unanswered(outcomes) if silent and by_message else None
            if unanswered is not None:
                answered = [outcome for outcome in outcomes if outcome is not unanswered]
                instruction = unanswered.result.payment.instruction
                self._books.unanswered[instruction] = data_of(unanswered.result, today)
                silent = False
            answer: bytes | None = None
            if not by_message:
                own = [one.result for one in answered]
                answer = answer_file(order, own, today, bank)
            results = self._told(answered, today) if by_message else []
            returned = sum(bool(one.result.code) or one.late for one in answered)
            yield AnsweredFile(file, bank, results, answer, returned, len(answered))
            file.replace(outbox / "taken" / file.name)
            self._save()

    def _told(self, answered: list[PaymentOutcome], today: date) -> list[Published]:
        source = self._answering.source
        return [message for one in answered for message in messages_of(one, today, source)]

    def _left_unanswered(self, outcomes: list[PaymentOutcome]) -> PaymentOutcome | None:
        """Choose the payment that it forgets to answer: nobody's whom the story is about."""
        for one in outcomes:
            known = one.result.payment.number in self._behaviour.never_returned
            if not (one.result.code or one.late or known):
                return one
        return None

    def asked(self, instructions: Iterable[str]) -> list[Published]:
        """Answer what it is asked about, if it had not answered."""
        unanswered, source = self._books.unanswered, self._answering.source
        return [settled(unanswered[name], source) for name in instructions if name in unanswered]

    def _outcome(self, payment: OrderedPayment, today: date) -> PaymentOutcome:
        instruction = payment.instruction
        digest = sha256(instruction.encode()).digest()
        chance = int.from_bytes(digest[:4], "big")
        reference = f"W{today:%y%m%d}{digest[:5].hex().upper()}"
        if payment.number in self._behaviour.closed:
            return PaymentOutcome(PaymentResult(payment, *_RETURNS[0], reference))
        if payment.number in self._behaviour.never_returned:
            return PaymentOutcome(PaymentResult(payment, reference=reference))
        if chance % 1000 < _RETURNED_OF_1000:
            code, reason = _RETURNS[chance // 1000 % len(_RETURNS)]
            return PaymentOutcome(PaymentResult(payment, code, reason, reference))
        return PaymentOutcome(PaymentResult(payment, reference=reference))

    def _or_late(self, outcome: PaymentOutcome) -> PaymentOutcome:
        """Let the first payments that nobody vouches for come back after they were paid."""
        vouched = outcome.result.payment.number in self._behaviour.never_returned
        if outcome.result.code or vouched or self._books.late >= _LATE_RETURNS:
            return outcome
        self._books.late += 1
        return outcome._replace(late=True)

    def _book_payment(self, account: str, outcome: PaymentOutcome, today: date) -> None:
        """Write what was paid, and what came back, into the bank's own books."""
        payment, reference = outcome.result.payment, outcome.result.reference
        if outcome.result.code or payment.instruction in self._books.paid_instructions:
            return
        self._books.paid_instructions.add(payment.instruction)
        paid = BankBooking(
            account=account,
            booked_on=today,
            amount=-payment.amount,
            reference=reference,
            purpose=f"代发就业补贴 {payment.instruction}",
        )
        self._books.paid[payment.instruction] = paid
        if outcome.late:
            returned = {"amount": payment.amount, "reference": f"{reference}T"}
            purpose = {"purpose": f"退汇 {payment.instruction}"}
            self._books.returned[payment.instruction] = paid.model_copy(update=returned | purpose)

    def receive(self, account: str, amount: int, on: date, reference: str, purpose: str) -> None:
        """Take cash in, once per reference."""
        if not any(line.reference == reference for line in self._books.booked):
            self._books.booked.append(
                BankBooking(
                    account=account,
                    booked_on=on,
                    amount=amount,
                    reference=reference,
                    purpose=purpose,
                )
            )
            self._save()

    def book(self, today: date, *, with_mistakes: bool = True) -> None:
        """Put what was paid since the last statement on the next one, with its four mistakes."""
        if self._books.paid:
            book_month(self._books, list(self._accounts), today, with_mistakes=with_mistakes)
            self._save()

    def moved(self, account: str, today: date) -> bool:
        """Tell whether an account has a line in the month; the page exports no empty statement."""
        month = today.replace(day=1)
        return any(
            line.account == account and month <= line.booked_on <= today
            for line in self._books.booked
        )

    def statement(self, account: str, today: date) -> bytes:
        """Write the month's statement of an account, in the form that its bank sends."""
        own = [line for line in self._books.booked if line.account == account]
        layout = city_banks(self._cities).statement(account)
        known = self._accounts[account]
        form = self.form_of(account)
        return write_statement(own, today, layout, opening_fen(known), form, known.last_four)

    def form_of(self, account: str) -> StatementForm:
        """The form in which an account's statements come: the four in turn, by the accounts' order."""
        forms = tuple(SUFFIXES)
        return forms[list(self._accounts).index(account) % len(forms)]

    def _save(self) -> None:
        partial = self._file.with_suffix(".partial")
        partial.write_text(self._books.model_dump_json(by_alias=True))
        partial.replace(self._file)
