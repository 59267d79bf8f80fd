"""summary: what the head of an application's page says at first sight: state, amount, arrival."""

from datetime import datetime
from typing import NamedTuple

from events.approvals import ApprovalProposed
from projections.queries import application_detail as one
from services.web.trail.application import ApplicationTrail, TrailStage
from services.wording.languages import marked as _
from services.wording.states import AFTER_PAYMENT, APPLICATIONS, DISBURSEMENTS, State, state_of


class TrailSummary(NamedTuple):
    """What the head of the page says at first sight."""

    state: State
    amount_fen: int | None
    filed_at: datetime | None


def summary(found: one.ApplicationFound, way: ApplicationTrail) -> TrailSummary:
    """The state that people mean: the payment's where there is one, else the decision's."""
    state = state_of(APPLICATIONS, found.state)
    payment = way.stage("payment")
    bank = way.stage("bank")
    moved = [f.type for stage in (payment, bank) if stage for f in stage.facts]
    for kind in reversed(moved):
        if kind in _PAYMENT_STATES and found.state == "granted":
            state = _PAYMENT_STATES[kind]
            if kind == "DisbursementSettled":
                state = _settled(found, way, bank)
            break
    message = way.stage("message")
    return TrailSummary(
        state,
        way.decision.amount if isinstance(way.decision, ApprovalProposed) else None,
        message.facts[0].recorded_at if message else None,
    )


def _settled(found: one.ApplicationFound, way: ApplicationTrail, bank: TrailStage | None) -> State:
    """Told by the bank, proved by its statement, or taken back: green is for all proved alone."""
    settled = [f.body for f in (bank.facts if bank else []) if f.type == "DisbursementSettled"]
    named = {getattr(body, "instruction", "") for body in settled}
    said = {way.after.state(found.application, "settled", name) for name in named}
    return state_of(AFTER_PAYMENT, said.pop() if len(said) == 1 else "settled")


_PAYMENT_STATES = {
    "InstalmentStopped": State(_("已停发"), "grey"),
    "DisbursementOrdered": DISBURSEMENTS["ordered"],
    "DisbursementBatched": DISBURSEMENTS["batched"],
    "DisbursementUnbatched": DISBURSEMENTS["ordered"],
    "DisbursementSent": DISBURSEMENTS["sent"],
    "DisbursementSettled": DISBURSEMENTS["settled"],
    "DisbursementReturned": DISBURSEMENTS["returned"],
    "DisbursementCancelled": DISBURSEMENTS["cancelled"],
}
