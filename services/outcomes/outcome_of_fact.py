"""Outcome of a fact: which facts upstream hears of, and in which words.

In:   a fact, and the policies that can say what a clause's number means
Out:  OutcomeTold, or None for what is the ledger's own business
Holds: a pure function; every type of fact is either in the table here or in `NOT_PUBLISHED`.
"""

from events.codes import words_of
from events.contract.outbound import OutcomeTold
from events.envelope import Recorded
from policies.engine.registry import Policies
from services.outcomes.applications import APPLICATIONS
from services.outcomes.approvals import APPROVALS
from services.outcomes.clawbacks import CLAWBACKS
from services.outcomes.not_published import NOT_PUBLISHED
from services.outcomes.outcome_fields import FieldsByFact
from services.outcomes.payments import PAYMENTS
from services.outcomes.refusals import REFUSALS
from services.outcomes.submissions import SUBMISSIONS
from services.outcomes.vouchers import VOUCHERS

FIELDS_BY_FACT: FieldsByFact = {
    **APPLICATIONS,
    **APPROVALS,
    **PAYMENTS,
    **CLAWBACKS,
    **REFUSALS,
    **SUBMISSIONS,
    **VOUCHERS,
}
_CODE_OF_THE_BANK = "银行退回，代码由银行规定。请核对收款账户，更正后重发。"


def outcome_of_fact(recorded: Recorded, policies: Policies) -> OutcomeTold | None:
    """Say what a fact means to upstream.

    Holds: a bank's reason, an operator's name and what a clause saw of a person stay inside
    """
    if type(recorded.body) in NOT_PUBLISHED:
        return None
    fields = FIELDS_BY_FACT[type(recorded.body)](recorded.body, policies)
    if fields is None:
        return None
    if fields.get("code") and not fields.get("text"):
        fields["text"] = words_of(fields["code"]) or _CODE_OF_THE_BANK
    return OutcomeTold(on=recorded.effective_on, **fields)
