"""Payees: what kind of payee a claim must name, by whom its policy pays."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from events.values import FactValue
from policies.duties.words import Clause, Convention, each_once
from policies.vocabulary.outcomes import Payee
from policies.vocabulary.words import Words

Whose = Literal["本人", "单位"]


class PayeeKind(Words):
    """Whose account is meant where a policy pays one of these."""

    id: str
    payees: list[Payee]
    is_: Annotated[Whose, Field(alias="is")]
    assume: str


class SoleTrader(Words):
    """Whoever states this may be paid as a person although a unit is meant."""

    fact: str
    value: str
    assume: str


class PayeeRules(Clause):
    """The table."""

    kinds: list[PayeeKind]
    sole_trader: SoleTrader
    assume: list[Convention]

    @model_validator(mode="after")
    def _one_rule_for_each(self) -> Self:
        each_once((one.id, payee) for one in self.kinds for payee in one.payees)
        return self

    def meant(self, payee: Payee) -> Whose:
        """Tell whose account a policy means."""
        return next(kind.is_ for kind in self.kinds if payee in kind.payees)

    def may_be_a_person(self, stated: FactValue | None) -> bool:
        """Tell whether a unit of this kind may be paid as a person."""
        return stated == self.sole_trader.value
