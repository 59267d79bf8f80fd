"""Payee facts: what tells one unit from another where the rules ask, taken from who is paid.

In:   the facts of a claim, the tokens of its beneficiary and of its payee
Out:  the facts, with the payee's token among them where the programme asks who the unit is
Holds: no identity becomes a fact, only a token and a kind; whoever is paid himself is no unit,
       unless he is one.
"""

from collections.abc import Mapping
from typing import Final

from events.application_facts.checking import PAYEE_KIND
from events.values import FactValue

UNIT_PAYEE: Final = "unit.payee"
UNIT: Final = "unit"
AGENCY_NUMBER: Final = "agency.number"

PAYEE_FACT_BY_PROGRAMME: Final[Mapping[str, str]] = {
    "expansion": UNIT_PAYEE,
    "one-off-hiring": UNIT_PAYEE,
    "one-off-hiring-supplies": UNIT_PAYEE,
    "hr-agency-service": AGENCY_NUMBER,
}
"""By programme: the fact under which its rules know the unit that is paid."""


def with_payee_facts(
    programme: str,
    facts: dict[str, FactValue],
    beneficiary: tuple[str, str],
    payee: tuple[str, str],
) -> dict[str, FactValue]:
    """Note who is paid, each party by token and kind. A licence number that is stated stands; the
    payee's token and kind never come from outside."""
    (own, own_kind), (token, kind) = beneficiary, payee
    other = token not in ("", own)
    noted = {name: value for name, value in facts.items() if name not in (UNIT_PAYEE, PAYEE_KIND)}
    if other or own_kind == UNIT:
        noted[PAYEE_KIND] = "单位" if kind == UNIT else "个人"
    fact = PAYEE_FACT_BY_PROGRAMME.get(programme)
    if fact is not None and other:
        noted.setdefault(fact, token)
    return noted
