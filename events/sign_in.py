"""Sign-in: from where on a partition takes nothing of the pages that no session stands behind.

The first user is added on a stream of their own; each partition then takes it up as a fact of its own,
so that what it decides depends on nothing but its own order.
Source: docs/adr/0063-the-pages-ask-in-a-session.md
"""

from events.values import Command, Fact


class RequireSignIn(Command):
    """A partition takes from the pages only what somebody who has signed in asks; `user` was added."""

    user: str


class SignInRequired(Fact):
    """From here on the partition takes from the pages only what somebody who has signed in asks."""

    user: str


SignInCommand = RequireSignIn
SignInFact = SignInRequired
