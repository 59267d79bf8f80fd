"""Decide that a partition goes by a stated figure from here on, or asks for a sign-in; a repeat
changes nothing.

The texts that its decisions cite are kept here too; nobody asks for them, the store finds them.
"""

from typing import assert_never

from events.figures import FigureTakenUp, TakeUpFigure
from events.rule_texts import RuleTextRecorded
from events.sign_in import RequireSignIn, SignInRequired
from events.values import Fact
from services.deciders.rules.state import RulesState
from services.deciders.stream import Decider, members_of

RulesCommand = TakeUpFigure | RequireSignIn
RulesFact = FigureTakenUp | RuleTextRecorded | SignInRequired


def decide(rules: RulesState, command: RulesCommand) -> list[Fact]:
    """Take a figure up, or ask for a sign-in from here on; each once."""
    match command:
        case TakeUpFigure(figure=figure):
            known = (figure.jurisdiction, figure.number) in rules.taken_up
            return [] if known else [FigureTakenUp(figure=figure)]
        case RequireSignIn():
            return [] if rules.sign_in_required else [SignInRequired(user=command.user)]
        case _:
            assert_never(command)


def evolve(rules: RulesState, fact: RulesFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case FigureTakenUp():
            rules.taken_up.add((fact.figure.jurisdiction, fact.figure.number))
        case RuleTextRecorded():
            rules.texts.add(fact.hash)
        case SignInRequired():
            rules.sign_in_required = True
        case _:
            assert_never(fact)


DECIDER = Decider[RulesState, RulesCommand, RulesFact](
    kind="rules",
    initial=RulesState,
    decide=lambda rules, command, asked, policies: decide(rules, command),
    evolve=lambda rules, fact, recorded: evolve(rules, fact),
    commands=members_of(RulesCommand),
    facts=members_of(RulesFact),
)
