"""Reader: one Kafka record in, what it asks for out, or why it is not taken.

In:    Message (feed, value, headers, arrival), Known (programmes, regions, funds)
Out:   Inbound for each claim line or other message, Rejected for each that cannot be taken
Refuses: in the order of `rejections.Code`; all problems of a line are named, the first leads
Holds: pure; the same record gives the same answer; a bad line of a batch stops no other line, and
       `read` never raises: what our own code cannot process is refused as NOT_PROCESSED
"""

import re
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from events.contract.inbound import catalogue
from events.contract.inbound.applications import (
    AccountCorrected,
    ApplicationCorrected,
    ApplicationSubmitted,
    BatchLine,
    BatchSubmitted,
)
from events.contract.inbound.canonical_claim import PartiesStated, canonical_claim
from events.contract.inbound.claims import Claim
from events.contract.inbound.clawbacks import ClawbackOrdered, ClawbackRepaid, FraudFound
from events.contract.inbound.cloudevent import Event, Headers, read_event
from events.contract.inbound.completing import completed
from events.contract.inbound.fields import Inbound as Data
from events.contract.inbound.identity import Account, Party
from events.contract.inbound.private import names_a_person
from events.contract.inbound.rejections import (
    Code,
    Problem,
    Refusal,
    Rejected,
    broken,
)
from events.contract.inbound.semantics import (
    Known,
    account_of,
    check_date,
    check_known,
    check_line,
    check_measure,
    check_plain,
    check_source,
    party_of,
)
from events.contract.inbound.shape import problems_of
from events.contract.inbound.status import (
    HouseholdMember,
    HouseholdMemberLeft,
    PriorUse,
    StatusChanged,
)
from events.contract.inbound.submissions import LineRead, Submitted
from events.contract.inbound.vouchers import (
    VoucherClaimed,
    VoucherIssued,
    VoucherUsed,
    VoucherVerified,
)
from events.days import legal_day


class Message(NamedTuple):
    """A record as it lay on its topic; `feed` is the topic's noun (``applications``, …)."""

    feed: str
    value: bytes | None
    headers: Headers
    timestamp_ms: int
    topic: str = ""
    partition: int = 0
    offset: int = 0


class Inbound(NamedTuple):
    """One thing that upstream asks for, checked and canonical.

    Units: `at` is the record's arrival in UTC, `on` that day in Asia/Shanghai; `line_no` counts a
           batch's lines from 1
    """

    event: str
    source: str
    type: str
    at: datetime
    on: date
    body: Claim | Submitted | Data
    party: Party | None = None
    line_no: int | None = None
    account: Account | None = None


_PARTY: dict[type[Data], str] = {
    StatusChanged: "person",
    PriorUse: "person",
    HouseholdMember: "person",
    HouseholdMemberLeft: "person",
    AccountCorrected: "payee",
    ClawbackOrdered: "debtor",
    ClawbackRepaid: "debtor",
    FraudFound: "party",
    VoucherIssued: "person",
    VoucherClaimed: "person",
    VoucherVerified: "person",
    VoucherUsed: "person",
}
"""Messages that name somebody beside an application, and where."""


def read(message: Message, known: Known) -> list[Inbound | Rejected]:
    """Read one record.

    Shape:  one answer for a message; for an employer's batch one for each line, then one for the
            batch itself
    """
    if message.timestamp_ms < 0:
        return [Rejected((Problem(Code.NO_TIMESTAMP),))]
    try:
        event = read_event(message.value, message.headers)
        return read_data(event, known, message.timestamp_ms, message.feed)
    except Refusal as refusal:
        return [Rejected(refusal.problems)]
    except Exception as error:  # noqa: BLE001 - one message's fault is not its partition's
        return [Rejected((broken(error),))]


def read_data(
    event: Event, known: Known, timestamp_ms: int, feed: str | None = None
) -> list[Inbound | Rejected]:
    """Read an event's data; `feed` None leaves open on which topic it will be sent.

    Raises: Refusal
    """
    entry = catalogue.TYPES.get(event.type)
    if entry is None:
        raise Refusal(Problem(Code.UNKNOWN_TYPE, "type"))
    if feed is not None and feed != entry.feed:
        raise Refusal(Problem(Code.WRONG_FEED, "type", remedy=f"该类型属于 {entry.topic}。"))
    at = datetime.fromtimestamp(timestamp_ms / 1000, UTC)
    on = legal_day(at)
    data = _shaped(entry.model, event.data)
    if isinstance(data, BatchSubmitted):
        return _batch(event, data, known, at, on)
    problems: list[Problem] = []
    party = account = None
    body: Claim | Data
    if isinstance(data, ApplicationSubmitted):
        body = completed(_claim(event, data, known, on, problems), known)
    else:
        body = data
        check_known(data, known, problems)
        check_source(data, event.source, known, problems)
        check_plain(data, problems)
        check_line(data, problems)
        check_measure(data, problems)
        named = _PARTY.get(type(data))
        if named is not None:
            party = party_of(getattr(data, named), f"data.{named}", on, problems)
        if isinstance(data, AccountCorrected):
            account = account_of(data.account, "data.account", problems)
    if problems:
        raise Refusal(*problems)
    return [Inbound(event.id, event.source, event.type, at, on, body, party, account=account)]


def _shaped(model: type[Data], data: Any, prefix: str = "data") -> Any:
    try:
        return model.__pydantic_validator__.validate_python(data)
    except ValidationError as error:
        raise Refusal(*problems_of(error, prefix)) from None


def _batch(
    event: Event, batch: BatchSubmitted, known: Known, at: datetime, on: date
) -> list[Inbound | Rejected]:
    if not batch.lines:
        raise Refusal(Problem(Code.NO_LINES, "data.lines"))
    header: list[Problem] = []
    check_known(batch, known, header)
    check_source(batch, event.source, known, header)
    check_date(batch.applied_on, on, header)
    check_plain(batch, header)
    if header:
        raise Refusal(*header)
    answers: list[Inbound | Rejected] = []
    lines: list[LineRead] = []
    seen: set[str] = set()
    for number, raw in enumerate(batch.lines, 1):
        try:
            answer = _batch_line(event, batch, raw, known, at, on)
            assert isinstance(answer.body, Claim)
            if answer.body.line in seen:
                raise Refusal(Problem(Code.LINE_TWICE, "data.lines.line"))
            seen.add(answer.body.line)
            answers.append(answer._replace(line_no=number))
            lines.append(LineRead(number, answer.body.line, answer.body.digest))
        except Exception as error:  # noqa: BLE001 - one line's fault is not its neighbours'
            problems = error.problems if isinstance(error, Refusal) else (broken(error),)
            rejected = Rejected(problems, number)
            answers.append(rejected)
            line = "" if rejected.code is Code.LINE_TWICE else _line_number(raw)
            lines.append(LineRead(number, line, "", rejected.code.value, rejected.field))
    employer = None if batch.payee is None else party_of(batch.payee, "data.payee", on, [])
    whole = Submitted(
        event.source,
        batch.application,
        batch.programme,
        batch.region,
        batch.applied_on,
        batch.channel,
        employer if employer and employer.id and employer.name else None,
        tuple(lines),
    )
    return [*answers, Inbound(event.id, event.source, event.type, at, on, whole)]


_NUMBER = re.compile(r"[A-Za-z0-9._-]{1,64}")


def _line_number(raw: Any) -> str:
    """The number of a line that is not taken, where it can be read and names nobody."""
    line = raw.get("line") if isinstance(raw, dict) else None
    readable = (
        isinstance(line, str) and _NUMBER.fullmatch(line) and not names_a_person(line, words=False)
    )
    return str(line) if readable else ""


def _batch_line(
    event: Event, batch: BatchSubmitted, raw: Any, known: Known, at: datetime, on: date
) -> Inbound:
    line: BatchLine = _shaped(BatchLine, raw, "data.lines")
    account = line.account or batch.account
    if account is None:
        raise Refusal(Problem(Code.MISSING_FIELD, "data.lines.account"))
    problems: list[Problem] = []
    check_plain(line, problems)
    parties = PartiesStated(line.beneficiary, line.payee or batch.payee, account, line.phone)
    stated = {**batch.facts, **line.facts}
    claim = canonical_claim(event, batch, line.line, parties, stated, on, problems, "data.lines")
    if problems:
        raise Refusal(*problems)
    return Inbound(event.id, event.source, event.type, at, on, completed(claim, known))


def _claim(
    event: Event, data: ApplicationSubmitted, known: Known, on: date, problems: list[Problem]
) -> Claim:
    check_known(data, known, problems)
    check_source(data, event.source, known, problems)
    check_date(data.applied_on, on, problems)
    check_plain(data, problems)
    line, replaces = "", ""
    if isinstance(data, ApplicationCorrected):
        line, replaces = data.line or "", data.replaces
    parties = PartiesStated(data.beneficiary, data.payee, data.account, data.phone)
    claim = canonical_claim(event, data, line, parties, data.facts, on, problems, "data")
    return claim._replace(replaces=replaces) if replaces else claim
