"""Decide what waits because somebody objects, and what goes on once it is found out."""

from typing import assert_never

from events import objections, streams
from events.batches import TakeOutLine
from events.contract.inbound.private import names_a_person
from events.envelope import Asked, Recorded, follow_up
from events.values import Fact
from services.deciders.payee.debts.offsets import offset_debts_of_all
from services.deciders.payee.state.objections import Objection
from services.deciders.payee.state.payee import PayeeState
from services.deciders.refusal import refuse, refuse_same_person


def decide(state: PayeeState, command: objections.ObjectionCommand) -> list[Fact]:
    """Answer one request about an objection.

    Refuses: IDENTITY_IN_REASON, then as each step below
    """
    if names_a_person(command.reason):
        return refuse(command, "IDENTITY_IN_REASON", command.objection)
    match command:
        case objections.RaiseObjection():
            return _raise(state, command)
        case objections.ResolveObjection():
            return _resolve(state, command)
        case _:
            assert_never(command)


def _raise(state: PayeeState, command: objections.RaiseObjection) -> list[Fact]:
    """Let the payments of an application wait, or a debt.

    Refuses: UNKNOWN_CLAWBACK (no debt of this application)
    Holds: a payment that a batch has and that has not left is taken out of it; what has left is not
           called back. An application may be objected to before anything of it falls due
    """
    if command.objection in state.objections.by_id:
        return []
    if command.clawback:
        debt = state.debts.by_id.get(command.clawback)
        if debt is None or debt.application != command.application:
            return refuse(command, "UNKNOWN_CLAWBACK", command.clawback)
    take_out = tuple(
        objections.LineToTakeOut(disbursement=name, batch=payment.last.batch)
        for name, payment in state.payments.of(command.application)
        if not command.clawback and payment.state == "batched" and payment.last is not None
    )
    return [objections.ObjectionRaised(**dict(command), take_out=take_out)]


def _resolve(state: PayeeState, command: objections.ResolveObjection) -> list[Fact]:
    """Take what a person has found out; a debt that stands is kept of what waits to be paid.

    Refuses: UNKNOWN_OBJECTION, ALREADY_RESOLVED, SAME_PERSON  (first match wins)
    """
    objection = state.objections.by_id.get(command.objection)
    if objection is None:
        return refuse(command, "UNKNOWN_OBJECTION", command.objection)
    if objection.state == command.verdict:
        return []
    if objection.state != "open":
        return refuse(command, "ALREADY_RESOLVED", command.objection, objection.state)
    if refused := refuse_same_person(
        command, objection.by, command.by, command.objection, command.by
    ):
        return refused
    resolved = objections.ObjectionResolved(
        **dict(command), application=objection.application, clawback=objection.clawback
    )
    return [resolved, *_kept_again(state, command, objection)]


def _kept_again(
    state: PayeeState, command: objections.ResolveObjection, objection: Objection
) -> list[Fact]:
    """Keep a debt of waiting payments once nobody objects to it any more."""
    debt = state.debts.by_id.get(objection.clawback)
    others = (
        one.holds and one.clawback == objection.clawback
        for name, one in state.objections.by_id.items()
        if name != command.objection
    )
    if command.verdict == "upheld" or debt is None or not debt.left or any(others):
        return []
    return offset_debts_of_all(state.payments, objection.clawback, debt, {})


def evolve(state: PayeeState, fact: objections.ObjectionFact) -> None:
    """Fold one fact, in place."""
    match fact:
        case objections.ObjectionRaised():
            known = state.own_objections()
            known.by_id[fact.objection] = Objection(fact.application, fact.clawback, fact.by)
        case objections.ObjectionResolved():
            judged = state.own_objections().by_id[fact.objection]
            judged.state, judged.judge = fact.verdict, fact.by
        case _:
            assert_never(fact)
    if fact.clawback:
        debts, one = state.own_debts(), {fact.clawback}
        objected = state.objections.to_debt(fact.clawback)
        debts.objected = debts.objected | one if objected else debts.objected - one


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Ask each batch that has a payment to leave it out."""
    fact = recorded.body
    assert isinstance(fact, objections.ObjectionRaised)
    return [
        follow_up(
            recorded,
            number,
            streams.batch(line.batch),
            TakeOutLine(
                batch=line.batch, disbursement=line.disbursement, reason="公示异议，暂缓支付"
            ),
        )
        for number, line in enumerate(fact.take_out)
    ]
