"""Payee: whether whoever a claim names is whom its policy pays.

Holds: the policy's kind of payee decides; whoever is named where another is meant is refused, and
       nobody is paid in the place of a unit that was not named.
Source: docs/adr/0027-the-policy-says-who-is-paid.md
"""

from typing import NamedTuple

from events.application_facts.checking import PAYEE_KIND
from events.applications import Stated
from policies.duties.payees import PayeeRules
from policies.vocabulary.outcomes import Payee


class Unfit(NamedTuple):
    """Why a claim cannot be paid as it stands; a person may see to what is only missing."""

    code: str
    text: str
    saw: str
    need: str

    @property
    def is_missing(self) -> bool:
        """Whether nobody was named who could be paid."""
        return self.code == "PAYEE_MISSING"


def unfit(table: PayeeRules, payee: Payee, stated: Stated, own: frozenset[str]) -> Unfit | None:
    """Hold the payee that a claim names against the kind that its policy pays."""
    named = stated.payee not in own
    kind = stated.facts.get(PAYEE_KIND)
    if table.meant(payee) == "本人":
        if not named:
            return None
        return Unfit(
            "PAYEE_MISMATCH", "本项补贴付给受益人本人，申报的收款人是别人", "他人", "应为本人"
        )
    if kind == "单位" or (named and kind is None):
        return None
    if named and table.may_be_a_person(stated.facts.get(table.sole_trader.fact)):
        return None
    if named:
        return Unfit("PAYEE_MISMATCH", "本项补贴付给单位，申报的收款人是个人", "个人", "应为单位")
    return Unfit("PAYEE_MISSING", "本项补贴付给单位，申报没有填收款单位", "未填", "应为单位")
