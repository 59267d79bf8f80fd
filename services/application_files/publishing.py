"""Publishing: a checked file is handed in, and once it is released becomes messages, each the same each time.

In:   CheckedApplications
Out:  HoldApplications; the messages; ConfirmApplications
Holds: a message's id is a function of what it says, so a second publishing is a repeat
"""

from datetime import date, datetime
from uuid import UUID, uuid5

from events import streams
from events.application_files import ConfirmApplications, HoldApplications
from events.envelope import Asked
from services.application_files.checking import FEED, STRUCTURED, CheckedApplications
from services.runtime.kafka.inbound_topics import InboundMessage

BY = "clerk"
_NAMESPACE = UUID("0f6a0a64-6a5c-5f0e-8c6f-0d7a4d1c9b52")


def hold(checked: CheckedApplications, maker: str) -> HoldApplications:
    """Hand a checked file in."""
    return HoldApplications(
        number=checked.number,
        file_digest=checked.file_digest,
        digest=checked.digest,
        maker=maker,
        source=checked.source,
        region=checked.region,
        rows=checked.rows,
        applications=len(checked.applications),
        refused=len(checked.refused_rows),
    )


def messages(checked: CheckedApplications) -> list[InboundMessage]:
    """The messages of a file, in its order."""
    return [
        InboundMessage(FEED, one.event.encode(), one.value, STRUCTURED)
        for one in checked.applications
    ]


def confirm(checked: CheckedApplications, today: date, now: datetime) -> Asked:
    """Say that every message of a file is acknowledged."""
    done = ConfirmApplications(number=checked.number, applications=len(checked.applications))
    identifier = str(uuid5(_NAMESPACE, f"{checked.number}|{checked.digest}|published"))
    return Asked(identifier, streams.application_file(checked.number), now, today, BY, done)
