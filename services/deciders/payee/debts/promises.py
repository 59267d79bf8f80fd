"""Decide whether a payee is trusted with a promise, and what a broken one costs."""

from events.payees import BROKEN_GRADE, CreditGraded
from events.promises import CheckPromise, PromiseAccepted, PromiseRefused
from events.values import Fact
from services.deciders.payee.state.books import PayeeBooks


def check(books: PayeeBooks, command: CheckPromise) -> list[Fact]:
    """Answer whether a promise counts, by the grade of this moment.

    Holds: each attempt of an application is answered once; a later grade changes no earlier answer
    """
    if books.payee.judged_promises.get(command.application, 0) >= command.attempt:
        return []
    trusted = books.payee.grade in command.grades
    answer = PromiseAccepted if trusted else PromiseRefused
    return [
        answer(
            application=command.application,
            attempt=command.attempt,
            beneficiary=command.beneficiary,
            facts=command.facts,
            grade=books.payee.grade,
        )
    ]


def broken(
    books: PayeeBooks, application: str, document: str, reason: str, source: str
) -> list[Fact]:
    """Lower the credit of a payee whose promise was not kept; fraud lowers it further."""
    if application not in books.payee.promises or books.payee.grade >= BROKEN_GRADE:
        return []
    return [
        CreditGraded(
            grade=BROKEN_GRADE,
            before=books.payee.grade,
            document=document,
            reason=reason,
            source=source,
        )
    ]
