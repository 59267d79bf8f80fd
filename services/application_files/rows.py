"""Rows: one row of a file of applications as the event that a system would send for it.

In:   a row's cells; the source, and the region of rows that name none; the policies
Out:  the event in structured form, and the cells that could not be read
Holds: what the cells say is put into the contract's own words and nothing is made up; whether it can be
       taken is for intake's reader to say. No problem repeats an id, a name or an account
"""

import re
from typing import Any

from events.application_facts import FactType
from events.application_facts.checking import BY_NAME
from events.canonical import compact, plain
from events.contract.inbound.documents import CALLED
from events.contract.inbound.identity import unit_code
from policies.engine.programme_names import programmes_anywhere, programmes_called
from policies.engine.registry import Policies
from services.application_files.columns import CHANNEL, by_field
from services.spreadsheets.cells import UnreadableCell, read_day
from services.spreadsheets.fact_cells import DAYS, read_fact
from services.spreadsheets.row_cells import RowCells

TYPE = "application.submitted"
_CUT_SHORT = re.compile(r"[0-9](\.[0-9]+)?[eE]\+[0-9]+")
_UNIT_LIKE = re.compile(r"(?=.*[A-Z])[0-9A-Z]{17}[0-9A-WYZ]")
_NONE = frozenset({"无", "[]"})


def data_of(cells: RowCells, region: str, policies: Policies) -> dict[str, Any]:
    """The data of a row's message; what cannot be read is left out and named in `cells`."""
    columns = by_field()
    for column in (columns[field] for field in cells.places):
        if column.required and not cells.text(column.field):
            cells.wrong(column.field, "须填")
        if column.private and _CUT_SHORT.fullmatch(cells.text(column.field)):
            cells.wrong(
                column.field,
                "被表格软件改成了数字，末几位已丢失。请把该列设为文本后重新填写",
                show=False,
            )
    place = plain(cells.text("region")) or region
    data: dict[str, Any] = {
        "application": plain(cells.text("application")),
        "programme": _programme(cells, policies, place),
        "region": place,
        "applied_on": _day(cells),
        "channel": plain(cells.text("channel")) or CHANNEL,
        "beneficiary": _party(cells, "beneficiary"),
        "facts": _facts(cells),
    }
    payee = data["beneficiary"]
    if cells.text("payee.id") or cells.text("payee.name"):
        payee = data["payee"] = _party(cells, "payee")
    data["account"] = {
        "bank": cells.text("account.bank"),
        "number": cells.text("account.number"),
        "holder": cells.text("account.holder") or payee["name"],
    }
    if phone := cells.text("phone"):
        data["phone"] = phone
    return data


def _day(cells: RowCells) -> str:
    text = cells.text("applied_on")
    try:
        return read_day(text, DAYS).isoformat() if text else ""
    except UnreadableCell as error:
        cells.wrong("applied_on", f"{error}。请写成 2022-08-12")
        return ""


def _programme(cells: RowCells, policies: Policies, region: str) -> str:
    """The programme's id; any of that name where the region leaves none, or more than one."""
    name = cells.text("programme")
    here = programmes_called(policies, name, region)
    if len(here) == 1:
        return here[0]
    anywhere = programmes_anywhere(policies, name)
    if len(here) > 1:
        cells.wrong("programme", f"这个名称有几个项目（{'、'.join(here)}）。请填代码")
    elif anywhere and region in policies.cities.served:
        cells.wrong("programme", "该区划没有这个项目的政策。请核对项目和区划")
    elif name and not anywhere:
        cells.wrong("programme", "没有这个补贴项目。请填政策卡上的名称或代码")
    return anywhere[0] if anywhere else ""


def _party(cells: RowCells, who: str) -> dict[str, Any]:
    """A person or a unit, told apart by the number."""
    number, name = cells.text(f"{who}.id"), cells.text(f"{who}.name")
    kind = plain(cells.text(f"{who}.document"))
    if not kind and (unit_code(number) or _UNIT_LIKE.fullmatch(compact(number))):
        return {"kind": "unit", "id": number, "name": name}
    party: dict[str, Any] = {"kind": "person", "id": number, "name": name}
    if kind:
        found = next((code for code, called in CALLED.items() if kind in (code, called)), None)
        if found is None:
            cells.wrong(f"{who}.document", f"没有这种证件。可填：{'、'.join(CALLED.values())}")
        else:
            party["document"] = found
    if country := plain(cells.text(f"{who}.country")):
        party["country"] = country.upper()
    return party


def _facts(cells: RowCells) -> dict[str, object]:
    """The facts that the row states."""
    facts: dict[str, object] = {}
    columns = by_field()
    for column in (columns[field] for field in cells.places):
        if not column.fact or not (text := cells.text(column.field)):
            continue
        kind = BY_NAME[column.fact].type
        if kind is FactType.ENUMS and text in _NONE:
            facts[column.fact] = []
            continue
        try:
            facts[column.fact] = read_fact(kind, text)
        except UnreadableCell as error:
            cells.wrong(column.field, f"{error}。示例：{column.example}")
    return facts
