"""Applications: what upstream hears of what it has sent: filed, corrected, withdrawn, in conflict."""

from events import applications, payees
from policies.engine.registry import Policies
from services.outcomes.outcome_fields import FieldsByFact, OutcomeFields


def _filed(fact: applications.ApplicationFiled, _: Policies) -> OutcomeFields:
    return {
        "application": fact.application,
        "outcome": "filed",
        "digest": fact.digest,
        "programme": fact.stated.programme,
    }


def _corrected(fact: applications.ApplicationCorrected, _: Policies) -> OutcomeFields:
    return {
        "application": fact.application,
        "outcome": "corrected",
        "digest": fact.digest,
        "programme": fact.stated.programme,
    }


def _withdrawn(fact: applications.ApplicationWithdrawn, _: Policies) -> OutcomeFields:
    return {"application": fact.application, "outcome": "withdrawn"}


def _conflicted(fact: applications.ApplicationConflicted, _: Policies) -> OutcomeFields:
    return {
        "application": fact.application,
        "outcome": "conflicted",
        "digest": fact.digest,
        "stands": fact.stands or None,
        "code": "OTHER_PERSON" if fact.other_person else "OTHER_CONTENT",
    }


def _account_changed(fact: payees.AccountChanged, _: Policies) -> OutcomeFields:
    return {"application": fact.application, "outcome": "account_changed"}


APPLICATIONS: FieldsByFact = {
    applications.ApplicationFiled: _filed,
    applications.ApplicationCorrected: _corrected,
    applications.ApplicationWithdrawn: _withdrawn,
    applications.ApplicationConflicted: _conflicted,
    payees.AccountChanged: _account_changed,
}
