"""Payees: accounts and their versions, corrections that wait, marks of fraud, credit.

In:    the facts of READS
Asked: clawbacks, looks, proposals_waiting, returns
"""

from collections.abc import Iterator

from events.payees import (
    AccountChanged,
    AccountProposed,
    AccountRejected,
    CreditGraded,
    FraudMarked,
)
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByParty, of_application
from projections.definition.table import (
    Append,
    Change,
    Column,
    Table,
    Upsert,
)

VERSION = 1

PAYEES = Table(
    "payees",
    "Payees that were marked or graded",
    (
        Column("payee", "text", "token of the person or unit"),
        Column("grade", "text", "credit: A, B, C or D; B where nobody has graded"),
        Column("graded_on", "date", "legal day of the last grading"),
        Column("fraud_on", "date", "legal day of the last mark of fraud"),
        Column("fraud_document", "text", "the document of the last mark"),
    ),
    scoping=ByParty("payee"),
    key=("payee",),
    indexes=("(grade)",),
)

VERSIONS = Table(
    "account_versions",
    "Every change of a payee's account",
    (
        Column("payee", "text", "token of the person or unit"),
        Column("version", "integer", "number of the version"),
        Column("application", "text", "key of the application that it came with"),
        Column("account", "text", "token of the account paid into from now on"),
        Column("replaces", "text", "token of the account before, or empty"),
        Column("retried", "integer", "returned payments that go out once more"),
        Column("document", "text", "document of the correction"),
        Column("reason", "text", "the reason in words"),
        Column("source", "text", "who asked for it: a system or staff"),
        Column("checker", "text", "the second person, where staff asked"),
        Column("changed_on", "date", "legal day"),
    ),
    scoping=of_application(),
    indexes=("(payee)", "(application)"),
)

PROPOSALS = Table(
    "account_proposals",
    "Corrections of accounts by staff, which take two people",
    (
        Column("payee", "text", "token of the person or unit"),
        Column("proposal", "text", "id of the proposal"),
        Column("application", "text", "key of the application"),
        Column("account", "text", "token of the proposed account"),
        Column("replaces", "text", "token of the present account, or empty"),
        Column("document", "text", "document of the correction"),
        Column("reason", "text", "the reason in words"),
        Column("maker", "text", "who proposed it"),
        Column("checker", "text", "who turned it down"),
        Column("state", "text", "proposed or rejected; what was taken is in account_versions"),
        Column("proposed_on", "date", "legal day"),
    ),
    scoping=of_application(),
    key=("payee", "proposal"),
    indexes=("(application)",),
)
TABLES = (PAYEES, VERSIONS, PROPOSALS)
READS = (AccountProposed, AccountRejected, AccountChanged, FraudMarked, CreditGraded)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one payee."""
    match located.fact.body:
        case AccountProposed() as body:
            yield Upsert(
                PROPOSALS,
                (located.token, body.proposal),
                {
                    "application": body.application,
                    "account": body.account,
                    "replaces": body.replaces,
                    "document": body.document,
                    "reason": body.reason,
                    "maker": body.maker,
                    "state": "proposed",
                    "proposed_on": located.on,
                },
            )
        case AccountRejected() as body:
            rejected = {"state": "rejected", "checker": body.checker}
            yield Upsert(PROPOSALS, (located.token, body.proposal), rejected)
        case AccountChanged() as body:
            yield Append(
                VERSIONS,
                (
                    located.token,
                    body.version,
                    body.application,
                    body.account,
                    body.replaces,
                    len(body.retried),
                    body.document,
                    body.reason,
                    body.source,
                    body.checker,
                    located.on,
                ),
            )
        case FraudMarked() as body:
            marked = {"fraud_on": located.on, "fraud_document": body.document}
            yield Upsert(PAYEES, (located.token,), marked)
        case CreditGraded() as body:
            yield Upsert(PAYEES, (located.token,), {"grade": body.grade, "graded_on": located.on})
