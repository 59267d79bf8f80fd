"""Kinds of files that outsiders hand in: a good one of each, and what the product's reader says of one.

Out:  Kind: good files, how they are mutated, and a reading as rows by number
"""

import csv
import io
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import NamedTuple

import openpyxl

from policies.engine.registry import Policies
from services.application_files.checking import check as check_applications
from services.banking.answers.reading import read_answer
from services.banking.banks.of_cities import city_banks
from services.banking.statements.statement import Statement
from services.banking.statements.statement_file import read_statement
from services.prior_uses.checking import check
from tests.application_files import application_row
from tests.application_files import csv_file as applications_as_csv
from tests.application_files import xlsx_file as applications_as_xlsx
from tests.bank_layouts import statement_layout
from tests.fuzz_readers.messages import (
    CAMT,
    MT940,
    PlainReading,
    mutated_camt,
    plain_camt,
    plain_mt940,
)
from tests.fuzz_readers.mutations import mutated_bytes, mutated_text, mutated_workbook
from tests.prior_use_files import as_csv as prior_uses_as_csv
from tests.prior_use_files import prior_use_row
from tests.statement_samples import SAMPLES

XLS = b64decode((Path(__file__).parent / "samples" / "abc.xls.base64").read_text("ascii"))
"""An old workbook, written once by another library: this project has none that writes them."""

_STATED = ("余额", "摘要", "日期", "账号")
_ANSWER = (
    "序号,指令号,收款户名,金额（元）,处理结果,入账日期,返回码,失败原因,银行流水号\n"
    "1,B220831000300001,甲,1500.00,成功,2022-08-31,,,W1\n"
    "2,B220831000300002,乙,1500.00,失败,,AC04,账户已销户,\n"
    "3,B220831000300003,丙,1500.00,处理中,,,,\n"
    "4,B220831000300004,丁,-1500.00,冲正,2022-08-31,,,W4\n"
    "合计,4 笔,,3000.00,,,,,\n"
)


class Reading(NamedTuple):
    """What a reader said: the rows that it took or named, and whether it refused the whole.

    `unnumbered` rows at least, and one more for a row of totals where `totals`, were counted only.
    `booked` are the amounts of all lines in fen, where the reader tells them.
    """

    taken: frozenset[int]
    named: frozenset[int]
    whole_refused: bool
    unnumbered: int = 0
    totals: bool = False
    booked: tuple[int, ...] | None = None


Reader = Callable[[bytes], Reading]


class Kind(NamedTuple):
    """One kind of file, and how others count its rows: by words of its `headings`, or `plainly`."""

    name: str
    good: Sequence[bytes]
    mutate: Callable[[bytes, Random], bytes]
    read: Reader
    headings: tuple[str, ...] = ()
    plainly: Callable[[bytes], PlainReading | None] | None = None


def _as_csv(rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def _as_xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    book, held = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(list(row))
    book.save(held)
    return held.getvalue()


def _of_statement(statement: Statement) -> Reading:
    named = {one.line for one in statement.problems} | {one.line for one in statement.left_out}
    refused = any(one.line == 0 or one.code == "NO_HEADING" for one in statement.problems)
    return Reading(
        frozenset(line.file_line for line in statement.lines), frozenset(named - {0}), refused
    )


def _statement(layout: str) -> Reader:
    chosen = statement_layout(layout)
    return lambda raw: _of_statement(read_statement("f", raw, "a", chosen, last_four="1234"))


def _message(raw: bytes) -> Reading:
    """Read a message; with one problem nothing of it is taken, and each other account is named once."""
    statement = read_statement("f", raw, "a", statement_layout("city-csv"), last_four="1234")
    elsewhere = [one for one in statement.left_out if one.why.startswith("是另一账户")]
    return Reading(
        frozenset(line.file_line for line in statement.lines),
        frozenset(one.line for one in statement.left_out),
        bool(statement.problems),
        sum(int(one.text.rpartition("，")[2].removesuffix(" 笔")) for one in elsewhere),
        booked=tuple(sorted(line.amount for line in statement.lines)),
    )


def _any_statement(raw: bytes) -> Reading:
    """Read by whichever of three layouts finds its headings."""
    readings = [_statement(layout)(raw) for layout in ("ccb", "boc", "psbc")]
    return next((one for one in readings if not one.whole_refused), readings[0])


def _answers(law: Policies) -> Reader:
    banks = city_banks(law.cities)

    def read(raw: bytes) -> Reading:
        answer = read_answer(raw, "city-csv", banks)
        rows = frozenset(line.line for line in answer.lines)
        named = frozenset(problem.line for problem in answer.problems)
        return Reading(rows, named - {0}, 0 in named, answer.pending, totals=True)

    return read


def _prior_uses(law: Policies) -> Reader:
    def read(raw: bytes) -> Reading:
        checked = check(raw, "211202", law, date(2022, 8, 31))
        named = {one.row for one in checked.problems} | {one.row for one in checked.twice}
        taken = frozenset(use.row for use in checked.uses)
        return Reading(taken, frozenset(named - {0}), any(not p.row for p in checked.problems))

    return read


def _applications(law: Policies) -> Reader:
    def read(raw: bytes) -> Reading:
        checked = check_applications(raw, "excel-211202", "211202", law, date(2022, 8, 31))
        named = {one.row for one in checked.problems} | {one.row for one in checked.twice}
        taken = frozenset(one.row for one in checked.applications)
        return Reading(taken, frozenset(named - {0}), any(not p.row for p in checked.problems))

    return read


def kinds(law: Policies) -> Mapping[str, Kind]:
    """Every kind by its name."""
    tables = [SAMPLES["ccb"], SAMPLES["boc"], SAMPLES["psbc"]]
    prior = prior_uses_as_csv([prior_use_row(number) for number in range(1, 5)])
    applied = [application_row(number) for number in range(1, 5)]
    found = (
        Kind("csv", [_as_csv(t) for t in tables], mutated_text, _any_statement, _STATED),
        Kind("xlsx", [_as_xlsx(t) for t in tables], mutated_workbook, _any_statement, _STATED),
        Kind("xls", [XLS], mutated_bytes, _statement("abc")),
        Kind(
            "answers",
            [_ANSWER.encode()],
            mutated_text,
            _answers(law),
            ("指令号", "处理结果", "金额"),
        ),
        Kind("camt", CAMT, mutated_camt, _message, plainly=plain_camt),
        Kind("mt940", MT940, mutated_text, _message, plainly=plain_mt940),
        Kind("prior-uses", [prior], mutated_text, _prior_uses(law), ("项目", "姓名", "金额")),
        Kind(
            "applications",
            [applications_as_csv(*applied)],
            mutated_text,
            _applications(law),
            ("申请编号", "申请日", "证件"),
        ),
        Kind(
            "applications-xlsx",
            [applications_as_xlsx(*applied)],
            mutated_workbook,
            _applications(law),
            ("申请编号", "申请日", "证件"),
        ),
    )
    return {kind.name: kind for kind in found}
