"""A scene in which a plan of any programme is granted, whatever rule has decided it."""

from datetime import UTC, date, datetime
from uuid import NAMESPACE_URL, uuid5

from events import streams
from events.applications import ApplicationFiled, Stated
from events.approvals import ApprovalProposed
from events.envelope import Position, Recorded
from events.values import (
    BudgetClaim,
    Fact,
    FactValue,
    MonthPaid,
    PlannedInstalment,
    PolicyRef,
)
from policies.duties.months import day_after
from policies.vocabulary.calendar import months_from
from services.streams import follow_ups
from tests.given_when_then import ARRIVED, ZHANG, Scene

PLAN_FUND = "employment_subsidy"
REGION = "211202"
FEN = 600_00


class PlannedScene(Scene):
    """A ledger on which plans are granted by hand."""

    def grant(
        self,
        application: str = "a",
        *,
        programme: str = "flexible-si",
        version: str = "2022-07-21",
        begins: str = "2022-09",
        months: int = 3,
        person: str = ZHANG,
        facts: dict[str, FactValue] | None = None,
        amount: int = FEN,
        content_hash: str = "0" * 64,
    ) -> list[Recorded]:
        """Propose a monthly plan, each month due when it is over, with enough money on its lines;
        what it leads to."""
        first = date.fromisoformat(f"{begins}-01")
        paid_for = months_from(first, months)
        years: dict[int, int] = {}
        for month in paid_for:
            year = day_after(month).year
            years[year] = years.get(year, 0) + amount
        for year in {first.year, *years, day_after(paid_for[-1]).year + 1}:
            line = streams.fund_line(PLAN_FUND, REGION, year)
            self.budget(1_000_000, line, document=f"{application}-{year}")
        key, token = f"district:{application}", person.partition("/")[2]
        said = Stated(
            programme=programme,
            region=REGION,
            applied_on=self.on,
            channel="window",
            payee=token,
            account="some-account",
            facts=facts or {},
        )
        proposed = ApprovalProposed(
            application=key,
            attempt=1,
            policy=PolicyRef(
                programme=programme,
                version=version,
                jurisdiction="211200",
                family=programme,
                content_hash=content_hash,
                bundle_hash="0" * 64,
            ),
            amount=amount * months,
            instalments=tuple(
                PlannedInstalment(
                    no=no,
                    amount=amount,
                    due_on=day_after(month),
                    months=(MonthPaid(month=month, amount=amount),),
                )
                for no, month in enumerate(paid_for, start=1)
            ),
            slots=(),
            claims=tuple(
                BudgetClaim(amount=fen, lines=(streams.fund_line(PLAN_FUND, REGION, year),))
                for year, fen in years.items()
            ),
            payee=token,
            account="some-account",
            region=REGION,
            trail=(),
        )
        filed = ApplicationFiled(application=key, digest="d1", stated=said, arrived=ARRIVED)
        return self.ledger.ask(self._recorded(person, filed, proposed))

    def _recorded(self, stream: str, *bodies: Fact) -> list:  # type: ignore[type-arg]
        asks = []
        for body in bodies:
            held = self.ledger.store.stream(stream)
            seq = (held.seq if held else 0) + 1
            identity = str(uuid5(NAMESPACE_URL, f"{stream}/{seq}"))
            at = datetime(2026, 1, 1, tzinfo=UTC)
            recorded = Recorded(
                identity, stream, seq, identity, Position(0, 0, 0), at, self.on, body
            )
            self.ledger.record([recorded])
            asks += follow_ups(recorded)
        return asks

    def free(self, year: int) -> int:
        """Tell what a year's line may still commit, in fen."""
        line = self.ledger.store.state(streams.fund_line(PLAN_FUND, REGION, year))
        return int(line.available)
