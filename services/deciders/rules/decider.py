"""Decide that a partition goes by a stated figure from here on; a repeat changes nothing.

The texts that its decisions cite are kept here too; nobody asks for them, the store finds them.
"""

from typing import assert_never

from events.figures import FigureTakenUp, TakeUpFigure
from events.rule_texts import RuleTextRecorded
from events.values import Fact
from services.deciders.rules.state import RulesState
from services.deciders.stream import Decider, members_of


def decide(rules: RulesState, command: TakeUpFigure) -> list[Fact]:
    """Take a figure up, once."""
    figure = command.figure
    if (figure.jurisdiction, figure.number) in rules.taken_up:
        return []
    return [FigureTakenUp(figure=figure)]


def evolve(rules: RulesState, fact: FigureTakenUp | RuleTextRecorded) -> None:
    """Fold one fact, in place."""
    match fact:
        case FigureTakenUp():
            rules.taken_up.add((fact.figure.jurisdiction, fact.figure.number))
        case RuleTextRecorded():
            rules.texts.add(fact.hash)
        case _:
            assert_never(fact)


DECIDER = Decider[RulesState, TakeUpFigure, FigureTakenUp | RuleTextRecorded](
    kind="rules",
    initial=RulesState,
    decide=lambda rules, command, asked, policies: decide(rules, command),
    evolve=lambda rules, fact, recorded: evolve(rules, fact),
    commands=members_of(TakeUpFigure),
    facts=members_of(FigureTakenUp | RuleTextRecorded),
)
