"""What a file must hear from each of its months: taken, declined, taken back."""

from events import statement_files, statements, streams
from events.envelope import Asked, Recorded, follow_up
from events.values import Fact
from services.deciders.stream import FollowUps


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Tell the file.

    Holds: a pure function of one committed fact
    """
    match recorded.body:
        case statements.StatementDaysRecorded() as fact:
            return [_part(recorded, fact, "taken")]
        case statements.StatementDaysDeclined() as fact:
            return [_part(recorded, fact, "declined", fact.code, fact.about)]
        case statements.StatementDaysReversed() as fact:
            return [_reversal(recorded, fact, "taken")]
        case statements.StatementReversalDeclined() as fact:
            return [_reversal(recorded, fact, "declined", fact.code, fact.about)]
        case _:
            return []


def _part(
    recorded: Recorded,
    fact: statements.StatementDaysRecorded | statements.StatementDaysDeclined,
    verdict: statement_files.PartVerdict,
    code: str = "",
    about: str = "",
) -> Asked:
    answer = statement_files.AnswerStatementPart(
        number=fact.statement,
        attempt=fact.attempt,
        month=fact.month,
        part=fact.part,
        verdict=verdict,
        code=code,
        about=about,
    )
    return follow_up(recorded, 0, streams.statement_file(fact.statement), answer)


def _reversal(
    recorded: Recorded,
    fact: statements.StatementDaysReversed | statements.StatementReversalDeclined,
    verdict: statement_files.PartVerdict,
    code: str = "",
    about: str = "",
) -> Asked:
    answer = statement_files.AnswerStatementReversal(
        number=fact.statement, month=fact.month, verdict=verdict, code=code, about=about
    )
    return follow_up(recorded, 0, streams.statement_file(fact.statement), answer)


FOLLOW_UPS: dict[type[Fact], FollowUps] = dict.fromkeys(
    (
        statements.StatementDaysRecorded,
        statements.StatementDaysDeclined,
        statements.StatementDaysReversed,
        statements.StatementReversalDeclined,
    ),
    follow_ups,
)
