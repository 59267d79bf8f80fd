"""Promises (告知承诺): a trusted payee promises in writing what others prove; the payee's own
history says whether it is trusted.

Holds: a promise replaces papers, never a fact; whoever is not trusted is judged by a person.
"""

from events.payees import Grade
from events.values import ApplicationKey, Command, Fact, StreamName, Token


class CheckPromise(Command):
    """Ask the payee's history whether a promise counts: its grade must be one of `grades`."""

    application: ApplicationKey
    attempt: int
    beneficiary: StreamName
    facts: tuple[str, ...]
    grades: tuple[Grade, ...]


class AnswerPromise(Command):
    """The payee's answer to an attempt: the promise counts, or its credit is too low."""

    application: ApplicationKey
    attempt: int
    accepted: bool
    grade: Grade


class PromiseMade(Fact):
    """The claim would be proposed, but rests on a promise: the payee's history is asked first."""

    application: ApplicationKey
    attempt: int
    payee: Token
    facts: tuple[str, ...]
    grades: tuple[Grade, ...]


class PromiseAccepted(Fact):
    """The payee's credit is high: what it promises need not be proved now."""

    application: ApplicationKey
    attempt: int
    beneficiary: StreamName
    facts: tuple[str, ...]
    grade: Grade


class PromiseRefused(Fact):
    """The payee's credit is not high enough for a promise."""

    application: ApplicationKey
    attempt: int
    beneficiary: StreamName
    facts: tuple[str, ...]
    grade: Grade


PromiseCommand = CheckPromise | AnswerPromise
PromiseFact = PromiseMade | PromiseAccepted | PromiseRefused
