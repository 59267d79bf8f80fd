"""Decide what one person's or unit's history answers: by itself, or by the history that it follows."""

from events.envelope import Asked
from events.links import ApplicationReceived, MoveApplication
from events.status import RecordStatus
from events.values import Command, Fact
from policies.engine.registry import Policies
from services.deciders.beneficiary import early_requests, folds, judges
from services.deciders.beneficiary.answers import ANSWERS
from services.deciders.beneficiary.claims.judgement import judge
from services.deciders.beneficiary.follow_ups import FOLLOW_UPS
from services.deciders.beneficiary.links import decider as linking
from services.deciders.beneficiary.links import following
from services.deciders.beneficiary.links.passing_on import pass_on
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState
from services.deciders.beneficiary.state.links import Links
from services.deciders.stream import Decider, members_of


def decide(
    state: BeneficiaryState, command: Command, asked: Asked, policies: Policies
) -> list[Fact]:
    """Let the noun that the command is about answer it, or the history that this one follows."""
    links = state.links
    if isinstance(command, linking.LinkingCommand):
        return linking.decide(
            links or Links(), state.approvals, state.status, asked.stream, command
        )
    if isinstance(command, MoveApplication):
        return _receive(state, command, asked, policies)
    if links is None:
        return _answer(state, asked, policies)
    if not links.lead:
        facts = _answer(state, asked, policies)
        tells = facts and isinstance(command, RecordStatus)
        return [*facts, *(pass_on(one, command) for one in links.followers if tells)]
    on = following.let_lead_answer(
        links, state.applications, state.approvals, state.instalments, asked.stream, command
    )
    if on is not None:
        return on
    facts = _answer(state, asked, policies)
    return following.tell_lead(links, state.approvals, asked.stream, command, facts)


def _answer(state: BeneficiaryState, asked: Asked, policies: Policies) -> list[Fact]:
    """Answer now, and take up what has waited for the answer; or keep what came before its time."""
    early = state.early_requests
    kept = early_requests.kept_for_later(early, state.applications, state.approvals, asked)
    if kept is not None:
        return kept
    facts = judges.named_in(state, ANSWERS[type(asked.body)](state, asked.body, asked, policies))
    return early_requests.taken_up(early, facts)


def _receive(
    state: BeneficiaryState, command: MoveApplication, asked: Asked, policies: Policies
) -> list[Fact]:
    """Judge an application of a history that follows this one."""
    if state.links is not None and state.links.lead:
        return [pass_on(state.links.lead, command)]
    if command.application in state.applications.filed:
        return []
    judged = judge(
        state, command.application, command.attempts + 1, command.stated, asked, policies
    )
    return [ApplicationReceived(**dict(command)), *judged]


def _keep(state: BeneficiaryState, proposal: Asked, act: Command) -> list[Fact] | None:
    """Keep a proposed act that a message asked before its time."""
    asked = proposal._replace(body=act)
    return early_requests.kept_for_later(
        state.early_requests, state.applications, state.approvals, asked, proposal
    )


DECIDER = Decider(
    kind="beneficiary",
    initial=BeneficiaryState,
    decide=decide,
    evolve=folds.evolve,
    commands=members_of(linking.LinkingCommand | MoveApplication) | frozenset(ANSWERS),
    facts=frozenset(folds.FOLDS),
    follow_ups=FOLLOW_UPS,
    keep=_keep,
)
