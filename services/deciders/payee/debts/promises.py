"""Decide whether a payee is trusted with a promise, and what a broken one costs."""

from events.envelope import Asked, Recorded, follow_up
from events.payees import BROKEN_GRADE, CreditGraded
from events.promises import AnswerPromise, CheckPromise, PromiseAccepted, PromiseRefused
from events.values import Fact
from services.deciders.payee.state.payee import PayeeState


def check(state: PayeeState, command: CheckPromise) -> list[Fact]:
    """Answer whether a promise counts, by the grade of this moment.

    Holds: each attempt of an application is answered once; a later grade changes no earlier answer
    """
    if state.accounts.judged_promises.get(command.application, 0) >= command.attempt:
        return []
    trusted = state.accounts.grade in command.grades
    answer = PromiseAccepted if trusted else PromiseRefused
    return [
        answer(
            application=command.application,
            attempt=command.attempt,
            beneficiary=command.beneficiary,
            facts=command.facts,
            grade=state.accounts.grade,
        )
    ]


def lower_credit(
    state: PayeeState, application: str, document: str, reason: str, source: str
) -> list[Fact]:
    """Lower the credit of a payee whose promise was not kept; fraud lowers it further."""
    if application not in state.accounts.promises or state.accounts.grade >= BROKEN_GRADE:
        return []
    return [
        CreditGraded(
            grade=BROKEN_GRADE,
            before=state.accounts.grade,
            document=document,
            reason=reason,
            source=source,
        )
    ]


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Carry the answer back to the claim that rests on the promise."""
    match recorded.body:
        case PromiseAccepted() | PromiseRefused() as fact:
            answer = AnswerPromise(
                application=fact.application,
                attempt=fact.attempt,
                accepted=isinstance(fact, PromiseAccepted),
                grade=fact.grade,
            )
            return [follow_up(recorded, 0, fact.beneficiary, answer)]
        case _:
            return []
