"""One month of an account says the same as a table, as camt.053 and as MT940, and counts once."""

from datetime import UTC, datetime
from itertools import permutations

import pytest

from events import streams
from events.statements import StatementDaysRecorded
from services.banking.statements.statement import Statement
from services.banking.statements.statement_file import read_statement
from services.banking.statements.statement_form import form_of
from services.deciders.bank_month.state import BankMonthState
from tests.bank_layouts import statement_layout
from tests.camt_messages import AUGUST, CamtMessage
from tests.example_cities import cities
from tests.given_when_then import Scene
from tests.statement_files import takes

ACCOUNT = cities().accounts["icbc-1234"]
NOW = datetime(2022, 9, 1, 1, tzinfo=UTC)
FORMS = {
    "table": (
        "账号：9900000000001234,起止日期：2022-08-01至2022-08-31\n"
        "交易日期,交易流水号,摘要,借方发生额,贷方发生额,余额\n"
        "2022-08-29,B220831000100001,就业补贴,1500.00,,998500.00\n"
        "2022-08-30,BK0002,账户手续费,5.00,,998495.00\n"
    ).encode(),
    "camt": CamtMessage((AUGUST,)).xml(),
    "mt940": (
        ":20:M1\n:25:9900000000001234\n:28C:1/1\n:60F:C220731CNY1000000,00\n"
        ":61:2208290829D1500,00NTRFB220831000100001//BK0001\n:86:就业补贴\n"
        ":61:2208300830D5,NCHGNONREF//BK0002\n:86:账户手续费\n:62F:C220831CNY998495,00\n-\n"
    ).encode(),
}


def read(form: str) -> Statement:
    layout = statement_layout("city-csv")
    return read_statement("8月", FORMS[form], ACCOUNT.alias, layout, None, ACCOUNT.last_four)


@pytest.mark.parametrize("form", FORMS)
def test_the_form_is_told_by_what_stands_in_the_file(form: str) -> None:
    assert form_of(FORMS[form]) == form
    assert form_of(b"\xef\xbb\xbf" + FORMS[form]) == form


def test_every_form_says_the_same_of_days_amounts_kinds_and_balances() -> None:
    said = {
        (
            one.problems,
            one.first,
            one.last,
            one.opening_balance,
            one.closing_balance,
            tuple((line.booked_on, line.amount, line.kind, line.purpose) for line in one.lines),
        )
        for one in map(read, FORMS)
    }
    assert len(said) == 1


@pytest.mark.parametrize("order", list(permutations(FORMS)))
def test_whichever_form_comes_first_the_others_add_nothing(order: tuple[str, ...]) -> None:
    scene = Scene()
    added = []
    for form in order:
        facts = scene.ledger.ask(takes(read(form), ACCOUNT, NOW))
        recorded = [fact.body for fact in facts if isinstance(fact.body, StatementDaysRecorded)]
        added.append(sum(len(day.lines) for one in recorded for day in one.days))
    assert added == [2, 0, 0]
    month = scene.ledger.store.state(streams.account(ACCOUNT.alias, "2022-08"))
    assert isinstance(month, BankMonthState)
    assert sum(len(day.lines) for day in month.days.values()) == 2
