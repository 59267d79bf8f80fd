"""Row facts: the facts that a row states, in the very writing in which applications state them."""

from events.application_facts import FactType
from events.application_facts.checking import BY_NAME, check_facts
from events.contract.inbound.private import names_a_person
from events.values import FactValue
from policies.engine.registry import Policies
from services.prior_uses.columns import columns
from services.spreadsheets.cells import UnreadableCell
from services.spreadsheets.fact_cells import read_fact, read_months
from services.spreadsheets.row_cells import RowCells

_MONTH_LISTS = tuple(name for name, fact in BY_NAME.items() if fact.type is FactType.MONTHS)


def read_facts(cells: RowCells, policies: Policies) -> dict[str, FactValue]:
    """The facts that the row states, in the very writing in which applications state them."""
    raw: dict[str, object] = {}
    place: dict[str, str] = {}
    for column in columns(policies):
        if column.fact and (text := cells.text(column.field)):
            place[column.fact] = column.field
            try:
                raw[column.fact] = read_fact(BY_NAME[column.fact].type, text)
            except UnreadableCell as error:
                cells.wrong(column.field, f"{error}。示例：{column.example}")
    if text := cells.text("month_list"):
        try:
            months = read_months(text)
        except UnreadableCell as error:
            cells.wrong("month_list", f"{error}。示例：2021-03至2021-08")
        else:
            raw |= dict.fromkeys(_MONTH_LISTS, months)
            place |= dict.fromkeys(_MONTH_LISTS, "month_list")
    facts, wrong = check_facts(raw)
    for problem in wrong:
        cells.wrong(place[problem.name], f"{problem.wrong}。{problem.remedy.rstrip('。')}")
    for name, value in facts.items():
        if isinstance(value, str) and names_a_person(value, words=False):
            cells.wrong(place[name], "含有身份号码。号码只填在证件列", show=False)
    return facts
