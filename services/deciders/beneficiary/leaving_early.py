"""Take back the unserved part of a benefit whose receiver leaves before the promised term ends."""

from datetime import date

from events import streams
from events.approvals import ServiceLeftEarly
from events.clawbacks import OrderClawback
from events.envelope import Asked, Recorded, follow_up
from events.ids import debt_id
from events.instalments import EndPlan
from events.status import RecordStatus
from events.values import Command, Fact
from policies.engine.registry import Policies
from services.deciders.beneficiary.state.applications import Applications
from services.deciders.beneficiary.state.approvals import Approvals
from services.deciders.beneficiary.state.instalments import Instalments
from services.deciders.beneficiary.state.status import Status


def left_early(
    applications: Applications,
    approvals: Approvals,
    instalments: Instalments,
    left_on: date,
    policies: Policies,
    only: str = "",
) -> list[Fact]:
    """Find what is due back because somebody has left; of one application where `only` that is told.

    Units: fen; days from the day of leaving to the term's end, by all days of the term, half up
    Holds: once an application; only what is being paid; as much as the city says on that day
    """
    facts: list[Fact] = []
    for application in approvals.by_application:
        if only not in ("", application) or not instalments.is_being_paid(application):
            continue
        found = _not_served(applications, approvals, application, left_on, policies)
        if found is not None:
            facts.append(found)
    return facts


def left_before(
    applications: Applications,
    approvals: Approvals,
    instalments: Instalments,
    status: Status,
    application: str,
    policies: Policies,
) -> ServiceLeftEarly | None:
    """Find what is not served of a benefit that falls due only now, by what was told before."""
    days = {since for kind, since, _ in status.reported if kind == "left"}
    ended = instalments.ended.get(application)
    if ended is not None and ended.left:
        days.add(ended.on)
    found = (
        _not_served(applications, approvals, application, day, policies) for day in sorted(days)
    )
    return next((one for one in found if one is not None), None)


def _not_served(
    applications: Applications,
    approvals: Approvals,
    application: str,
    left_on: date,
    policies: Policies,
) -> ServiceLeftEarly | None:
    approval = approvals.by_application[application]
    proposed = approval.proposed
    if approval.state != "granted" or proposed is None or application in approvals.left_early:
        return None
    rule = policies.duties.services.of(proposed.policy.programme)
    if rule is None:
        return None
    began = _began(applications, application, rule.begins)
    ends = rule.ends(began)
    if not began <= left_on < ends:
        return None
    manner = policies.standards.figure(rule.recovers.of, proposed.region).on(left_on.isoformat())
    term, unserved = (ends - began).days, (ends - left_on).days
    due = rule.recovers.of_unserved(str(manner), proposed.amount, unserved, term)
    if manner is None or not due:
        return None
    return ServiceLeftEarly(
        application=application,
        payee=proposed.payee,
        began_on=began,
        left_on=left_on,
        ends_on=ends,
        amount=proposed.amount,
        unserved=due,
        manner=str(manner),
        rule=f"services/{rule.id}",
        document=(rule.cite or "").replace("#", " "),
    )


def reported(command: Command) -> tuple[date, str] | None:
    """Tell on which day a report says that somebody has left, and of which application alone."""
    match command:
        case RecordStatus(status="left"):
            return command.since, ""
        case EndPlan(because="left"):
            return command.ended_on, command.application
        case _:
            return None


def _began(applications: Applications, application: str, begins: str) -> date:
    stated = applications.filed[application].stated
    began = stated.facts.get(begins)
    if isinstance(began, str):
        return date.fromisoformat(began)
    return stated.applied_on


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Order the unserved part back from whoever was paid."""
    match recorded.body:
        case ServiceLeftEarly() as fact:
            order = OrderClawback(
                clawback=debt_id(fact.application, "left"),
                application=fact.application,
                cause="left_early",
                document=fact.document or fact.rule,
                reason=f"服务期自 {fact.began_on} 至 {fact.ends_on}，于 {fact.left_on} 离开，"
                f"{fact.manner}",
                source="rule",
                amount=fact.unserved,
            )
            return [follow_up(recorded, 0, streams.payee(fact.payee), order)]
        case _:
            return []
