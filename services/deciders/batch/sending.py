"""Send a batch: its payment file is being written, then it has left."""

from events import batches
from events.values import Fact
from services.deciders.batch.state import BatchState
from services.deciders.refusal import refuse


def begin_sending(batch: BatchState, command: batches.BeginSending) -> list[Fact]:
    """Say that the payment file is being written.

    Refuses: NOT_RELEASED
    """
    if batch.state in ("sending", "sent", "closed"):
        return []
    if batch.state != "released":
        return refuse(command, "NOT_RELEASED", command.batch)
    return [batches.BatchSending(batch=command.batch, digest=batch.digest)]


def confirm_sent(batch: BatchState, command: batches.ConfirmSent) -> list[Fact]:
    """Say that the payment file has left.

    Refuses: ANOTHER_FILE, NOT_SENDING  (first match wins)
    """
    if batch.file_digest:
        same = batch.file_digest == command.file_digest
        return [] if same else refuse(command, "ANOTHER_FILE", command.batch, command.file)
    answered_already = batch.state == "closed" and batch.lines
    if batch.state != "sending" and not answered_already:
        return refuse(command, "NOT_SENDING", command.batch)
    return [
        batches.BatchSent(
            batch=command.batch,
            file=command.file,
            file_digest=command.file_digest,
            lines=batch.in_order(),
        )
    ]
