"""Result messages: each line of an answer as the message that a bank's channel would publish.

In:   BankAnswer without problems
Out:  `payment.settled` and `payment.returned` as CloudEvents
Holds: a line's message has the same id and content whenever the file is taken
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from services.banking.answers.bank_answer import BankAnswer


class ResultMessage(NamedTuple):
    """One CloudEvent; a return that follows its payment has the same key, and never overtakes it."""

    key: str
    event: dict[str, Any]


def result_messages(answer: BankAnswer, source: str) -> Iterator[ResultMessage]:
    """Write every line of a file without problems as the message of its outcome."""
    assert not answer.problems
    for line in answer.lines:
        assert line.value_on is not None, "a line that was not compared with the books"
        data = {
            "instruction": line.about,
            "amount_fen": line.amount,
            "value_on": line.value_on.isoformat(),
            "bank_reference": line.bank_reference,
            "code": line.code,
            "reason": line.reason,
        }
        if line.outcome == "returned":
            # a bank that gives no reason still returned it
            data |= {"code": line.code or "RJCT", "reason": line.reason or "银行未说明原因"}
        yield ResultMessage(
            line.about,
            {
                "specversion": "1.0",
                "id": f"{answer.digest[:24]}-{line.line}-{line.about}-{line.outcome}",
                "source": source,
                "type": f"payment.{line.outcome}",
                "time": f"{line.value_on.isoformat()}T00:00:00+08:00",
                "datacontenttype": "application/json",
                "data": data,
            },
        )
