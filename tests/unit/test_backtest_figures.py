"""`policies backtest` and figures that were stated on the running ledger."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from events import streams
from events.envelope import Recorded
from events.figures import FigureStated, StateFigure
from policies.engine.registry import Policies
from services.tools.authoring.overlay import overlaid
from services.tools.backtest.comparison import BacktestReport
from services.tools.backtest.run import DecisionFilter, decided_again
from tests.given_when_then import Scene, applies, certificate, policies
from tests.unit.test_backtest import changed

RATES = "skill_upgrade.employee_rates"


@pytest.fixture(scope="module")
def facts() -> list[Recorded]:
    """Two who applied before a figure was stated, one of them for a day from which it holds, and one
    who applied after."""
    scene = Scene("2022-09-20")

    def apply(who: str, on: str) -> None:
        token = f"person-{who}-token"
        stated = certificate() | {"person.status": "在职", "insured_months": 12}
        stated["certificate.number"] = who
        scene.when(streams.beneficiary(token), applies(who, stated, applied_on=on, payee=token))

    apply("early", "2022-08-20")
    apply("between", "2022-09-10")
    scene.when(
        streams.figures("211200"),
        StateFigure(
            jurisdiction="211200",
            name=RATES,
            from_on=date(2022, 9, 1),
            value={"四级": 1800},
            document="文件-1",
        ),
    )
    apply("late", "2022-09-10")
    return scene.ledger.facts


async def again(facts: list[Recorded], law: Policies) -> BacktestReport:
    async def source() -> AsyncIterator[Recorded]:
        for recorded in facts:
            if streams.kind(recorded.stream) in ("beneficiary", "rules"):
                yield recorded

    return await decided_again(source(), law, DecisionFilter(), policies())


def amounts(report: BacktestReport) -> dict[str, tuple[int, int]]:
    """What was and what would be granted, in yuan."""
    return {
        one.application: ((one.was.amount_fen or 0) // 100, (one.now.amount_fen or 0) // 100)
        for one in report.changed
    }


async def test_decisions_are_compared_by_the_figures_that_they_were_taken_by(
    facts: list[Recorded],
) -> None:
    report = await again(facts, policies())
    assert (report.looked_at, report.changed) == (3, ())


async def test_what_was_stated_later_names_who_would_differ(facts: list[Recorded]) -> None:
    stated = [one.body.figure for one in facts if isinstance(one.body, FigureStated)]
    report = await again(facts, policies().with_figures(stated))
    assert amounts(report) == {"district:between": (1500, 1800)}


async def test_a_changed_file_is_not_mixed_up_with_stated_figures(
    facts: list[Recorded], tmp_path: Path
) -> None:
    report = await again(facts, overlaid(changed(tmp_path, ("max: 3, quote", "max: 1, quote"))))
    assert report.changed == ()


async def test_a_figure_that_the_folder_states_goes_before_what_was_stated(
    facts: list[Recorded], tmp_path: Path
) -> None:
    group = tmp_path / "skill_upgrade"
    group.mkdir()
    row = "- {from: 2022-09-01, value: {四级: 2500}, source: 拟定稿}"
    (group / "211200.yaml").write_text(f"employee_rates:\n{row}\n", "utf-8")
    report = await again(facts, overlaid(tmp_path))
    assert amounts(report) == {
        "district:between": (1500, 2500),
        "district:late": (1800, 2500),
    }
