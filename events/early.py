"""Early: what is asked of an application before the history is ready for it waits on that history."""

from events.values import ApplicationKey, Fact


class RequestKept(Fact):
    """A request came before its application was filed, or before the budget had answered; it waits.

    `raw` is the command verbatim; it carries tokens, never identities.
    """

    application: ApplicationKey
    command: str
    raw: str


class RequestTakenUp(Fact):
    """What a request has waited for is there; it is asked again."""

    application: ApplicationKey
    command: str
    raw: str


EarlyRequestFact = RequestKept | RequestTakenUp
