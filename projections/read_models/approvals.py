"""Approvals: each attempt to find money for a claim, with slots, plan and what was committed.

In:    the facts of READS
Asked: due_instalments, worklists
"""

from collections.abc import Iterator

from events.approvals import (
    ApprovalGranted,
    ApprovalHeld,
    ApprovalLapsed,
    ApprovalProposed,
    ApprovalRevoked,
    ApprovalWithdrawn,
)
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict
from projections.definition.table import (
    Change,
    Column,
    Table,
    Upsert,
)

VERSION = 2

APPROVALS = Table(
    "approvals",
    "Every proposal of money, by application and attempt",
    (
        Column("application", "text", "key of the application"),
        Column("attempt", "integer", "number of the proposal"),
        Column("beneficiary", "text", "token of the person or unit whom caps count"),
        Column("programme", "text", "the benefit"),
        Column("region", "text", "region code of the district"),
        Column("policy_version", "text", "version of the rule"),
        Column("policy_hash", "text", "content hash of the rule"),
        Column("amount_fen", "bigint", "amount due", "fen"),
        Column("slots", "jsonb", "uses of caps that it takes"),
        Column("claims", "jsonb", "budget lines that may carry it, in order"),
        Column("plan", "jsonb", "instalments: number, amount (fen), day due"),
        Column("taken", "jsonb", "what was committed on which budget line (fen)"),
        Column("line", "text", "budget line that carries it, or where it waits"),
        Column("payee", "text", "token of whoever is to be paid"),
        Column("account", "text", "token of the bank account"),
        Column("reviewer", "text", "who judged it, where a person did"),
        Column("state", "text", "proposed, held, granted, lapsed, withdrawn or revoked"),
        Column("proposed_at", "timestamptz", "when it was proposed", "UTC"),
        Column("proposed_on", "date", "legal day of the proposal"),
        Column("held_on", "date", "legal day it began to wait for budget"),
        Column("granted_on", "date", "legal day of the grant"),
        Column("lapsed_on", "date", "legal day its wait ended in vain"),
        Column("withdrawn_on", "date", "legal day it was taken back"),
        Column("revoked_on", "date", "legal day the grant was revoked"),
    ),
    scoping=ByDistrict("region"),
    key=("application", "attempt"),
    indexes=("(beneficiary)", "(line) WHERE state IN ('held', 'proposed')"),
)
TABLES = (APPROVALS,)
READS = (
    ApprovalProposed,
    ApprovalGranted,
    ApprovalHeld,
    ApprovalLapsed,
    ApprovalWithdrawn,
    ApprovalRevoked,
)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one attempt from proposal to grant or end."""
    on = located.on
    match located.fact.body:
        case ApprovalProposed() as body:
            values = {
                "beneficiary": located.token,
                "programme": body.policy.programme,
                "region": body.region,
                "policy_version": body.policy.version,
                "policy_hash": body.policy.content_hash,
                "amount_fen": body.amount,
                "slots": body.slots,
                "claims": body.claims,
                "plan": body.instalments,
                "payee": body.payee,
                "account": body.account,
                "reviewer": body.reviewer,
                "state": "proposed",
                "proposed_at": located.recorded_at,
                "proposed_on": on,
            }
        case ApprovalGranted() as body:
            values = {
                "plan": body.instalments,
                "taken": body.taken,
                "line": body.taken[-1].line if body.taken else None,
                "state": "granted",
                "granted_on": on,
            }
        case ApprovalHeld() as body:
            values = {"line": body.line, "state": "held", "held_on": on}
        case ApprovalLapsed() as body:
            values = {"line": body.line, "state": "lapsed", "lapsed_on": on}
        case ApprovalWithdrawn() as body:
            values = {"state": "withdrawn", "withdrawn_on": on}
        case ApprovalRevoked() as body:
            values = {"state": "revoked", "revoked_on": on}
        case _:
            return
    yield Upsert(APPROVALS, (body.application, body.attempt), values)
