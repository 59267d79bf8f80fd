"""Resumptions: stopped plans that nothing stops any more, and parts that had no money in their year;
a person lets them go on, or not.

In:    the facts of READS
Asked: resumptions
"""

from collections.abc import Iterator

from events.approvals import LaterYearLapsed
from events.instalments import PlanKeptStopped, PlanResumed, ResumptionRaised
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import of_application
from projections.definition.table import (
    Amend,
    Change,
    Column,
    Table,
    Upsert,
)

VERSION = 2

RESUMPTIONS = Table(
    "resumptions",
    "Every day since which a stopped plan may go on, as a person has judged it",
    (
        Column("application", "text", "key of the application"),
        Column("since", "date", "day since which nothing stops it"),
        Column("beneficiary", "text", "token of the person or unit whom caps count"),
        Column("stopped_by", "text", "what had stopped it"),
        Column("stopped_since", "date", "day since which that held"),
        Column("status", "text", "status that says that it is over"),
        Column("raised_on", "date", "legal day on which it was raised"),
        Column("state", "text", "open, resumed or stays"),
        Column("by", "text", "who judged it"),
        Column("document", "text", "on which document"),
        Column("judged_on", "date", "legal day of the judgement"),
    ),
    scoping=of_application(),
    key=("application", "since"),
    indexes=("(raised_on, application) WHERE state = 'open'",),
    amended_by=1,
)
TABLES = (RESUMPTIONS,)
READS = (LaterYearLapsed, ResumptionRaised, PlanResumed, PlanKeptStopped)


def changes(located: LocatedFact) -> Iterator[Change]:
    """Follow a plan from the word that it may go on to a person's judgement."""
    match located.fact.body:
        case ResumptionRaised() as body:
            yield Upsert(
                RESUMPTIONS,
                (body.application, body.since),
                {
                    "beneficiary": located.token,
                    "stopped_by": body.stopped_by,
                    "stopped_since": body.stopped_since,
                    "status": body.status,
                    "raised_on": located.on,
                    "state": "open",
                },
            )
        case LaterYearLapsed() as body:
            yield Upsert(
                RESUMPTIONS,
                (body.application, body.since),
                {
                    "beneficiary": located.token,
                    "stopped_by": "unfunded",
                    "stopped_since": located.on,
                    "status": "unfunded",
                    "raised_on": located.on,
                    "state": "open",
                },
            )
        case PlanResumed() | PlanKeptStopped() as body:
            yield Amend(
                RESUMPTIONS,
                (body.application,),
                {
                    "state": "resumed" if isinstance(body, PlanResumed) else "stays",
                    "by": body.by,
                    "document": body.document,
                    "judged_on": located.on,
                },
            )
