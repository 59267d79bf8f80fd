"""Release a batch, or not: by a second person, whole; what must not be paid is stopped or left out."""

from events import batches
from events.values import Fact
from services.deciders.batch.state import BatchState
from services.deciders.incompatible import Done, refuse_incompatible
from services.deciders.refusal import refuse, refuse_same_person


def release(batch: BatchState, command: batches.ReleaseBatch) -> list[Fact]:
    """Let exactly the list go that the second person was shown.

    Refuses: NOT_PREPARED, SAME_PERSON, INCOMPATIBLE_ACTS (who has judged what a line pays), STALE
             (first match wins)
    """
    if batch.is_judged and batch.checker:
        same = batch.checker == command.checker and batch.digest == command.digest
        return [] if same else refuse(command, "NOT_PREPARED", command.batch)
    if refused := _not_for_the_checker(batch, command):
        return refused
    judged = (
        Done("judge", batch.judged_by.get(line.line_no, ()), line.disbursement)
        for line in batch.in_order()
    )
    if refused := refuse_incompatible(command, "release", command.checker, command.batch, *judged):
        return refused
    assert batch.requested is not None
    if command.digest != batch.digest or command.total != batch.total:
        return refuse(command, "STALE", command.batch)
    return [
        batches.BatchReleased(
            batch=command.batch,
            maker=batch.requested.maker,
            checker=command.checker,
            digest=batch.digest,
            count=len(batch.lines),
            total=batch.total,
        )
    ]


def reject(batch: BatchState, command: batches.RejectBatch) -> list[Fact]:
    """Give the whole list back.

    Refuses: NOT_PREPARED, SAME_PERSON  (first match wins)
    """
    if batch.state == "rejected":
        return []
    if refused := _not_for_the_checker(batch, command):
        return refused
    return [
        batches.BatchRejected(
            batch=command.batch,
            checker=command.checker,
            reason=command.reason,
            lines=batch.in_order(),
        )
    ]


def _not_for_the_checker(
    batch: BatchState, command: batches.ReleaseBatch | batches.RejectBatch
) -> list[Fact]:
    if batch.state != "prepared" or batch.requested is None:
        return refuse(command, "NOT_PREPARED", command.batch)
    maker, checker = batch.requested.maker, command.checker
    return refuse_same_person(command, maker, checker, command.batch, checker)


def hold(batch: BatchState, command: batches.HoldBatch) -> list[Fact]:
    """Stop a batch that must not be paid any more.

    Refuses: TOO_LATE (the file is being written or has left)
    """
    if batch.held or batch.state == "rejected":
        return []
    if batch.state not in ("requested", "prepared", "released"):
        return refuse(command, "TOO_LATE", command.batch, command.disbursement)
    held = batches.BatchHeld(**dict(command))
    if batch.state == "requested":
        return [held]
    return [held, given_up(command.batch, command.reason, batch.in_order())]


def given_up(
    batch: str, reason: str, lines: tuple[batches.BatchLine, ...]
) -> batches.BatchRejected:
    """Give a list back that no second person has turned down."""
    return batches.BatchRejected(batch=batch, checker="", reason=reason, lines=lines)
