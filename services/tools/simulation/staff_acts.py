"""Staff acts: what people do from pages, written as events beside upstream's messages.

In:   an event `staff.batch` (prepare these payments, release, send), `staff.payee` (any command
      about the payee of an application) or `staff.calendar` (nothing but that this day has come)
Out:  the same commands as the pages send, by the same names
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5

import orjson

from events import COMMANDS, streams
from events.batches import PrepareBatch, ReleaseBatch, WantedLine
from events.days import legal_day
from events.envelope import Asked
from events.ids import by_staff
from events.values import Command

PREFIX = "staff."
BATCH, OF_PAYEE, CALENDAR = "staff.batch", "staff.payee", "staff.calendar"
_NAMESPACE = UUID("5f0e7c86-8a3e-5b1c-9d52-6f2f0b7c1d11")


class PayablePayment(NamedTuple):
    """A payment that waits for a batch."""

    disbursement: str
    payee: str
    amount: int


class StaffAct(NamedTuple):
    """One event of this kind."""

    id: str
    type: str
    at: datetime
    data: dict[str, Any]

    @property
    def applications(self) -> frozenset[str]:
        """Whose payments a batch is made of."""
        return frozenset(self.data["applications"])

    def asked(self, stream: str, body: Command, who: str, ordinal: int = 0) -> Asked:
        """Put a command of this act into its envelope."""
        identity = str(uuid5(_NAMESPACE, f"{self.id}|{ordinal}"))
        return Asked(identity, stream, self.at, legal_day(self.at), by_staff(who), body)

    def prepare(self, waiting: Iterable[PayablePayment]) -> Asked:
        """Ask for the batch."""
        data = self.data
        lines = tuple(
            WantedLine(
                payee=streams.payee(line.payee), disbursement=line.disbursement, amount=line.amount
            )
            for line in sorted(waiting)
        )
        body = PrepareBatch(
            batch=data["batch"],
            bank_account=data["bank_account"],
            fund=data["fund"],
            district=data["district"],
            maker=data["maker"],
            lines=lines,
        )
        return self.asked(streams.batch(data["batch"]), body, data["maker"])

    def release(self, digest: str, total: int) -> Asked:
        """Let it go."""
        data = self.data
        body = ReleaseBatch(
            batch=data["batch"], checker=data["checker"], digest=digest, total=total
        )
        return self.asked(streams.batch(data["batch"]), body, data["checker"], 1)

    def of_payee(self, token: str) -> Asked:
        """Ask the payee's stream."""
        body = COMMANDS[self.data["command"]].model_validate(self.data["body"])
        return self.asked(streams.payee(token), body, self.data["by"])


def staff_act(line: bytes) -> StaffAct | None:
    """Read an event of this kind; None for every other line."""
    try:
        event = orjson.loads(line)
        if not str(event["type"]).startswith(PREFIX):
            return None
        at = datetime.fromisoformat(event["time"])
        return StaffAct(event["id"], event["type"], at, event["data"])
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return None
