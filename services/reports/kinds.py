"""kinds: every kind of report: what it is called, what it is asked for, how its sheets are made.

Holds: a kind whose figures or layout change gets the next `form`; what was issued under an earlier
       form is proved by its kept file, and its figures can no longer be asked again
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from policies.engine.registry import Policies
from projections.queries import fund_report
from projections.queries.connection import Db
from projections.queries.position_vector import PositionVector
from services.reports import fund_month
from services.reports.content import ReportSheet
from services.reports.parameters import period
from services.runtime.errors import OperatingFailure
from services.wording import programmes
from services.wording.fund_names import FUND_NAMES
from services.wording.languages import marked as _


class Making(NamedTuple):
    """What the sheets of a report are made from."""

    db: Db
    policies: Policies
    parameters: Mapping[str, str]
    vector: PositionVector

    def programme(self, code: str) -> str:
        """What a benefit is called."""
        return programmes.short(self.policies, code)

    def region(self, code: str) -> str:
        """What a region is called."""
        return self.policies.cities.regions.get(code, code)

    def fund(self, code: str) -> str:
        """What a fund is called."""
        return FUND_NAMES.get(code, code)


class ReportKind(NamedTuple):
    """One kind of report; `faults` says what of its sheets does not add up."""

    id: str
    title: str
    form: int
    asks: tuple[str, ...]
    sheets: Callable[[Making], Awaitable[tuple[ReportSheet, ...]]]
    faults: Callable[[Sequence[ReportSheet]], list[str]] = lambda sheets: []


class UnknownKind(OperatingFailure):
    """No report is of this kind."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"没有“{kind[:40]}”这种报表。",
            "报表种类：" + "、".join(f"{one.id}（{one.title}）" for one in KINDS.values()) + "。",
        )


async def _fund_month(making: Making) -> tuple[ReportSheet, ...]:
    first, last = period(making.parameters)
    books = fund_report.ReportBooks(
        making.parameters["area"], making.parameters["fund"], first, last, making.vector
    )
    flows = await fund_report.flows(making.db, books)
    paid = await fund_report.paid(making.db, books)
    return (
        fund_month.cash(flows),
        fund_month.accounts(flows),
        fund_month.programmes(flows, paid, making.programme),
        fund_month.districts(flows, making.fund, making.region),
    )


KINDS: dict[str, ReportKind] = {
    kind.id: kind
    for kind in (
        ReportKind(
            "fund-month",
            _("基金收支月报"),
            1,
            ("area", "fund", "month"),
            _fund_month,
            fund_month.faults,
        ),
    )
}
"""Every kind by its id, in the order in which pages list them."""


def kind_of(kind: str) -> ReportKind:
    """The kind with this id.

    Raises: UnknownKind
    """
    if kind not in KINDS:
        raise UnknownKind(kind)
    return KINDS[kind]
