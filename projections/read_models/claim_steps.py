"""Claim steps: what was claimed and how it was decided, a row a fact, in the ledger's own order.

In:    the facts of READS
Holds: rows are never changed, so what was known at a position vector is found again; `applications`
       has the present
Asked: audit_claims, looks, report_statistics, sample_population
"""

from collections.abc import Iterator
from typing import Any

from msgspec import json

from events.applications import ApplicationCorrected, ApplicationFiled, Stated
from events.approvals import ApprovalDenied, ApprovalGranted, ApprovalReferred, ApprovalRevoked
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict
from projections.definition.table import Append, Change, Column, Table

VERSION = 2

CERTIFICATE = "certificate.number"
"""The stated fact by which one certificate is known."""

CLAIM_STEPS = Table(
    "claim_steps",
    "Every filing, correction and decision of a claim",
    (
        Column("application", "text", "key of the claim line"),
        Column("step", "text", "filed, corrected, granted, denied, referred or revoked"),
        Column("beneficiary", "text", "token of whom caps count, by the history that says so"),
        Column("programme", "text", "the benefit; empty where the fact does not say it"),
        Column("region", "text", "region code, of filed and corrected"),
        Column("payee", "text", "token of whoever is to be paid"),
        Column("account", "text", "token of the bank account, of filed and corrected"),
        Column("phone", "text", "token of the applicant's phone, where one was stated"),
        Column("certificate", "text", "number of the certificate stated, where one is"),
        Column("amount_fen", "bigint", "amount granted", "fen"),
        Column("policy_hash", "text", "content hash of the rule that decided"),
        Column("failing", "jsonb", "ids of the failing clauses of a denial"),
        Column("recorded_at", "timestamptz", "when it arrived", "UTC"),
        Column("effective_on", "date", "legal day"),
    ),
    scoping=ByDistrict("region"),
    indexes=(
        "(application)",
        "(step, effective_on)",
        "(policy_hash, step) WHERE policy_hash <> ''",
        "(effective_on, partition, ledger_offset) WHERE step NOT IN ('filed', 'corrected')",
    ),
)
TABLES = (CLAIM_STEPS,)
READS = (
    ApplicationFiled,
    ApplicationCorrected,
    ApprovalGranted,
    ApprovalDenied,
    ApprovalReferred,
    ApprovalRevoked,
)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Write one step."""
    found = _step(located)
    if found is None:
        return
    step, values = found
    row = {
        "application": located.fact.body.application,  # type: ignore[attr-defined]
        "step": step,
        "beneficiary": located.token,
        "recorded_at": located.recorded_at,
        "effective_on": located.on,
        **values,
    }
    yield Append(CLAIM_STEPS, tuple(row.get(column.name) for column in CLAIM_STEPS.columns))


def _step(located: LocatedFact) -> tuple[str, dict[str, Any]] | None:
    match located.fact.body:
        case ApplicationFiled() as body:
            return "filed", _stated(body.stated)
        case ApplicationCorrected(before_filing=False) as body:
            return "corrected", _stated(body.stated)
        case ApprovalGranted() as body:
            return "granted", {
                "programme": body.policy.programme,
                "payee": body.payee,
                "amount_fen": body.amount,
                "policy_hash": body.policy.content_hash,
            }
        case ApprovalDenied() as body:
            return "denied", _decided(body) | {"failing": json.encode(body.failing).decode()}
        case ApprovalReferred() as body:
            return "referred", _decided(body)
        case ApprovalRevoked() as body:
            return "revoked", {"payee": body.payee}
        case _:
            return None


def _stated(stated: Stated) -> dict[str, Any]:
    certificate = stated.facts.get(CERTIFICATE)
    return {
        "programme": stated.programme,
        "region": stated.region,
        "payee": stated.payee,
        "account": stated.account,
        "phone": stated.phone or None,
        "certificate": certificate if isinstance(certificate, str) else None,
    }


def _decided(body: ApprovalDenied | ApprovalReferred) -> dict[str, Any]:
    if body.policy is None:
        return {}
    return {"programme": body.policy.programme, "policy_hash": body.policy.content_hash}
