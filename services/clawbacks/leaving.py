"""Take back the unserved part of a benefit whose receiver leaves before the promised term ends."""

from datetime import date

from events import streams
from events.approvals import ServiceLeftEarly
from events.clawbacks import OrderClawback
from events.envelope import Asked, Recorded, follow_up
from events.status import RecordStatus
from events.values import Fact
from policies.calendar import add_months
from services.applications.state import Applications
from services.approvals.state import Approvals
from services.instalments.state import Instalments

SERVICE_MONTHS: dict[str, int] = {"talent-housing": 60}
"""Programmes paid for a promised term of service, and how long it is: 铁市就组发〔2022〕1号 十六
asks for a contract of at least five years. That the unserved part is due back, by the day, is a
convention: no clause recovers."""

BEGINS = "hire.began_on"
"""The fact that states when the service began; without it, the day of the application counts."""


def left_early(
    applications: Applications,
    approvals: Approvals,
    instalments: Instalments,
    command: RecordStatus,
) -> list[Fact]:
    """Find what is due back because somebody has left.

    Units: fen; days from the day of leaving to the term's end, by all days of the term, half up
    Holds: once an application; only what is being paid
    """
    if command.status != "left":
        return []
    facts: list[Fact] = []
    for application, approval in approvals.by_application.items():
        if approval.state != "granted" or approval.proposed is None:
            continue
        months = SERVICE_MONTHS.get(approval.proposed.policy.programme)
        if months is None or application in approvals.left_early:
            continue
        began = _began(applications, application)
        ends = add_months(began, months)
        if not began <= command.since < ends or not instalments.is_being_paid(application):
            continue
        amount = approval.proposed.amount
        term, unserved = (ends - began).days, (ends - command.since).days
        facts.append(
            ServiceLeftEarly(
                application=application,
                payee=approval.proposed.payee,
                began_on=began,
                left_on=command.since,
                ends_on=ends,
                amount=amount,
                unserved=(2 * amount * unserved + term) // (2 * term),
            )
        )
    return facts


def _began(applications: Applications, application: str) -> date:
    stated = applications.filed[application].stated
    said = stated.facts.get(BEGINS)
    if isinstance(said, str):
        return date.fromisoformat(said)
    return stated.applied_on


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Order the unserved part back from whoever was paid."""
    match recorded.body:
        case ServiceLeftEarly() as fact:
            order = OrderClawback(
                clawback=f"{fact.application}-left",
                application=fact.application,
                cause="left_early",
                document="铁市就组发〔2022〕1号 第十六条",
                reason=f"服务期自 {fact.began_on} 至 {fact.ends_on}，于 {fact.left_on} 离开，"
                "按未服务天数追回",
                source="rule",
                amount=fact.unserved,
            )
            return [follow_up(recorded, 0, streams.payee(fact.payee), order)]
        case _:
            return []
