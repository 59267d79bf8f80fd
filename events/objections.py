"""Objections: somebody says that money should not be paid, or not be asked back; it waits until found out.

Holds: an objection stands on the payee's own history, where the payment and the debt are; who raised
       it is in the document alone, never here
Source: docs/adr/0047-lists-are-published-and-objected-to.md
"""

from typing import Literal

from events.values import ApplicationKey, Command, Fact, Value

Ground = Literal["not_entitled", "amount", "identity", "enjoyed_twice", "debt", "other"]
"""What the objection says is wrong."""


class LineToTakeOut(Value):
    """A payment that a batch has, and that must wait."""

    disbursement: str
    batch: str


class RaiseObjection(Command):
    """Somebody objects to what an application brings this payee, or to a debt of it.

    Shape: `clawback` names the debt, or is empty; `disclosure` the public list on which the
           application stood, or is empty
    """

    objection: str
    application: ApplicationKey
    clawback: str = ""
    disclosure: str = ""
    ground: Ground
    document: str
    reason: str
    by: str


class ResolveObjection(Command):
    """Another person than whoever recorded it has found out whether the objection is right."""

    objection: str
    verdict: Literal["upheld", "dismissed"]
    document: str
    reason: str
    by: str


class ObjectionRaised(Fact):
    """Nothing of the application is paid, or nothing is kept for the debt, until it is found out."""

    objection: str
    application: ApplicationKey
    clawback: str
    disclosure: str
    ground: Ground
    document: str
    reason: str
    by: str
    take_out: tuple[LineToTakeOut, ...]


class ObjectionResolved(Fact):
    """A person has found out: an objection that was wrong holds nothing any more, one that was right
    holds on until the claim is revoked, or the debt written off, by two people."""

    objection: str
    application: ApplicationKey
    clawback: str
    verdict: Literal["upheld", "dismissed"]
    document: str
    reason: str
    by: str


ObjectionCommand = RaiseObjection | ResolveObjection
ObjectionFact = ObjectionRaised | ObjectionResolved
