"""Checking: what is right with each row of a file of applications, and what is not.

In:   the file's bytes; the source; the region of rows that name none; the policies; the day
Out:  CheckedApplications: the messages of the rows that can be taken, problems by row and column, rows
      that stand in the file twice
Holds: pure; a row is read by intake's own reader, so what is taken here is taken there; a bad row stops
       no other, and no row vanishes. The number and the digest are those of what the file says: the
       same applications in another form or order are the same file
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from events.contract.inbound.claims import Claim
from events.contract.inbound.cloudevent import event_of
from events.contract.inbound.reader import Inbound, Message, read
from events.contract.inbound.rejections import WORDINGS, Code, Problem, Refusal, Rejected
from events.contract.inbound.semantics import Known
from events.days import SHANGHAI
from policies.engine.message_names import names_of_policies
from policies.engine.registry import Policies
from services.application_files.columns import all_columns, by_field, by_heading
from services.application_files.rows import TYPE, data_of
from services.spreadsheets.file_lines import UnreadableFile
from services.spreadsheets.headings import plain_heading
from services.spreadsheets.reading import FileRow, read_table
from services.spreadsheets.row_cells import RowCells, RowProblem

FEED = "applications"
STRUCTURED = (("content-type", b"application/cloudevents+json; charset=utf-8"),)
_NUMBER_LENGTH = 12
_NO_ID = "file"
_MOST_LOOKS = 3
_READABLE = {"application": "0", "programme": "x", "applied_on": "2000-01-01", "channel": "x"}
_READABLE_PARTS = {"id": "0", "name": "某某", "bank": "某某", "number": "000000", "holder": "某某"}
"""What stands in for a cell that is named already; its row is never taken."""


class StatedApplication(NamedTuple):
    """One row that can be taken: the message that it becomes, and what that says."""

    row: int
    event: str
    value: bytes
    claim: Claim


class RepeatedApplication(NamedTuple):
    """A row that states the same application as an earlier one."""

    row: int
    first: int


class CheckedApplications(NamedTuple):
    """A whole file; `digest` is that of the applications that it states, and holds no identity."""

    file_digest: str
    source: str
    region: str
    rows: int
    applications: tuple[StatedApplication, ...]
    twice: tuple[RepeatedApplication, ...]
    problems: tuple[RowProblem, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the digests of what is taken, in their own order."""
        stated = sorted(one.claim.digest for one in self.applications)
        return sha256(orjson.dumps([self.source, stated])).hexdigest()

    @property
    def number(self) -> str:
        """The number of the file."""
        return f"Y-{self.digest[:_NUMBER_LENGTH]}"

    @property
    def refused_rows(self) -> frozenset[int]:
        """Rows that cannot be taken."""
        return frozenset(problem.row for problem in self.problems if problem.row)


def check(
    raw: bytes, source: str, region: str, policies: Policies, today: date
) -> CheckedApplications:
    """Check a file row by row, as if its messages arrived at the end of `today`. Never on an event loop."""
    file_digest = sha256(raw).hexdigest()

    def whole_file(rows: int, problems: list[RowProblem]) -> CheckedApplications:
        return CheckedApplications(file_digest, source, region, rows, (), (), tuple(problems))

    if wrong := _wrong_source(source):
        return whole_file(0, [RowProblem(0, "", "", wrong)])
    known = by_heading()
    try:
        sheet = read_table(raw, known, plain_heading)
    except UnreadableFile as error:
        return whole_file(0, [RowProblem(0, "", "", str(error).rstrip("。"))])
    if problems := _headings(sheet.headings):
        return whole_file(len(sheet.rows), problems)
    places = {known[plain_heading(h)].field: h for h in sheet.headings}
    reading = _Reading(source, region, policies, today, places)
    for row in sheet.rows:
        reading.read(row)
    return CheckedApplications(
        file_digest,
        source,
        region,
        len(sheet.rows),
        tuple(reading.found.values()),
        tuple(reading.twice),
        tuple(reading.problems),
    )


def _wrong_source(source: str) -> str:
    """Why a source cannot be one; empty where it can."""
    example = {"specversion": "1.0", "id": _NO_ID, "source": source, "type": TYPE, "data": {}}
    try:
        event_of(example)
    except Refusal as refusal:
        return f"来源“{source[:63]}”不能用：{refusal.problems[0].text_zh}".rstrip("。")
    return ""


def _headings(headings: list[str]) -> list[RowProblem]:
    known = by_heading()
    stated = [known[plain_heading(h)].field for h in headings if plain_heading(h) in known]
    return [
        *(
            RowProblem(0, column.heading, "", "缺少这一列。请按模板补上")
            for column in all_columns()
            if column.required and column.field not in stated
        ),
        *(
            RowProblem(0, heading, "", "没有这一列。请核对表头，或删去这一列")
            for heading in headings
            if plain_heading(heading) not in known
        ),
        *(
            RowProblem(0, by_field()[field].heading, "", "有两列都是这一项。请删去一列")
            for field in dict.fromkeys(stated)
            if stated.count(field) > 1
        ),
    ]


class _Reading:
    """The reading of one file; remembers which application stands where."""

    def __init__(
        self, source: str, region: str, policies: Policies, today: date, places: Mapping[str, str]
    ) -> None:
        self._source = source
        self._region = region
        self._policies = policies
        self._known = names_of_policies(policies)
        self._at_ms = int(datetime.combine(today, time(23, 59), SHANGHAI).timestamp() * 1000)
        self._places = places
        self.found: dict[str, StatedApplication] = {}
        self.twice: list[RepeatedApplication] = []
        self.problems: list[RowProblem] = []

    def read(self, row: FileRow) -> None:
        """Read one row: it is taken, stands there twice, or has problems."""
        cells = RowCells(row, self._places)
        data = data_of(cells, self._region, self._policies)
        answer = self._read_on(cells, data)
        if cells.problems or isinstance(answer, Rejected):
            self.problems += cells.problems
            return
        claim = answer.body
        assert isinstance(claim, Claim)
        event = f"file-{claim.digest[:32]}"
        value = _event(event, self._source, data)
        earlier = self.found.setdefault(
            claim.application, StatedApplication(row.no, event, value, claim)
        )
        if earlier.row == row.no:
            return
        if earlier.claim.digest == claim.digest:
            self.twice.append(RepeatedApplication(row.no, earlier.row))
            return
        cells.wrong("application", f"与第 {earlier.row} 行编号相同，内容不同。请另编号，或删去一行")
        self.problems += cells.problems

    def _read_on(self, cells: RowCells, data: dict[str, Any]) -> Inbound | Rejected:
        """Read a row; behind what is wrong with its form, look at the rest of it too."""
        answer = _answer(_event(_NO_ID, self._source, data), self._known, self._at_ms)
        for _ in range(_MOST_LOOKS):
            if isinstance(answer, Inbound):
                return answer
            _name_problems(cells, answer)
            looked_at = data
            data = _without(data, answer.problems)
            if data == looked_at:
                return answer
            answer = _answer(_event(_NO_ID, self._source, data), self._known, self._at_ms)
        return answer


def _without(data: dict[str, Any], problems: tuple[Problem, ...]) -> dict[str, Any]:
    """The data with something readable where a problem is, so that what lies behind it shows."""
    readable = {**data, "facts": dict(data["facts"])}
    for problem in problems:
        path = problem.field.removeprefix("data.")
        owner, _, name = path.partition(".")
        if owner == "facts":
            readable["facts"].pop(name, None)
        elif path in _READABLE:
            readable[path] = _READABLE[path]
        elif owner in ("beneficiary", "payee", "account") and isinstance(data.get(owner), dict):
            party = {**readable[owner]}
            if name in _READABLE_PARTS:
                party[name] = _READABLE_PARTS[name]
            else:
                party.pop(name, None)
            readable[owner] = party
    return readable


def _event(identifier: str, source: str, data: dict[str, Any]) -> bytes:
    event = {"specversion": "1.0", "id": identifier, "source": source, "type": TYPE, "data": data}
    return orjson.dumps(event)


def _answer(value: bytes, known: Known, at_ms: int) -> Inbound | Rejected:
    (answer,) = read(Message(FEED, value, STRUCTURED, at_ms), known)
    return answer


def _name_problems(cells: RowCells, rejected: Rejected) -> None:
    """Say in the words of the form what the reader has found; once a column, and never a private cell."""
    named = {problem.column for problem in cells.problems}
    for problem in rejected.problems:
        field = _field_of(problem)
        if field == "account.holder" and not cells.text(field):
            field = "payee.name" if cells.text("payee.id") else "beneficiary.name"
        column = by_field().get(field)
        heading = cells.places.get(field, column.heading if column else "")
        if heading in named or (not column and cells.problems):
            continue
        named.add(heading)
        private = column is None or column.private or problem.code is Code.IDENTITY_IN_TEXT
        text = _words(problem, show=not private)
        cells.problems.append(RowProblem(cells.row.no, heading, "", text))


def _field_of(problem: Problem) -> str:
    """The column that a problem of the message is about."""
    field = problem.field.removeprefix("data.")
    if field in by_field():
        return field
    owner, _, _ = field.partition(".")
    whole = {"beneficiary": "beneficiary.id", "payee": "payee.id", "account": "account.number"}
    return whole.get(owner, field)


def _words(problem: Problem, *, show: bool) -> str:
    words = WORDINGS[problem.code]
    seen = f"（{problem.seen}）" if problem.seen and show else ""
    return f"{words.wrong_zh}{seen}。{problem.remedy or words.remedy_zh}".rstrip("。")
