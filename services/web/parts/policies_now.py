"""policies now: the rules with every figure that the books have stated, as pages show them."""

from datetime import date

from policies.engine.registry import Policies
from projections.queries import figures
from services.web.request.visit import Visit


async def policies_now(visit: Visit, as_of: date | None = None) -> Policies:
    """The rules as they are, or as they were with what was stated up to a legal day."""
    stated = await figures.stated(visit.db, as_of)
    return visit.sources.policies.with_figures([one.figure for one in stated])
