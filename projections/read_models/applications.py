"""Applications: what was claimed, how it was decided, and the clauses it was decided on.

In:    the facts of READS
Holds: a row follows its beneficiary's history alone; payment and queue are other tables' rows.
Asked: alarms, application_detail, application_files, applications, audit_acts, audit_claims,
       disclosures, due_instalments, due_work, later_years, links, looks, manual_matches, objections,
       proposals_waiting, resumptions, returns, samples, worklists
"""

from collections.abc import Iterator
from typing import Any

from events.applications import (
    ApplicationConflicted,
    ApplicationCorrected,
    ApplicationFiled,
    ApplicationWithdrawn,
    Stated,
)
from events.approvals import (
    ApprovalDenied,
    ApprovalGranted,
    ApprovalHeld,
    ApprovalLapsed,
    ApprovalProposed,
    ApprovalReferred,
    ApprovalRevoked,
)
from events.deadlines import DeadlineMissed
from events.ids import source_of
from events.promises import PromiseMade
from events.values import Arrival, PolicyRef
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict
from projections.definition.table import (
    Change,
    Column,
    Merge,
    Table,
    Upsert,
)

VERSION = 3

APPLICATIONS = Table(
    "applications",
    "Every claim line with its last decision and its milestone dates",
    (
        Column("application", "text", "key: source:application or source:application:line"),
        Column("beneficiary", "text", "token of the person or unit whom caps count"),
        Column("source", "text", "the upstream system"),
        Column("programme", "text", "the benefit claimed"),
        Column("region", "text", "region code (GB/T 2260) of the district"),
        Column("channel", "text", "the way it came in"),
        Column("applied_on", "date", "day of the application"),
        Column("payee", "text", "token of whoever is to be paid"),
        Column("account", "text", "token of the bank account stated"),
        Column("stated", "jsonb", "facts stated, by name"),
        Column("digest", "text", "digest of the content that stands"),
        Column(
            "state",
            "text",
            "filed, proposed, held, granted, denied, referred, lapsed or withdrawn",
            final=("withdrawn",),
        ),
        Column("code", "text", "why it was denied or referred; empty otherwise"),
        Column("text", "text", "the reason in words; empty otherwise"),
        Column("failing", "jsonb", "ids of the failing clauses"),
        Column("attempt", "integer", "number of the last proposal"),
        Column("amount_fen", "bigint", "amount of the last proposal", "fen"),
        Column("policy_version", "text", "version of the rule that decided"),
        Column("policy_jurisdiction", "text", "region code whose rule decided"),
        Column("policy_family", "text", "programmes that share caps"),
        Column("policy_hash", "text", "content hash of the rule that decided"),
        Column("bundle_hash", "text", "content hash of all rules in force"),
        Column("trail", "jsonb", "every clause: node, whether it held, what it saw and needed"),
        Column("reviewer", "text", "who judged a referred application"),
        Column("inbound_topic", "text", "topic of the message it came with", merge=Merge.FIRST),
        Column("inbound_partition", "integer", "its partition", merge=Merge.FIRST),
        Column("inbound_offset", "bigint", "its offset", merge=Merge.FIRST),
        Column("inbound_event", "text", "its CloudEvents id", merge=Merge.FIRST),
        Column("corrections", "integer", "how often it was corrected", merge=Merge.SUM),
        Column("conflicts", "integer", "how often its id came with other content", merge=Merge.SUM),
        Column("filed_at", "timestamptz", "when it arrived", "UTC", merge=Merge.FIRST),
        Column("filed_on", "date", "legal day of filing", merge=Merge.FIRST),
        Column("proposed_on", "date", "legal day of the last proposal"),
        Column("proposed_at", "timestamptz", "when it was last proposed", "UTC"),
        Column("denied_on", "date", "legal day of the denial"),
        Column("referred_on", "date", "legal day it went to a person"),
        Column("held_on", "date", "legal day it began to wait for budget"),
        Column("granted_on", "date", "legal day of the grant"),
        Column("revoked_on", "date", "legal day the grant was revoked"),
        Column("lapsed_on", "date", "legal day its wait for budget ended in vain"),
        Column("withdrawn_on", "date", "legal day it was taken back"),
        Column("pay_by", "date", "day by which its notice wants it paid, once that was missed"),
        Column("late_on", "date", "legal day on which it was found to be late"),
        Column("late_stage", "text", "how far it was then: undecided or not_ordered"),
    ),
    scoping=ByDistrict("region"),
    key=("application",),
    indexes=(
        "(filed_on DESC, application)",
        "(state, filed_on, application)",
        "(region, filed_on, application)",
        "(beneficiary)",
        "(payee)",
        "(proposed_at) WHERE state = 'proposed'",
        "(programme, region, application) WHERE stated ->> 'match.without_application' = 'true'",
    ),
)
TABLES = (APPLICATIONS,)
READS = (
    ApplicationFiled,
    ApplicationCorrected,
    ApplicationWithdrawn,
    ApplicationConflicted,
    ApprovalProposed,
    ApprovalDenied,
    ApprovalReferred,
    ApprovalGranted,
    ApprovalHeld,
    ApprovalLapsed,
    ApprovalRevoked,
    PromiseMade,
    DeadlineMissed,
)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow one claim through filing and decision."""
    body = located.fact.body
    values = _values(located)
    if values is not None:
        yield Upsert(APPLICATIONS, (body.application,), values)  # type: ignore[attr-defined]


def _values(located: LocatedFact) -> dict[str, Any] | None:
    on = located.on
    match located.fact.body:
        case ApplicationFiled() as body:
            return {
                **_stated(body.stated),
                **_arrival(body.arrived),
                "beneficiary": located.token,
                "source": source_of(body.application),
                "digest": body.digest,
                "state": "filed",
                "filed_at": located.recorded_at,
                "filed_on": on,
            }
        case ApplicationCorrected(before_filing=True):
            return None
        case ApplicationCorrected() as body:
            return {**_stated(body.stated), "digest": body.digest, "corrections": 1}
        case ApplicationWithdrawn():
            return {"beneficiary": located.token, "state": "withdrawn", "withdrawn_on": on}
        case ApplicationConflicted(stands=""):
            return None
        case ApplicationConflicted():
            return {"conflicts": 1}
        case _:
            return _decided(located)


def _decided(located: LocatedFact) -> dict[str, Any] | None:
    on = located.on
    match located.fact.body:
        case ApprovalProposed() as body:
            return {
                **_policy(body.policy),
                "state": "proposed",
                "code": "",
                "text": "",
                "failing": [],
                "attempt": body.attempt,
                "amount_fen": body.amount,
                "trail": body.trail,
                "reviewer": body.reviewer,
                "proposed_on": on,
                "proposed_at": located.recorded_at,
            }
        case ApprovalDenied() as body:
            return {
                **_policy(body.policy),
                "state": "denied",
                "code": body.code,
                "text": body.text,
                "failing": body.failing,
                # a reviewer's denial has no trail of its own: the one that led to the referral stays
                "trail": body.trail or None,
                "reviewer": body.reviewer,
                "denied_on": on,
            }
        case ApprovalReferred() as body:
            return {
                **_policy(body.policy),
                "state": "referred",
                "code": body.code,
                "text": body.text,
                "failing": [],
                "trail": body.trail,
                "referred_on": on,
            }
        case ApprovalGranted():
            return {"state": "granted", "granted_on": on}
        case ApprovalHeld():
            return {"state": "held", "held_on": on}
        case ApprovalLapsed():
            return {"state": "lapsed", "lapsed_on": on}
        case PromiseMade() as body:
            return {
                "state": "proposed",
                "attempt": body.attempt,
                "proposed_on": on,
                "proposed_at": located.recorded_at,
            }
        case DeadlineMissed() as body:
            return {"pay_by": body.pay_by, "late_on": on, "late_stage": body.stage}
        case ApprovalRevoked() as body:
            return {"state": "revoked", "code": body.cause, "revoked_on": on}
        case _:
            return None


def _stated(stated: Stated) -> dict[str, Any]:
    return {
        "programme": stated.programme,
        "region": stated.region,
        "channel": stated.channel,
        "applied_on": stated.applied_on,
        "payee": stated.payee,
        "account": stated.account,
        "stated": stated.facts,
    }


def _arrival(arrived: Arrival) -> dict[str, Any]:
    return {
        "inbound_topic": arrived.topic,
        "inbound_partition": arrived.partition,
        "inbound_offset": arrived.offset,
        "inbound_event": arrived.event,
    }


def _policy(policy: PolicyRef | None) -> dict[str, Any]:
    if policy is None:
        return {}
    return {
        "policy_version": policy.version,
        "policy_jurisdiction": policy.jurisdiction,
        "policy_family": policy.family,
        "policy_hash": policy.content_hash,
        "bundle_hash": policy.bundle_hash,
    }
