"""Links: the same person under two documents, once two people of the staff have said so.

The history whose name sorts first leads. The other hands its uses of caps over and from then on
passes everything on that needs them; what it has under way it ends itself.
"""

from typing import Literal

from events.applications import Stated
from events.values import ApplicationKey, CapSlot, Command, Fact, StreamName, Value

ConfirmOrReject = Literal["confirm", "reject"]


class Use(Value):
    """The slots that one approval, or one earlier grant, holds."""

    holder: str
    slots: tuple[CapSlot, ...]


class ProposeLink(Command):
    """Say that the person of another history is this one; asked of the history that sorts first."""

    other: StreamName
    document: str
    reason: str
    maker: str


class JudgeLink(Command):
    """A second person agrees, or does not."""

    other: StreamName
    checker: str
    verdict: ConfirmOrReject
    reason: str


class HandOver(Command):
    """Ask a history to follow another one."""

    lead: StreamName


class TakeOver(Command):
    """Count what another history has used."""

    other: StreamName
    uses: tuple[Use, ...]


class ReturnUse(Command):
    """A use that was handed over is held no more."""

    holder: str


class MoveApplication(Command):
    """Judge an application that another history has filed, and that needs the caps of both.

    `attempts` is how often it was proposed there, so that no budget takes this for a repeat.
    """

    other: StreamName
    application: ApplicationKey
    digest: str
    stated: Stated
    attempts: int


class LinkProposed(Fact):
    """Somebody says that two histories are one person's; a second person must agree."""

    other: StreamName
    document: str
    reason: str
    maker: str


class LinkRejected(Fact):
    """A second person did not agree."""

    other: StreamName
    checker: str
    reason: str


class LinkConfirmed(Fact):
    """Two people have said it; the other history is asked to follow."""

    other: StreamName
    document: str
    maker: str
    checker: str
    reason: str


class HandedOver(Fact):
    """This history follows another one from now on; what it has used goes there."""

    lead: StreamName
    uses: tuple[Use, ...]


class PeopleLinked(Fact):
    """What the other history has used counts here: caps hold over both from now on."""

    other: StreamName
    uses: tuple[Use, ...]


class UseReturned(Fact):
    """An approval of a following history holds its slots no more."""

    lead: StreamName
    holder: str


class UseGivenBack(Fact):
    """Slots of a linked history are free again."""

    holder: str


class PassedOn(Fact):
    """A command goes on to a linked history as it came; `body` is its JSON."""

    to: StreamName
    command: str
    version: int
    body: str


class ApplicationMoved(Fact):
    """An application is judged by the leading history from now on, since it needs the caps of both."""

    lead: StreamName
    application: ApplicationKey
    digest: str
    stated: Stated
    attempts: int


class ApplicationReceived(Fact):
    """An application of a following history is judged here, as it stands there."""

    other: StreamName
    application: ApplicationKey
    digest: str
    stated: Stated
    attempts: int


LinkCommand = ProposeLink | JudgeLink | HandOver | TakeOver | ReturnUse | MoveApplication
LinkFact = (
    LinkProposed
    | LinkRejected
    | LinkConfirmed
    | HandedOver
    | PeopleLinked
    | UseReturned
    | UseGivenBack
    | PassedOn
    | ApplicationMoved
    | ApplicationReceived
)
