"""Statement lines: what kind each line of a file is.

In:   what a file says of a line
Out:  StatementLine
"""

from datetime import date

from events.ids import instruction_in
from events.statements import LineKind
from services.banking.banks.layouts import StatementLayout
from services.banking.statements.statement import StatementLine


def line_of(
    layout: StatementLayout,
    file_line: int,
    booked_on: date,
    amount: int,
    reference: str,
    purpose: str,
    balance: int | None,
    told: LineKind = "other",
) -> StatementLine:
    """Make a line of what the file says of it; `told` is the kind by the bank's own code.

    Units: fen; positive came in
    """
    return StatementLine(
        file_line=file_line,
        booked_on=booked_on,
        amount=amount,
        reference=reference,
        purpose=purpose,
        balance_after=balance,
        kind=kind_of(layout, amount, reference, purpose, told),
    )


def kind_of(
    layout: StatementLayout, amount: int, reference: str, purpose: str, told: LineKind = "other"
) -> LineKind:
    """Tell what a line is: a payment of ours, what the layout's words say, or what the bank's code says."""
    if instruction_in(reference, purpose):
        return "payment" if amount < 0 else "refund"
    direction = "received" if amount > 0 else "paid"
    for rule in layout.kinds:
        if rule.direction == direction and any(word in purpose for word in rule.patterns):
            return rule.kind
    return told
