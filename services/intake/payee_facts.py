"""Payee facts: what tells one unit from another where the rules ask, taken from who is paid.

In:   the facts of a claim, the tokens of its beneficiary and of its payee
Out:  the facts, with the payee's token among them where the programme asks who the unit is
Holds: no identity becomes a fact, only a token; whoever is paid himself is no unit.
"""

from collections.abc import Mapping
from typing import Final

from events.values import FactValue

UNIT_PAYEE: Final = "unit.payee"
AGENCY_NUMBER: Final = "agency.number"

ASKED: Final[Mapping[str, str]] = {
    "expansion": UNIT_PAYEE,
    "one-off-hiring": UNIT_PAYEE,
    "one-off-hiring-supplies": UNIT_PAYEE,
    "hr-agency-service": AGENCY_NUMBER,
}
"""By programme: the fact under which its rules know the unit that is paid."""


def with_payee(
    programme: str, facts: dict[str, FactValue], beneficiary: str, payee: str
) -> dict[str, FactValue]:
    """Note who is paid. A licence number that is stated stands; the payee's token never comes from
    outside."""
    fact = ASKED.get(programme)
    if fact is None:
        return facts
    noted = {name: value for name, value in facts.items() if name != UNIT_PAYEE}
    if payee not in ("", beneficiary):
        noted.setdefault(fact, payee)
    return noted
