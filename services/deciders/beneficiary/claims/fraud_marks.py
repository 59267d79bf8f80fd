"""Marks: who has obtained money by deceit is looked at by a person before more is granted.

In:    FraudMarked on the payee's history, then NoteMark
Out:   MarkNoted
Holds: a mark stays; it denies nothing and touches nothing that was proposed before it was noted.
"""

from events.application_facts.checking import OTHER_NAME
from events.applications import Stated
from events.envelope import Asked
from events.payees import MarkNoted, NoteMark
from events.values import Fact
from policies.engine.registry import Policies
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState


def note_mark(
    state: BeneficiaryState, command: NoteMark, asked: Asked, policies: Policies
) -> list[Fact]:
    """Remember a mark, once a document."""
    if command.document in state.approvals.marks:
        return []
    return [MarkNoted(document=command.document, reason=command.reason)]


def doubt_of_marks(marks: frozenset[str]) -> tuple[str, str] | None:
    """Say why a person must look at a claim whose clauses hold."""
    if not marks:
        return None
    documents = "、".join(sorted(marks))
    return "MARKED_FOR_FRAUD", f"曾骗取、套取资金（{documents}），须由人工复核"


def doubt_of_name(stated: Stated) -> tuple[str, str] | None:
    """Say why a person must look at a claim whose id was first stated with another name."""
    if not stated.facts.get(OTHER_NAME):
        return None
    return "NAME_DIFFERS", "同一证件号码先前报过另一姓名，须由人工核对是否同一人"
