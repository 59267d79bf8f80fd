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
from services.banking.answers.reading import read_answer
from services.banking.banks.of_cities import city_banks
from services.banking.statements.statement import Statement
from services.banking.statements.statement_file import read_statement
from services.prior_uses.checking import check
from tests.bank_layouts import statement_layout
from tests.camt_messages import AUGUST, CamtMessage
from tests.fuzz_readers.mutations import mutated_bytes, mutated_text, mutated_workbook
from tests.prior_use_files import as_csv as prior_uses_as_csv
from tests.prior_use_files import prior_use_row
from tests.statement_samples import SAMPLES

_XLS = b64decode((Path(__file__).parent / "samples" / "abc.xls.base64").read_text("ascii"))
"""An old workbook, written once by another library: this project has none that writes them."""

_ANSWER = (
    "序号,指令号,收款户名,金额（元）,处理结果,入账日期,返回码,失败原因,银行流水号\n"
    "1,B220831000300001,甲,1500.00,成功,2022-08-31,,,W1\n"
    "2,B220831000300002,乙,1500.00,失败,,AC04,账户已销户,\n"
    "3,B220831000300003,丙,1500.00,处理中,,,,\n"
    "4,B220831000300004,丁,-1500.00,冲正,2022-08-31,,,W4\n"
    "合计,4 笔,,3000.00,,,,,\n"
)
_MT940 = (
    ":20:M1\r\n:25:9900000000001234\r\n:28C:1/1\r\n:60F:C220828CNY1000000,00\r\n"
    ":61:2208290829D1500,00NTRFB220831000100001//BK0001\r\n:86:就业补贴\r\n"
    ":61:2208300830D5,NCHGNONREF//BK0002\r\n:86:账户手续费\r\n"
    ":62F:C220830CNY998495,00\r\n-\r\n"
)


class Reading(NamedTuple):
    """What a reader said: the rows that it took or named, and whether it refused the whole.

    `unnumbered` rows at least, and one more for a row of totals where `totals`, were counted only.
    """

    taken: frozenset[int]
    named: frozenset[int]
    whole_refused: bool
    unnumbered: int = 0
    totals: bool = False


Reader = Callable[[bytes], Reading]


class Kind(NamedTuple):
    """One kind of file; `heading` is a word of its headings, where others can count its rows."""

    name: str
    good: Sequence[bytes]
    mutate: Callable[[bytes, Random], bytes]
    read: Reader
    heading: str = ""


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


def kinds(law: Policies) -> Mapping[str, Kind]:
    """Every kind by its name."""
    tables = [SAMPLES["ccb"], SAMPLES["boc"], SAMPLES["psbc"]]
    camt = CamtMessage((AUGUST,)).xml()
    prior = prior_uses_as_csv([prior_use_row(number) for number in range(1, 5)])
    found = (
        Kind("csv", [_as_csv(t) for t in tables], mutated_text, _any_statement, "余额"),
        Kind("xlsx", [_as_xlsx(t) for t in tables], mutated_workbook, _any_statement, "余额"),
        Kind("xls", [_XLS], mutated_bytes, _statement("abc")),
        Kind("answers", [_ANSWER.encode()], mutated_text, _answers(law), "指令号"),
        Kind("camt", [camt], mutated_text, _statement("city-csv")),
        Kind("mt940", [_MT940.encode()], mutated_text, _statement("city-csv")),
        Kind("prior-uses", [prior], mutated_text, _prior_uses(law), "项目"),
    )
    return {kind.name: kind for kind in found}
