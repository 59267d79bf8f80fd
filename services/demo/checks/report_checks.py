"""Report checks: every report that was issued is held against its files and the books.

In:   the books, the vault
Out:  SceneFinding
"""

from projections.queries import issued_reports
from projections.queries.scope import Scope
from services.demo.checks.scene import SceneFinding
from services.demo.play.stage import Participants
from services.reports.verifying import Verifier
from services.runtime.city import policies_of


async def reports_hold(stage: Participants) -> SceneFinding:
    """Say how many reports were issued, and how many of them the books still say."""
    async with stage.pool.acquire() as connection:
        verifier = Verifier(connection, stage.vault, policies_of(stage.settings))
        issued = await issued_reports.listed(connection, Scope(stage.now().date()))
        agree = [(await verifier.issued(report.number)).agrees for report in issued]
    numbers = "、".join(report.number for report in issued)
    told = f"（{numbers}）" if issued else ""
    return SceneFinding(
        text=f"签发的报表{told}：{len(issued)} 份，核验一致 {sum(agree)} 份", holds=all(agree)
    )
