"""Files of earlier benefits for tests: as CSV and as a workbook, with made-up people."""

import csv
import io
from collections.abc import Sequence

import openpyxl

from events.contract.schemas.examples import person

HEADINGS = (
    "身份证号/统一社会信用代码",
    "姓名",
    "项目",
    "享受次数所属年度",
    "职业",
    "等级",
    "证书编号",
    "月数",
    "金额",
    "享受日期",
    "依据文号",
)


def somebody(number: int) -> dict[str, str]:
    """A made-up person."""
    return person(f"21120219900307{number:03d}", f"测试{number}")


def prior_use_row(number: int = 1, **changes: str) -> list[str]:
    """A skill-upgrade subsidy of 2021, by a heading's field changed."""
    who = somebody(number)
    cells = {
        "id": who["id"],
        "name": who["name"],
        "programme": "技能提升补贴",
        "year": "2022",
        "occupation": "电工",
        "level": "四级",
        "certificate": f"S{number}",
        "months": "",
        "amount": "1500.00",
        "granted_on": "2022-02-15",
        "document": "银人社发〔2022〕3号",
    }
    return list({**cells, **changes}.values())


def as_csv(rows: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS) -> bytes:
    """Write rows as a spreadsheet program does."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([headings, *rows])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Sequence[Sequence[object]], headings: Sequence[str] = HEADINGS) -> bytes:
    """Write rows as a workbook."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (headings, *rows):
        sheet.append(list(row))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()
