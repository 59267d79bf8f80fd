"""Proposals: what one person asks and another must confirm before it is done.

The act travels as it would be sent, by its name and version: whatever creates a debt, marks a person,
ends a line, changes an account or takes back what the bank has said.
Source: docs/adr/0028-two-people-for-what-weighs.md
"""

from typing import Any, Literal

from events.values import Command, Fact


class ProposeAct(Command):
    """Somebody asks for an act that takes two people; with a `checker`, another has confirmed it."""

    proposal: str
    act: str
    version: int
    body: dict[str, Any]
    maker: str
    checker: str = ""


class JudgeAct(Command):
    """A second person confirms what was proposed, so that it is done now, or turns it down."""

    proposal: str
    checker: str
    verdict: Literal["confirm", "reject"]
    reason: str = ""


class ActProposed(Fact):
    """An act waits for a second person; `application` is the one it is about, or empty."""

    proposal: str
    act: str
    version: int
    body: dict[str, Any]
    application: str
    maker: str


class ActConfirmed(Fact):
    """Two people have asked for an act; what it led to follows."""

    proposal: str
    act: str
    application: str
    maker: str
    checker: str


class ActRejected(Fact):
    """A second person did not confirm an act; nothing was done."""

    proposal: str
    act: str
    application: str
    maker: str
    checker: str
    reason: str


ProposalCommand = ProposeAct | JudgeAct
ProposalFact = ActProposed | ActConfirmed | ActRejected
