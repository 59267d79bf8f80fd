"""Statement lines: what the lines of a file are called, and what kind each is.

In:   what a file says of a line, in the order of the days
Out:  StatementLine
Holds: the same line in two files has one id; lines that are alike are numbered
"""

from collections import Counter
from datetime import date
from hashlib import sha256

from events.ids import instruction_in
from events.statements import LineKind
from services.banking.banks.layouts import StatementLayout
from services.banking.statements.statement import StatementLine


class LineNamer:
    """Names the lines of one file, one after the other."""

    def __init__(self, bank_account: str, layout: StatementLayout) -> None:
        self._bank_account = bank_account
        self._layout = layout
        self._times: Counter[str] = Counter()

    def line(
        self,
        file_line: int,
        booked_on: date,
        amount: int,
        reference: str,
        purpose: str,
        balance: int | None,
        told: LineKind = "other",
    ) -> StatementLine:
        """Make the line of what the file says of it; `told` is the kind by the bank's own code.

        Units: fen; positive came in
        """
        content = f"{booked_on}|{amount}|{reference}|{purpose}|{balance}"
        name = sha256(f"{self._bank_account}|{content}".encode()).hexdigest()[:20]
        self._times[name] += 1
        return StatementLine(
            file_line=file_line,
            line=f"{name}-{self._times[name]}",
            booked_on=booked_on,
            amount=amount,
            reference=reference,
            purpose=purpose,
            balance_after=balance,
            kind=kind_of(self._layout, amount, reference, purpose, told),
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
