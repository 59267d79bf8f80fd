"""Row party: whose prior use a row states, by a resident id, a unit's code or another document.

Holds: no problem repeats a number or a name
"""

import re
from datetime import date

from events.canonical import foreign_digit, names_somebody, person_name, plain
from events.contract.inbound.documents import CALLED, not_yet_born, person_id
from events.contract.inbound.identity import Party, born_after, resident_id, unit_code
from services.spreadsheets.row_cells import RowCells


def read_party(cells: RowCells, today: date) -> Party | None:
    """Read whose use it is; None where that is named as a problem."""
    text, name = plain(cells.text("id")), person_name(cells.text("name"))
    if foreign_digit(name) is not None or not names_somebody(name) or len(name) > 100:
        cells.wrong("name", "须填姓名或单位名称，至少两个字", show=False)
    if kind := plain(cells.text("id_kind")):
        return _by_document(cells, kind, text, name, today)
    cut_short = re.fullmatch(r"[0-9](\.[0-9]+)?[eE]\+[0-9]+|[0-9]{15}0{3}", text) is not None
    if (number := resident_id(text)) is not None and not born_after(number, today):
        return Party("person", number, name)
    if (code := unit_code(text)) is not None:
        return Party("unit", code, name)
    if cut_short:
        cells.wrong(
            "id", "号码被表格软件改成了数字，末几位已丢失。请把该列设为文本后重新填写", show=False
        )
        return None
    cells.wrong(
        "id", "不是有效的身份证号或统一社会信用代码。请核对位数、出生日期和校验码", show=False
    )
    return None


def _by_document(cells: RowCells, kind: str, text: str, name: str, today: date) -> Party | None:
    """Whoever is named by another document than the resident id."""
    document = next((code for code, called in CALLED.items() if kind in (code, called)), None)
    if document is None:
        cells.wrong("id_kind", f"没有这种证件。可填：{'、'.join(CALLED.values())}")
        return None
    number = person_id(document, text, cells.text("country"))
    if number is None or not_yet_born(number, today):
        cells.wrong(
            "id", f"不是有效的{CALLED[document]}号码（护照另填签发国家）。请核对", show=False
        )
        return None
    return Party("person", number, name)
