"""Proposing: an act that takes two people as the proposal in which it travels."""

from msgspec import to_builtins

from events import CATALOGUE
from events.proposals import ProposeAct
from events.values import Command


def proposed(act: Command, proposal: str, maker: str, checker: str = "") -> ProposeAct:
    """Wrap an act by its name and today's version; with a `checker`, two people have asked for it."""
    name = type(act).__name__
    return ProposeAct(
        proposal=proposal,
        act=name,
        version=CATALOGUE[name].version,
        body=to_builtins(act),
        maker=maker,
        checker=checker,
    )
