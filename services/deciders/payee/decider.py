"""Decide what becomes of one payee's money: payments, accounts and credit, debts, objections."""

from collections.abc import Callable
from typing import Any

from events import advances as advance_events
from events import clawbacks as clawback_events
from events import disbursements as disbursement_events
from events import objections as objection_events
from events import payees, promises
from events.days import legal_day
from events.envelope import Asked, Recorded
from events.values import Command, Fact
from policies.cities import Cities
from policies.engine.registry import Policies
from services.deciders.payee import budget_follow_ups
from services.deciders.payee.accounts import decider as accounts
from services.deciders.payee.accounts import fraud
from services.deciders.payee.advances import decider as advances
from services.deciders.payee.clawbacks import decider as clawbacks
from services.deciders.payee.debts import promises as promise_answers
from services.deciders.payee.disbursements import decider as disbursements
from services.deciders.payee.disbursements import follow_ups as disbursement_follow_ups
from services.deciders.payee.objections import decider as objections
from services.deciders.payee.state.payee import PayeeState
from services.deciders.stream import Decider, FollowUps, application_named, members_of

_Answer = Callable[[PayeeState, Any, Asked, Cities], list[Fact]]
_Fold = Callable[[PayeeState, Any], None]

_ANSWERS: dict[type[Command], _Answer] = {
    **dict.fromkeys(
        members_of(disbursement_events.DisbursementCommand),
        lambda state, command, asked, cities: disbursements.decide(state, command, cities),
    ),
    **dict.fromkeys(
        members_of(accounts.PayeeCommand),
        lambda state, command, asked, cities: accounts.decide(state, command),
    ),
    **dict.fromkeys(
        members_of(clawback_events.ClawbackCommand),
        lambda state, command, asked, cities: clawbacks.decide(
            state, command, legal_day(asked.sent_at), cities
        ),
    ),
    **dict.fromkeys(
        members_of(advances.AdvanceCommand),
        lambda state, command, asked, cities: advances.decide(state, command, asked.effective_on),
    ),
    **dict.fromkeys(
        members_of(objection_events.ObjectionCommand),
        lambda state, command, asked, cities: objections.decide(state, command),
    ),
}
"""Which noun answers a command."""


def decide(state: PayeeState, command: Command, asked: Asked, policies: Policies) -> list[Fact]:
    """Let the noun that the command is about answer it."""
    return _ANSWERS[type(command)](state, command, asked, policies.cities)


_FOLDS: tuple[tuple[frozenset[type], _Fold], ...] = (
    (
        members_of(disbursements.PaymentFact),
        lambda state, fact: disbursements.evolve(state.payments, fact),
    ),
    (
        members_of(accounts.PayeeFact),
        lambda state, fact: accounts.evolve(state.own_accounts(), fact),
    ),
    (
        members_of(clawback_events.ClawbackFact),
        lambda state, fact: clawbacks.evolve(state.own_debts(), fact),
    ),
    (
        members_of(advances.FactOfAdvances),
        lambda state, fact: advances.evolve(state.own_advances(), fact),
    ),
    (members_of(objection_events.ObjectionFact), objections.evolve),
)
_FACTS = frozenset[type]().union(*(facts for facts, _ in _FOLDS))
_FOLDS_OF: dict[type[Fact], tuple[_Fold, ...]] = {
    fact: tuple(fold for facts, fold in _FOLDS if fact in facts) for fact in _FACTS
}
"""Which nouns a fact changes, in order."""


def evolve(state: PayeeState, fact: Fact, recorded: Recorded) -> None:
    """Let every noun that the fact changes fold it."""
    for fold in _FOLDS_OF[type(fact)]:
        fold(state, fact)


def _application_of(state: PayeeState, act: Command) -> str:
    """Tell which application an act is about: as it says, or as the debt that it names does."""
    debt = state.debts.by_id.get(getattr(act, "clawback", ""))
    return application_named(state, act) or (debt.application if debt is not None else "")


FOLLOW_UPS: dict[type[Fact], FollowUps] = {
    **dict.fromkeys(
        (promises.PromiseAccepted, promises.PromiseRefused), promise_answers.follow_ups
    ),
    payees.FraudMarked: fraud.follow_ups,
    objection_events.ObjectionRaised: objections.follow_ups,
    **dict.fromkeys(
        (
            disbursement_events.DisbursementBatched,
            disbursement_events.DisbursementClaimRefused,
            disbursement_events.DisbursementDisputed,
            disbursement_events.DisbursementRecalled,
            disbursement_events.OutcomeFound,
            disbursement_events.PaymentsGivenUp,
            disbursement_events.PaymentsKept,
        ),
        disbursement_follow_ups.follow_ups,
    ),
    **dict.fromkeys(
        (
            disbursement_events.DisbursementSettled,
            disbursement_events.DisbursementReturned,
            disbursement_events.DisbursementCancelled,
            clawback_events.ClawbackOffset,
            clawback_events.ClawbackRecovered,
            clawback_events.ClawbackWrittenOff,
            advance_events.AdvanceSettled,
        ),
        budget_follow_ups.follow_ups,
    ),
}

DECIDER = Decider(
    kind="payee",
    initial=PayeeState,
    decide=decide,
    evolve=evolve,
    commands=frozenset(_ANSWERS),
    facts=_FACTS,
    follow_ups=FOLLOW_UPS,
    application_of=_application_of,
)
