"""Give a debt up: one person asks, on an authority's document, another agrees."""

from events import clawbacks
from events.values import Fact
from services.deciders.incompatible import Done, refuse_incompatible
from services.deciders.payee.state.debts import Debts
from services.deciders.refusal import refuse, refuse_same_person


def propose_write_off(debts: Debts, command: clawbacks.ProposeWriteOff) -> list[Fact]:
    """Let a debt be given up, once a second person agrees.

    Refuses: UNKNOWN_CLAWBACK, INCOMPATIBLE_ACTS (who has entered a receipt for it), ALREADY_PROPOSED,
             EXCEEDS_DEBT  (first match wins)
    """
    debt = debts.by_id.get(command.clawback)
    if debt is None:
        return refuse(command, "UNKNOWN_CLAWBACK", command.clawback)
    received = Done("recoveries", debt.received_by, command.clawback)
    if refused := refuse_incompatible(
        command, "write_off", command.maker, command.clawback, received
    ):
        return refused
    if command.clawback in debts.write_offs:
        return refuse(command, "ALREADY_PROPOSED", command.clawback)
    if not 0 < command.amount <= debt.left:
        return refuse(command, "EXCEEDS_DEBT", command.clawback)
    return [clawbacks.WriteOffProposed(application=debt.application, **dict(command))]


def judge_write_off(debts: Debts, command: clawbacks.JudgeWriteOff) -> list[Fact]:
    """Give the debt up, or turn that down.

    Refuses: NOT_PROPOSED, SAME_PERSON, EXCEEDS_DEBT (first match wins)
    """
    proposed = debts.write_offs.get(command.clawback)
    debt = debts.by_id.get(command.clawback)
    if proposed is None or debt is None:
        return refuse(command, "NOT_PROPOSED", command.clawback)
    if refused := refuse_same_person(
        command, proposed.maker, command.checker, command.clawback, command.checker
    ):
        return refused
    if command.verdict == "reject":
        return [
            clawbacks.WriteOffRejected(
                clawback=command.clawback,
                application=debt.application,
                checker=command.checker,
                reason=command.reason,
            )
        ]
    if proposed.amount > debt.left:
        return refuse(command, "EXCEEDS_DEBT", command.clawback)
    return [
        clawbacks.ClawbackWrittenOff(
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
