"""Payee commands: what upstream reports of a payee: another account, money asked back, fraud."""

from events import streams
from events.clawbacks import OrderClawback, RecordRecovery
from events.contract.inbound.applications import AccountCorrected
from events.contract.inbound.clawbacks import ClawbackOrdered, ClawbackRepaid, FraudFound
from events.contract.inbound.private import without_identities
from events.contract.inbound.reader import Inbound
from events.ids import application_key
from events.payees import ChangeAccount, MarkFraud
from services.intake.stream_command import CommandByMessage, StreamCommand
from services.runtime.vault.requests import VaultAnswer


def _change_account(inbound: Inbound, body: AccountCorrected, answer: VaultAnswer) -> StreamCommand:
    command = ChangeAccount(
        application=application_key(inbound.source, body.application, body.line),
        account=answer.account_token,
        document=body.document,
        reason=body.reason,
        source=inbound.source,
    )
    return StreamCommand(streams.payee(answer.token), command, inbound.on)


def _order_clawback(inbound: Inbound, body: ClawbackOrdered, answer: VaultAnswer) -> StreamCommand:
    command = OrderClawback(
        clawback=body.clawback,
        application=application_key(body.source or inbound.source, body.application, body.line),
        cause=body.cause,
        document=body.document,
        reason=body.reason,
        source=inbound.source,
        amount=body.amount_fen,
        floor=body.floor_fen,
    )
    return StreamCommand(streams.payee(answer.token), command, inbound.on)


def _record_recovery(inbound: Inbound, body: ClawbackRepaid, answer: VaultAnswer) -> StreamCommand:
    command = RecordRecovery(
        clawback=body.clawback,
        amount=body.amount_fen,
        received_on=body.received_on,
        bank_account=body.bank_account,
        bank_reference=without_identities(body.bank_reference, words=False),
        source=inbound.source,
    )
    return StreamCommand(streams.payee(answer.token), command, body.received_on)


def _mark_fraud(inbound: Inbound, body: FraudFound, answer: VaultAnswer) -> StreamCommand:
    command = MarkFraud(document=body.document, reason=body.reason, source=inbound.source)
    return StreamCommand(streams.payee(answer.token), command, inbound.on)


PAYEE_COMMANDS: CommandByMessage = {
    AccountCorrected: _change_account,
    ClawbackOrdered: _order_clawback,
    ClawbackRepaid: _record_recovery,
    FraudFound: _mark_fraud,
}
