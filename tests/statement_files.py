"""Statement files in tests: what two people and the clerk ask for, so that a file is on record."""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from events import streams
from events.envelope import Asked
from events.statement_files import ReleaseStatement
from policies.cities import BankAccount
from services.banking.statements.importing import commands_for, hold, to_record
from services.banking.statements.statement import Statement


def takes(
    statement: Statement, account: BankAccount, at: datetime, attempt: int = 1
) -> list[Asked]:
    """Hand a file in, take it as another person, and ask for its parts as the clerk does."""
    held = hold(statement, account, "li-jing")
    stream, day = streams.statement_file(held.number), at.date()
    taken = ReleaseStatement(number=held.number, checker="wang-fang", digest=held.digest)
    hold_id, take_id = (
        str(uuid5(NAMESPACE_URL, f"{act} {held.number}/{attempt}")) for act in ("hold", "take")
    )
    return [
        Asked(hold_id, stream, at, day, "staff:li-jing", held),
        Asked(take_id, stream, at, day, "staff:wang-fang", taken),
        *commands_for(to_record(statement, account), held.number, attempt, at),
    ]
