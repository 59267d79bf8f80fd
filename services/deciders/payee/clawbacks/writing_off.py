"""Give a debt up: one person asks, on an authority's document, another agrees."""

from events.clawbacks import (
    ClawbackWrittenOff,
    JudgeWriteOff,
    ProposeWriteOff,
    WriteOffProposed,
    WriteOffRejected,
)
from events.control import CommandRefused
from events.people import same_person
from events.values import Fact
from services.deciders.payee.state.debts import Debts


def propose_write_off(debts: Debts, command: ProposeWriteOff) -> list[Fact]:
    """Let a debt be given up, once a second person agrees.

    Refuses: UNKNOWN_CLAWBACK, ALREADY_PROPOSED, EXCEEDS_DEBT (first match wins)
    """
    debt = debts.by_id.get(command.clawback)
    if debt is None:
        return [_refused(command, "UNKNOWN_CLAWBACK")]
    if command.clawback in debts.write_offs:
        return [_refused(command, "ALREADY_PROPOSED")]
    if not 0 < command.amount <= debt.left:
        return [_refused(command, "EXCEEDS_DEBT")]
    return [WriteOffProposed(application=debt.application, **dict(command))]


def judge_write_off(debts: Debts, command: JudgeWriteOff) -> list[Fact]:
    """Give the debt up, or turn that down.

    Refuses: NOT_PROPOSED, SAME_PERSON, EXCEEDS_DEBT (first match wins)
    """
    proposed = debts.write_offs.get(command.clawback)
    debt = debts.by_id.get(command.clawback)
    if proposed is None or debt is None:
        return [_refused(command, "NOT_PROPOSED")]
    if same_person(command.checker, proposed.maker):
        return [_refused(command, "SAME_PERSON", command.checker)]
    if command.verdict == "reject":
        return [
            WriteOffRejected(
                clawback=command.clawback,
                application=debt.application,
                checker=command.checker,
                reason=command.reason,
            )
        ]
    if proposed.amount > debt.left:
        return [_refused(command, "EXCEEDS_DEBT")]
    return [
        ClawbackWrittenOff(
            clawback=command.clawback,
            application=debt.application,
            document=proposed.document,
            maker=proposed.maker,
            checker=command.checker,
            left=debt.left - proposed.amount,
            money=debt.money.model_copy(update={"amount": proposed.amount}),
            advance=debt.advance,
        )
    ]


def _refused(command: ProposeWriteOff | JudgeWriteOff, code: str, text: str = "") -> CommandRefused:
    return CommandRefused(
        command=type(command).__name__, code=code, about=command.clawback, text=text
    )
