"""Posts: who held which public-welfare post in which month, and in which placement.

In:    the facts of READS
Asked: posts
"""

from collections.abc import Iterator

from events.applications import Stated
from projections.definition.located_fact import LocatedFact
from projections.definition.scoping import ByDistrict
from projections.definition.table import (
    Change,
    Column,
    Table,
    Upsert,
)
from projections.read_models import target_entries

VERSION = 1
PROGRAMMES = frozenset({"welfare-post"})
"""城镇公益性岗位: the posts of the quarterly real-name report; social insurance is paid beside."""

POST_MONTHS = Table(
    "post_months",
    "Every month of a public-welfare post that was claimed",
    (
        Column("application", "text", "key of the application"),
        Column("month", "text", "yyyy-mm"),
        Column("beneficiary", "text", "token of the person"),
        Column("employer", "text", "token of who is paid for the post"),
        Column("district", "text", "region code (GB/T 2260)"),
        Column("placement", "integer", "which placement of the person this is"),
        Column("plan_filed", "boolean", "whether the plan of a further placement was filed"),
        Column("stands", "boolean", "whether the claim still states this month"),
        Column("granted_on", "date", "legal day of the grant"),
        Column("granted_at", "timestamptz", "when the grant was recorded", "UTC"),
        Column("ended_on", "date", "legal day it was withdrawn or revoked"),
    ),
    scoping=ByDistrict(),
    key=("application", "month"),
    indexes=("(month, beneficiary)", "(employer)"),
    amended_by=1,
)
TABLES = (POST_MONTHS,)
READS = target_entries.READS


def _months(located: LocatedFact, application: str, stated: Stated) -> Iterator[Change]:
    months = stated.facts.get("post.months")
    if not isinstance(months, list):
        return
    for month in months:
        values = {
            "beneficiary": located.token,
            "employer": stated.payee,
            "district": stated.region,
            "placement": stated.facts.get("post.placement", 1),
            "plan_filed": stated.facts.get("post.plan_filed", False),
            "stands": True,
        }
        yield Upsert(POST_MONTHS, (application, month), values)


changes = target_entries.follow(POST_MONTHS, PROGRAMMES, _months)
