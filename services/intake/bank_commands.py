"""Bank commands: what the bank reports: results of a batch, and the statements of an account.

Holds: no identity passes in the bank's free text
"""

from datetime import date

from events import streams
from events.batches import RecordBankResult
from events.contract.inbound.bank_results import PaymentReturned, PaymentSettled
from events.contract.inbound.private import without_identities
from events.contract.inbound.reader import Inbound
from events.contract.inbound.statements import OpeningBalance, StatementLine, StatementOpened
from events.ids import batch_of
from events.statements import OpenStatement, RecordOpeningBalance, RecordStatementLine
from services.intake.stream_command import CommandByMessage, StreamCommand
from services.runtime.vault.requests import VaultAnswer


def _record_result(
    _: Inbound, body: PaymentSettled | PaymentReturned, _answer: VaultAnswer
) -> StreamCommand:
    command = RecordBankResult(
        batch=batch_of(body.instruction),
        instruction=body.instruction,
        outcome="settled" if isinstance(body, PaymentSettled) else "returned",
        amount=body.amount_fen,
        value_on=body.value_on,
        code=without_identities(body.code, words=False),
        reason=without_identities(body.reason),
        bank_reference=without_identities(body.bank_reference, words=False),
    )
    return StreamCommand(streams.batch(command.batch), command, body.value_on)


def _open_statement(_: Inbound, body: StatementOpened, _answer: VaultAnswer) -> StreamCommand:
    command = OpenStatement(
        bank_account=body.bank_account,
        month=body.month,
        opening_balance=body.opening_balance_fen,
    )
    stream = streams.account(body.bank_account, body.month)
    return StreamCommand(stream, command, _first_day(body.month))


def _record_line(_: Inbound, body: StatementLine, _answer: VaultAnswer) -> StreamCommand:
    command = RecordStatementLine(
        bank_account=body.bank_account,
        line=body.line,
        booked_on=body.booked_on,
        amount=body.amount_fen,
        reference=without_identities(body.reference, words=False),
        purpose=without_identities(body.purpose),
        balance_after=body.balance_after_fen,
        kind=body.kind,
        fund=body.fund or "",
        district=body.district or "",
    )
    stream = streams.account(body.bank_account, f"{body.booked_on:%Y-%m}")
    return StreamCommand(stream, command, body.booked_on)


def _record_opening_balance(
    _: Inbound, body: OpeningBalance, _answer: VaultAnswer
) -> StreamCommand:
    command = RecordOpeningBalance(
        bank_account=body.bank_account,
        fund=body.fund,
        district=body.district,
        amount=body.amount_fen,
        document=body.document,
    )
    stream = streams.account(body.bank_account, body.month)
    return StreamCommand(stream, command, _first_day(body.month))


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


BANK_COMMANDS: CommandByMessage = {
    PaymentSettled: _record_result,
    PaymentReturned: _record_result,
    StatementOpened: _open_statement,
    StatementLine: _record_line,
    OpeningBalance: _record_opening_balance,
}
