"""Importing: a checked file becomes one command a row, once, however often it is handed in.

In:   CheckedPriorUses; the tokens of its people
Out:  HoldImport, then RecordPriorUse a row, then ConfirmImport
Holds: a command's id is a function of the file's digest and the row, so a second sending is a
       repeat; the same use in another file is known by its paper, day and slots.
"""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID, uuid5

from events import streams
from events.envelope import Asked
from events.prior_uses import ConfirmImport, HoldImport
from services.prior_uses.checking import CheckedPriorUses
from services.runtime.vault.marks import PartyId

BY = "clerk"
_NAMESPACE = UUID("5b0d8f0e-6a3c-5c1e-9a55-7d1f2b6c8e40")


def hold(checked: CheckedPriorUses, maker: str) -> HoldImport:
    """Hand a checked file in."""
    return HoldImport(
        number=checked.number,
        file_digest=checked.file_digest,
        digest=checked.digest,
        maker=maker,
        region=checked.region,
        rows=checked.rows,
        uses=len(checked.uses),
        doubtful=checked.doubtful,
        refused=len(checked.refused_rows),
        total=checked.total_fen,
    )


def commands_for(
    checked: CheckedPriorUses, tokens: Mapping[PartyId, str], today: date, now: datetime
) -> list[Asked]:
    """Ask for every use of a released file, and say at the end that all were asked for."""
    asked = [
        Asked(
            _id(checked, f"row {use.row}"),
            streams.beneficiary(tokens[use.party[:2]]),
            now,
            use.granted_on,
            BY,
            use.command,
        )
        for use in checked.uses
    ]
    done = ConfirmImport(number=checked.number, uses=len(checked.uses))
    stream = streams.prior_use_file(checked.number)
    return [*asked, Asked(_id(checked, "done"), stream, now, today, BY, done)]


def _id(checked: CheckedPriorUses, what: str) -> str:
    return str(uuid5(_NAMESPACE, f"{checked.file_digest}|{checked.digest}|{what}"))
